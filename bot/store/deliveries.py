"""Deliveries: what was decided to send and what became of it. Every row has a unique key (promise 3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deliveries import LANES, OPEN, Kind, Lane, Method, State
from bot.store.schema import deliveries, mentions, people
from bot.store.updates import insert_for


@dataclass(frozen=True)
class New:
    """A delivery about to be written. `extra` holds what the method needs besides text: message_id, from_chat_id,
    from_message_id, reply_to, protect. `names`: people other than the recipient whom it names or whose words it
    carries, so that forgetting one of them blanks it."""

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
    names: tuple[int, ...] = ()


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
    doubts: int
    done_at: datetime | None
    message_id: int | None
    taken_back_at: datetime | None
    helpful_at: datetime | None


COLUMNS = tuple(getattr(deliveries.c, name) for name in Delivery.__dataclass_fields__)


def delivery(row: Any) -> Delivery:
    """A row with COLUMNS as an object."""
    values = dict(row)
    for name, kind in (("kind", Kind), ("method", Method), ("state", State)):
        values[name] = kind(values[name])
    return Delivery(**values)


async def put(tx: AsyncConnection, rows: Sequence[New], now: datetime) -> int:
    """Write deliveries; a key that is there already is left as it is. Returns how many were new."""
    if not rows:
        return 0
    fresh = insert_for(tx)(deliveries).on_conflict_do_nothing(index_elements=["key"])
    written = await tx.execute(fresh.returning(deliveries.c.id, deliveries.c.key), [_values(row, now) for row in rows])
    ids = {row.key: row.id for row in written}
    await _mention(tx, ids, rows)
    return len(ids)


async def _mention(tx: AsyncConnection, ids: dict[str, int], rows: Sequence[New]) -> None:
    named = [
        {"delivery_id": ids[row.key], "person_id": person_id}
        for row in rows
        if row.key in ids
        for person_id in sorted(set(row.names) - {row.person_id})
    ]
    if named:
        await tx.execute(insert(mentions), named)


async def mention(tx: AsyncConnection, delivery_id: int, person_id: int) -> None:
    """A message that waits names one person more."""
    named = insert_for(tx)(mentions).values(delivery_id=delivery_id, person_id=person_id)
    await tx.execute(named.on_conflict_do_nothing())


def _values(row: New, now: datetime) -> dict[str, Any]:
    columns = [name for name in New.__dataclass_fields__ if name != "names"]
    values = {name: getattr(row, name) for name in columns}
    done_at = None if row.state in OPEN else now
    return {**values, "lane": LANES[row.kind], "created_at": now, "attempts": 0, "doubts": 0, "done_at": done_at}


async def hasten(tx: AsyncConnection, person_id: int, now: datetime) -> None:
    """Look at everything that waits for this person again at once."""
    rows = update(deliveries).where(deliveries.c.person_id == person_id, deliveries.c.state == State.QUEUED)
    await tx.execute(rows.where(deliveries.c.reason == "waits").values(due_at=now))


def ended(state: State) -> ColumnElement[str]:
    """The same rule as `bot.domain.deliveries.ended_as`, for rows that are never read."""
    return case((deliveries.c.doubts > 0, State.UNCERTAIN.value), else_=state.value)


async def clear(tx: AsyncConnection, reason: str, now: datetime, *, state: State = State.CLEARED, **which: Any) -> int:
    """Nothing queued that matches `which` (column=value or values) goes out any more. Returns how many rows."""
    rows = update(deliveries).where(deliveries.c.state == State.QUEUED)
    for name, value in which.items():
        column = deliveries.c[name]
        rows = rows.where(column.in_(value) if isinstance(value, (tuple, list, set)) else column == value)
    done = await tx.execute(rows.values(state=ended(state), reason=reason, done_at=now))
    return int(done.rowcount)


async def clear_keys(tx: AsyncConnection, prefix: str, reason: str, now: datetime) -> int:
    """Nothing queued whose key begins so goes out any more: the alerts of a concern, the messages of a check-in."""
    rows = update(deliveries).where(
        deliveries.c.state == State.QUEUED, deliveries.c.key.startswith(prefix, autoescape=True)
    )
    done = await tx.execute(rows.values(state=ended(State.CLEARED), reason=reason, done_at=now))
    return int(done.rowcount)


async def said_already(tx: AsyncConnection, key: str, message_id: int, now: datetime) -> None:
    """A conversation has said what this row would have said."""
    row = update(deliveries).where(deliveries.c.key == key, deliveries.c.state == State.QUEUED)
    await tx.execute(row.values(state=State.SENT, reason="said", done_at=now, message_id=message_id))


async def by_id(tx: AsyncConnection, delivery_id: int) -> Delivery | None:
    row = (await tx.execute(select(*COLUMNS).where(deliveries.c.id == delivery_id))).mappings().first()
    return None if row is None else delivery(row)


async def by_key(tx: AsyncConnection, key: str) -> Delivery | None:
    row = (await tx.execute(select(*COLUMNS).where(deliveries.c.key == key))).mappings().first()
    return None if row is None else delivery(row)


async def by_message(tx: AsyncConnection, person_id: int, message_id: int) -> Delivery | None:
    """The delivery that a message in a person's chat came from."""
    query = select(*COLUMNS).where(deliveries.c.person_id == person_id, deliveries.c.message_id == message_id)
    query = query.where(deliveries.c.method.in_((Method.SEND, Method.COPY)))
    row = (await tx.execute(query)).mappings().first()
    return None if row is None else delivery(row)


