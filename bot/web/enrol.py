"""Somebody comes home: a card to hand over, somebody without Telegram, or a yes to somebody who asked by themself.

One form for all three: filled in, looked over with what it means, and only then done.
"""

import secrets
from dataclasses import dataclass, field
from datetime import date

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import assisting, coming, companions, course, discharging, enrolled, enrolling
from bot.actions.circles import checked_name
from bot.actions.companions import Known
from bot.actions.discharging import Outlook
from bot.catalogue.fields import show_date
from bot.domain.checkins import Enrolment as State
from bot.domain.errors import NotNow, Refused
from bot.domain.people import Purpose
from bot.domain.plans import Plan, Tier
from bot.runtime import Runtime
from bot.web import home_cards
from bot.web.courses import read_day
from bot.web.desk import STATUS, Desk, Page, Pages

CARD, ASSISTED, ASKED = "card", "assisted", "asked"
PRESS_BYTES, LONGEST_PRESS = 16, 64


@dataclass(frozen=True)
class Form:
    """What was filled in, as it was typed; `choices`: the champions who can phone.

    `press`: what tells one press of the last button from the next, so that a double one makes one enrolment.
    """

    kind: str
    plan: str
    home_on: str
    tier: str
    language: str
    name: str = ""
    volunteer: str = ""
    plans: list[Plan] = field(default_factory=list)
    choices: list[Known] = field(default_factory=list)
    asker: str = ""
    press: str = ""


@dataclass(frozen=True)
class Review:
    """What the form means, in words, and what the button that does it is called. `aloud`: questions to be read out."""

    words: Markup
    button: str
    aloud: dict[str, str] = field(default_factory=dict)


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    kinds = {"/checkins/new": CARD, "/checkins/assisted": ASSISTED, "/checkins/asked/{id:int}": ASKED}
    return [
        route
        for path, kind in kinds.items()
        for route in (pages.shows(path, _empty(kind)), pages.does(path, _sent(kind)))
    ]


def _empty(kind: str) -> Page:
    async def page(desk: Desk) -> Response:
        try:
            form = await _form(desk, kind)
        except NotNow as refusal:  # the gap in the rota, or a plan that nobody has approved
            return desk.show("enrol_not_now.html", 409, kind=kind, why=desk.say(refusal.phrase, **refusal.values))
        return _show(desk, form)

    return page


def _sent(kind: str) -> Page:
    async def page(desk: Desk) -> Response:
        form = await _form(desk, kind)
        try:
            faults, look = await _checked(desk, form)
            if look is None or faults:
                return _show(desk, form, faults, status=422)
            if desk.given("step") == "make":
                if faults := _unsaid(desk, form):
                    return _show(desk, form, faults, await _review(desk, form, look), 422)
                return await _made(desk, form)
            return _show(desk, form, review=await _review(desk, form, look))
        except Refused as refusal:
            status = next((code for one, code in STATUS.items() if isinstance(refusal, one)), 422)
            return _show(desk, form, {"form": desk.say(refusal.phrase, **refusal.values)}, status=status)

    return page


async def _form(desk: Desk, kind: str) -> Form:
    """The form as it was sent, or as it begins. Raises NotNow while nobody can be put on check-ins."""
    runtime = desk.runtime
    plans = await discharging.usable_plans(runtime, desk.id)
    return Form(
        kind,
        desk.given("plan", plans[0].id if len(plans) == 1 else ""),
        desk.given("home_on", enrolled.local_day(runtime).isoformat()),
        desk.given("tier", Tier.USUAL.value),
        desk.given("language", runtime.place.default_language),
        desk.given("name"),
        desk.given("volunteer"),
        plans,
        await companions.known_champions(runtime, 0) if kind == ASSISTED else [],
        await _asker(desk) if kind == ASKED else "",
        desk.given("press")[:LONGEST_PRESS] or secrets.token_urlsafe(PRESS_BYTES),
    )


async def _asker(desk: Desk) -> str:
    view = await course.view(desk.runtime, desk.id, desk.number())
    if view.enrolment.state is not State.WAITING or view.person is None:
        raise NotNow("enrolling.decided_already")
    return view.person.name


async def _checked(desk: Desk, form: Form) -> tuple[dict[str, Markup], Outlook | None]:
    """Faults by field, and what the plan means for that day."""
    faults, look = dict[str, Markup](), None
    if form.plan not in [one.id for one in form.plans]:
        faults["plan"] = desk.say("desk_checkins.choose_plan")
    if form.language not in desk.runtime.place.languages:
        faults["language"] = desk.say("errors.no_such_language")
    if form.tier not in list(Tier):
        faults["tier"] = desk.say("desk_checkins.choose_tier")
    try:
        day = read_day(desk.runtime, form.home_on)
        look = await discharging.outlook(desk.runtime, form.plan, day) if "plan" not in faults else None
    except Refused as refusal:
        faults["home_on"] = desk.say(refusal.phrase, **refusal.values)
    if form.kind == ASSISTED:
        faults |= _whom(desk, form)
    return faults, look


