"""The inbox: updates from Telegram, stored before they are acknowledged, worked off one chat in order."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from bot.store.schema_machine import inbox

NOBODY = 0  # the chat of an update that is nobody's, or nobody's any more


@dataclass(frozen=True)
class Update:
    update_id: int
    chat_id: int
    payload: dict[str, Any]
    attempts: int
    received_at: datetime


def insert_for(tx: AsyncConnection) -> Any:
    """INSERT with ON CONFLICT exists in both engines, but under two names."""
    return (sqlite if tx.dialect.name == "sqlite" else postgresql).insert


async def add(tx: AsyncConnection, rows: list[dict[str, Any]], worn: datetime) -> int:
    """Store updates; one that is there already is left alone. Returns how many were new.

    `worn`: after a week of silence Telegram begins its numbers anew at random, so a finished row from before then
    is not the same update.
    """
    if not rows:
        return 0
    fresh = insert_for(tx)(inbox)
    values = {name: fresh.excluded[name] for name in rows[0] if name != "update_id"}
    old = and_(inbox.c.state == "done", inbox.c.received_at < worn)
    upsert = fresh.on_conflict_do_update(index_elements=["update_id"], set_={**values, "lease_until": None}, where=old)
    return len((await tx.execute(upsert.returning(inbox.c.update_id), rows)).all())  # PostgreSQL counts no rows here


async def claim(tx: AsyncConnection, now: datetime, lease_until: datetime, most: int) -> list[Update]:
    """Take the oldest waiting update of each chat that has none before it, at most `most`."""
    earlier = inbox.alias("earlier")
    blocked = exists().where(
        earlier.c.chat_id == inbox.c.chat_id, earlier.c.update_id < inbox.c.update_id, earlier.c.state == "new"
    )
    free = and_(
        inbox.c.state == "new",
        inbox.c.due_at <= now,
        or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= now),
        ~blocked,
    )
    pick = select(inbox.c.update_id).where(free).order_by(inbox.c.update_id).limit(most)
    # A common table: PostgreSQL may run a plain subquery more than once, and each run would lock other rows.
    picked = pick.with_for_update(skip_locked=True).cte("picked")
    taken = (
        update(inbox)
        .where(inbox.c.update_id.in_(select(picked.c.update_id)))
        .values(lease_until=lease_until, attempts=inbox.c.attempts + 1)
        .returning(inbox.c.update_id, inbox.c.chat_id, inbox.c.payload, inbox.c.attempts, inbox.c.received_at)
    )
    rows = [Update(**row) for row in (await tx.execute(taken)).mappings()]
    return sorted(rows, key=lambda row: row.update_id)


async def finish(tx: AsyncConnection, update_id: int) -> None:
    """Worked off. Neither the words nor whose they were is kept here longer than the work takes (promise 9)."""
    await _finish(tx, inbox.c.update_id == update_id)


async def drop_chat(tx: AsyncConnection, chat_id: int) -> None:
    """Nothing of this chat is worked off any more. The numbers stay: an update that Telegram repeats is known."""
    await _finish(tx, inbox.c.chat_id == chat_id)


async def _finish(tx: AsyncConnection, which: ColumnElement[bool]) -> None:
    done = {"state": "done", "chat_id": NOBODY, "payload": None, "lease_until": None, "reason": ""}
    await tx.execute(update(inbox).where(which).values(**done))


async def renew(tx: AsyncConnection, update_ids: Collection[int], lease_until: datetime) -> None:
    """Whoever works on these still lives."""
    mine = update(inbox).where(inbox.c.update_id.in_(update_ids), inbox.c.state == "new")
    await tx.execute(mine.values(lease_until=lease_until))


async def put_back(tx: AsyncConnection, update_id: int, due_at: datetime, reason: str, counts: bool) -> None:
    """`counts`: whether this was one of its tries."""
    again = update(inbox).where(inbox.c.update_id == update_id)
    attempts = inbox.c.attempts if counts else inbox.c.attempts - 1
    await tx.execute(again.values(due_at=due_at, lease_until=None, reason=reason, attempts=attempts))


async def bury(tx: AsyncConnection, update_id: int, reason: str) -> None:
    """Nothing more can be done with it by itself; it stays with its words, counted and shown to coordinators."""
    dead = update(inbox).where(inbox.c.update_id == update_id)
    await tx.execute(dead.values(state="dead", lease_until=None, reason=reason))


async def count(tx: AsyncConnection, state: str) -> int:
    return int((await tx.execute(select(func.count()).where(inbox.c.state == state))).scalar_one())


async def drop(tx: AsyncConnection, state: str, before: datetime) -> int:
    """Forget updates that came before then. Returns how many."""
    done = await tx.execute(inbox.delete().where(inbox.c.state == state, inbox.c.received_at < before))
    return int(done.rowcount)


_WAITING = select(func.count()).where(
    inbox.c.state == "new",
    inbox.c.due_at <= bindparam("now"),
    or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= bindparam("now")),
)


async def count_waiting(tx: AsyncConnection, now: datetime) -> int:
    """Updates that could be worked off now."""
    return int((await tx.execute(_WAITING, {"now": now})).scalar_one())
