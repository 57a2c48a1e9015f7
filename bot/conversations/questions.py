"""The questions of a draft. What is typed like one of their buttons counts as that button."""

from dataclasses import dataclass
from datetime import time, timedelta

from bot.actions import circles as circle_actions
from bot.actions import templates as template_actions
from bot.actions import wording
from bot.actions.templates import Library
from bot.catalogue.fields import show, suggestions
from bot.conversations import drafts
from bot.conversations.drafts import WHEN, Sheet, button, choice
from bot.conversations.keyboards import Button, in_rows, parse
from bot.conversations.talk import Talk
from bot.domain.broadcasts import UNDO
from bot.domain.hours import at_local, local
from bot.domain.templates import Field, FieldType

MOST_TOPICS = 30
MOST_DESCRIBED = 12
MOST_HIDDEN = 10
LONGEST_LABEL = 40
TIMES_IN_A_ROW = 3
FEWEST_LETTERS = 3


@dataclass(frozen=True)
class Question:
    html: str
    rows: list[list[Button]]


async def ask(talk: Talk, sheet: Sheet) -> Question:
    """The open question, apart from the last look (see `preview`)."""
    if sheet.at == "topic":
        return await _topic(talk, sheet)
    if sheet.field:
        return await _field(talk, sheet)
    if sheet.at == "circle":
        return await _circle(talk, sheet)
    return _line(talk, sheet) if sheet.at == "line" else _when(talk, sheet)


def way_out(talk: Talk, sheet: Sheet, back: bool = True) -> list[Button]:
    row = [button(talk, sheet, "buttons.back", "back")] if back else []
    return [*row, button(talk, sheet, "buttons.cancel", "cancel")]


async def _topic(talk: Talk, sheet: Sheet) -> Question:
    """Those in season first; and why the list is as short as it is."""
    library = await template_actions.open_library(talk.runtime)
    month = local(talk.runtime.now(), talk.runtime.place.zone).month
    topics = library.topics(month, talk.language)[:MOST_TOPICS]
    rows = [[choice(sheet, one.template.title, "topic", one.template.topic)] for one in topics]
    listed = [f"{one.template.title}: {one.template.summary}" for one in topics[:MOST_DESCRIBED]]
    rows += [[talk.button("buttons.earlier", "reports")], way_out(talk, sheet, back=False)]
    circles = await circle_actions.mine(talk.runtime, talk.id)
    nobody = not any(one.members for one in circles)
    hidden = _hidden(talk, library)
    more = max(0, len(hidden) - MOST_HIDDEN)
    html = talk.words("broadcasts.topics", topics=listed, hidden=hidden[:MOST_HIDDEN], more=more, nobody=nobody)
    return Question(html, rows)


def _hidden(talk: Talk, library: Library) -> list[str]:
    """Topics that cannot be sent, and why."""
    found = []
    for topic in sorted({topic for topic, _ in library.obstacles}):
        against = library.obstacle_to(topic)
        if against is not None:
            title = wording.title(talk.runtime, topic, talk.language)
            found.append(f"{title}: {talk.label(f'obstacles.{against.value}')}")
    return found


async def _field(talk: Talk, sheet: Sheet) -> Question:
    field = (await drafts.template_of(talk, sheet)).field(sheet.field)
    shown = [(show(field, raw, talk.language), raw) for raw in suggestions(field, drafts.today(talk, sheet))]
    buttons = [choice(sheet, label, "v", raw) for label, raw in shown]
    rows = in_rows(buttons, TIMES_IN_A_ROW if field.type is FieldType.TIME else 1)
    kept = _shown(field, sheet.filled.get(field.name, ""), talk.language)
    if kept:
        label = kept[:LONGEST_LABEL]
        rows.insert(0, [button(talk, sheet, "buttons.keep_value", "keep", value=label)])
    if field.optional:
        rows.append([button(talk, sheet, "buttons.leave_out", "none")])
    example = show(field, field.example, talk.language)
    html = talk.words("broadcasts.field", question=field.question, example=example, typed=not field.choices)
    return Question(html, [*rows, way_out(talk, sheet)])


def _shown(field: Field, raw: str, language: str) -> str:
    """Empty for a choice that is no longer there."""
    try:
        return show(field, raw, language) if raw else ""
    except ValueError:
        return ""


async def _circle(talk: Talk, sheet: Sheet) -> Question:
    circles = await circle_actions.mine(talk.runtime, talk.id)
    rows = [
        [choice(sheet, f"{one.circle.name} ({one.members})", "circle", str(one.circle.id))]
        for one in circles[:MOST_TOPICS]
    ]
    return Question(talk.words("broadcasts.circle"), [*rows, way_out(talk, sheet)])


def _line(talk: Talk, sheet: Sheet) -> Question:
    rows = [[button(talk, sheet, "buttons.no_line", "none")], way_out(talk, sheet)]
    if sheet.line:
        rows.insert(0, [button(talk, sheet, "buttons.keep_value", "keep", value=sheet.line[:LONGEST_LABEL])])
    return Question(talk.words("broadcasts.line"), rows)


def _when(talk: Talk, sheet: Sheet) -> Question:
    field = WHEN[sheet.at]
    raws = _days(talk) if sheet.at == "when_day" else _times(talk, sheet.day)
    buttons = [choice(sheet, show(field, raw, talk.language), "v", raw) for raw in raws]
    rows = in_rows(buttons, TIMES_IN_A_ROW if sheet.at == "when_time" else 1)
    day = show(WHEN["when_day"], sheet.day, talk.language) if sheet.day else ""
    html = talk.words(f"broadcasts.{sheet.at}", day=day)
    return Question(html, [*rows, way_out(talk, sheet)])


def _days(talk: Talk) -> list[str]:
    """Today as well while one of its usual hours is still to come."""
    today = local(talk.runtime.now(), drafts.own_zone(talk)).date()
    raws = suggestions(WHEN["when_day"], today)
    return [today.isoformat(), *raws] if _times(talk, today.isoformat()) else raws


def _times(talk: Talk, day: str) -> list[str]:
    """The usual hours of that day that are not over."""
    zone, soonest = drafts.own_zone(talk), talk.runtime.now() + UNDO
    today = local(talk.runtime.now(), zone).date()
    raws = suggestions(WHEN["when_time"], today)
    if day != today.isoformat():
        return raws
    return [raw for raw in raws if at_local(today, time.fromisoformat(raw), zone) > soonest + timedelta(minutes=1)]


def said(question: Question, text: str) -> tuple[str, str] | None:
    """(what, value) of the button that was typed: its words, its number in a list of choices, or a piece of it."""
    wanted = " ".join(text.split()).casefold()
    ours = [one for row in question.rows for one in row if one.get("data", "").startswith("b:")]
    listed = [one for one in ours if _what(one)[0] in ("topic", "circle")]
    for one in ours:
        if wanted in (one["text"].casefold(), _bare(one["text"])):
            return _what(one)
    if wanted.isdecimal() and 0 < int(wanted) <= len(listed):
        return _what(listed[int(wanted) - 1])
    close = [one for one in listed if wanted in one["text"].casefold()]
    return _what(close[0]) if len(close) == 1 and len(wanted) >= FEWEST_LETTERS else None


def _bare(label: str) -> str:
    """A label without the count behind it: “Send now (3)” is typed as “send now”."""
    return label.partition(" (")[0].casefold()


def _what(one: Button) -> tuple[str, str]:
    _, args = parse(one["data"])
    return args[1], ":".join(args[2:])
