"""Half-finished conversations, kept as rows so that they survive a restart."""

from datetime import timedelta
from typing import Any

from bot.runtime import Runtime
from bot.store import machine as store
from bot.store.machine import Dialogue

# After so long a half-finished question is stale: what is typed then is words for somebody, not an answer to it.
LASTS = timedelta(days=2)


async def current(runtime: Runtime, person_id: int, flow: str = "") -> Dialogue | None:
    """The conversation of this kind, or whichever went on last; one that was interrupted waits below it."""
    async with runtime.database.read() as tx:
        found = await store.dialogue(tx, person_id, flow)
        return found if found and runtime.now() - found.updated_at <= LASTS else None


async def keep(runtime: Runtime, person_id: int, flow: str, step: str, data: dict[str, Any]) -> None:
    async with runtime.database.write() as tx:
        await store.keep_dialogue(tx, person_id, flow, step, data, runtime.now())


async def end(runtime: Runtime, person_id: int, flow: str = "") -> None:
    """The conversation of this kind, or the one that went on last."""
    async with runtime.database.write() as tx:
        found = await store.dialogue(tx, person_id, flow)
        if found is not None:
            await store.end_dialogue(tx, person_id, found.flow)
