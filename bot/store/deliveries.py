"""Deliveries: the outbox and what became of it. Every row has a unique key (promise 3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deliveries import LANES, OPEN, Kind, Lane, Method, Record, State
from bot.store.schema import deliveries, people
from bot.store.updates import insert_for


@dataclass(frozen=True)
class New:
    """A delivery about to be written. `extra` holds what the method needs besides text: message_id, from_chat_id,
    from_message_id, reply_to, protect."""

    key: str
    person_id: int
    kind: Kind
    due_at: datetime
    not_after: datetime
    body: str = ""
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    method: Method = Method.SEND
    extra: dict[str, Any] = field(default_factory=dict)
    language: str = "en"
    broadcast_id: int | None = None
    circle_id: int | None = None
    topic: str | None = None
    version_id: int | None = None
    over_soft_cap: bool = False
    state: State = State.QUEUED
    reason: str = ""


@dataclass(frozen=True)
class Delivery:
    id: int
    key: str
    person_id: int
    kind: Kind
    lane: int
    method: Method
    broadcast_id: int | None
    circle_id: int | None
    topic: str | None
    version_id: int | None
    language: str
    body: str
    buttons: list[list[dict[str, str]]]
    extra: dict[str, Any]
    over_soft_cap: bool
    created_at: datetime
    due_at: datetime
    not_after: datetime
    state: State
    reason: str
    attempts: int
    done_at: datetime | None
    message_id: int | None
    taken_back_at: datetime | None
    helpful_at: datetime | None


COLUMNS = tuple(getattr(deliveries.c, name) for name in Delivery.__dataclass_fields__)


def _delivery(row: Any) -> Delivery:
    values = dict(row)
    for name, kind in (("kind", Kind), ("method", Method), ("state", State)):
        values[name] = kind(values[name])
    return Delivery(**values)


async def put(tx: AsyncConnection, rows: Sequence[New], now: datetime) -> int:
    """Write deliveries; a key that is there already is left as it is. Returns how many were new."""
    if not rows:
        return 0
    values = [_values(row, now) for row in rows]
    done = await tx.execute(insert_for(tx)(deliveries).on_conflict_do_nothing(index_elements=["key"]), values)
    return int(done.rowcount)


def _values(row: New, now: datetime) -> dict[str, Any]:
    names = list(New.__dataclass_fields__)
    values = {name: getattr(row, name) for name in names}
    done_at = None if row.state in OPEN else now
    return {**values, "lane": LANES[row.kind], "created_at": now, "attempts": 0, "done_at": done_at}


def _due(lane: Lane, now: datetime, hot: Collection[int]) -> Select[Any]:
    """Due rows of a lane, except to people who have one under way (their order is kept) or whose chat must cool."""
    under_way = deliveries.alias("under_way")
    busy = select(under_way.c.person_id).where(under_way.c.state == State.SENDING)
    query = (
        select(*COLUMNS, people.c.telegram_id)
        .join(people, people.c.id == deliveries.c.person_id)
        .where(deliveries.c.state == State.QUEUED, deliveries.c.lane == lane, deliveries.c.due_at <= now)
        .where(deliveries.c.person_id.not_in(busy))
        .order_by(deliveries.c.due_at, deliveries.c.id)
    )
    return query.where(people.c.telegram_id.not_in(hot)) if hot else query


async def next_lane(tx: AsyncConnection, now: datetime, hot: Collection[int]) -> Lane | None:
    """The best lane in which something is due. One query a lane, so that a million later rows cost nothing."""
    for lane in Lane:
        if (await tx.execute(_due(lane, now, hot).limit(1))).first() is not None:
            return lane
    return None


async def next_due(tx: AsyncConnection, now: datetime, hot: Collection[int]) -> tuple[Delivery, int] | None:
    """The next row to decide about, with the chat it goes to; other senders skip it."""
    for lane in Lane:
        pick = _due(lane, now, hot).limit(1).with_for_update(skip_locked=True, of=deliveries)
        row = (await tx.execute(pick)).mappings().first()
        if row is not None:
            values = dict(row)
            chat_id = values.pop("telegram_id")
            return _delivery(values), chat_id
    return None


async def earliest(tx: AsyncConnection, after: datetime) -> datetime | None:
    """When the next row that is queued for later is due."""
    moments = []
    for lane in Lane:
        query = select(func.min(deliveries.c.due_at)).where(deliveries.c.state == State.QUEUED)
        moments.append((await tx.execute(query.where(deliveries.c.lane == lane, deliveries.c.due_at > after))).scalar())
    return min((moment for moment in moments if moment is not None), default=None)


async def start(tx: AsyncConnection, delivery_id: int, lease_until: datetime) -> None:
    """From here on the message may be on its way: written before the call, so a crash cannot hide it (promise 4)."""
    row = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.state == State.QUEUED)
    values = {"state": State.SENDING, "lease_until": lease_until, "attempts": deliveries.c.attempts + 1}
    await tx.execute(row.values(values))


async def postpone(tx: AsyncConnection, delivery_id: int, due_at: datetime, reason: str = "") -> None:
    row = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.state == State.QUEUED)
    await tx.execute(row.values(due_at=due_at, reason=reason))


async def hasten(tx: AsyncConnection, person_id: int, now: datetime) -> None:
    """Look at everything that waits for this person again at once."""
    rows = update(deliveries).where(deliveries.c.person_id == person_id, deliveries.c.state == State.QUEUED)
    await tx.execute(rows.where(deliveries.c.reason == "waits").values(due_at=now))


async def end(tx: AsyncConnection, delivery_id: int, state: State, reason: str, now: datetime) -> None:
    """A final state for a row that is still waiting."""
    row = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.state == State.QUEUED)
    await tx.execute(row.values(state=state, reason=reason, done_at=now))


async def record(tx: AsyncConnection, delivery_id: int, outcome: Record, message_id: int | None, now: datetime) -> bool:
    """Write down what became of an attempt; False when the row was not being sent any more."""
    back = outcome.state is State.QUEUED
    values: dict[str, Any] = {"state": outcome.state, "reason": outcome.reason, "lease_until": None}
    values["due_at" if back else "done_at"] = outcome.due_at if back else now
    if message_id is not None:
        values["message_id"] = message_id
    if not outcome.counts:
        values["attempts"] = deliveries.c.attempts - 1
    row = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.state == State.SENDING)
    return bool((await tx.execute(row.values(values))).rowcount)


async def stuck(tx: AsyncConnection, now: datetime) -> list[Delivery]:
    """Rows whose sender died: nobody knows whether Telegram took them."""
    query = select(*COLUMNS).where(deliveries.c.state == State.SENDING, deliveries.c.lease_until <= now)
    return [_delivery(row) for row in (await tx.execute(query.with_for_update(skip_locked=True))).mappings()]


async def clear(tx: AsyncConnection, reason: str, now: datetime, *, state: State = State.CLEARED, **which: Any) -> int:
    """Nothing queued that matches `which` (column=value or values) goes out any more. Returns how many rows."""
    rows = update(deliveries).where(deliveries.c.state == State.QUEUED)
    for name, value in which.items():
        column = deliveries.c[name]
        rows = rows.where(column.in_(value) if isinstance(value, (tuple, list, set)) else column == value)
    done = await tx.execute(rows.values(state=state, reason=reason, done_at=now))
    return int(done.rowcount)


async def by_id(tx: AsyncConnection, delivery_id: int) -> Delivery | None:
    row = (await tx.execute(select(*COLUMNS).where(deliveries.c.id == delivery_id))).mappings().first()
    return None if row is None else _delivery(row)


async def by_key(tx: AsyncConnection, key: str) -> Delivery | None:
    row = (await tx.execute(select(*COLUMNS).where(deliveries.c.key == key))).mappings().first()
    return None if row is None else _delivery(row)


async def by_message(tx: AsyncConnection, person_id: int, message_id: int) -> Delivery | None:
    """The delivery that a message in a person's chat came from."""
    query = select(*COLUMNS).where(deliveries.c.person_id == person_id, deliveries.c.message_id == message_id)
    query = query.where(deliveries.c.method.in_((Method.SEND, Method.COPY)))
    row = (await tx.execute(query)).mappings().first()
    return None if row is None else _delivery(row)


