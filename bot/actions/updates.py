"""The inbox: what Telegram told us is stored first, acknowledged next, and worked off in order."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.runtime import Runtime
from bot.store import machine
from bot.store import updates as store
from bot.store.updates import Update

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 4
KEPT = timedelta(days=8)  # update ids start anew at random after a week of silence


async def receive(runtime: Runtime, updates: Sequence[dict[str, Any]]) -> int:
    """Store updates; only after this returns may they be acknowledged. Returns how many were new."""
    now = runtime.now()
    blank = {"received_at": now, "due_at": now, "state": "new", "attempts": 0, "reason": ""}
    rows = [{**blank, "update_id": one["update_id"], "chat_id": chat_of(one), "payload": one} for one in updates]
    async with runtime.database.write() as tx:
        return await store.add(tx, rows)


def chat_of(update: dict[str, Any]) -> int:
    """The private chat an update belongs to; 0 when it names none. Messages and taps of a chat share one order."""
    for content in update.values():
        if isinstance(content, dict):
            message = content.get("message") or content
            who = message.get("chat") or content.get("from")
            if isinstance(who, dict):
                return int(who["id"])
    return 0


async def take(runtime: Runtime, most: int = 16) -> list[Update]:
    """The next updates to work off, at most one of each chat."""
    now = runtime.now()
    async with runtime.database.read() as tx:
        if not await store.count_waiting(tx, now):
            return []
    async with runtime.database.write() as tx:
        return await store.claim(tx, now, now + LEASE, most)


async def finish(runtime: Runtime, update: Update) -> None:
    async with runtime.database.write() as tx:
        await store.finish(tx, update.update_id)


async def fail(runtime: Runtime, update: Update, reason: str) -> bool:
    """Try again later, or bury it after several tries. Returns whether it was buried."""
    async with runtime.database.write() as tx:
        if update.attempts >= MOST_ATTEMPTS:
            await store.bury(tx, update.update_id, reason)
            await machine.note(tx, runtime.now(), None, "update_buried", str(update.update_id))
            return True
        pause = timedelta(seconds=2**update.attempts)
        await store.put_back(tx, update.update_id, runtime.now() + pause, reason)
        return False


async def tidy(runtime: Runtime) -> int:
    """Drop keys so old that Telegram cannot repeat them."""
    async with runtime.database.write() as tx:
        return await store.drop_done(tx, runtime.now() - KEPT)
