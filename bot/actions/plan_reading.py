"""What of a plan a coordinator was shown, page by page. Both doors write it down here, and yes needs all of it."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.plan_parts import ways
from bot.domain.plan_walks import Walker
from bot.domain.plans import Plan
from bot.runtime import Runtime
from bot.store import plan_readings as store


async def shown(runtime: Runtime, person_id: int, version_id: int, parts: Collection[str]) -> None:
    """These parts stand on a page that this person has before them. Safe to repeat; writes only what is new."""
    async with runtime.database.read() as tx:
        fresh = set(parts) - await store.seen(tx, version_id, person_id)
    if fresh:
        async with runtime.database.write() as tx:
            await store.add(tx, version_id, person_id, fresh, runtime.now())


async def unseen(runtime: Runtime, person_id: int, version_id: int, plan: Plan) -> dict[str, Walker]:
    """What this person was not shown yet, with the way there."""
    async with runtime.database.read() as tx:
        return await left_unseen(tx, person_id, version_id, plan)


async def left_unseen(tx: AsyncConnection, person_id: int, version_id: int, plan: Plan) -> dict[str, Walker]:
    seen = await store.seen(tx, version_id, person_id)
    return {part: walker for part, walker in ways(plan).items() if part not in seen}
