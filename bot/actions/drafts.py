"""A half-finished broadcast: it survives a restart, and another conversation in between."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.runtime import Runtime
from bot.store import machine

FLOW = "broadcast"
# Typed words are taken as an answer only while the conversation is fresh; what was filled in is kept longer.
LASTS = timedelta(days=30)


async def current(runtime: Runtime, person_id: int) -> dict[str, Any] | None:
    """What the champion has filled in so far; None when there is no draft."""
    async with runtime.database.read() as tx:
        found = await machine.dialogue(tx, person_id, FLOW)
        return found.data if found and runtime.now() - found.updated_at <= LASTS else None


async def keep(runtime: Runtime, person_id: int, step: str, content: dict[str, Any]) -> None:
    async with runtime.database.write() as tx:
        await machine.keep_dialogue(tx, person_id, FLOW, step, content, runtime.now())


async def drop(runtime: Runtime, person_id: int) -> None:
    async with runtime.database.write() as tx:
        await drop_within(tx, person_id)


async def drop_within(tx: AsyncConnection, person_id: int) -> None:
    """The same inside the decision that uses the draft up."""
    await machine.end_dialogue(tx, person_id, FLOW)
