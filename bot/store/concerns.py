"""Concerns: what worries somebody, whose it is, and everything that happened to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, insert, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.concerns import Outcome, Phase, Rung
from bot.domain.plans import Level
from bot.store.quick import thorough
from bot.store.schema import people
from bot.store.schema_care import concern_events, concerns
from bot.store.updates import insert_for


@dataclass(frozen=True)
class Concern:
    """A row of `concerns`. `reason`: a phrase key under concern_reasons. `round`: how often the ladder was told."""

    id: int
    enrolment_id: int | None
    person_id: int
    answer_id: int | None
    key: str
    level: Level
    reason: str
    state: Phase
    rung: Rung
    round: int
    owner_id: int | None
    opened_at: datetime
    deadline_at: datetime
    owned_at: datetime | None
    closed_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class Event:
    what: str
    actor_id: int | None
    note: str
    at: datetime


# Spelled out as in the partial indexes: most concerns there ever were are closed, and nobody looks through them.
_OPEN = concerns.c.state == literal_column("'open'")
_NOT_CLOSED = concerns.c.state.in_([literal_column("'open'"), literal_column("'owned'")])
COLUMNS = tuple(getattr(concerns.c, name) for name in Concern.__dataclass_fields__)


def _concern(row: Any) -> Concern:
    read = {"level": Level(row["level"]), "state": Phase(row["state"]), "rung": Rung(row["rung"])}
    return Concern(**{**row, **read})


async def add(tx: AsyncConnection, **values: Any) -> Concern | None:
    """Open a concern; None when one with this key is there (the same answer twice)."""
    blank = {"state": Phase.OPEN, "round": 1, "outcome": "", "answer_id": None}
    fresh = insert_for(tx)(concerns).values({**blank, **values}).on_conflict_do_nothing(index_elements=["key"])
    row = (await tx.execute(fresh.returning(*COLUMNS))).mappings().first()
    return None if row is None else _concern(row)


async def by_id(tx: AsyncConnection, concern_id: int) -> Concern | None:
    row = (await tx.execute(select(*COLUMNS).where(concerns.c.id == concern_id))).mappings().first()
    return None if row is None else _concern(row)


async def by_key(tx: AsyncConnection, key: str) -> Concern | None:
    row = (await tx.execute(select(*COLUMNS).where(concerns.c.key == key))).mappings().first()
    return None if row is None else _concern(row)


_LATE = (
    select(concerns.c.id)
    .where(_OPEN, concerns.c.deadline_at <= bindparam("now"))
    .order_by(concerns.c.deadline_at, concerns.c.id)
)


async def unowned_past_deadline(tx: AsyncConnection, now: datetime) -> list[int]:
    """Ids, the longest waiting first."""
    return list((await tx.execute(_LATE, {"now": now})).scalars())


_SPOKEN = exists().where(
    concern_events.c.concern_id == concerns.c.id,
    concern_events.c.what == "spoken",
    concern_events.c.at >= concerns.c.owned_at,
)
_UNSPOKEN = and_(concerns.c.state == literal_column("'owned'"), ~_SPOKEN)


async def unspoken(tx: AsyncConnection, now: datetime) -> list[int]:
    """Ids of what somebody has and has said nothing more about in time."""
    query = select(concerns.c.id).where(_UNSPOKEN, concerns.c.deadline_at <= now)
    return list((await tx.execute(query.order_by(concerns.c.deadline_at, concerns.c.id))).scalars())


async def count_not_closed(tx: AsyncConnection) -> tuple[int, int]:
    """How many nobody has, and how many somebody has."""
    query = select(concerns.c.state, func.count().label("rows")).where(_NOT_CLOSED).group_by(concerns.c.state)
    found = {Phase(row.state): row.rows for row in await tx.execute(query)}
    return found.get(Phase.OPEN, 0), found.get(Phase.OWNED, 0)


async def not_closed(tx: AsyncConnection, person_id: int | None = None, most: int | None = None) -> list[Concern]:
    """Open and owned, the oldest first. `most`: only so many."""
    query = select(*COLUMNS).where(_NOT_CLOSED)
    if person_id is not None:
        query = query.where(concerns.c.person_id == person_id)
    rows = await tx.execute(query.order_by(concerns.c.id).limit(most))
    return [_concern(row) for row in rows.mappings()]


async def closed_since(tx: AsyncConnection, since: datetime, most: int) -> list[Concern]:
    """The last closed first."""
    query = select(*COLUMNS).where(concerns.c.state == Phase.CLOSED, concerns.c.closed_at >= since)
    rows = await tx.execute(query.order_by(concerns.c.closed_at.desc(), concerns.c.id.desc()).limit(most))
    return [_concern(row) for row in rows.mappings()]


async def not_reached_since(tx: AsyncConnection, since: datetime) -> list[int]:
    """Whose concern was closed because nobody could reach them."""
    query = select(concerns.c.person_id).where(concerns.c.state == Phase.CLOSED, concerns.c.closed_at >= since)
    query = query.where(concerns.c.outcome == Outcome.NOT_REACHED).distinct()
    return list((await tx.execute(thorough(query))).scalars())


async def with_names(tx: AsyncConnection, closed_since: datetime | None, most: int) -> list[tuple[Concern, str, str]]:
    """[(concern, whose it is about, who has it)]: all that are not closed, or the last that were since then."""
    resident, owner = people.alias(), people.alias()
    query = (
        select(*COLUMNS, resident.c.name.label("resident_name"), func.coalesce(owner.c.name, "").label("owner_name"))
        .join(resident, resident.c.id == concerns.c.person_id)
        .outerjoin(owner, owner.c.id == concerns.c.owner_id)
    )
    if closed_since is None:
        query = query.where(concerns.c.state != Phase.CLOSED).order_by(concerns.c.id)
    else:
        query = query.where(concerns.c.state == Phase.CLOSED, concerns.c.closed_at >= closed_since)
        query = query.order_by(concerns.c.closed_at.desc(), concerns.c.id.desc()).limit(most)
    rows = [dict(row) for row in (await tx.execute(query)).mappings()]
    named = [(row, row.pop("resident_name"), row.pop("owner_name")) for row in rows]
    return [(_concern(row), name, has_it) for row, name, has_it in named]


async def earliest(tx: AsyncConnection, after: datetime) -> datetime | None:
    """When somebody else is told, or whoever has it is asked."""
    waits = or_(concerns.c.state == Phase.OPEN, _UNSPOKEN)
    query = select(func.min(concerns.c.deadline_at)).where(waits, concerns.c.deadline_at > after)
    moment: datetime | None = (await tx.execute(query)).scalar()
    return moment


async def change(tx: AsyncConnection, concern_id: int, **values: Any) -> None:
    await tx.execute(update(concerns).where(concerns.c.id == concern_id).values(**values))


async def move(tx: AsyncConnection, concern_id: int, start: tuple[Phase, ...], end: Phase, **values: Any) -> bool:
    row = update(concerns).where(concerns.c.id == concern_id, concerns.c.state.in_(start))
    return bool((await tx.execute(row.values(state=end, **values))).rowcount)


async def note(
    tx: AsyncConnection, concern: Concern, what: str, now: datetime, actor_id: int | None = None, words: str = ""
) -> None:
    """One line of a concern's history."""
    values = {"concern_id": concern.id, "person_id": concern.person_id, "actor_id": actor_id}
    await tx.execute(insert(concern_events).values(**values, what=what, note=words, at=now))


async def history(tx: AsyncConnection, concern_id: int) -> list[Event]:
    columns = (getattr(concern_events.c, name) for name in Event.__dataclass_fields__)
    query = select(*columns).where(concern_events.c.concern_id == concern_id).order_by(concern_events.c.id)
    return [Event(**row) for row in (await tx.execute(query)).mappings()]
