"""Broadcasts: one row each; who got it stands in deliveries."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.broadcasts import Broadcast, Phase
from bot.domain.deliveries import OPEN, Kind
from bot.store.schema import broadcasts, deliveries

COLUMNS = tuple(getattr(broadcasts.c, name) for name in Broadcast.__dataclass_fields__)


def _broadcast(row: Any) -> Broadcast:
    return Broadcast(**{**row, "state": Phase(row["state"])})


async def add(tx: AsyncConnection, **values: Any) -> Broadcast:
    blank = {"state": Phase.WAITING, "reason": "", "correction": 0, "progress_digest": ""}
    row = await tx.execute(insert(broadcasts).values({**blank, **values}).returning(*COLUMNS))
    return _broadcast(row.mappings().one())


async def by_id(tx: AsyncConnection, broadcast_id: int) -> Broadcast | None:
    row = (await tx.execute(select(*COLUMNS).where(broadcasts.c.id == broadcast_id))).mappings().first()
    return None if row is None else _broadcast(row)


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


async def sent_lately(tx: AsyncConnection, circle_id: int, topic: str, now: datetime, within: timedelta) -> bool:
    """Whether this circle has had this topic lately, by a broadcast that went out or will."""
    gone = (Phase.WAITING, Phase.SENDING, Phase.FINISHED, Phase.STOPPED)
    row = exists().where(
        broadcasts.c.circle_id == circle_id,
        broadcasts.c.topic == topic,
        broadcasts.c.state.in_(gone),
        broadcasts.c.starts_at > now - within,
    )
    return bool((await tx.execute(select(row))).scalar())


async def earliest_start(tx: AsyncConnection, after: datetime) -> datetime | None:
    """When the next waiting broadcast begins."""
    query = select(func.min(broadcasts.c.starts_at)).where(
        broadcasts.c.state == Phase.WAITING, broadcasts.c.starts_at > after
    )
    moment: datetime | None = (await tx.execute(query)).scalar()
    return moment
