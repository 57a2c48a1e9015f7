"""What residents wrote and what was answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import replies
from bot.store.updates import insert_for


@dataclass(frozen=True)
class Reply:
    """`direction`: question (a resident's words) or answer. `state`: open, answered, asked (the resident has to say
    whether a cover may read it). `message_id` is in the author's own chat. `media`: kind of attachment or empty."""

    id: int
    resident_id: int
    author_id: int
    reader_id: int | None
    direction: str
    body: str
    media: str
    about: str
    message_id: int
    broadcast_id: int | None
    answers_id: int | None
    state: str
    at: datetime
    answered_at: datetime | None


COLUMNS = tuple(getattr(replies.c, name) for name in Reply.__dataclass_fields__)


async def add(tx: AsyncConnection, **values: Any) -> Reply | None:
    """Write down words; None when this very message is there already (its update came twice)."""
    fresh = insert_for(tx)(replies).values(**values)
    fresh = fresh.on_conflict_do_nothing(index_elements=["author_id", "message_id", "direction"])
    row = (await tx.execute(fresh.returning(*COLUMNS))).mappings().first()
    return None if row is None else Reply(**row)


async def by_id(tx: AsyncConnection, reply_id: int) -> Reply | None:
    row = (await tx.execute(select(*COLUMNS).where(replies.c.id == reply_id))).mappings().first()
    return None if row is None else Reply(**row)


async def by_message(tx: AsyncConnection, author_id: int, message_id: int, direction: str) -> Reply | None:
    query = select(*COLUMNS).where(
        replies.c.author_id == author_id, replies.c.message_id == message_id, replies.c.direction == direction
    )
    row = (await tx.execute(query)).mappings().first()
    return None if row is None else Reply(**row)


async def change(tx: AsyncConnection, reply_id: int, **values: Any) -> None:
    await tx.execute(update(replies).where(replies.c.id == reply_id).values(**values))


async def answered(tx: AsyncConnection, resident_id: int, reply_id: int, now: datetime) -> None:
    """The question answered, and everything the same resident had asked the same reader before it."""
    asked = select(replies.c.reader_id).where(replies.c.id == reply_id).scalar_subquery()
    rows = update(replies).where(
        replies.c.resident_id == resident_id,
        replies.c.id <= reply_id,
        replies.c.reader_id == asked,
        replies.c.direction == "question",
        replies.c.state == "open",
    )
    await tx.execute(rows.values(state="answered", answered_at=now))


async def questions_for(tx: AsyncConnection, reader_id: int, most: int = 30) -> list[Reply]:
    """What a reader was asked: unanswered first (the oldest on top), then the newest answered."""
    mine = select(*COLUMNS).where(replies.c.reader_id == reader_id, replies.c.direction == "question")
    waiting = await tx.execute(mine.where(replies.c.state == "open").order_by(replies.c.id).limit(most))
    done = await tx.execute(mine.where(replies.c.state == "answered").order_by(replies.c.id.desc()).limit(most))
    return [Reply(**row) for row in (*waiting.mappings(), *done.mappings())][:most]


async def count_open(tx: AsyncConnection, reader_id: int) -> int:
    query = select(func.count()).where(
        replies.c.reader_id == reader_id, replies.c.direction == "question", replies.c.state == "open"
    )
    return int((await tx.execute(query)).scalar_one())


async def about_broadcast(tx: AsyncConnection, broadcast_id: int) -> tuple[int, int]:
    """How many replies a broadcast brought, and how many of them are answered."""
    query = select(replies.c.state, func.count().label("rows")).where(
        replies.c.broadcast_id == broadcast_id, replies.c.direction == "question"
    )
    rows = {row.state: row.rows for row in await tx.execute(query.group_by(replies.c.state))}
    return sum(rows.values()), rows.get("answered", 0)


async def last_exchange(tx: AsyncConnection, resident_id: int) -> Reply | None:
    """The newest answer a resident was given."""
    query = select(*COLUMNS).where(replies.c.resident_id == resident_id, replies.c.direction == "answer")
    row = (await tx.execute(query.order_by(replies.c.id.desc()))).mappings().first()
    return None if row is None else Reply(**row)


async def unread_for_coordinators(tx: AsyncConnection) -> list[Reply]:
    """Questions that belong to nobody: no champion, no coordinator yet."""
    query = select(*COLUMNS).where(replies.c.reader_id.is_(None), replies.c.direction == "question")
    rows = await tx.execute(query.where(replies.c.state == "open").order_by(replies.c.id))
    return [Reply(**row) for row in rows.mappings()]
