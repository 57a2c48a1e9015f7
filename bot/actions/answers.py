"""The way back: what was asked, who may answer, and the answer in the reader's own name (promise 7)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import people as people_actions
from bot.actions import relaying
from bot.actions.replies import LONGEST_ABOUT, Said, awake_from
from bot.domain.deliveries import Kind
from bot.domain.errors import NotFound, NotNow, Refused
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store import replies as store
from bot.store.people import Person
from bot.store.replies import Reply

PAGE = 8


@dataclass(frozen=True)
class Question:
    """`brought`: the message in the reader's chat that brought it. `answer`: what was answered, and by whom."""

    reply: Reply
    resident: Person
    brought: int | None
    answer: Reply | None
    answered_by: str


@dataclass(frozen=True)
class Answered:
    """`arrives`: when the resident's waking hours begin, if it is night for them. `waiting`: still unanswered."""

    resident: str
    arrives: datetime | None
    waiting: int


@dataclass(frozen=True)
class Page:
    """One page of a reader's inbox, with the first names of who asked."""

    questions: list[tuple[Reply, str]]
    waiting: int
    answered: int
    number: int

    @property
    def more(self) -> bool:
        return (self.number + 1) * PAGE < self.waiting + self.answered


async def of_relay(runtime: Runtime, reader_id: int, message_id: int) -> Reply | None:
    """The question that a message in the reader's chat passed on; lets them answer by replying to it."""
    async with runtime.database.read() as tx:
        delivery = await delivery_store.by_message(tx, reader_id, message_id)
        if delivery is None or delivery.kind is not Kind.RELAY:
            return None
        return await store.by_id(tx, int(delivery.extra.get("reply_id", 0)))


async def question(runtime: Runtime, reader_id: int, reply_id: int) -> Question:
    """A question this reader may see, with who asked it and what was answered."""
    async with runtime.database.read() as tx:
        reply = await _readable(tx, reader_id, reply_id)
        resident = await people_store.by_id(tx, reply.resident_id)
        relayed = await delivery_store.by_key(tx, relaying.key(reply.id, reader_id))
        answer = await store.answer_to(tx, reply) if reply.state == "answered" else None
        author = await people_store.find(tx, answer.author_id) if answer else None
        return Question(reply, resident, relayed.message_id if relayed else None, answer, author.name if author else "")


async def _readable(tx: AsyncConnection, reader_id: int, reply_id: int) -> Reply:
    """The one it went to may read it, and whoever was brought it; nobody else, whatever a forged button says."""
    reply = await store.by_id(tx, reply_id)
    if reply is None or reply.direction != "question":
        raise NotFound("errors.old_button")
    if reply.reader_id != reader_id and await delivery_store.by_key(tx, relaying.key(reply.id, reader_id)) is None:
        raise NotFound("errors.old_button")
    return reply


async def answer(runtime: Runtime, reader_id: int, reply_id: int, said: Said) -> Answered:
    """The reader's words go to the resident in the reader's name. The same message twice is one answer.

    Where several were asked the first answer counts: raises NotNow for the others.
    """
    async with runtime.database.write() as tx:
        reply = await _readable(tx, reader_id, reply_id)
        resident = await people_store.by_id(tx, reply.resident_id)
        reader = await people_store.by_id(tx, reader_id)
        known = await store.by_message(tx, reader_id, said.message_id)
        if known is None:
            await _answer(tx, runtime, reply, resident, reader, said)
        elif known.direction != "answer":
            raise NotNow("errors.old_button")
        return await _answered(tx, runtime, resident, reader_id)


