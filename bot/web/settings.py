"""Settings at the desk: the place, who is on call, languages, roles, and where I am at the desk myself."""

from collections.abc import Callable
from datetime import datetime
from difflib import unified_diff

from markupsafe import escape
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import desk as door
from bot.actions import oncall, people, places
from bot.actions.places import Standing
from bot.catalogue.findings import Finding
from bot.catalogue.place_duty import WEEKDAYS
from bot.catalogue.place_edit import changed, data_of, field_of
from bot.domain.errors import NotFound
from bot.domain.place import REQUIRED_NUMBERS
from bot.runtime import Runtime
from bot.web import settings_form
from bot.web.desk import Desk, Pages
from bot.web.numbers import NOBODYS
from bot.web.settings_form import Form, TurnForm, field_name


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.shows("/settings", shown),
        pages.shows("/settings/place", edit),
        pages.does("/settings/place/save", save),
        pages.does("/settings/back", go_back),
        pages.does("/settings/leave", end_session),
    ]


async def shown(desk: Desk) -> Response:
    standing = await places.standing(desk.runtime, desk.id)
    return desk.show(
        "settings.html",
        standing=standing,
        week=await oncall.week(desk.runtime, desk.id),
        span=_span(desk),
        languages=[desk.runtime.plain(one, "language.name") for one in desk.runtime.place.languages],
        roles=await places.roles(desk.runtime, desk.id),
        sessions=await door.sessions(desk.runtime, desk.id),
        mine=desk.seat.session.id,
        lines=lambda source: _difference(standing.file, source or standing.file),
        drift=_difference(standing.file, standing.text),
        wall=lambda clock: desk.runtime.clock_time(clock.hour, clock.minute, desk.language),
    )


def _span(desk: Desk) -> Callable[[datetime, datetime], str]:
    return lambda start, end: f"{desk.moment(start)} – {desk.moment(end)}"


def _difference(before: str, after: str) -> list[tuple[str, str]]:
    """[(gone or added, line)] of what is not the same in two texts; comments left out."""
    found = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    marks = {"-": "gone", "+": "added"}
    lines = [(marks[line[0]], line[1:]) for line in found if line[:1] in marks and line[:3] not in ("---", "+++")]
    return [(mark, line) for mark, line in lines if line.strip() and not line.lstrip().startswith("#")]


async def edit(desk: Desk) -> Response:
    standing = await places.standing(desk.runtime, desk.id)
    return await _form(desk, standing, settings_form.of_data(data_of(standing.text)))


async def _form(desk: Desk, standing: Standing, form: Form, status: int = 200, newer: str = "") -> Response:
    roles = await places.roles(desk.runtime, desk.id)
    return desk.show(
        "settings_place.html",
        status,
        form=form,
        called={name: _called(desk, name) for name in form.faults},
        over=standing.edit_id,
        newer=_difference(newer, standing.text) if newer else [],
        languages=[(one, desk.runtime.plain(one, "language.name")) for one in sorted(_translated(desk))],
        weekdays=[(one, desk.plain(f"desk_settings.day_{one}")) for one in WEEKDAYS],
        named=[(one, name or str(one)) for one, name in roles.coordinators],
        required=REQUIRED_NUMBERS,
        everybody=settings_form.EVERYBODY,
    )


def _called(desk: Desk, name: str) -> str:
    """What the reader knows a field by, said before what is wrong with it; empty where the words say it all."""
    head, _, rest = name.partition(".")
    if head == "oncall":
        return desk.plain("desk_settings.turn", number=int(rest.partition(".")[0]) + 1)
    key = f"desk_settings.number_{rest}" if head == "emergency" else f"desk_settings.{name}"
    return desk.plain(key) if desk.runtime.catalogue.phrases.has(key) else rest


def _translated(desk: Desk) -> set[str]:
    """Languages that the bot can speak."""
    phrases = desk.runtime.catalogue.phrases
    return {*desk.runtime.place.languages, *phrases.spoken()}


async def save(desk: Desk) -> Response:
    """Save, or add or take out a turn: nothing that was typed is lost on the way."""
    standing, form = await places.standing(desk.runtime, desk.id), settings_form.of_request(desk)
    if desk.given("add_turn"):
        form.turns.append(TurnForm(list(WEEKDAYS), "00:00", "00:00", [settings_form.EVERYBODY], ""))
        return await _form(desk, standing, form)
    if desk.given("drop_turn"):
        form.turns = [one for place, one in enumerate(form.turns) if place != desk.counted("drop_turn", -1)]
        return await _form(desk, standing, form)
    return await _save(desk, standing, form)


async def _save(desk: Desk, standing: Standing, form: Form) -> Response:
    text = changed(standing.text, settings_form.settings(form))
    if places.numbers_differ(standing.text, text) and desk.given("dialled") != "yes":
        form.faults["dialled"] = desk.plain("desk_settings.dial_them")
        return await _form(desk, standing, form, 422)
    result = await places.save(desk.runtime, desk.id, desk.counted("over", -1), text)
    if result.saved:
        alone = await people.is_alone(desk.runtime, desk.id)
        return desk.go("/settings", "desk_settings.saved_alone" if alone else "desk_settings.saved")
    if not result.faults:
        form.faults[""] = desk.plain("desk_settings.overtaken")
        return await _form(desk, standing, form, 409, newer=text)
    _at_their_fields(desk, form, text, result.faults)
    return await _form(desk, standing, form, 422)


def _at_their_fields(desk: Desk, form: Form, text: str, faults: list[Finding]) -> None:
    def known(name: str) -> bool:
        return name in form.values or name in form.ticked or name.partition(".")[0] in ("emergency", "oncall")

    for one in faults:
        name = field_name(field_of(text, one), known)
        said = desk.told(one)
        form.faults[name] = escape(form.faults[name]) + " " + said if name in form.faults else said


async def go_back(desk: Desk) -> Response:
    await places.go_back(desk.runtime, desk.id, desk.counted("edit", NOBODYS))
    return desk.go("/settings", "desk_settings.gone_back")


async def end_session(desk: Desk) -> Response:
    """End one of my own sessions, such as that of a phone that was lost."""
    if not await door.leave(desk.runtime, desk.id, desk.counted("session", NOBODYS)):
        raise NotFound("desk_settings.no_session")
    return desk.go("/settings", "desk_settings.session_ended")
