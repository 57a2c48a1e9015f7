"""Broadcasts: one row each; who got it stands in deliveries."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.broadcasts import Broadcast, Phase
from bot.domain.deliveries import OPEN, Kind, State
from bot.store.schema import broadcasts, deliveries, memberships

COLUMNS = tuple(getattr(broadcasts.c, name) for name in Broadcast.__dataclass_fields__)


def _broadcast(row: Any) -> Broadcast:
    return Broadcast(**{**row, "state": Phase(row["state"])})


async def add(tx: AsyncConnection, **values: Any) -> Broadcast:
    blank = {"state": Phase.WAITING, "reason": "", "correction": 0, "progress_digest": ""}
    row = await tx.execute(insert(broadcasts).values({**blank, **values}).returning(*COLUMNS))
    return _broadcast(row.mappings().one())


_BY_ID = select(*COLUMNS).where(broadcasts.c.id == bindparam("wanted"))


async def by_id(tx: AsyncConnection, broadcast_id: int) -> Broadcast | None:
    row = (await tx.execute(_BY_ID, {"wanted": broadcast_id})).mappings().first()
    return None if row is None else _broadcast(row)


async def lock(tx: AsyncConnection, broadcast_id: int) -> None:
    """Nobody else decides about it until this transaction ends; what is read after this is true until then."""
    await tx.execute(select(broadcasts.c.id).where(broadcasts.c.id == broadcast_id).with_for_update())


async def by_draft(tx: AsyncConnection, draft_key: str) -> Broadcast | None:
    """The broadcast that a draft has become, if it has: tapping Send twice sends once."""
    row = (await tx.execute(select(*COLUMNS).where(broadcasts.c.draft_key == draft_key))).mappings().first()
    return None if row is None else _broadcast(row)


async def due_to_start(tx: AsyncConnection, now: datetime) -> list[Broadcast]:
    query = select(*COLUMNS).where(broadcasts.c.state == Phase.WAITING, broadcasts.c.starts_at <= now)
    rows = await tx.execute(query.order_by(broadcasts.c.starts_at, broadcasts.c.id).with_for_update(skip_locked=True))
    return [_broadcast(row) for row in rows.mappings()]


async def sending(tx: AsyncConnection) -> list[Broadcast]:
    query = select(*COLUMNS).where(broadcasts.c.state == Phase.SENDING).order_by(broadcasts.c.id)
    return [_broadcast(row) for row in (await tx.execute(query)).mappings()]


async def of_champion(tx: AsyncConnection, champion_id: int, most: int = 10) -> list[Broadcast]:
    """The newest first."""
    query = select(*COLUMNS).where(broadcasts.c.champion_id == champion_id).order_by(broadcasts.c.id.desc())
    return [_broadcast(row) for row in (await tx.execute(query.limit(most))).mappings()]


async def open_of_champion(tx: AsyncConnection, champion_id: int) -> list[Broadcast]:
    """Those that have not gone out yet, or not to everybody."""
    query = select(*COLUMNS).where(
        broadcasts.c.champion_id == champion_id, broadcasts.c.state.in_((Phase.WAITING, Phase.SENDING))
    )
    return [_broadcast(row) for row in (await tx.execute(query)).mappings()]


async def waiting_of_circle(tx: AsyncConnection, circle_id: int) -> list[Broadcast]:
    query = select(*COLUMNS).where(
        broadcasts.c.circle_id == circle_id, broadcasts.c.state.in_((Phase.WAITING, Phase.SENDING))
    )
    return [_broadcast(row) for row in (await tx.execute(query)).mappings()]


async def move(tx: AsyncConnection, broadcast_id: int, start: Phase, end: Phase, **values: Any) -> bool:
    """Change the phase if it still is `start`; the update decides who was first."""
    row = update(broadcasts).where(broadcasts.c.id == broadcast_id, broadcasts.c.state == start)
    return bool((await tx.execute(row.values(state=end, **values))).rowcount)


async def change(tx: AsyncConnection, broadcast_id: int, **values: Any) -> None:
    await tx.execute(update(broadcasts).where(broadcasts.c.id == broadcast_id).values(**values))


async def has_open_rows(tx: AsyncConnection, broadcast_id: int) -> bool:
    row = exists().where(
        deliveries.c.broadcast_id == broadcast_id,
        deliveries.c.kind == Kind.BROADCAST,
        deliveries.c.state.in_(OPEN),
    )
    return bool((await tx.execute(select(row))).scalar())


async def on_the_way(tx: AsyncConnection, circle_id: int, until: datetime) -> list[tuple[int, str]]:
    """(person, topic) of what members of this circle are about to get: rows in the queue, and broadcasts of others
    and of other circles that begin before `until`. Somebody can be in it several times."""
    mine = select(memberships.c.person_id).where(memberships.c.circle_id == circle_id, memberships.c.left_at.is_(None))
    queued = select(deliveries.c.person_id, deliveries.c.topic).where(
        deliveries.c.kind == Kind.BROADCAST, deliveries.c.state == State.QUEUED, deliveries.c.person_id.in_(mine)
    )
    waiting = (
        select(memberships.c.person_id, broadcasts.c.topic)
        .join(broadcasts, broadcasts.c.circle_id == memberships.c.circle_id)
        .where(memberships.c.left_at.is_(None), memberships.c.person_id.in_(mine))
        .where(memberships.c.person_id != broadcasts.c.champion_id)
        .where(broadcasts.c.state == Phase.WAITING, broadcasts.c.starts_at <= until)
    )
    found = [*await tx.execute(queued), *await tx.execute(waiting)]
    return [(row.person_id, row.topic or "") for row in found]


async def earliest_start(tx: AsyncConnection, after: datetime) -> datetime | None:
    """When the next waiting broadcast begins."""
    query = select(func.min(broadcasts.c.starts_at)).where(
        broadcasts.c.state == Phase.WAITING, broadcasts.c.starts_at > after
    )
    moment: datetime | None = (await tx.execute(query)).scalar()
    return moment
