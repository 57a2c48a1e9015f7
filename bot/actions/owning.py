"""“I have it”, and then nothing: whoever has a concern is asked once, then the ladder goes on (promise 6)."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import alerts, escalating
from bot.actions.one_by_one import one_by_one
from bot.domain.concerns import Phase, Rung, asked_after
from bot.runtime import Runtime
from bot.store import concerns as store
from bot.store import people as people_store
from bot.store.concerns import Concern

ASKED, CAME_BACK = "asked_owner", "came_back"


async def remind(runtime: Runtime) -> int:
    """What somebody has taken and said nothing more about. Returns how many."""
    async with runtime.database.read() as tx:
        quiet = await store.unspoken(tx, runtime.now())

    async def step(concern_id: int) -> bool:
        async with runtime.database.write() as tx:
            concern = await store.by_id(tx, concern_id)
            return concern is not None and await _ask_or_open(tx, runtime, concern)

    return await one_by_one(quiet, step)


async def _ask_or_open(tx: AsyncConnection, runtime: Runtime, concern: Concern) -> bool:
    """False when they have spoken, or it was closed or passed on meanwhile."""
    now = runtime.now()
    if concern.state is not Phase.OWNED or concern.deadline_at > now or concern.owned_at is None:
        return False
    since = {event.what for event in await store.history(tx, concern.id) if event.at >= concern.owned_at}
    if "spoken" in since:
        return False
    if ASKED in since:
        fresh = await escalating.open_again(tx, runtime, concern, CAME_BACK)
        await escalating.tell_from(tx, runtime, fresh, Rung.COORDINATOR)  # whoever had it
    else:
        await _ask(tx, runtime, concern, concern.owned_at, now)
    return True


async def _ask(tx: AsyncConnection, runtime: Runtime, concern: Concern, owned_at: datetime, now: datetime) -> None:
    until = asked_after(concern.level, now, runtime.place.working)
    await store.change(tx, concern.id, deadline_at=until)
    await store.note(tx, concern, ASKED, now)
    owner = await people_store.find(tx, concern.owner_id or 0)
    if owner is not None:
        await alerts.send(tx, runtime, concern, owner, until, f":still:{int(owned_at.timestamp())}", still=True)
