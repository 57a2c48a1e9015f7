"""The outbox at work: which row is next, who has it, what became of it, and what is stuck."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deliveries import Lane, Record, State
from bot.store.deliveries import COLUMNS, Delivery, delivery, ended
from bot.store.schema import deliveries, people

# Spelled out in the statement: an engine that plans before it knows a parameter could not use the partial indexes.
QUEUED: ColumnElement[str] = literal_column("'queued'")
SENDING: ColumnElement[str] = literal_column("'sending'")
SENDER_DIED = "sender_died"


def _due(lane: Lane, *columns: Any) -> Select[Any]:
    """Due rows of a lane, except to people who have one under way (their order is kept) or whose chat must cool."""
    return (
        select(*columns)
        .join(people, people.c.id == deliveries.c.person_id)
        .where(deliveries.c.state == QUEUED, deliveries.c.lane == lane, deliveries.c.due_at <= bindparam("now"))
        .where(deliveries.c.person_id.not_in(_BUSY))
        .where(people.c.telegram_id.not_in(bindparam("hot", expanding=True)))
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(1)
    )


# Asked up to a hundred times a second: made once, because making a statement costs more than running it.
_UNDER_WAY = deliveries.alias("under_way")
_BUSY = select(_UNDER_WAY.c.person_id).where(_UNDER_WAY.c.state == SENDING)
_ANY_DUE = {lane: _due(lane, deliveries.c.id) for lane in Lane}
_NEXT_DUE = {
    lane: _due(lane, *COLUMNS, people.c.telegram_id).with_for_update(skip_locked=True, of=deliveries) for lane in Lane
}

_START = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("wanted"), deliveries.c.state == QUEUED)
    .values(state=State.SENDING, lease_until=bindparam("until"), attempts=deliveries.c.attempts + 1)
)


async def next_lane(tx: AsyncConnection, now: datetime, hot: Collection[int]) -> Lane | None:
    """The best lane in which something is due. One query a lane, so that a million later rows cost nothing."""
    for lane in Lane:
        if (await tx.execute(_ANY_DUE[lane], {"now": now, "hot": list(hot)})).first() is not None:
            return lane
    return None


async def next_due(tx: AsyncConnection, now: datetime, hot: Collection[int]) -> tuple[Delivery, int] | None:
    """The next row to decide about, with the chat it goes to; other senders skip it."""
    for lane in Lane:
        row = (await tx.execute(_NEXT_DUE[lane], {"now": now, "hot": list(hot)})).mappings().first()
        if row is not None:
            values = dict(row)
            chat_id = values.pop("telegram_id")
            return delivery(values), chat_id
    return None


async def earliest(tx: AsyncConnection, after: datetime) -> datetime | None:
    """When the next row that is queued for later is due."""
    moments = []
    for lane in Lane:
        query = select(func.min(deliveries.c.due_at)).where(deliveries.c.state == QUEUED)
        moments.append((await tx.execute(query.where(deliveries.c.lane == lane, deliveries.c.due_at > after))).scalar())
    return min((moment for moment in moments if moment is not None), default=None)


async def start(tx: AsyncConnection, delivery_id: int, lease_until: datetime) -> None:
    """From here on the message may be on its way: written before the call, so a crash cannot hide it (promise 4)."""
    await tx.execute(_START, {"wanted": delivery_id, "until": lease_until})


async def postpone(tx: AsyncConnection, delivery_id: int, due_at: datetime, reason: str = "") -> None:
    row = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.state == QUEUED)
    await tx.execute(row.values(due_at=due_at, reason=reason))


async def end(tx: AsyncConnection, delivery_id: int, state: State, reason: str, now: datetime) -> None:
    """A final state for a row that is still waiting."""
    row = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.state == QUEUED)
    await tx.execute(row.values(state=ended(state), reason=reason, done_at=now))


async def record(
    tx: AsyncConnection, delivery_id: int, attempt: int, outcome: Record, message_id: int | None, now: datetime
) -> bool:
    """Write down what became of an attempt (its number says whose); False when the row is no longer this attempt's.

    An end that becomes known only after the row was given up for lost still counts, if nobody has tried since.
    """
    values: dict[str, Any] = {"state": outcome.state, "reason": outcome.reason, "lease_until": None}
    values |= {"due_at": outcome.due_at, "done_at": None} if outcome.due_at else {"done_at": now}
    if message_id is not None:
        values["message_id"] = message_id
    if not outcome.counts:
        values["attempts"] = deliveries.c.attempts - 1
    if outcome.doubt:
        values["doubts"] = deliveries.c.doubts + 1
    row = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.attempts == attempt)
    return bool((await tx.execute(row.where(_still_its(outcome)).values(values))).rowcount)


def _still_its(outcome: Record) -> ColumnElement[bool]:
    if outcome.state in (State.SENT, State.FAILED):
        return or_(deliveries.c.state == SENDING, deliveries.c.reason == SENDER_DIED)
    return deliveries.c.state == SENDING


async def keep_order(tx: AsyncConnection, first: Delivery, due_at: datetime) -> None:
    """What follows `first` to the same person waits with it: a photo must not overtake its heading."""
    later = update(deliveries).where(deliveries.c.person_id == first.person_id, deliveries.c.lane == first.lane)
    later = later.where(deliveries.c.state == QUEUED, deliveries.c.id > first.id, deliveries.c.due_at < due_at)
    await tx.execute(later.values(due_at=due_at))


async def has_stuck(tx: AsyncConnection, now: datetime) -> bool:
    query = select(deliveries.c.id).where(deliveries.c.state == SENDING, deliveries.c.lease_until <= now)
    return (await tx.execute(query.limit(1))).first() is not None


async def stuck(tx: AsyncConnection, now: datetime) -> list[Delivery]:
    """Rows whose sender died: nobody knows whether Telegram took them."""
    query = select(*COLUMNS).where(deliveries.c.state == SENDING, deliveries.c.lease_until <= now)
    return [delivery(row) for row in (await tx.execute(query.with_for_update(skip_locked=True))).mappings()]


async def expire(tx: AsyncConnection, now: datetime) -> int:
    """Queued rows past their last moment become missed."""
    rows = update(deliveries).where(deliveries.c.state == QUEUED, deliveries.c.not_after < now)
    done = await tx.execute(rows.values(state=ended(State.MISSED), reason="too_late", done_at=now))
    return int(done.rowcount)
