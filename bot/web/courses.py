"""Every change of course of one enrolment, pressed at the desk; the actions decide who may, and when."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import coming as when
from bot.actions import companions, course, deaths, discharging
from bot.actions.course import View
from bot.domain.checkins import Course, Due
from bot.domain.errors import NotAllowed, NotFound, NotNow, Refused
from bot.runtime import Runtime
from bot.store import enrolments as store
from bot.web.desk import Desk, Page, Pages

Shown = Callable[[Desk, Mapping[str, Markup] | None], Awaitable[Response]]


def routes(runtime: Runtime, shown: Shown) -> list[BaseRoute]:
    """`shown`: the page of the enrolment, to come back with a form that was refused."""
    pages = Pages(runtime)
    deeds: dict[str, Page] = {
        "move": _at_its_field(move, shown, "home_on"),
        "again": _at_its_field(again, shown, "home_on"),
        "companion": _at_its_field(companion, shown, "named", "backup"),
        "hospital": hospital,
        "often": often,
        "stop": stop,
        "died": died,
        "withdraw": withdraw,
        "decline": decline,
    }
    return [pages.does(f"/checkins/{{id:int}}/{name}", deed) for name, deed in deeds.items()]


def _at_its_field(deed: Page, shown: Shown, *fields: str) -> Page:
    """What was typed or chosen wrongly is said at its field; anything else is refused as everywhere."""

    async def page(desk: Desk) -> Response:
        try:
            return await deed(desk)
        except (NotAllowed, NotNow):
            raise
        except Refused as refusal:
            field = next((one for one in fields if desk.given(one)), fields[0])
            if isinstance(refusal, NotFound) and field == "home_on":
                raise
            return await shown(desk, {field: desk.say(refusal.phrase, **refusal.values)})

    return page


async def _living(desk: Desk) -> View:
    """The enrolment, while it can be changed."""
    view = await course.view(desk.runtime, desk.id, desk.number())
    if view.enrolment.state not in store.LIVING:
        raise NotNow("desk_checkins.over_now")
    return view


def _name(view: View) -> str:
    return view.person.name if view.person else ""


def _back(desk: Desk, said: str, /, **values: object) -> Response:
    return desk.go(f"/checkins/{desk.number()}", said, **values)


def read_day(runtime: Runtime, text: str) -> date:
    """A day of coming home out of a form. Raises Refused with the sentence that says what is wrong."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused("desk_checkins.day_unclear") from None
    discharging.sensible_day(runtime, day)
    return day


async def _first(desk: Desk, coming: list[Due]) -> dict[str, object]:
    person = (await course.view(desk.runtime, desk.id, desk.number())).person
    due_at = coming[0].due_at if coming else None
    return when.first(desk.runtime, due_at, person, desk.runtime.place.zone, desk.language)


async def move(desk: Desk) -> Response:
    """Another day of coming home."""
    day = read_day(desk.runtime, desk.given("home_on"))
    coming = await course.move_home(desk.runtime, desk.id, desk.number(), day)
    return _back(desk, "course.moved", **await _first(desk, coming))


async def again(desk: Desk) -> Response:
    """Home again after a stay."""
    day = read_day(desk.runtime, desk.given("home_on"))
    coming = await course.home_again(desk.runtime, desk.id, desk.number(), day)
    return _back(desk, "course.moved", **await _first(desk, coming))


async def hospital(desk: Desk) -> Response:
    view = await _living(desk)
    await course.back_in_hospital(desk.runtime, desk.id, desk.number())
    return _back(desk, "course.paused_desk", name=_name(view))


async def often(desk: Desk) -> Response:
    fewer = desk.given("fewer") == "yes"
    coming = await course.how_often(desk.runtime, desk.id, desk.number(), fewer=fewer)
    return _back(desk, "course.fewer" if fewer else "course.all", **await _first(desk, coming))


async def companion(desk: Desk) -> Response:
    """Another named person or backup: they are asked first. Nobody: it goes to the coordinators."""
    view = await _living(desk)
    role = companions.NAMED if desk.given(companions.NAMED) else companions.BACKUP
    chosen = desk.given(role)
    if chosen == "0" and not view.enrolment.assisted:
        await companions.nobody(desk.runtime, desk.id, desk.number(), role)
        return _back(desk, "course.named_nobody")
    chosen_id = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 16 else 0
    found = await companions.ask(desk.runtime, desk.id, desk.number(), chosen_id, role)
    return _back(desk, "course.named_asked_desk", companion=found.name, name=_name(view))


async def stop(desk: Desk) -> Response:
    view = await _living(desk)
    await course.end(desk.runtime, desk.id, desk.number(), Course.STOPPED)
    return _back(desk, "course.stopped_desk", name=_name(view))


async def died(desk: Desk) -> Response:
    """Everything to them stops at once and for ever; also when their check-ins are over already."""
    view = await course.view(desk.runtime, desk.id, desk.number())
    if view.enrolment.person_id == desk.id:
        raise NotFound("desk.no_page")
    if not deaths.can_be_told(view.enrolment):
        raise NotNow("desk_checkins.over_now")
    await course.end(desk.runtime, desk.id, desk.number(), Course.DIED)
    return _back(desk, "course.died", name=_name(view))


async def withdraw(desk: Desk) -> Response:
    """A card that nobody has begun with works no more."""
    await discharging.withdraw_card(desk.runtime, desk.id, desk.number())
    return desk.go("/checkins", "enrolling.card_withdrawn")


async def decline(desk: Desk) -> Response:
    """No to somebody who asked; they are told kindly."""
    asker = await discharging.decline(desk.runtime, desk.id, desk.number())
    return desk.go("/checkins", "enrolling.declined_desk", name=asker.name)