async def last_to(tx: AsyncConnection, person_id: int, kinds: Collection[Kind]) -> Delivery | None:
    """The newest message of these kinds that may have reached a person and still stands."""
    query = select(*COLUMNS).where(
        deliveries.c.person_id == person_id,
        deliveries.c.kind.in_(kinds),
        deliveries.c.method == Method.SEND,
        deliveries.c.state.in_((State.SENT, State.UNCERTAIN)),
        deliveries.c.taken_back_at.is_(None),
    )
    row = (await tx.execute(query.order_by(deliveries.c.done_at.desc(), deliveries.c.id.desc()))).mappings().first()
    return None if row is None else _delivery(row)


async def of_broadcast(tx: AsyncConnection, broadcast_id: int, kind: Kind = Kind.BROADCAST) -> list[Delivery]:
    query = select(*COLUMNS).where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.kind == kind)
    return [_delivery(row) for row in (await tx.execute(query.order_by(deliveries.c.id))).mappings()]


async def counts(tx: AsyncConnection, broadcast_id: int, kind: Kind = Kind.BROADCAST) -> dict[tuple[State, str], int]:
    """How many rows of a broadcast stand where, by state and reason."""
    query = (
        select(deliveries.c.state, deliveries.c.reason, func.count().label("rows"))
        .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.kind == kind)
        .group_by(deliveries.c.state, deliveries.c.reason)
    )
    return {(State(row.state), row.reason): row.rows for row in await tx.execute(query)}


