"""When something next falls due: what a turned clock stops at."""

from datetime import datetime

from bot.actions import digests, requests
from bot.runtime import Runtime
from bot.store import broadcasts as broadcast_store
from bot.store import checkins as checkin_store
from bot.store import concerns as concern_store
from bot.store import outbox


async def next_due(runtime: Runtime, now: datetime) -> datetime | None:
    """The first instant after `now` at which a waiting row has its time, a request is late, or a digest is due."""
    async with runtime.database.read() as tx:
        found = [
            await outbox.earliest(tx, now),
            await broadcast_store.earliest_start(tx, now),
            await checkin_store.earliest(tx, now),
            await concern_store.earliest(tx, now),
            await digests.earliest(tx, runtime, now),
            await requests.earliest(tx, runtime, now),
        ]
    return min((moment for moment in found if moment is not None), default=None)
