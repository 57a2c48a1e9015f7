"""Check-ins at the desk: who is on which plan and day, and one person's timeline. Looking at somebody is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import companions, course, deaths, enrolled, timelines
from bot.actions import desk as door
from bot.actions.companions import Known
from bot.actions.course import View
from bot.actions.timelines import Happening
from bot.domain.checkins import Enrolment as State
from bot.domain.people import Purpose
from bot.domain.plans import Plan
from bot.runtime import Runtime
from bot.store import enrolments as enrolment_store
from bot.store.enrolled import KINDS
from bot.web import courses, enrol, home_cards
from bot.web.desk import Desk, Pages
from bot.web.numbers import whole

# The colour of a state; the words beside it say the same.
LOOKS = {"waiting": "amber", "active": "good"}
PERMISSIONS = (Purpose.CHECKINS, Purpose.TELL_NAMED, Purpose.SEE_ANSWERS, Purpose.PHONE)
MOST_COMING = 5


@dataclass(frozen=True)
class Line:
    """One thing that happened, as it is read. `about`: the concern that began with it, or 0."""

    at: datetime
    what: str
    look: str
    reason: Markup
    about: int


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.shows("/checkins", listed),
        *enrol.routes(runtime),
        *home_cards.routes(runtime),
        pages.shows("/checkins/{id:int}", one),
        *courses.routes(runtime, shown),
    ]


async def listed(desk: Desk) -> Response:
    """Fifty to a page. `state`: one of KINDS; `q`: a part of the first name."""
    kind, words = desk.asked("state", "now"), desk.asked("q")
    number = whole(desk.asked("page"), 1)
    found = await enrolled.listed(desk.runtime, desk.id, kind, words, number)
    return desk.show(
        "checkins.html",
        found=found,
        kinds=KINDS,
        kind=kind,
        words=words,
        address="/desk/checkins?" + urlencode({"state": kind, "q": words} if words else {"state": kind}),
        title_of=lambda plan_id: title(desk, desk.runtime.catalogue.plans.get(plan_id)) or plan_id,
        day_of=lambda row: enrolled.day_of(desk.runtime, row.home_on),
        looks=LOOKS,
    )


def title(desk: Desk, plan: Plan | None) -> str:
    return plan.spoken(desk.language).title if plan else ""


async def one(desk: Desk) -> Response:
    return await shown(desk)


async def shown(desk: Desk, faults: Mapping[str, Markup] | None = None) -> Response:
    """One enrolment. `faults`: what was wrong with a form of this page, by field; what was typed stays in it."""
    story = await timelines.story(desk.runtime, desk.id, desk.number())
    await door.note(desk.runtime, desk.id, "enrolment_seen", f"enrolment:{desk.number()}")
    view = story.view
    return desk.show(
        "enrolment.html",
        422 if faults else 200,
        story=story,
        view=view,
        one=view.enrolment,
        name=_name(view),
        title=title(desk, view.plan),
        is_living=view.enrolment.state in enrolment_store.LIVING,
        can_have_died=deaths.can_be_told(view.enrolment),
        on_day=enrolled.day_of(desk.runtime, view.enrolment.home_on),
        time_of_day=_time_of_day(desk, view),
        reads=desk.runtime.plain(view.person.language, "language.name") if view.person else "",
        permissions=[(one.value, one in story.consents) for one in PERMISSIONS],
        choices=await _choices(desk, view),
        lines=[line for happening in story.happened if (line := _line(desk, happening))],
        today=enrolled.local_day(desk.runtime).isoformat(),
        stay_began=course.stay_began(desk.runtime, view.enrolment),
        most=MOST_COMING,
        looks=LOOKS,
        faults=faults or {},
        typed=desk.given,
    )


def _name(view: View) -> str:
    """Somebody who has only opened a card has agreed to nothing yet."""
    return view.person.name if view.person and view.enrolment.state is not State.INVITED else ""


def _time_of_day(desk: Desk, view: View) -> str:
    if view.enrolment.wall is not None:
        return desk.runtime.clock_time(*divmod(view.enrolment.wall, 60), desk.language)
    usual = view.plan.time_of_day if view.plan else None
    return desk.runtime.clock_time(usual.hour, usual.minute, desk.language) if usual else ""


async def _choices(desk: Desk, view: View) -> dict[str, list[tuple[str, str]]]:
    """Whom a coordinator can ask, for the named person and for the backup; who is the other one is left out."""
    if view.enrolment.state not in enrolment_store.LIVING or view.enrolment.person_id is None:
        return {}
    known = await companions.known_champions(desk.runtime, view.enrolment.person_id)
    nobody = [] if view.enrolment.assisted else [("0", desk.plain("buttons.nobody"))]
    others = {"named": view.enrolment.backup_id, "backup": view.enrolment.named_id}
    return {
        role: [*((str(one.person.id), known_by(one)) for one in known if one.person.id != other), *nobody]
        for role, other in others.items()
    }


def known_by(one: Known) -> str:
    """First names come twice; a circle tells them apart."""
    return f"{one.person.name} ({one.circle})" if one.circle else one.person.name


def _line(desk: Desk, happening: Happening) -> Line | None:
    """In words; None for a deed that has none here."""
    event, about = happening.what.removeprefix("concern_"), happening.concern_id
    if event != happening.what:
        words, about = desk.plain(f"concern_events.{event}", actor=happening.name, note=""), 0
    elif desk.runtime.catalogue.phrases.has(f"desk_checkins.event_{happening.what}"):
        said = {"name": happening.name, "day": happening.day, "count": happening.count}
        words = desk.plain(f"desk_checkins.event_{happening.what}", **said)
    else:
        return None
    return Line(happening.at, words, happening.look, Markup(happening.reason), about)
