"""Replies reach the person they know (promise 7): from a resident to the champion who wrote last, and back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices, relaying
from bot.actions import people as people_actions
from bot.domain.deliveries import Kind, State
from bot.domain.errors import NotFound, Refused
from bot.domain.hours import next_awake
from bot.domain.people import Purpose, Role
from bot.runtime import Runtime
from bot.store import broadcasts as broadcast_store
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store import replies as store
from bot.store.deliveries import Delivery
from bot.store.people import Person
from bot.store.replies import Reply
from bot.store.standings import hours_of, standing

LONGEST_ABOUT = 300
LONGEST = 3000  # UTF-16 units are counted at Telegram; the frame and the quoted original need room in 4096


@dataclass(frozen=True)
class Said:
    """Something a person wrote or sent. `media` is a kind such as photo or voice, empty for plain words."""

    message_id: int
    text: str
    media: str = ""
    quoted: int | None = None


@dataclass(frozen=True)
class Passed:
    """What happened to a resident's words. `reader`: who gets them; None when nobody can read them at present.

    `read_from`: when the reader's waking hours begin, if it is night for them. `ask_about`: the resident has to say
    first whether this cover may read it.
    """

    reply: Reply
    reader: Person | None
    is_coordinator: bool = False
    read_from: datetime | None = None
    ask_about: Person | None = None
    stopped: bool = False


@dataclass(frozen=True)
class Route:
    readers: list[Person]
    champion: Person | None = None
    cover: Person | None = None
    """Set when the champion is away and the resident has not been told the cover's name yet."""
    is_coordinator: bool = False


async def pass_on(runtime: Runtime, resident_id: int, said: Said, about_id: int | None = None) -> Passed:
    """Write a resident's words down and send them to whom they belong. The same message twice is passed on once.

    `about_id`: the delivery whose "ask" button they tapped.
    """
    async with runtime.database.write() as tx:
        resident = await people_store.by_id(tx, resident_id)
        about = await _about(tx, resident_id, said, about_id)
        route = await _route(tx, runtime, resident, about)
        reply = await _kept(tx, runtime, resident, said, about, route)
        if not route.cover and reply.state == "open":
            for reader in route.readers:
                await relaying.question(tx, runtime, reply, resident, reader)
        return await _passed(tx, runtime, reply, route, resident)


async def _about(tx: AsyncConnection, resident_id: int, said: Said, about_id: int | None) -> Delivery | None:
    """The message they speak of: the one they tapped, the one they quoted, or the last they had."""
    if about_id is not None:
        tapped = await delivery_store.by_id(tx, about_id)
        if tapped is not None and tapped.person_id == resident_id:
            return tapped
    if said.quoted is not None:
        quoted = await delivery_store.by_message(tx, resident_id, said.quoted)
        if quoted is not None and quoted.kind in (Kind.BROADCAST, Kind.ANSWER):
            return quoted
    return await delivery_store.last_to(tx, resident_id, (Kind.BROADCAST, Kind.ANSWER))


async def _route(tx: AsyncConnection, runtime: Runtime, resident: Person, about: Delivery | None) -> Route:
    champion = await _champion(tx, runtime, resident, about)
    if champion is None:
        return Route(await people_actions.coordinators(tx), is_coordinator=True)
    away = await circle_store.away_now(tx, champion.id, runtime.now())
    if away is None or away.cover_id is None:
        return Route([champion], champion)
    cover = await people_store.by_id(tx, away.cover_id)
    if not await _can_read(tx, runtime, cover):
        return Route(await people_actions.coordinators(tx), champion, is_coordinator=True)
    told = await delivery_store.by_key(tx, notices.cover_key(away.id, resident.id))
    if told is not None and told.state is State.SENT:
        return Route([cover], champion)
    return Route([cover], champion, cover)


async def _champion(tx: AsyncConnection, runtime: Runtime, resident: Person, about: Delivery | None) -> Person | None:
    """Who wrote the message they speak of; else the champion of the circle they joined last."""
    author_id = await _author(tx, about) if about else None
    if author_id is None:
        circles = await circle_store.of_person(tx, resident.id)
        author_id = next((circle.champion_id for circle in circles if circle.champion_id), None)
    author = await people_store.find(tx, author_id) if author_id else None
    if author is None or author.id == resident.id:
        return None
    return author if await _can_read(tx, runtime, author) else None


