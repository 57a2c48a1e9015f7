"""getUpdates: waits for news, tells two pollers apart, and refuses beside a webhook."""

import asyncio
from typing import Any

from bot.simulator.params import Params, Refusal
from bot.simulator.world import World

MAX_LIMIT = 100
MAX_TIMEOUT = 50
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
NEW_WEBHOOK = "terminated by setWebhook request"
BESIDE_WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


def conflict(what: str) -> Refusal:
    return Refusal(409, f"Conflict: {what}")


class Polling:
    """At most one call waits at a time; a newer one ends it with 409."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.turn: asyncio.Future[None] | None = None

    def interrupt(self, reason: str) -> None:
        turn, self.turn = self.turn, None
        if turn and not turn.done():
            turn.set_exception(conflict(reason))

    async def get_updates(self, params: Params) -> list[dict[str, Any]]:
        self.interrupt(OTHER_POLLER)
        updates = self.world.updates
        allowed = params.array("allowed_updates", "allowed updates", str)
        if allowed is not None:
            updates.allowed = [str(kind) for kind in allowed]
        updates.confirm(params.integer("offset"))
        limit = min(max(params.integer("limit", MAX_LIMIT), 1), MAX_LIMIT)
        seconds = min(params.integer("timeout"), MAX_TIMEOUT)
        if seconds > 0 and not updates.waiting():
            await self.wait(seconds)
        return [one.update for one in updates.waiting()[:limit]]

    async def wait(self, seconds: float) -> None:
        """Until something is there, the time is over, or somebody else takes the turn."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.turn = turn
        tasks = [asyncio.ensure_future(self.news()), asyncio.ensure_future(self.world.clock.sleep(seconds))]
        try:
            await asyncio.wait([*tasks, turn], return_when=asyncio.FIRST_COMPLETED)
            if turn.done():
                turn.result()
        finally:
            self.turn = None if self.turn is turn else self.turn
            for task in tasks:
                task.cancel()

    async def news(self) -> None:
        version = self.world.version
        while not self.world.updates.waiting():
            version = await self.world.wait_change(version)
