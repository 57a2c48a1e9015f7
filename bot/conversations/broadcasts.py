"""Drafting a broadcast, one question at a time. The draft is a row: it survives a restart.

The steps of a draft are computed from what has been chosen; `at` says which one is being asked. A button carries the
draft's key, so a tap on an old one is refused kindly and brings the present question.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.actions import audience as audience_actions
from bot.actions import circles as circle_actions
from bot.actions import templates as template_actions
from bot.actions.audience import Draft
from bot.actions.templates import Library
from bot.catalogue.fields import show, suggestions
from bot.catalogue.typed import Refused as Unreadable
from bot.catalogue.typed import read
from bot.conversations import preview
from bot.conversations.circles import champions_only
from bot.conversations.keyboards import Button, in_rows
from bot.conversations.talk import Talk
from bot.domain.errors import NotNow, Refused
from bot.domain.hours import at_local, local
from bot.domain.personal_line import lint_line
from bot.domain.templates import Field, FieldType, Template

FLOW = "broadcast"
WHEN = (
    Field("when_day", FieldType.DATE, "", ""),
    Field("when_time", FieldType.TIME, "", ""),
)


@dataclass
class Sheet:
    """A draft being filled in. `correcting`: the broadcast whose facts are being put right, 0 for a new one."""

    key: str
    at: str = "topic"
    topic: str = ""
    values: dict[str, str] | None = None
    circle: int = 0
    line: str = ""
    over: bool = False
    day: str = ""
    time: str = ""
    shown: int = 0
    correcting: int = 0

    @property
    def filled(self) -> dict[str, str]:
        return self.values or {}

    def draft(self, template: Template) -> Draft:
        dates = audience_actions.dates_in(template, self.filled)
        return Draft(self.circle, self.topic, self.filled, self.line, self.over, dates)

    def starts_at(self, zone: str) -> datetime | None:
        if not self.day or not self.time:
            return None
        return at_local(date.fromisoformat(self.day), time.fromisoformat(self.time), zone)


def steps(sheet: Sheet, template: Template | None, circles: int) -> list[str]:
    """Everything that is asked, in order."""
    fields = [f"field:{field.name}" for field in template.fields] if template else []
    if sheet.correcting:
        return [*fields, "line", "preview"]
    return ["topic", *fields, *(["circle"] if circles > 1 else []), "line", "preview"]


async def open_sheet(talk: Talk) -> Sheet | None:
    dialogue = await talk.dialogue()
    if dialogue is None or dialogue.flow != FLOW:
        return None
    return Sheet(**dialogue.data)


async def save(talk: Talk, sheet: Sheet) -> None:
    await talk.keep(FLOW, sheet.at, **vars(sheet))


async def start(talk: Talk) -> None:
    """/broadcast: go on with a half-finished draft, or begin one."""
    champions_only(talk)
    sheet = await open_sheet(talk)
    if sheet is not None:
        rows = [[talk.button("buttons.draft_go_on", "b", sheet.key, "show")]]
        rows += [[talk.button("buttons.draft_new", "bnew")], [talk.button("buttons.earlier", "reports")]]
        await talk.say("broadcasts.draft_open", rows)
        return
    await new(talk)


async def new(talk: Talk) -> None:
    await talk.toast()
    champions_only(talk)
    circles = await circle_actions.mine(talk.runtime, talk.id)
    if not circles:
        await talk.say("broadcasts.no_circle")
        return
    sheet = Sheet(secrets.token_hex(4), values={}, circle=circles[0].circle.id)
    await save(talk, sheet)
    await ask(talk, sheet)


async def ask(talk: Talk, sheet: Sheet) -> None:
    """Show the present question."""
    library = await template_actions.open_library(talk.runtime)
    if sheet.at == "topic":
        await _ask_topic(talk, sheet, library)
        return
    template = audience_actions.source_of(library, sheet.topic)
    if sheet.at.startswith("field:"):
        await _ask_field(talk, sheet, template.field(sheet.at.removeprefix("field:")), template)
    elif sheet.at == "circle":
        await _ask_circle(talk, sheet)
    elif sheet.at == "line":
        await _ask_line(talk, sheet)
    elif sheet.at in ("when_day", "when_time"):
        await _ask_when(talk, sheet)
    else:
        await preview.show(talk, sheet.key, sheet.draft(template), _options(talk, sheet))


def _options(talk: Talk, sheet: Sheet) -> preview.Options:
    starts_at = sheet.starts_at(talk.runtime.place.zone)
    return preview.Options(starts_at, sheet.shown, sheet.correcting)


def _way_out(talk: Talk, sheet: Sheet, back: bool = True) -> list[list[Button]]:
    row = [talk.button("buttons.back", "b", sheet.key, "back")] if back else []
    return [[*row, talk.button("buttons.cancel", "b", sheet.key, "cancel")]]


async def _ask_topic(talk: Talk, sheet: Sheet, library: Library) -> None:
    month = local(talk.runtime.now(), talk.runtime.place.zone).month
    topics = library.topics(month)
    rows = [[{"text": one.template.title, "data": f"b:{sheet.key}:topic:{one.template.topic}"[:64]}] for one in topics]
    hidden = sorted({topic for topic, _ in library.obstacles} - {one.template.topic for one in topics})
    reasons = [_hidden(talk, library, topic) for topic in hidden]
    rows += [[talk.button("buttons.earlier", "reports")], *_way_out(talk, sheet, back=False)]
    listed = [f"{one.template.title}: {one.template.summary}" for one in topics]
    await talk.show("broadcasts.topics", rows, topics=listed, hidden=reasons)


def _hidden(talk: Talk, library: Library, topic: str) -> str:
    """Why a topic is not in the list."""
    obstacle = next(reason for (one, _), reason in sorted(library.obstacles.items()) if one == topic)
    known = talk.runtime.catalogue.templates.get((topic, "en"))
    return f"{known.title if known else topic}: {talk.label(f'obstacles.{obstacle.value}')}"


async def _ask_field(talk: Talk, sheet: Sheet, field: Field, template: Template) -> None:
    today = local(talk.runtime.now(), talk.runtime.place.zone).date()
    buttons = [
        {"text": show(field, raw, talk.language), "data": f"b:{sheet.key}:v:{raw}"} for raw in suggestions(field, today)
    ]
    rows = in_rows(buttons, 3 if field.type is FieldType.TIME else 1)
    if sheet.filled.get(field.name):
        shown = show(field, sheet.filled[field.name], talk.language)
        rows.insert(0, [talk.button("buttons.keep_value", "b", sheet.key, "keep", value=shown)])
    if field.optional:
        rows.append([talk.button("buttons.leave_out", "b", sheet.key, "none")])
    example = show(field, field.example, talk.language)
    await talk.show("broadcasts.field", [*rows, *_way_out(talk, sheet)], question=field.question, example=example)


async def _ask_circle(talk: Talk, sheet: Sheet) -> None:
    circles = await circle_actions.mine(talk.runtime, talk.id)
    rows = [
        [{"text": f"{one.circle.name} ({one.members})", "data": f"b:{sheet.key}:circle:{one.circle.id}"}]
        for one in circles
    ]
    await talk.show("broadcasts.circle", [*rows, *_way_out(talk, sheet)])


async def _ask_line(talk: Talk, sheet: Sheet) -> None:
    rows = [[talk.button("buttons.keep_value", "b", sheet.key, "keep", value=sheet.line[:40])]] if sheet.line else []
    rows.append([talk.button("buttons.no_line", "b", sheet.key, "none")])
    await talk.show("broadcasts.line", [*rows, *_way_out(talk, sheet)])


async def _ask_when(talk: Talk, sheet: Sheet) -> None:
    field = WHEN[0] if sheet.at == "when_day" else WHEN[1]
    today = local(talk.runtime.now(), talk.runtime.place.zone).date()
    raws = [today.isoformat()] if field.type is FieldType.DATE else []
    buttons = [
        {"text": show(field, raw, talk.language), "data": f"b:{sheet.key}:v:{raw}"}
        for raw in [*raws, *suggestions(field, today)]
    ]
    rows = in_rows(buttons, 3 if field.type is FieldType.TIME else 1)
    await talk.show(f"broadcasts.{sheet.at}", [*rows, *_way_out(talk, sheet)])


async def tapped(talk: Talk) -> None:
    """Buttons: b:<draft>:<what>[:<value>]."""
    sheet = await open_sheet(talk)
    if sheet is None or not talk.args or talk.args[0] != sheet.key:
        await talk.toast("errors.old_button")
        await talk.without_buttons()
        if sheet is not None:
            await ask(talk.without_query(), sheet)
        return
    what, value = talk.args[1], ":".join(talk.args[2:])
    await talk.toast()
    if what == "cancel":
        await talk.end()
        await talk.show("broadcasts.cancelled")
    elif what in ("send", "again", "over", "when", "now"):
        await _from_preview(talk, sheet, what)
    else:
        await _step(talk, sheet, what, value)


async def _from_preview(talk: Talk, sheet: Sheet, what: str) -> None:
    if what == "send":
        await _send(talk, sheet)
        return
    if what == "again":
        sheet.shown += 1
    elif what == "over":
        sheet.over = not sheet.over
    elif what == "when":
        sheet.at = "when_day"
    elif what == "now":
        sheet.day = sheet.time = ""
    await save(talk, sheet)
    await ask(talk, sheet)


async def _send(talk: Talk, sheet: Sheet) -> None:
    library = await template_actions.open_library(talk.runtime)
    draft = sheet.draft(audience_actions.source_of(library, sheet.topic))
    if sheet.correcting:
        await preview.correct(talk, sheet.correcting, draft)
    else:
        await preview.send(talk, sheet.key, draft, sheet.starts_at(talk.runtime.place.zone))


async def _step(talk: Talk, sheet: Sheet, what: str, value: str) -> None:
    """Take an answer that was tapped, then ask the next question."""
    if what == "back":
        await _move(talk, sheet, -1)
        return
    if what == "show":
        await ask(talk, sheet)
        return
    if what == "topic":
        sheet.topic, sheet.values = value, {}
    elif what == "circle":
        await circle_actions.view(talk.runtime, talk.id, int(value))
        sheet.circle = int(value)
    elif what == "none":
        _take(sheet, "")
    elif what == "v":
        _take(sheet, value)
    await _move(talk, sheet, +1)


def _take(sheet: Sheet, value: str) -> None:
    if sheet.at.startswith("field:"):
        name = sheet.at.removeprefix("field:")
        sheet.values = {**sheet.filled, name: value} if value else {k: v for k, v in sheet.filled.items() if k != name}
    elif sheet.at == "line":
        sheet.line = value
    elif sheet.at == "when_day":
        sheet.day = value
    elif sheet.at == "when_time":
        sheet.time = value


async def _move(talk: Talk, sheet: Sheet, by: int) -> None:
    if sheet.at in ("when_day", "when_time"):
        after = {("when_day", 1): "when_time", ("when_time", -1): "when_day"}
        sheet.at = after.get((sheet.at, by), "preview")
    else:
        order = await _order(talk, sheet)
        place = order.index(sheet.at) + by if sheet.at in order else 0
        sheet.at = order[max(0, min(place, len(order) - 1))]
    await save(talk, sheet)
    await ask(talk, sheet)


async def _order(talk: Talk, sheet: Sheet) -> list[str]:
    library = await template_actions.open_library(talk.runtime)
    circles = await circle_actions.mine(talk.runtime, talk.id)
    template = audience_actions.source_of(library, sheet.topic) if sheet.topic else None
    return steps(sheet, template, len(circles))


async def typed(talk: Talk) -> None:
    """A typed answer to the present question."""
    sheet = await open_sheet(talk)
    if sheet is None:
        return
    if sheet.at.startswith("field:") or sheet.at.startswith("when_"):
        _take(sheet, await _read(talk, sheet))
    elif sheet.at == "line":
        sheet.line = _checked_line(talk)
    else:
        await talk.say("broadcasts.please_tap")
        await ask(talk, sheet)
        return
    await _move(talk, sheet, +1)


async def _read(talk: Talk, sheet: Sheet) -> str:
    library = await template_actions.open_library(talk.runtime)
    today = local(talk.runtime.now(), talk.runtime.place.zone).date()
    if sheet.at.startswith("when_"):
        field = WHEN[0] if sheet.at == "when_day" else WHEN[1]
    else:
        field = audience_actions.source_of(library, sheet.topic).field(sheet.at.removeprefix("field:"))
    found = read(field, talk.text, talk.language, today)
    if isinstance(found, Unreadable):
        raise Refused(found.reason, example=show(field, field.example, talk.language) if field.example else "")
    return found


def _checked_line(talk: Talk) -> str:
    line = " ".join(talk.text.split())
    found = lint_line(line, talk.language)
    if found.faults:
        raise Refused("broadcasts.line_refused", reasons=[talk.label(key) for key in found.faults])
    return line


async def correct(talk: Talk) -> None:
    """The button under a report: put a fact right for those who received it."""
    await talk.toast()
    champions_only(talk)
    draft, broadcast_id = await preview.sent_draft(talk, talk.number())
    library = await template_actions.open_library(talk.runtime)
    template = audience_actions.source_of(library, draft.topic)
    sheet = Sheet(
        secrets.token_hex(4),
        topic=draft.topic,
        values=dict(draft.values),
        circle=draft.circle_id,
        line=draft.line,
        correcting=broadcast_id,
    )
    order = steps(sheet, template, 1)
    if not order:
        raise NotNow("broadcasts.over")
    sheet.at = order[0]
    await save(talk, sheet)
    await ask(talk, sheet)


async def redo(talk: Talk) -> None:
    """A broadcast that was undone becomes a draft again."""
    await talk.toast()
    champions_only(talk)
    draft, _ = await preview.sent_draft(talk, talk.number())
    sheet = Sheet(
        secrets.token_hex(4),
        "preview",
        draft.topic,
        dict(draft.values),
        draft.circle_id,
        draft.line,
        draft.over_soft_cap,
    )
    await save(talk, sheet)
    await ask(talk, sheet)
