"""What residents wrote and what was answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deliveries import State
from bot.store.schema import deliveries, people, replies, roles
from bot.store.updates import insert_for


@dataclass(frozen=True)
class Reply:
    """`direction`: question (a resident's words), answer, or piece (of an album that began with another row).

    `reader_id`: whose answer is awaited, None when any coordinator may answer. `state`: open, answered.
    `message_id` is in the author's own chat. `media`: kind of attachment or empty.
    """

    id: int
    resident_id: int
    author_id: int
    reader_id: int | None
    direction: str
    body: str
    media: str
    about: str
    about_by: int | None
    album: str
    message_id: int
    broadcast_id: int | None
    answers_id: int | None
    state: str
    at: datetime
    answered_at: datetime | None


COLUMNS = tuple(getattr(replies.c, name) for name in Reply.__dataclass_fields__)
QUESTION = replies.c.direction == "question"
OPEN = replies.c.state == "open"
# Deliveries in these states brought nothing, and nothing more will come of them.
LOST = (State.FAILED, State.MISSED, State.SUPPRESSED)


async def _first(tx: AsyncConnection, query: Select[Any]) -> Reply | None:
    row = (await tx.execute(query.limit(1))).mappings().first()
    return None if row is None else Reply(**row)


async def add(tx: AsyncConnection, **values: Any) -> Reply | None:
    """Write down words; None when this very message is there already (its update came twice)."""
    fresh = insert_for(tx)(replies).values(**values)
    fresh = fresh.on_conflict_do_nothing(index_elements=["author_id", "message_id", "direction"])
    row = (await tx.execute(fresh.returning(*COLUMNS))).mappings().first()
    return None if row is None else Reply(**row)


async def by_id(tx: AsyncConnection, reply_id: int) -> Reply | None:
    return await _first(tx, select(*COLUMNS).where(replies.c.id == reply_id))


async def by_message(tx: AsyncConnection, author_id: int, message_id: int) -> Reply | None:
    """What became of a message somebody sent us; None when nothing has yet."""
    mine = and_(replies.c.author_id == author_id, replies.c.message_id == message_id)
    return await _first(tx, select(*COLUMNS).where(mine).order_by(replies.c.id))


async def first_of_album(tx: AsyncConnection, author_id: int, album: str) -> Reply | None:
    mine = and_(replies.c.author_id == author_id, replies.c.album == album, replies.c.direction != "piece")
    return await _first(tx, select(*COLUMNS).where(mine).order_by(replies.c.id))


async def pieces_of(tx: AsyncConnection, reply_id: int) -> list[Reply]:
    """What else came in the same album, in order."""
    query = select(*COLUMNS).where(replies.c.answers_id == reply_id, replies.c.direction == "piece")
    return [Reply(**row) for row in (await tx.execute(query.order_by(replies.c.id))).mappings()]


async def change(tx: AsyncConnection, reply_id: int, **values: Any) -> None:
    await tx.execute(update(replies).where(replies.c.id == reply_id).values(**values))


async def answered(tx: AsyncConnection, reply: Reply, now: datetime) -> list[int]:
    """Close a question and whatever the same resident had asked the same reader before it. Returns their ids.

    The update decides who was first: of two who answer at once, one gets an empty list.
    """
    rows = update(replies).where(
        replies.c.resident_id == reply.resident_id,
        replies.c.id <= reply.id,
        replies.c.reader_id.is_not_distinct_from(reply.reader_id),
        QUESTION,
        OPEN,
    )
    done = await tx.execute(rows.values(state="answered", answered_at=now).returning(replies.c.id))
    return [row.id for row in done]


async def answer_to(tx: AsyncConnection, reply: Reply) -> Reply | None:
    """The first answer that closed a question; it may have been given to a later question of the same resident."""
    query = select(*COLUMNS).where(
        replies.c.resident_id == reply.resident_id, replies.c.direction == "answer", replies.c.answers_id >= reply.id
    )
    return await _first(tx, query.order_by(replies.c.id))


async def question_before(tx: AsyncConnection, reply: Reply, since: datetime) -> Reply | None:
    """The last thing the same resident wrote before this, if it is no older than `since`."""
    query = select(*COLUMNS).where(
        replies.c.resident_id == reply.resident_id, QUESTION, replies.c.id < reply.id, replies.c.at >= since
    )
    return await _first(tx, query.order_by(replies.c.id.desc()))


async def has_written_to(tx: AsyncConnection, resident_id: int, reader_id: int, since: datetime) -> bool:
    mine = and_(replies.c.resident_id == resident_id, replies.c.reader_id == reader_id, QUESTION)
    return await _first(tx, select(*COLUMNS).where(mine, replies.c.at >= since)) is not None


def relay_key(reply_id: ColumnElement[Any], reader_id: ColumnElement[Any]) -> ColumnElement[str]:
    """The key of the delivery that brought a question to a reader: `relay:<question>:<reader>`."""
    return literal("relay:").concat(cast(reply_id, Text)).concat(":").concat(cast(reader_id, Text))


def _for(reader_id: int) -> ColumnElement[bool]:
    """Questions that wait for this reader: their own, and a coordinator's share of everybody's."""
    key = relay_key(replies.c.id, literal(reader_id))
    shared = and_(replies.c.reader_id.is_(None), exists().where(deliveries.c.key == key))
    return and_(or_(replies.c.reader_id == reader_id, shared), QUESTION)


async def questions_for(tx: AsyncConnection, reader_id: int, most: int, skip: int = 0) -> list[Reply]:
    """What a reader was asked: unanswered first (the oldest on top), then the newest answered."""
    order = (case((OPEN, 0), else_=1), case((OPEN, replies.c.id), else_=-replies.c.id))
    query = select(*COLUMNS).where(_for(reader_id)).order_by(*order).limit(most).offset(skip)
    return [Reply(**row) for row in (await tx.execute(query)).mappings()]


async def count_for(tx: AsyncConnection, reader_id: int) -> tuple[int, int]:
    """How many questions to a reader are open, and how many answered."""
    query = select(replies.c.state, func.count().label("rows")).where(_for(reader_id)).group_by(replies.c.state)
    rows = {row.state: int(row.rows) for row in await tx.execute(query)}
    return rows.get("open", 0), rows.get("answered", 0)


async def about_broadcast(tx: AsyncConnection, broadcast_id: int) -> tuple[int, int]:
    """How many replies a broadcast brought, and how many of them are answered."""
    query = select(replies.c.state, func.count().label("rows")).where(replies.c.broadcast_id == broadcast_id, QUESTION)
    rows = {row.state: row.rows for row in await tx.execute(query.group_by(replies.c.state))}
    return sum(rows.values()), rows.get("answered", 0)


async def stranded(tx: AsyncConnection) -> list[Reply]:
    """Open questions whose reader stopped, is out of reach, has no task here any more, or was never brought them."""
    away = exists().where(
        people.c.id == replies.c.reader_id, or_(people.c.stopped_at.is_not(None), people.c.unreachable_at.is_not(None))
    )
    tasked = exists().where(roles.c.person_id == replies.c.reader_id, roles.c.ended_at.is_(None))
    key = relay_key(replies.c.id, replies.c.reader_id)
    lost = exists().where(deliveries.c.key == key, deliveries.c.state.in_(LOST))
    query = select(*COLUMNS).where(QUESTION, OPEN, replies.c.reader_id.is_not(None), or_(away, ~tasked, lost))
    return [Reply(**row) for row in (await tx.execute(query.order_by(replies.c.id))).mappings()]


async def shared(tx: AsyncConnection) -> list[Reply]:
    """Open questions that any coordinator may answer."""
    query = select(*COLUMNS).where(QUESTION, OPEN, replies.c.reader_id.is_(None)).order_by(replies.c.id)
    return [Reply(**row) for row in (await tx.execute(query)).mappings()]


async def brought(tx: AsyncConnection, reply_ids: Sequence[int], reader_ids: Sequence[int]) -> set[str]:
    """Which of these questions are, or were, on their way to which of these readers, as relay keys."""
    keys = [f"relay:{reply_id}:{reader_id}" for reply_id in reply_ids for reader_id in reader_ids]
    found: set[str] = set()
    for start in range(0, len(keys), 5000):  # SQLite takes 32,766 parameters in a statement
        query = select(deliveries.c.key).where(deliveries.c.key.in_(keys[start : start + 5000]))
        found |= {row.key for row in await tx.execute(query)}
    return found
