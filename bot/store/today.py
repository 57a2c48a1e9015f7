"""What the first page of the desk counts and names; every query is bounded, however large the place is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.broadcasts import Phase as Sending
from bot.domain.checkins import Enrolment as State
from bot.domain.checkins import Stage
from bot.domain.concerns import Phase
from bot.domain.deliveries import Kind
from bot.domain.deliveries import State as Delivered
from bot.domain.plans import Level
from bot.store.enrolled import Span
from bot.store.schema import broadcasts, circles, deliveries, people
from bot.store.schema_care import checkins, concerns, enrolments

owners, champions = people.alias("owners"), people.alias("champions")


@dataclass(frozen=True)
class Worry:
    """A concern that is not closed, with first names; `owner` is empty while nobody has it."""

    id: int
    level: Level
    opened_at: datetime
    deadline_at: datetime
    owned_at: datetime | None
    name: str
    owner: str


@dataclass(frozen=True)
class Going:
    """A broadcast that goes out now, or begins today."""

    id: int
    topic: str
    circle: str
    champion: str
    state: Sending
    starts_at: datetime


@dataclass(frozen=True)
class Asked:
    """A check-in of today, or one without an answer so far."""

    enrolment_id: int
    name: str
    day: int
    due_at: datetime
    state: Stage


@dataclass(frozen=True)
class Silent:
    """Whoever has missed this many check-ins in a row."""

    enrolment_id: int
    name: str
    missed: int


async def many(tx: AsyncConnection, query: Select[Any], kind: type[Any]) -> list[Any]:
    """Its rows, each as one of `kind`."""
    return [kind(**row) for row in (await tx.execute(query)).mappings()]


async def count(tx: AsyncConnection, query: Select[Any]) -> int:
    return int((await tx.execute(select(func.count()).select_from(query.subquery()))).scalar_one())


async def open_concerns(tx: AsyncConnection, most: int) -> tuple[list[Worry], int]:
    """The most urgent and oldest first, and how many there are."""
    urgency = case({level.value: place for place, level in enumerate(Level)}, value=concerns.c.level, else_=99)
    of_concern = (concerns.c[name] for name in ("id", "level", "opened_at", "deadline_at", "owned_at"))
    query = select(*of_concern, people.c.name, func.coalesce(owners.c.name, "").label("owner"))
    query = query.join(people, people.c.id == concerns.c.person_id)
    query = query.outerjoin(owners, owners.c.id == concerns.c.owner_id).where(concerns.c.state != Phase.CLOSED)
    rows = (await tx.execute(query.order_by(urgency, concerns.c.id).limit(most))).mappings()
    found = [Worry(**{**row, "level": Level(row["level"])}) for row in rows]
    return found, await count(tx, select(concerns.c.id).where(concerns.c.state != Phase.CLOSED))


async def broadcasts_today(tx: AsyncConnection, span: Span, most: int) -> tuple[list[Going], int]:
    begins = and_(broadcasts.c.state == Sending.WAITING, broadcasts.c.starts_at < span.end)
    chosen = or_(broadcasts.c.state == Sending.SENDING, begins)
    query = select(
        broadcasts.c.id,
        broadcasts.c.topic,
        broadcasts.c.state,
        broadcasts.c.starts_at,
        circles.c.name.label("circle"),
        func.coalesce(champions.c.name, "").label("champion"),
    )
    query = query.join(circles, circles.c.id == broadcasts.c.circle_id)
    query = query.outerjoin(champions, champions.c.id == broadcasts.c.champion_id).where(chosen)
    rows = (await tx.execute(query.order_by(broadcasts.c.starts_at, broadcasts.c.id).limit(most))).mappings()
    found = [Going(**{**row, "state": Sending(row["state"])}) for row in rows]
    return found, await count(tx, select(broadcasts.c.id).where(chosen))


async def sent_of(tx: AsyncConnection, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Broadcast -> how many have it, of how many who get it."""
    sent = func.sum(case((deliveries.c.state == Delivered.SENT, 1), else_=0)).label("sent")
    query = select(deliveries.c.broadcast_id, sent, func.count().label("rows"))
    gets = deliveries.c.state.not_in((Delivered.SUPPRESSED, Delivered.CLEARED))
    query = query.where(deliveries.c.broadcast_id.in_(ids), deliveries.c.kind == Kind.BROADCAST, gets)
    rows = await tx.execute(query.group_by(deliveries.c.broadcast_id))
    return {row.broadcast_id: (int(row.sent), int(row.rows)) for row in rows}


def _asked() -> Select[Any]:
    columns = (checkins.c.enrolment_id, people.c.name, checkins.c.day, checkins.c.due_at, checkins.c.state)
    return select(*columns).join(people, people.c.id == checkins.c.person_id)


async def _read(tx: AsyncConnection, query: Select[Any]) -> list[Asked]:
    return [Asked(**{**row, "state": Stage(row["state"])}) for row in (await tx.execute(query)).mappings()]


async def checkins_today(tx: AsyncConnection, span: Span, most: int) -> tuple[list[Asked], dict[Stage, int]]:
    """The next ones of today in order, and how many of today's stand where."""
    asks = and_(checkins.c.kind != "closing", checkins.c.state != Stage.CLEARED)
    today = and_(asks, checkins.c.due_at >= span.start, checkins.c.due_at < span.end)
    query = _asked().where(today).order_by(checkins.c.state != Stage.PLANNED, checkins.c.due_at, checkins.c.id)
    by_state = select(checkins.c.state, func.count().label("rows")).where(today).group_by(checkins.c.state)
    stands = {Stage(row.state): int(row.rows) for row in await tx.execute(by_state)}
    return await _read(tx, query.limit(most)), stands


def is_reminded() -> ColumnElement[bool]:
    """Whether the gentle nudge for a check-in was written; its key begins like the check-in's."""
    beginning = checkins.c.key.concat(":reminder:%")
    return exists().where(deliveries.c.person_id == checkins.c.person_id, deliveries.c.key.like(beginning))


async def reminded(tx: AsyncConnection, most: int) -> tuple[list[Asked], int]:
    """Asked, reminded, and still no answer; who waits longest first."""
    quiet = and_(checkins.c.state == Stage.ASKED, is_reminded())
    found = await _read(tx, _asked().where(quiet).order_by(checkins.c.due_at).limit(most))
    return found, await count(tx, select(checkins.c.id).where(quiet))


async def silent(tx: AsyncConnection, most: int) -> tuple[list[Silent], int]:
    """Who has missed the most in a row first."""
    quiet = and_(enrolments.c.state == State.ACTIVE, enrolments.c.missed > 0)
    query = select(enrolments.c.id.label("enrolment_id"), people.c.name, enrolments.c.missed)
    query = query.join(people, people.c.id == enrolments.c.person_id).where(quiet)
    found = await many(tx, query.order_by(enrolments.c.missed.desc(), people.c.name).limit(most), Silent)
    return found, await count(tx, select(enrolments.c.id).where(quiet))