async def _author(tx: AsyncConnection, about: Delivery) -> int | None:
    if about.kind is Kind.BROADCAST and about.broadcast_id is not None:
        broadcast = await broadcast_store.by_id(tx, about.broadcast_id)
        return broadcast.champion_id if broadcast else None
    answer = await store.by_id(tx, int(about.extra.get("reply_id", 0)))
    return answer.author_id if answer else None


async def _can_read(tx: AsyncConnection, runtime: Runtime, person: Person) -> bool:
    roles = await people_store.roles_of(tx, person.id)
    who = await standing(tx, person, runtime.place)
    works = bool(roles & {Role.CHAMPION, Role.COORDINATOR}) and Purpose.WORK in who.purposes
    return works and not who.stopped and not who.unreachable


async def _kept(
    tx: AsyncConnection, runtime: Runtime, resident: Person, said: Said, about: Delivery | None, route: Route
) -> Reply:
    if len(said.text) > LONGEST:
        raise Refused("replies.too_long", longest=LONGEST)
    reply = await store.add(
        tx,
        resident_id=resident.id,
        author_id=resident.id,
        reader_id=route.readers[0].id if route.readers else None,
        direction="question",
        body=said.text,
        media=said.media,
        about=relaying.excerpt(about.body, LONGEST_ABOUT) if about else "",
        message_id=said.message_id,
        broadcast_id=about.broadcast_id if about else None,
        state="asked" if route.cover else "open",
        at=runtime.now(),
    )
    known = reply or await store.by_message(tx, resident.id, said.message_id, "question")
    if known is None:
        raise NotFound("errors.gone")
    return known


async def _passed(tx: AsyncConnection, runtime: Runtime, reply: Reply, route: Route, resident: Person) -> Passed:
    stopped = resident.stopped_at is not None
    if route.cover is not None and reply.state == "asked":
        return Passed(reply, route.champion, ask_about=route.cover, stopped=stopped)
    if not route.readers:
        return Passed(reply, None, is_coordinator=True, stopped=stopped)
    reader = route.readers[0]
    return Passed(reply, reader, route.is_coordinator, await _read_from(tx, runtime, reader), stopped=stopped)


async def _read_from(tx: AsyncConnection, runtime: Runtime, reader: Person) -> datetime | None:
    now = runtime.now()
    if reader.spoke_at is not None and now - reader.spoke_at <= timedelta(minutes=60):
        return None
    morning = next_awake(hours_of(reader, runtime.place), now)
    return morning if morning > now else None


async def choose_reader(runtime: Runtime, resident_id: int, reply_id: int, cover: bool) -> Passed:
    """The resident says whether the cover may read their words, or whether they wait for their own champion."""
    async with runtime.database.write() as tx:
        reply = await store.by_id(tx, reply_id)
        if reply is None or reply.resident_id != resident_id or reply.direction != "question":
            raise NotFound("errors.old_button")
        resident = await people_store.by_id(tx, resident_id)
        reader = await people_store.find(tx, reply.reader_id) if reply.reader_id else None
        if reader is not None and not cover:
            reader = await _own_champion(tx, runtime, reply, reader, resident)
        if reader is None:
            raise NotFound("errors.gone")
        if reply.state == "asked":
            await store.change(tx, reply_id, state="open", reader_id=reader.id)
            fresh = await store.by_id(tx, reply_id)
            await relaying.question(tx, runtime, fresh or reply, resident, reader)
        return Passed(reply, reader, read_from=await _read_from(tx, runtime, reader))


async def _own_champion(
    tx: AsyncConnection, runtime: Runtime, reply: Reply, cover: Person, resident: Person
) -> Person | None:
    about = await delivery_store.last_to(tx, resident.id, (Kind.BROADCAST, Kind.ANSWER))
    return await _champion(tx, runtime, resident, about) or cover


