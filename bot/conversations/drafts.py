"""A draft being filled in: what has been chosen, which question is open, and which come next.

Every question that is shown has a number. A button carries the draft's key and that number, so a tap on an old one is
known as old, and can never answer another question than the one it stands under.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime, time

from bot.actions import audience as audience_actions
from bot.actions import circles as circle_actions
from bot.actions import corrections
from bot.actions import drafts as actions
from bot.actions import templates as template_actions
from bot.actions.audience import Draft
from bot.conversations.keyboards import MOST_BYTES, Button
from bot.conversations.talk import Talk
from bot.domain.errors import Refused
from bot.domain.hours import at_local, local
from bot.domain.templates import Field, FieldType, Template

FLOW = actions.FLOW
WHEN = {
    "when_day": Field("when_day", FieldType.DATE, "", ""),
    "when_time": Field("when_time", FieldType.TIME, "", ""),
}


@dataclass
class Sheet:
    """`at`: the open question. `turn`: its number. `shown`: whose message the preview shows, counted up.
    `correcting`: the broadcast whose facts are being put right, 0 for a new one."""

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
    turn: int = 0
    below: bool = False
    """Something has been said since the question was shown: the next one goes below it, not in its place."""

    @property
    def filled(self) -> dict[str, str]:
        return self.values or {}

    @property
    def token(self) -> str:
        return f"{self.key}.{self.turn}"

    @property
    def field(self) -> str:
        """The name of the template's field that is being asked, empty when it is another question."""
        return self.at.removeprefix("field:") if self.at.startswith("field:") else ""

    def draft(self, template: Template) -> Draft:
        values = {field.name: self.filled[field.name] for field in template.fields if self.filled.get(field.name)}
        dates = audience_actions.dates_in(template, values)
        return Draft(self.circle, self.topic, values, self.line, self.over, dates)

    def starts_at(self, zone: str) -> datetime | None:
        if not self.day or not self.time:
            return None
        return at_local(date.fromisoformat(self.day), time.fromisoformat(self.time), zone)

    def take(self, value: str) -> None:
        """The answer to the open question; empty: none."""
        if self.field:
            kept = {name: old for name, old in self.filled.items() if name != self.field}
            self.values = {**kept, self.field: value} if value else kept
        elif self.at == "line":
            self.line = value
        elif self.at == "when_day":
            self.day = value
        elif self.at == "when_time":
            self.time = value


def button(
    talk: Talk, sheet: Sheet, key: str, what: str, target: str = "", /, *, style: str = "", **words: object
) -> Button:
    """A button under the question that is about to be shown, with a label from the phrases."""
    made = choice(sheet, talk.label(key, **words), what, target)
    return {**made, "style": style} if style else made


def choice(sheet: Sheet, label: str, what: str, value: str = "") -> Button:
    """The same with a ready label. A value that does not fit into a button is cut: whoever reads it knows."""
    head = f"b:{sheet.token}:{what}" + (":" if value else "")
    room = MOST_BYTES - len(head.encode())
    return {"text": label, "data": head + value.encode()[:room].decode(errors="ignore")}


def own_zone(talk: Talk) -> str:
    """When it shall go out is said and shown by the champion's own clock."""
    return talk.visitor.person.zone or talk.runtime.place.zone


def today(talk: Talk, sheet: Sheet) -> date:
    """The days in a message are the place's; the day of sending is the champion's."""
    zone = own_zone(talk) if sheet.at in WHEN else talk.runtime.place.zone
    return local(talk.runtime.now(), zone).date()


async def current(talk: Talk) -> Sheet | None:
    content = await actions.current(talk.runtime, talk.id)
    if content is None:
        return None
    known = {field.name for field in fields(Sheet)}
    return Sheet(**{name: value for name, value in content.items() if name in known})


async def save(talk: Talk, sheet: Sheet) -> None:
    await actions.keep(talk.runtime, talk.id, sheet.at, vars(sheet))


async def drop(talk: Talk) -> None:
    await actions.drop(talk.runtime, talk.id)


async def template_of(talk: Talk, sheet: Sheet) -> Template:
    """The words whose fields are filled in: what was sent, for a correction. Raises NotNow when there are none."""
    if sheet.correcting:
        return await corrections.template(talk.runtime, talk.id, sheet.correcting)
    library = await template_actions.open_library(talk.runtime)
    return audience_actions.source_of(library, sheet.topic, talk.language)


async def order(talk: Talk, sheet: Sheet, template: Template | None) -> list[str]:
    """Every question, in the order in which they are asked."""
    asked = [f"field:{field.name}" for field in template.fields] if template else []
    if sheet.correcting:
        return [*asked, "line", "preview"]
    circles = await circle_actions.mine(talk.runtime, talk.id)
    return ["topic", *asked, *(["circle"] if len(circles) > 1 else []), "line", "preview"]


async def move(talk: Talk, sheet: Sheet, by: int) -> None:
    """To the next question (+1) or the one before (-1)."""
    if sheet.at in WHEN:
        after = {("when_day", 1): "when_time", ("when_time", -1): "when_day"}
        sheet.at = after.get((sheet.at, by), "preview")
        return
    template = await template_of(talk, sheet) if sheet.topic else None
    questions = await order(talk, sheet, template)
    place = questions.index(sheet.at) + by if sheet.at in questions else 0
    sheet.at = questions[max(0, min(place, len(questions) - 1))]


async def set_right(talk: Talk, sheet: Sheet) -> str:
    """The world may have changed since the last question: words withdrawn, a circle closed, other fields to fill.

    Goes back to the question that has to be asked then. Returns the phrase that tells it, empty when all is well.
    """
    if sheet.at == "topic":
        return ""
    try:
        template = await template_of(talk, sheet)
    except Refused as gone:
        if sheet.correcting:
            raise
        sheet.at, sheet.topic, sheet.values = "topic", "", {}
        return gone.phrase
    if sheet.field and sheet.field not in {field.name for field in template.fields}:
        sheet.at = (await order(talk, sheet, template))[0 if sheet.correcting else 1]
        return "broadcasts.words_changed"
    _forget_past(talk, sheet)
    return await _circle_right(talk, sheet) or _all_filled(sheet, template)


def _forget_past(talk: Talk, sheet: Sheet) -> None:
    """A time of sending that was chosen and is over: the last look offers to send now instead."""
    starts_at = sheet.starts_at(own_zone(talk))
    if sheet.at == "preview" and starts_at is not None and starts_at <= talk.runtime.now():
        sheet.day = sheet.time = ""


async def _circle_right(talk: Talk, sheet: Sheet) -> str:
    mine = [one.circle.id for one in await circle_actions.mine(talk.runtime, talk.id)]
    if sheet.correcting or sheet.circle in mine or not mine:
        return ""
    sheet.circle, sheet.at = mine[0], "circle" if len(mine) > 1 else sheet.at
    return "circles.gone" if len(mine) > 1 else ""


def _all_filled(sheet: Sheet, template: Template) -> str:
    """Before the last look nothing may be missing; the first gap is asked for."""
    if sheet.at != "preview":
        return ""
    for field in template.fields:
        value = sheet.filled.get(field.name, "")
        keys = {choice.key for choice in field.choices}
        if (not value and not field.optional) or (value and keys and value not in keys):
            sheet.at = f"field:{field.name}"
            return "broadcasts.words_changed"
    return ""
