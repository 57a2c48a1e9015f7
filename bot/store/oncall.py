"""Coordinators who have taken over being on call for a while."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema_care import oncall_swaps as swaps


@dataclass(frozen=True)
class Swap:
    """From `since` to `until` this person is on call, whatever place.toml says."""

    id: int
    person_id: int
    since: datetime
    until: datetime


COLUMNS = tuple(getattr(swaps.c, name) for name in Swap.__dataclass_fields__)


async def add(tx: AsyncConnection, person_id: int, since: datetime, until: datetime) -> None:
    await tx.execute(insert(swaps).values(person_id=person_id, since=since, until=until))


async def standing(tx: AsyncConnection, now: datetime) -> list[Swap]:
    """Those that hold now."""
    query = select(*COLUMNS).where(swaps.c.since <= now, swaps.c.until > now, swaps.c.ended_at.is_(None))
    return [Swap(**row) for row in (await tx.execute(query.order_by(swaps.c.id))).mappings()]


async def end(tx: AsyncConnection, person_id: int, now: datetime) -> int:
    """They give back what they took over. Returns how many swaps that ended."""
    mine = update(swaps).where(swaps.c.person_id == person_id, swaps.c.ended_at.is_(None), swaps.c.until > now)
    return int((await tx.execute(mine.values(ended_at=now))).rowcount)
