"""Replies reach the person they know (promise 7): from a resident to the champion who wrote last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import readers, relaying
from bot.actions.readers import About, Route
from bot.domain.deliveries import Kind, State
from bot.domain.errors import NotFound
from bot.domain.hours import next_awake
from bot.domain.people import in_conversation
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store import relays as relay_store
from bot.store import replies as store
from bot.store.deliveries import Delivery
from bot.store.people import Person
from bot.store.replies import Reply
from bot.store.standings import standing

LONGEST_ABOUT = 300
# Words for a champion who is away wait so long for the resident's choice; then they go to the champion all the same.
CHOICE_LASTS = timedelta(minutes=30)
# Whoever writes several times in a row has read the long acknowledgement once.
IN_A_ROW = timedelta(minutes=10)


@dataclass(frozen=True)
class Said:
    """Something a person wrote or sent. `media` is a kind such as photo or voice, empty for plain words.

    `album`: Telegram's key for photos that were sent together.
    """

    message_id: int
    text: str
    media: str = ""
    quoted: int | None = None
    album: str = ""


@dataclass(frozen=True)
class Passed:
    """What happened to a resident's words. `readers`: names of who gets them; none when nobody can read at present.

    `read_from`: when their waking hours begin, if it is night for them. `cover`, `away_id`: the resident has to say
    whether this person may read them meanwhile. `needs_yes`: the answer may not reach them yet. `again`: they wrote to
    the same a moment ago.
    """

    reply: Reply
    readers: list[str]
    shared: bool = False
    read_from: datetime | None = None
    cover: str = ""
    away_id: int = 0
    stopped: bool = False
    needs_yes: bool = False
    again: bool = False


async def pass_on(runtime: Runtime, resident_id: int, said: Said, about_id: int | None = None) -> Passed:
    """Write a resident's words down and send them to whom they belong. The same message twice is passed on once.

    `about_id`: the delivery whose "ask" button they tapped.
    """
    async with runtime.database.write() as tx:
        resident = await people_store.by_id(tx, resident_id)
        known = await store.by_message(tx, resident_id, said.message_id)
        if known is not None:
            return await _passed(tx, runtime, known, await _route_taken(tx, known), resident)
        about = await readers.about(tx, resident_id, said.quoted, about_id)
        route = await readers.route(tx, runtime, resident, about)
        reply = await _keep(tx, runtime, resident, said, about, route)
        wait = CHOICE_LASTS if route.cover else timedelta()
        for reader in route.readers:
            await relaying.question(tx, runtime, reply, resident, reader, wait)
        return await _passed(tx, runtime, reply, route, resident)


async def _route_taken(tx: AsyncConnection, reply: Reply) -> Route:
    """Who got words that were passed on before."""
    if reply.reader_id is not None:
        return Route([await people_store.by_id(tx, reply.reader_id)])
    rows = await relay_store.with_prefix(tx, f"relay:{reply.id}:")
    ids = sorted({row.person_id for row in rows})
    return Route([await people_store.by_id(tx, one) for one in ids], shared=True)


async def _keep(
    tx: AsyncConnection, runtime: Runtime, resident: Person, said: Said, about: About, route: Route
) -> Reply:
    original = about.delivery
    reply = await store.add(
        tx,
        resident_id=resident.id,
        author_id=resident.id,
        reader_id=None if route.shared else route.readers[0].id,
        direction="question",
        body=said.text,
        media=said.media,
        about=relaying.excerpt(original.body, LONGEST_ABOUT) if original else "",
        about_by=await readers.wrote(tx, original),
        album=said.album,
        message_id=said.message_id,
        broadcast_id=original.broadcast_id if original else None,
        state="open",
        at=runtime.now(),
    )
    if reply is None:
        raise NotFound("errors.gone")
    return reply


async def _passed(tx: AsyncConnection, runtime: Runtime, reply: Reply, route: Route, resident: Person) -> Passed:
    before = await store.question_before(tx, reply, reply.at - IN_A_ROW)
    return Passed(
        reply,
        [reader.name for reader in route.readers],
        route.shared,
        await awake_from(tx, runtime, route.readers),
        route.cover.name if route.cover else "",
        route.away_id,
        resident.stopped_at is not None,
        needs_yes=not await relaying.reaches(tx, runtime, resident),
        again=before is not None and before.reader_id == reply.reader_id and not route.cover,
    )


async def awake_from(tx: AsyncConnection, runtime: Runtime, people: list[Person]) -> datetime | None:
    """When the first of them may be written to; None when somebody may be now."""
    now, mornings = runtime.now(), []
    for person in people:
        who = await standing(tx, person, runtime.place)
        mornings.append(now if in_conversation(who, now) else next_awake(who.hours, now))
    first = min(mornings, default=now)
    return first if first > now else None


async def choose_reader(runtime: Runtime, resident_id: int, reply_id: int, away_id: int) -> Passed:
    """The resident says that the cover may read their words; with `away_id` 0, that they wait for the champion."""
    async with runtime.database.write() as tx:
        resident = await people_store.by_id(tx, resident_id)
        reply = await _own_question(tx, resident_id, reply_id)
        away = await circle_store.away_by_id(tx, away_id) if away_id else None
        cover = await people_store.find(tx, away.cover_id) if away and away.cover_id else None
        current = away is not None and away.state == "agreed" and away.until > runtime.now()
        if cover is not None and away is not None and current and reply.reader_id == away.champion_id:
            reply = await _give_to(tx, runtime, reply, resident, cover)
        else:  # the champion is back meanwhile, or is asked to read it all the same
            waiting = await relay_store.with_prefix(tx, f"relay:{reply.id}:")
            await relay_store.bring_forward(tx, [row.id for row in waiting], runtime.now())
        return await _passed(tx, runtime, reply, await _route_taken(tx, reply), resident)


async def _own_question(tx: AsyncConnection, resident_id: int, reply_id: int) -> Reply:
    reply = await store.by_id(tx, reply_id)
    if reply is None or reply.resident_id != resident_id or reply.direction != "question":
        raise NotFound("errors.old_button")
    return reply


async def _give_to(tx: AsyncConnection, runtime: Runtime, reply: Reply, resident: Person, cover: Person) -> Reply:
    waiting = await relay_store.with_prefix(tx, f"relay:{reply.id}:")
    await delivery_store.clear(tx, "read_by_cover", runtime.now(), key=[row.key for row in waiting])
    await store.change(tx, reply.id, reader_id=cover.id)
    fresh = await store.by_id(tx, reply.id) or reply
    await relaying.question(tx, runtime, fresh, resident, cover)
    return fresh


async def recall(runtime: Runtime, author_id: int, message_id: int) -> Reply | None:
    """What became of this very message, if it was dealt with before (an update can come twice, after a crash)."""
    async with runtime.database.read() as tx:
        return await store.by_message(tx, author_id, message_id)


async def edited(runtime: Runtime, author_id: int, said: Said, stamp: int) -> bool:
    """Somebody changed words that were passed on. False when nothing had been, or nothing is different.

    `stamp`: when they changed them, in seconds; it keeps one change from being passed on twice.
    """
    async with runtime.database.write() as tx:
        reply = await store.by_message(tx, author_id, said.message_id)
        if reply is None or reply.direction == "piece" or reply.body == said.text:
            return False
        await store.change(tx, reply.id, body=said.text)
        changed = await store.by_id(tx, reply.id) or reply
        author, resident = await people_store.by_id(tx, author_id), await people_store.by_id(tx, reply.resident_id)
        if reply.direction == "answer":
            await relaying.answer_changed(tx, runtime, changed, resident, author, stamp)
        else:
            await _question_edited(tx, runtime, changed, author, stamp)
        return True


async def _question_edited(tx: AsyncConnection, runtime: Runtime, reply: Reply, resident: Person, stamp: int) -> None:
    """It is open again: what was answered is no longer what is asked."""
    await store.change(tx, reply.id, state="open", answered_at=None)
    for heading in await relay_store.with_prefix(tx, f"relay:{reply.id}:"):
        if _is_heading(heading) and reply.reader_id in (None, heading.person_id):
            await relaying.question_changed(tx, runtime, reply, resident, heading, stamp)


def _is_heading(row: Delivery) -> bool:
    return row.kind is Kind.RELAY and row.key.count(":") == 2 and row.state is not State.CLEARED


async def readers_of(runtime: Runtime, resident_id: int) -> tuple[list[str], bool]:
    """The names of those who would get what this person writes now, and whether they are coordinators."""
    async with runtime.database.read() as tx:
        resident = await people_store.by_id(tx, resident_id)
        route = await readers.route(tx, runtime, resident, await readers.about(tx, resident_id, None, None))
        return [reader.name for reader in route.readers], route.shared


async def asked_whom(runtime: Runtime, resident_id: int, delivery_id: int) -> str:
    """The name of who wrote the message under which "ask" was tapped; empty when it is not known any more."""
    async with runtime.database.read() as tx:
        about = await readers.about(tx, resident_id, None, delivery_id)
        author_id = await readers.wrote(tx, about.delivery)
        author = await people_store.find(tx, author_id) if author_id else None
        return author.name if author else ""


async def is_from_somebody(runtime: Runtime, person_id: int, message_id: int) -> bool:
    """Whether a message on this phone carried somebody's words; otherwise it was a question of the bot's own."""
    async with runtime.database.read() as tx:
        delivery = await delivery_store.by_message(tx, person_id, message_id)
        return delivery is not None and delivery.kind in (Kind.BROADCAST, Kind.ANSWER, Kind.RELAY, Kind.NOTICE)
