"""The inbox: what Telegram told us is stored first, acknowledged next, and worked off in order."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.runtime import Runtime
from bot.store import machine
from bot.store import updates as store
from bot.store.updates import Update

LEASE = timedelta(seconds=20)  # renewed while the work goes on, so that after a kill nobody waits long
MOST_ATTEMPTS = 4  # of an update that fails by a fault of ours
MOST_CLAIMS = 12  # of one that never came to an end at all: perhaps it kills whoever touches it
PATIENCE = timedelta(hours=1)  # with the line to Telegram or the database, before an answer makes no sense any more
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=1)
KEPT = timedelta(days=8)
DEAD_KEPT = timedelta(days=30)  # long enough to be looked into; they hold somebody's words
NUMBERS_LAST = timedelta(days=7)  # update ids start anew at random after a week of silence


async def receive(runtime: Runtime, updates: Sequence[dict[str, Any]]) -> int:
    """Store updates; only after this returns may they be acknowledged. Returns how many were new."""
    now = runtime.now()
    blank = {"received_at": now, "due_at": now, "state": "new", "attempts": 0, "reason": ""}
    rows = [{**blank, "update_id": one["update_id"], "chat_id": chat_of(one), "payload": one} for one in updates]
    async with runtime.database.write() as tx:
        return await store.add(tx, rows, now - NUMBERS_LAST)


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
        taken = await store.claim(tx, now, now + LEASE, most)
        for hopeless in [one for one in taken if one.attempts > MOST_CLAIMS]:
            await _bury(tx, runtime, hopeless, "never_ended")
            taken.remove(hopeless)
        return taken


async def renew(runtime: Runtime, update_ids: Collection[int]) -> None:
    """These are still being worked on."""
    async with runtime.database.write() as tx:
        await store.renew(tx, update_ids, runtime.now() + LEASE)


async def finish(runtime: Runtime, update: Update) -> None:
    async with runtime.database.write() as tx:
        await store.finish(tx, update.update_id)


async def fail(runtime: Runtime, update: Update, reason: str) -> bool:
    """A fault of ours: try again later, or bury it after several tries. Returns whether it was buried."""
    async with runtime.database.write() as tx:
        if update.attempts >= MOST_ATTEMPTS:
            await _bury(tx, runtime, update, reason)
            return True
        await store.put_back(
            tx, update.update_id, runtime.now() + timedelta(seconds=2**update.attempts), reason, counts=True
        )
        return False


async def wait(runtime: Runtime, update: Update, reason: str) -> bool:
    """The line to Telegram or the database failed, not the update: it keeps its place for as long as it makes sense.

    Returns whether it was buried, because that is over.
    """
    async with runtime.database.write() as tx:
        age = runtime.now() - update.received_at
        if age > PATIENCE:
            await _bury(tx, runtime, update, reason)
            return True
        pause = min(max(age, SHORTEST_PAUSE), LONGEST_PAUSE)  # so each is about as long as all before it
        await store.put_back(tx, update.update_id, runtime.now() + pause, reason, counts=False)
        return False


async def _bury(tx: AsyncConnection, runtime: Runtime, update: Update, reason: str) -> None:
    await store.bury(tx, update.update_id, reason)
    await machine.note(tx, runtime.now(), None, "update_buried", str(update.update_id))


async def tidy(runtime: Runtime) -> int:
    """Drop keys so old that Telegram cannot repeat them, and what was given up long ago."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        return await store.drop(tx, "done", now - KEPT) + await store.drop(tx, "dead", now - DEAD_KEPT)
