"""The inbox: updates from Telegram, stored before they are acknowledged, worked off one chat in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import inbox


@dataclass(frozen=True)
class Update:
    update_id: int
    chat_id: int
    payload: dict[str, Any]
    attempts: int


def insert_for(tx: AsyncConnection) -> Any:
    """INSERT with ON CONFLICT exists in both engines, but under two names."""
    return (sqlite if tx.dialect.name == "sqlite" else postgresql).insert


async def add(tx: AsyncConnection, rows: list[dict[str, Any]]) -> int:
    """Store updates; one that is there already is left alone. Returns how many were new."""
    if not rows:
        return 0
    done = await tx.execute(insert_for(tx)(inbox).on_conflict_do_nothing(index_elements=["update_id"]), rows)
    return int(done.rowcount)


async def claim(tx: AsyncConnection, now: datetime, lease_until: datetime, most: int) -> list[Update]:
    """Take the oldest waiting update of each chat that has none before it, at most `most`."""
    earlier = inbox.alias("earlier")
    blocked = exists().where(
        earlier.c.chat_id == inbox.c.chat_id, earlier.c.update_id < inbox.c.update_id, earlier.c.state == "new"
    )
    free = and_(
        inbox.c.state == "new",
        inbox.c.due_at <= now,
        (inbox.c.lease_until.is_(None)) | (inbox.c.lease_until <= now),
        ~blocked,
    )
    pick = select(inbox.c.update_id).where(free).order_by(inbox.c.update_id).limit(most)
    taken = (
        update(inbox)
        .where(inbox.c.update_id.in_(pick.with_for_update(skip_locked=True).scalar_subquery()))
        .values(lease_until=lease_until, attempts=inbox.c.attempts + 1)
        .returning(inbox.c.update_id, inbox.c.chat_id, inbox.c.payload, inbox.c.attempts)
    )
    rows = [Update(**row) for row in (await tx.execute(taken)).mappings()]
    return sorted(rows, key=lambda row: row.update_id)


async def finish(tx: AsyncConnection, update_id: int) -> None:
    """Worked off. The words are not kept here any longer than the work takes (promise 9)."""
    done = update(inbox).where(inbox.c.update_id == update_id)
    await tx.execute(done.values(state="done", payload=None, lease_until=None, reason=""))


async def put_back(tx: AsyncConnection, update_id: int, due_at: datetime, reason: str) -> None:
    again = update(inbox).where(inbox.c.update_id == update_id)
    await tx.execute(again.values(due_at=due_at, lease_until=None, reason=reason))


async def bury(tx: AsyncConnection, update_id: int, reason: str) -> None:
    """Nothing more can be done with it by itself; it stays with its words, counted and shown to coordinators."""
    dead = update(inbox).where(inbox.c.update_id == update_id)
    await tx.execute(dead.values(state="dead", lease_until=None, reason=reason))


async def count(tx: AsyncConnection, state: str) -> int:
    return int((await tx.execute(select(func.count()).where(inbox.c.state == state))).scalar_one())


async def drop_done(tx: AsyncConnection, before: datetime) -> int:
    """Keys of updates older than Telegram's own memory are of no use."""
    done = await tx.execute(inbox.delete().where(inbox.c.state == "done", inbox.c.received_at < before))
    return int(done.rowcount)


async def count_waiting(tx: AsyncConnection, now: datetime) -> int:
    """Updates that could be worked off now."""
    free = (inbox.c.lease_until.is_(None)) | (inbox.c.lease_until <= now)
    query = select(func.count()).where(inbox.c.state == "new", inbox.c.due_at <= now, free)
    return int((await tx.execute(query)).scalar_one())