async def has_had(tx: AsyncConnection, person_id: int, prefix: str) -> bool:
    """Whether anything with a key that begins so was ever written for this person."""
    query = select(deliveries.c.id).where(deliveries.c.person_id == person_id)
    query = query.where(deliveries.c.key.startswith(prefix, autoescape=True)).limit(1)
    return (await tx.execute(query)).first() is not None


async def last_with_prefix(tx: AsyncConnection, person_id: int, prefix: str, since: datetime) -> datetime | None:
    """When the newest row was written whose key begins so."""
    query = select(func.max(deliveries.c.created_at)).where(deliveries.c.person_id == person_id)
    query = query.where(deliveries.c.key.startswith(prefix, autoescape=True), deliveries.c.created_at >= since)
    found: datetime | None = (await tx.execute(query)).scalar()
    return found


async def count_uncertain(tx: AsyncConnection, since: datetime) -> int:
    """Messages that may or may not have arrived."""
    uncertain = deliveries.c.state == literal_column("'uncertain'")  # spelled out, for the partial index
    query = select(func.count()).where(uncertain, deliveries.c.done_at >= since)
    return int((await tx.execute(query)).scalar_one())


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
    return None if row is None else delivery(row)


async def of_broadcast(tx: AsyncConnection, broadcast_id: int, kind: Kind = Kind.BROADCAST) -> list[Delivery]:
    query = select(*COLUMNS).where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.kind == kind)
    return [delivery(row) for row in (await tx.execute(query.order_by(deliveries.c.id))).mappings()]


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


async def not_reached(tx: AsyncConnection, broadcast_id: int) -> list[int]:
    """Whom a report names: those who did not get it, or may not have, or were left out."""
    query = select(deliveries.c.person_id).where(deliveries.c.broadcast_id == broadcast_id)
    unsure = (State.FAILED, State.MISSED, State.UNCERTAIN, State.SUPPRESSED, State.CLEARED)
    return list((await tx.execute(query.where(deliveries.c.state.in_(unsure)))).scalars())


async def requeue_uncertain(tx: AsyncConnection, broadcast_id: int, now: datetime) -> int:
    """Put those who may not have got it back into the queue."""
    rows = update(deliveries).where(
        deliveries.c.broadcast_id == broadcast_id,
        deliveries.c.kind == Kind.BROADCAST,
        deliveries.c.state == State.UNCERTAIN,
    )
    done = await tx.execute(rows.values(state=State.QUEUED, due_at=now, reason="sent_again", done_at=None, attempts=0))
    return int(done.rowcount)


async def last_of(tx: AsyncConnection, person_id: int, kind: Kind, broadcast_id: int) -> Delivery | None:
    """The newest row of this kind about a broadcast."""
    query = select(*COLUMNS).where(
        deliveries.c.person_id == person_id, deliveries.c.kind == kind, deliveries.c.broadcast_id == broadcast_id
    )
    row = (await tx.execute(query.order_by(deliveries.c.id.desc()).limit(1))).mappings().first()
    return None if row is None else delivery(row)