async def _answer(
    tx: AsyncConnection, runtime: Runtime, reply: Reply, resident: Person, reader: Person, said: Said
) -> None:
    now = runtime.now()
    if not await relaying.reaches(tx, runtime, resident):
        raise Refused("replies.cannot_reach", name=resident.name)
    closed = await store.answered(tx, reply, now)
    if reply.id not in closed:
        await _only_once_more(tx, reply, reader)
    written = await store.add(
        tx,
        resident_id=resident.id,
        author_id=reader.id,
        reader_id=resident.id,
        direction="answer",
        body=said.text,
        media=said.media,
        about=relaying.excerpt(reply.body, LONGEST_ABOUT),
        about_by=resident.id,
        album=said.album,
        message_id=said.message_id,
        broadcast_id=reply.broadcast_id,
        answers_id=reply.id,
        state="answered",
        at=now,
    )
    if written is not None:
        await relaying.answer(tx, runtime, written, reply, resident, reader)
    for question_id in closed:
        await relaying.answered(tx, runtime, question_id, reader)


async def _only_once_more(tx: AsyncConnection, reply: Reply, reader: Person) -> None:
    """Whoever answered may add to it; somebody else was too late."""
    before = await store.answer_to(tx, reply)
    if before is not None and before.author_id != reader.id:
        author = await people_store.by_id(tx, before.author_id)
        raise NotNow("replies.answered_already", champion=author.name, text=relaying.shortened(before.body, 1000))


async def _answered(tx: AsyncConnection, runtime: Runtime, resident: Person, reader_id: int) -> Answered:
    waiting, _ = await store.count_for(tx, reader_id)
    return Answered(resident.name, await awake_from(tx, runtime, [resident]), waiting)


async def answered_before(runtime: Runtime, reply: Reply) -> Answered:
    """The same once more, for an update that came twice."""
    async with runtime.database.read() as tx:
        resident = await people_store.by_id(tx, reply.resident_id)
        return await _answered(tx, runtime, resident, reply.author_id)


async def inbox(runtime: Runtime, reader_id: int, number: int = 0) -> Page:
    """What this reader was asked, unanswered first. `number` counts pages from 0."""
    async with runtime.database.read() as tx:
        waiting, answered = await store.count_for(tx, reader_id)
        number = max(0, min(number, (waiting + answered - 1) // PAGE))
        found = await store.questions_for(tx, reader_id, PAGE, number * PAGE)
        people = {one.resident_id: await people_store.by_id(tx, one.resident_id) for one in found}
        return Page([(one, people[one.resident_id].name) for one in found], waiting, answered, number)


async def count_open(runtime: Runtime, reader_id: int) -> int:
    async with runtime.database.read() as tx:
        return (await store.count_for(tx, reader_id))[0]


async def rescue(runtime: Runtime) -> int:
    """No question stays with somebody who cannot read it (promise 4): it goes to the coordinators.

    Also brings what nobody could read so far to a coordinator who has come since. Returns how many were brought.
    """
    async with runtime.database.read() as tx:
        if not await store.stranded(tx) and not await _unbrought(tx):
            return 0
    async with runtime.database.write() as tx:
        if await people_actions.coordinators(tx):
            for reply in await store.stranded(tx):
                await store.change(tx, reply.id, reader_id=None)
        missing = await _unbrought(tx)
        for reply, reader in missing:
            resident = await people_store.by_id(tx, reply.resident_id)
            await relaying.question(tx, runtime, reply, resident, reader)
        return len(missing)


async def _unbrought(tx: AsyncConnection) -> list[tuple[Reply, Person]]:
    """Questions for any coordinator, and the coordinators who have not been asked them."""
    shared = await store.shared(tx)
    if not shared:
        return []
    everybody = await people_actions.coordinators(tx)
    brought = await store.brought(tx, [one.id for one in shared], [one.id for one in everybody])
    pairs = [(reply, one) for reply in shared for one in everybody if one.id != reply.resident_id]
    return [(reply, one) for reply, one in pairs if relaying.key(reply.id, one.id) not in brought]


async def adopt(runtime: Runtime, coordinator_id: int) -> int:
    """A coordinator has just come: they are brought what waits for any coordinator. Returns how many that are."""
    await rescue(runtime)
    return await count_open(runtime, coordinator_id)