async def count_helpful(tx: AsyncConnection, broadcast_id: int) -> int:
    query = select(func.count()).where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.helpful_at.is_not(None))
    return int((await tx.execute(query)).scalar_one())


async def mark(tx: AsyncConnection, delivery_id: int, **values: Any) -> None:
    await tx.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values))


async def open_ages(tx: AsyncConnection) -> dict[tuple[Lane, State], tuple[int, datetime]]:
    """Open rows by lane and state: how many, and the oldest due time. For /metrics and /readyz."""
    query = (
        select(
            deliveries.c.lane,
            deliveries.c.state,
            func.count().label("rows"),
            func.min(deliveries.c.due_at).label("due"),
        )
        .where(deliveries.c.state.in_(OPEN))
        .group_by(deliveries.c.lane, deliveries.c.state)
    )
    return {(Lane(row.lane), State(row.state)): (row.rows, row.due) for row in await tx.execute(query)}


async def names_of(tx: AsyncConnection, broadcast_id: int) -> dict[int, str]:
    """Delivery id -> the first name of its person."""
    query = select(deliveries.c.id, people.c.name).join(people, people.c.id == deliveries.c.person_id)
    rows = await tx.execute(query.where(deliveries.c.broadcast_id == broadcast_id))
    return {row.id: row.name for row in rows}


async def requeue_uncertain(tx: AsyncConnection, broadcast_id: int, now: datetime) -> int:
    """Put those who may not have got it back into the queue."""
    rows = update(deliveries).where(
        deliveries.c.broadcast_id == broadcast_id,
        deliveries.c.kind == Kind.BROADCAST,
        deliveries.c.state == State.UNCERTAIN,
    )
    done = await tx.execute(rows.values(state=State.QUEUED, due_at=now, reason="sent_again", done_at=None))
    return int(done.rowcount)


async def has_stuck(tx: AsyncConnection, now: datetime) -> bool:
    query = select(deliveries.c.id).where(deliveries.c.state == State.SENDING, deliveries.c.lease_until <= now)
    return (await tx.execute(query.limit(1))).first() is not None


async def expire(tx: AsyncConnection, now: datetime) -> int:
    """Queued rows past their last moment become missed."""
    rows = update(deliveries).where(deliveries.c.state == State.QUEUED, deliveries.c.not_after < now)
    done = await tx.execute(rows.values(state=State.MISSED, reason="too_late", done_at=now))
    return int(done.rowcount)


async def last_of(tx: AsyncConnection, person_id: int, kind: Kind, broadcast_id: int) -> Delivery | None:
    """The newest row of this kind about a broadcast."""
    query = select(*COLUMNS).where(
        deliveries.c.person_id == person_id, deliveries.c.kind == kind, deliveries.c.broadcast_id == broadcast_id
    )
    row = (await tx.execute(query.order_by(deliveries.c.id.desc()).limit(1))).mappings().first()
    return None if row is None else _delivery(row)
