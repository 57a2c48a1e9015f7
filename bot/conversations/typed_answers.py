"""What a champion types into a draft, read and checked. Raises Refused with the sentence that says what is wrong."""

from bot.catalogue.fields import show
from bot.catalogue.typed import Refused as Unreadable
from bot.catalogue.typed import read
from bot.conversations import drafts
from bot.conversations.drafts import WHEN, Sheet
from bot.conversations.talk import Talk
from bot.domain.broadcasts import UNDO, too_far_ahead
from bot.domain.errors import Refused
from bot.domain.personal_line import lint_line
from bot.domain.templates import Field, FieldType


async def value(talk: Talk, sheet: Sheet, text: str, *, kept: bool = False) -> str:
    """The raw value of an answer, tapped or typed; a button may be days old, so both are read alike."""
    field = await _asked(talk, sheet)
    if kept and field.type not in (FieldType.DATE, FieldType.TIME):
        return text
    found = read(field, text, talk.language, drafts.today(talk, sheet))
    if isinstance(found, Unreadable):
        raise Refused(found.reason, example=show(field, field.example, talk.language) if field.example else "")
    if sheet.at in WHEN:
        _check_when(talk, sheet, found)
    return found


async def _asked(talk: Talk, sheet: Sheet) -> Field:
    if sheet.at in WHEN:
        return WHEN[sheet.at]
    return (await drafts.template_of(talk, sheet)).field(sheet.field)


def _check_when(talk: Talk, sheet: Sheet, raw: str) -> None:
    """Never in the past, and not so far ahead that nobody remembers."""
    zone, now = drafts.own_zone(talk), talk.runtime.now()
    day, wall = (raw, "00:00") if sheet.at == "when_day" else (sheet.day, raw)
    start = Sheet("", day=day, time=wall).starts_at(zone)
    if start is not None and too_far_ahead(start, now):
        raise Refused("broadcasts.too_far_ahead")
    if sheet.at == "when_time" and start is not None and start < now + UNDO:
        raise Refused("broadcasts.time_past", now=talk.runtime.time(now, zone, talk.language))


async def line(talk: Talk) -> str:
    """The champion's own line: some things it may not hold, of others they are told."""
    text = " ".join(talk.text.split())
    found = lint_line(text, talk.language)
    if found.faults:
        raise Refused("broadcasts.line_refused", reasons=[talk.label(key) for key in found.faults])
    if found.warnings:
        await talk.say("broadcasts.line_doubtful", reasons=[talk.label(key) for key in found.warnings])
    return text
