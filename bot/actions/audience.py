"""Who gets a broadcast, in which words, and who does not and why. Asked for the preview and again at the start."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions.templates import Library, library
from bot.catalogue.phrases import safe
from bot.catalogue.rendering import RenderError
from bot.catalogue.telegram_html import MOST_UTF16, utf16_length, visible
from bot.domain.approvals import Usable
from bot.domain.broadcasts import Broadcast
from bot.domain.deliveries import Kind, State
from bot.domain.errors import NotNow
from bot.domain.hours import Hours, end_of_day
from bot.domain.people import Heard, Never, Standing, Verdict, Wait, Wish, may_send
from bot.domain.sayings import saying
from bot.domain.templates import SOURCE_LANGUAGE, FieldType, Template
from bot.runtime import Runtime
from bot.store import broadcasts as broadcast_store
from bot.store import circles as circle_store
from bot.store import people as people_store
from bot.store.people import Person
from bot.store.standings import heard, standings

# The three buttons carry the delivery's id, which exists only once the row is written; the sender adds them.
BUTTONS_LATER: list[list[dict[str, str]]] = []
# People decided about before others in the process get a turn: rendering thousands must not hold up a reply.
BREATH = 50
ASKED_AT_ONCE = 250  # people about whom the database is asked in one statement, for the same reason


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
    def of(cls, broadcast: Broadcast, dates: tuple[date, ...] = ()) -> "Draft":
        values = dict(broadcast.field_values)
        over = broadcast.over_soft_cap
        return cls(broadcast.circle_id, broadcast.topic, values, broadcast.personal_line, over, dates)


@dataclass(frozen=True)
class Recipient:
    """One person and the exact message they get, from `due_at` on and never after `not_after`."""

    person: Person
    hours: Hours
    due_at: datetime
    not_after: datetime
    html: str
    language: str
    version_id: int


@dataclass(frozen=True)
class LeftOut:
    """One person who gets nothing, and why: `reason` is a phrase key under `reasons`."""

    person: Person
    state: State
    reason: str


@dataclass(frozen=True)
class Audience:
    recipients: list[Recipient] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def reasons(self) -> dict[str, list[str]]:
        """Why people get nothing, with their names."""
        found: dict[str, list[str]] = {}
        for one in self.left_out:
            found.setdefault(one.reason, []).append(one.person.name)
        return found


@dataclass(frozen=True)
class _Sending:
    """What is the same for everybody in one broadcast."""

    runtime: Runtime
    draft: Draft
    champion: Person
    circle: str
    shelf: Library
    start: datetime
    end: datetime


def dates_in(template: Template, values: Mapping[str, str]) -> tuple[date, ...]:
    """The days a filled message names; after the first of them it makes no sense any more."""
    names = [field.name for field in template.fields if field.type is FieldType.DATE]
    return tuple(date.fromisoformat(values[name]) for name in names if values.get(name))


async def resolve(
    tx: AsyncConnection,
    runtime: Runtime,
    draft: Draft,
    champion_id: int,
    start: datetime,
    end: datetime,
    *,
    planning: bool = False,
) -> Audience:
    """Everybody in the circle, decided one by one through `may_send`, and rendered.

    `planning`: count also what others are about to send to the same people, so that the champion knows before.
    """
    champion = await people_store.by_id(tx, champion_id)
    circle = await circle_store.by_id(tx, draft.circle_id)
    shelf = await library(tx, runtime)
    sending = _Sending(runtime, draft, champion, circle.name if circle else "", shelf, start, end)
    crowd = [person for person in await circle_store.members(tx, draft.circle_id) if person.id != champion_id]
    standing, had = dict[int, Standing](), dict[int, Heard]()
    for some in _pieces(crowd):
        await runtime.clock.sleep(0)
        standing |= await standings(tx, some, runtime.place)
        had |= await heard(tx, [person.id for person in some], draft.topic, start)
    if planning:
        await _count_what_is_on_the_way(tx, draft, had, start)
    audience = Audience()
    for number, person in enumerate(crowd):
        if number % BREATH == BREATH - 1:
            await runtime.clock.sleep(0)
        decided = _decide(sending, person, standing[person.id], had.get(person.id, Heard()))
        if isinstance(decided, LeftOut):
            audience.left_out.append(decided)
        else:
            audience.recipients.append(decided)
    return audience


def _pieces(crowd: list[Person]) -> Iterator[list[Person]]:
    for start in range(0, len(crowd), ASKED_AT_ONCE):
        yield crowd[start : start + ASKED_AT_ONCE]


async def _count_what_is_on_the_way(tx: AsyncConnection, draft: Draft, had: dict[int, Heard], start: datetime) -> None:
    for person_id, topic in await broadcast_store.on_the_way(tx, draft.circle_id, start):
        so_far = had.get(person_id, Heard())
        had[person_id] = Heard(so_far.week + 1, so_far.month + 1, so_far.same_topic or topic == draft.topic)


def _decide(sending: _Sending, person: Person, standing: Standing, had: Heard) -> Recipient | LeftOut:
    usable = sending.shelf.version_for(sending.draft.topic, person.language)
    end = _last_moment(sending, usable)
    verdict = _verdict(sending, standing, had, end)
    if isinstance(verdict, Never):
        return LeftOut(person, verdict.state, verdict.reason)
    if usable is None:
        return LeftOut(person, State.SUPPRESSED, "no_translation")
    try:
        html = message(sending.runtime, usable.template, person, sending.champion, sending.circle, sending.draft)
    except RenderError as error:
        return LeftOut(person, State.SUPPRESSED, "unfinished" if error.placeholder else "too_long")
    due_at = verdict.until if isinstance(verdict, Wait) else sending.start
    return Recipient(person, standing.hours, due_at, end, html, person.language, usable.version_id)


def _last_moment(sending: _Sending, usable: Usable | None) -> datetime:
    """Words that have to be read again by a day are not sent after it, not even to whoever sleeps now (promise 8)."""
    if usable is None:
        return sending.end
    return min(sending.end, end_of_day(usable.template.review_by, sending.runtime.place.zone))


def _verdict(sending: _Sending, standing: Standing, had: Heard, end: datetime) -> Verdict:
    draft = sending.draft
    wish = Wish(Kind.BROADCAST, end, draft.circle_id, over_soft_cap=draft.over_soft_cap, heard=had)
    return may_send(wish, standing, sending.runtime.place.caps, sending.start)


def message(runtime: Runtime, template: Template, person: Person, champion: Person, circle: str, draft: Draft) -> str:
    """The whole message: greeting, personal line, approved text and action. One frame for preview and for sending.

    Raises RenderError when it cannot be made, or would be longer than Telegram takes.
    """
    values = {**draft.values, "name": person.name, "champion": champion.name, "circle": circle}
    rendered = runtime.catalogue.render(template, values)
    html = framed(runtime, template.language, person.name, champion.name, draft.line, rendered.html)
    if utf16_length(visible(html)) > MOST_UTF16:
        raise RenderError(template, saying("too_long.whole", most=MOST_UTF16))
    return html


def framed(runtime: Runtime, language: str, name: str, champion: str, line: str, text: str) -> str:
    """The approved text with the greeting, the champion's name and their line before it."""
    words = {"name": name, "champion": champion, "line": line, "text": safe(text)}
    return runtime.say(language, "broadcasts.message", **words)


def source_of(shelf: Library, topic: str, language: str = SOURCE_LANGUAGE) -> Template:
    """The text whose fields a champion fills in, in their own language if there is one.

    Raises NotNow when nothing of the topic may be sent (any more).
    """
    others = sorted(language for one, language in shelf.usable if one == topic)
    for wanted in (language, SOURCE_LANGUAGE, *others):
        usable = shelf.version_for(topic, wanted)
        if usable is not None:
            return usable.template
    raise NotNow("broadcasts.topic_gone")
