"""Who gets a broadcast, in which words, and who does not and why. Asked for the preview and again at the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions.templates import Library, library
from bot.catalogue.phrases import safe
from bot.domain.broadcasts import Broadcast
from bot.domain.deliveries import Kind
from bot.domain.errors import NotNow
from bot.domain.people import Go, Heard, Never, Standing, Wait, Wish, may_send
from bot.domain.templates import SOURCE_LANGUAGE, FieldType, Template
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import people as people_store
from bot.store.people import Person
from bot.store.standings import heard, standings

# The three buttons carry the delivery's id, which exists only once the row is written; the sender adds them.
BUTTONS_LATER: list[list[dict[str, str]]] = []
MOST_LEFT_OUT_NAMES = 12


@dataclass(frozen=True)
class Draft:
    """What a champion has chosen. `values`: raw field values by name. `dates`: the days the message names."""

    circle_id: int
    topic: str
    values: Mapping[str, str]
    line: str = ""
    over_soft_cap: bool = False
    dates: tuple[date, ...] = ()

    @classmethod
    def of(cls, broadcast: Broadcast, dates: tuple[date, ...]) -> "Draft":
        values = dict(broadcast.field_values)
        over = broadcast.over_soft_cap
        return cls(broadcast.circle_id, broadcast.topic, values, broadcast.personal_line, over, dates)


@dataclass(frozen=True)
class Recipient:
    """One person and the exact message they get, from `due_at` on."""

    person: Person
    due_at: datetime
    html: str
    language: str
    version_id: int


@dataclass(frozen=True)
class Audience:
    recipients: list[Recipient]
    left_out: list[tuple[Person, str]]

    def reasons(self) -> dict[str, list[str]]:
        """Why people get nothing, with their names."""
        found: dict[str, list[str]] = {}
        for person, reason in self.left_out:
            found.setdefault(reason, []).append(person.name)
        return found


def dates_in(template: Template, values: Mapping[str, str]) -> tuple[date, ...]:
    """The days a filled message names; after the first of them it makes no sense any more."""
    names = [field.name for field in template.fields if field.type is FieldType.DATE]
    return tuple(date.fromisoformat(values[name]) for name in names if values.get(name))


def dates_of(runtime: Runtime, broadcast: Broadcast) -> tuple[date, ...]:
    for language in (SOURCE_LANGUAGE, *runtime.place.languages):
        template = runtime.catalogue.templates.get((broadcast.topic, language))
        if template is not None:
            return dates_in(template, broadcast.field_values)
    return ()


async def resolve(
    tx: AsyncConnection, runtime: Runtime, draft: Draft, champion_id: int, start: datetime, end: datetime
) -> Audience:
    """Everybody in the circle, decided one by one through `may_send`, and rendered."""
    champion = await people_store.by_id(tx, champion_id)
    circle = await circle_store.by_id(tx, draft.circle_id)
    shelf = await library(tx, runtime)
    crowd = [person for person in await circle_store.members(tx, draft.circle_id) if person.id != champion_id]
    standing = await standings(tx, crowd, runtime.place)
    had = await heard(tx, [person.id for person in crowd], draft.topic, runtime.now())
    audience = Audience([], [])
    for person in crowd:
        verdict = _verdict(runtime, draft, standing[person.id], had.get(person.id, Heard()), start, end)
        usable = shelf.version_for(draft.topic, person.language)
        if isinstance(verdict, Never):
            audience.left_out.append((person, verdict.reason))
        elif usable is None:
            audience.left_out.append((person, "no_translation"))
        else:
            due_at = verdict.until if isinstance(verdict, Wait) else start
            html = message(runtime, usable.template, person, champion, circle.name if circle else "", draft)
            audience.recipients.append(Recipient(person, due_at, html, person.language, usable.version_id))
    return audience


def _verdict(
    runtime: Runtime, draft: Draft, standing: Standing, had: Heard, start: datetime, end: datetime
) -> Go | Wait | Never:
    wish = Wish(Kind.BROADCAST, end, draft.circle_id, over_soft_cap=draft.over_soft_cap, heard=had)
    return may_send(wish, standing, runtime.place.caps, start)


def message(runtime: Runtime, template: Template, person: Person, champion: Person, circle: str, draft: Draft) -> str:
    """The whole message: greeting, personal line, approved text and action. One frame for preview and for sending."""
    values = {**draft.values, "name": person.name, "champion": champion.name, "circle": circle}
    rendered = runtime.catalogue.render(template, values)
    return runtime.say(
        template.language,
        "broadcasts.message",
        name=person.name,
        champion=champion.name,
        line=draft.line,
        text=safe(rendered.html),
    )


def source_of(shelf: Library, topic: str) -> Template:
    """The text whose fields a champion fills in; raises NotNow when nothing of the topic may be sent (any more)."""
    for language in (SOURCE_LANGUAGE, *sorted(language for one, language in shelf.usable if one == topic)):
        usable = shelf.version_for(topic, language)
        if usable is not None:
            return usable.template
    raise NotNow("broadcasts.topic_gone")
