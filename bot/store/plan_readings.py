"""Which parts of a plan's version each coordinator was shown."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema_desk import plan_readings
from bot.store.updates import insert_for


async def seen(tx: AsyncConnection, version_id: int, person_id: int) -> set[str]:
    mine = plan_readings.c.person_id == person_id
    query = select(plan_readings.c.part).where(plan_readings.c.version_id == version_id, mine)
    return set((await tx.execute(query)).scalars())


async def add(tx: AsyncConnection, version_id: int, person_id: int, parts: Collection[str], now: datetime) -> None:
    """Write down what was shown; what was shown before stays as it is."""
    rows = [{"version_id": version_id, "person_id": person_id, "part": part, "at": now} for part in sorted(parts)]
    fresh = insert_for(tx)(plan_readings).values(rows)
    await tx.execute(fresh.on_conflict_do_nothing(index_elements=["version_id", "person_id", "part"]))