async def of_relay(runtime: Runtime, reader_id: int, message_id: int) -> Reply | None:
    """The question that a message in the reader's chat passed on; lets them answer by replying to it."""
    async with runtime.database.read() as tx:
        delivery = await delivery_store.by_message(tx, reader_id, message_id)
        if delivery is None or delivery.kind is not Kind.RELAY:
            return None
        return await store.by_id(tx, int(delivery.extra.get("reply_id", 0)))


async def question(runtime: Runtime, reader_id: int, reply_id: int) -> tuple[Reply, Person]:
    """A question this reader may see, with who asked it."""
    async with runtime.database.read() as tx:
        reply = await store.by_id(tx, reply_id)
        if reply is None or reply.direction != "question" or not await _may_read(tx, runtime, reader_id, reply):
            raise NotFound("errors.old_button")
        return reply, await people_store.by_id(tx, reply.resident_id)


async def _may_read(tx: AsyncConnection, runtime: Runtime, reader_id: int, reply: Reply) -> bool:
    """The one it went to, and a coordinator when it went to coordinators or to nobody."""
    if reply.reader_id == reader_id:
        return True
    relayed = await delivery_store.by_key(tx, relaying.key(reply.id, reader_id))
    return relayed is not None


async def answer(runtime: Runtime, reader_id: int, reply_id: int, said: Said) -> Person:
    """The reader's words go to the resident in the reader's name. Returns the resident."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        reply = await store.by_id(tx, reply_id)
        if reply is None or not await _may_read(tx, runtime, reader_id, reply):
            raise NotFound("errors.old_button")
        if len(said.text) > LONGEST:
            raise Refused("replies.too_long", longest=LONGEST)
        resident = await people_store.find(tx, reply.resident_id)
        if resident is None or not await relaying.reaches(tx, runtime, resident):
            raise Refused("replies.cannot_reach", name=resident.name if resident else "?")
        written = await store.add(
            tx,
            resident_id=resident.id,
            author_id=reader_id,
            reader_id=resident.id,
            direction="answer",
            body=said.text,
            media=said.media,
            about=relaying.excerpt(reply.body, LONGEST_ABOUT),
            message_id=said.message_id,
            broadcast_id=reply.broadcast_id,
            answers_id=reply.id,
            state="answered",
            at=now,
        )
        if written is not None:
            reader = await people_store.by_id(tx, reader_id)
            await relaying.answer(tx, runtime, written, reply, resident, reader)
            await store.answered(tx, resident.id, reply.id, now)
        return resident


async def inbox(runtime: Runtime, reader_id: int) -> list[tuple[Reply, str]]:
    """What this reader was asked, unanswered first, with the first names of who asked."""
    async with runtime.database.read() as tx:
        found = await store.questions_for(tx, reader_id)
        people = {one.resident_id: await people_store.find(tx, one.resident_id) for one in found}
        return [(one, person.name) for one in found if (person := people[one.resident_id])]


async def count_open(runtime: Runtime, reader_id: int) -> int:
    async with runtime.database.read() as tx:
        return await store.count_open(tx, reader_id)


async def adopt(runtime: Runtime, coordinator_id: int) -> int:
    """Words that nobody could read so far go to the coordinator who has just come. Returns how many."""
    async with runtime.database.write() as tx:
        orphans = await store.unread_for_coordinators(tx)
        reader = await people_store.by_id(tx, coordinator_id)
        for reply in orphans:
            await store.change(tx, reply.id, reader_id=coordinator_id)
            resident = await people_store.by_id(tx, reply.resident_id)
            await relaying.question(tx, runtime, reply, resident, reader)
        return len(orphans)


async def edited(runtime: Runtime, resident_id: int, said: Said, stamp: int) -> bool:
    """A resident changed words that were passed on: the new ones follow the old. False when none were passed on."""
    async with runtime.database.write() as tx:
        reply = await store.by_message(tx, resident_id, said.message_id, "question")
        if reply is None or reply.reader_id is None or reply.state == "asked" or reply.body == said.text:
            return False
        await store.change(tx, reply.id, body=said.text, state="open", answered_at=None)
        fresh = await store.by_id(tx, reply.id)
        resident = await people_store.by_id(tx, resident_id)
        reader = await people_store.find(tx, reply.reader_id)
        if reader is not None and fresh is not None:
            await relaying.question(tx, runtime, fresh, resident, reader, edit=stamp)
        return True