def _whom(desk: Desk, form: Form) -> dict[str, Markup]:
    faults = dict[str, Markup]()
    try:
        checked_name(form.name, "circles.own_name_length")
    except Refused as refusal:
        faults["name"] = desk.say(refusal.phrase, **refusal.values)
    if form.volunteer not in [str(one.person.id) for one in form.choices]:
        faults["volunteer"] = desk.say("desk_checkins.choose_volunteer")
    return faults


def _unsaid(desk: Desk, form: Form) -> dict[str, Markup]:
    """Each thing that somebody without Telegram was not asked about, or whose answer was not noted (promise 1)."""
    asked = [one.value for one in enrolling.PURPOSES] if form.kind == ASSISTED else []
    return {one: desk.say("desk_checkins.choose_said") for one in asked if desk.given(one) not in ("yes", "no")}


async def _review(desk: Desk, form: Form, look: Outlook) -> Review:
    values = {
        "name": form.name or form.asker,
        "plan": look.plan.spoken(desk.language).title,
        "day": show_date(date.fromisoformat(form.home_on), desk.language),
        **_first(desk, look),
        "never": look.never,
        "tier": form.tier,
        "language": desk.runtime.plain(form.language, "language.name") if form.kind == CARD else "",
    }
    if form.kind != ASSISTED:
        return Review(desk.say("enrolling.review", **values), _BUTTONS[form.kind])
    place, danger = desk.runtime.place.name, desk.runtime.place.emergency["life_in_danger"]
    volunteer = await companions.champion_name(desk.runtime, int(form.volunteer))
    aloud = {"name": form.name, "volunteer": volunteer, "place": place, "danger": danger}
    questions = {one.value: desk.plain(f"enrolling.witness_{one.value}", **aloud) for one in enrolling.PURPOSES}
    return Review(desk.say("enrolling.witness", asked=False, **values | aloud), _BUTTONS[form.kind], questions)


_BUTTONS = {CARD: "buttons.make_card", ASKED: "buttons.confirm_home", ASSISTED: "buttons.witness_yes"}


async def _made(desk: Desk, form: Form) -> Response:
    runtime, home_on, tier = desk.runtime, date.fromisoformat(form.home_on), Tier(form.tier)
    if form.kind == CARD:
        card = await enrolling.discharge(runtime, desk.id, form.plan, home_on, tier, form.language, form.press)
        return home_cards.hand_out(desk, card.enrolment_id, card.link)
    if form.kind == ASKED:
        asker = await discharging.confirm(runtime, desk.id, desk.number(), form.plan, home_on, tier)
        return desk.go(f"/checkins/{desk.number()}", "enrolling.confirmed_desk", name=asker.name)
    name, volunteer_id = checked_name(form.name), int(form.volunteer)
    said = {one for one in enrolling.PURPOSES if desk.given(one.value) == "yes"}
    if Purpose.TELL_NAMED not in said:
        said -= {Purpose.SEE_ANSWERS}
    number = await assisting.enrol(runtime, desk.id, name, volunteer_id, form.plan, home_on, tier, said, form.press)
    volunteer = await companions.champion_name(runtime, volunteer_id)
    look = await discharging.outlook(runtime, form.plan, home_on)
    values = {"volunteer": volunteer, "name": name, **_first(desk, look)}
    return desk.go(f"/checkins/{number}", "enrolling.assisted_done", **values)


def _first(desk: Desk, look: Outlook) -> dict[str, object]:
    return coming.first(desk.runtime, look.coming[0].due_at, None, desk.runtime.place.zone, desk.language)


def _show(
    desk: Desk, form: Form, faults: dict[str, Markup] | None = None, review: Review | None = None, status: int = 200
) -> Response:
    languages = [(one, desk.runtime.plain(one, "language.name")) for one in desk.runtime.place.languages]
    return desk.show(
        "enrol.html",
        status,
        form=form,
        faults=faults or {},
        review=review,
        typed=desk.given,
        address=desk.request.url.path,
        plans=[(one.id, _described(desk, one)) for one in form.plans],
        languages=languages,
        volunteers=[
            ("", desk.plain("desk_checkins.choose")),
            *((str(one.person.id), _known(one)) for one in form.choices),
        ],
    )


def _described(desk: Desk, plan: Plan) -> str:
    words = plan.spoken(desk.language)
    return f"{words.title}: {words.summary}"


def _known(one: Known) -> str:
    return f"{one.person.name} ({one.circle})" if one.circle else one.person.name
