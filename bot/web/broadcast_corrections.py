"""A broadcast is put right at the desk: its fields and the champion's line, a look, and then the change."""

from dataclasses import dataclass, field, replace

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import audience, broadcast_pages, corrections
from bot.actions.audience import Draft
from bot.catalogue import typed
from bot.catalogue.fields import show
from bot.domain.broadcasts import Broadcast
from bot.domain.errors import Refused
from bot.domain.hours import local
from bot.domain.personal_line import MOST_CHARACTERS, lint_line
from bot.domain.templates import Field, FieldType, Template
from bot.runtime import Runtime
from bot.web.broadcasts import title_of
from bot.web.bubbles import bubble_html
from bot.web.desk import Desk, Pages


@dataclass(frozen=True)
class Sheet:
    """What stands in the form: words as typed, raw values as they were read, faults by the name of their field."""

    typed: dict[str, str]
    line: str
    values: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    fault: str = ""


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.shows("/broadcasts/{id:int}/correct", form),
        pages.does("/broadcasts/{id:int}/correct", corrected),
    ]


async def _opened(desk: Desk) -> tuple[Broadcast, Template]:
    broadcast = await broadcast_pages.one(desk.runtime, desk.id, desk.number())
    return broadcast, await corrections.template(desk.runtime, desk.id, desk.number())


async def form(desk: Desk) -> Response:
    """The facts as they were sent, to be changed."""
    broadcast, template = await _opened(desk)
    values = {name: str(value) for name, value in broadcast.field_values.items()}
    shown = {one.name: _shown(one, values.get(one.name, ""), desk.language) for one in template.fields}
    return _page(desk, broadcast, template, Sheet(shown, broadcast.personal_line, values))


def _shown(one: Field, raw: str, language: str) -> str:
    """The value in the form; a choice by its key, because it is chosen and not typed.

    What is none of its kind stands as it was kept: the form is where it is put right.
    """
    try:
        return raw if not raw or one.type is FieldType.CHOICE else show(one, raw, language)
    except ValueError:
        return raw


def _page(
    desk: Desk, broadcast: Broadcast, template: Template, sheet: Sheet, looked: tuple[int, str] | None = None
) -> Response:
    count, html = looked or (0, "")
    return desk.show(
        "broadcast_correct.html",
        422 if sheet.faults or sheet.fault else 200,
        broadcast=broadcast,
        title=title_of(desk, broadcast.topic),
        fields=[(one, one.type.value, [(each.key, each.label) for each in one.choices]) for one in template.fields],
        sheet=sheet,
        count=count,
        preview=bubble_html(html),
        longest_line=MOST_CHARACTERS,
        longest=typed.MOST_LINK_CHARACTERS,
    )


async def corrected(desk: Desk) -> Response:
    """A look at the new words first; the change by a second press."""
    broadcast, template = await _opened(desk)
    sheet = _read(desk, template)
    if sheet.faults:
        return _page(desk, broadcast, template, sheet)
    dates = audience.dates_in(template, sheet.values)
    draft = replace(Draft.of(broadcast, dates), values=sheet.values, line=sheet.line)
    try:
        if desk.given("step") == "send":
            count = await corrections.correct(desk.runtime, desk.id, broadcast.id, draft)
            return desk.go(f"/broadcasts/{broadcast.id}", "desk_broadcasts.corrected", count=count)
        looked = await corrections.preview(desk.runtime, desk.id, broadcast.id, draft)
        return _page(desk, broadcast, template, sheet, looked)
    except Refused as refusal:
        why = desk.plain(refusal.phrase, **refusal.values)
        return _page(desk, broadcast, template, replace(sheet, fault=why))


def _read(desk: Desk, template: Template) -> Sheet:
    given = {one.name: desk.given(f"field-{one.name}") for one in template.fields}
    line = " ".join(desk.given("line").split())
    sheet = Sheet(given, line)
    today = local(desk.runtime.now(), desk.runtime.place.zone).date()
    for one in template.fields:
        if one.optional and not given[one.name]:
            continue
        found = typed.read(one, given[one.name], desk.language, today)
        if isinstance(found, typed.Refused):
            sheet.faults[one.name] = desk.plain(found.reason)
        else:
            sheet.values[one.name] = found
    faults = lint_line(line, desk.language).faults if line else ()
    if faults:
        sheet.faults["line"] = "; ".join(desk.plain(key) for key in faults)
    return sheet
