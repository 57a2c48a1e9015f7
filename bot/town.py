"""`first-mile try`: the real bot against the simulated Telegram, with a clock that can be turned."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot import ticks
from bot.actions import moments
from bot.app import App, opened, prepare
from bot.catalogue.catalogue import Catalogue
from bot.clock import Clock
from bot.config import Settings, load
from bot.simulator.phones import Phone
from bot.simulator.request import SimulatedRequest
from bot.simulator.telegram import TOKEN, Telegram

COORDINATOR_ID = 1001
CAST = (("Elif", COORDINATOR_ID), ("Amara", 1002), ("Ben", 1003), ("Dalia", 1004), ("Chidi", 1005))
CAPTIONS = {1001: "coordinator", 1002: "champion", 1003: "resident", 1004: "resident", 1005: "resident"}
LONGEST_STEP = timedelta(hours=6)


@dataclass
class Town:
    """Phones, the bot, and the time of day. Also what the tour and the page need of the clock.

    `turn`: moves the clock forward to an instant. `polls`: False when the bot fetches its updates by itself.
    `hurry`: entered while the clock is turned, so that nobody waits for Telegram's limits in real seconds.
    """

    app: App
    telegram: Telegram
    clock: Clock
    turn: Callable[[datetime], Awaitable[None]]
    polls: bool = True
    hurry: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
    turning: bool = False

    @property
    def zone(self) -> str:
        return self.app.runtime.place.zone

    def now(self) -> datetime:
        return self.clock.now()

    def phone(self, name: str) -> Phone:
        return self.telegram.phone(name)

    async def settle(self, *, ring: bool = True) -> None:
        """Until the bot has nothing to do at this moment of the clock. `ring`: also notice what has become due."""
        while True:
            while await self._work():
                pass
            if not ring:
                return
            await ticks.run_all(self.app.runtime)
            if not await self._work():
                return

    async def _work(self) -> int:
        """Answer what was said and send what is due; how much of it there was."""
        done = await self.app.polling.step() if self.polls else 0
        done += await self.app.inbox.drain()
        return done + await self.app.sender.drain()

    async def next_due(self) -> datetime | None:
        """When something next falls due: a check-in, a reminder, a deadline, a waiting message, a morning's digest."""
        return await moments.next_due(self.app.runtime, self.now())

    async def turn_to(self, when: datetime) -> None:
        """Go forward through everything that falls due on the way, in order."""
        self.turning = True
        try:
            async with self.hurry():
                while self.clock.now() < when:
                    await self.turn(await self._next_stop(when))
                    await self.settle()
                await ticks.all_rang(self.app.runtime)
        finally:
            self.turning = False

    async def _next_stop(self, when: datetime) -> datetime:
        now = self.clock.now()
        due = await self.next_due()
        stops = [when, now + LONGEST_STEP, *([due] if due else [])]
        return max(min(stops), now + timedelta(milliseconds=1))


def try_settings(database: Path, **overrides: object) -> Settings:
    """What the simulator needs: no token, no .env, a file of its own."""
    values = {
        "bot_token": TOKEN,
        "coordinator_ids": frozenset({COORDINATOR_ID}),
        "database_url": f"sqlite:///{database}",
    }
    return load(_env_file=None, **{**values, **overrides})


@asynccontextmanager
async def opened_town(
    settings: Settings,
    clock: Clock,
    turn: Callable[[datetime], Awaitable[None]],
    telegram: Telegram | None = None,
    catalogue: Catalogue | None = None,
) -> AsyncIterator[Town]:
    """The bot and its cast, ready; nothing runs by itself yet. `catalogue`: one that has been read already."""
    telegram = telegram or Telegram(clock, token=settings.bot_token)
    for name, telegram_id in CAST:
        telegram.phone(name, user_id=telegram_id)
    requests = (SimulatedRequest(telegram), SimulatedRequest(telegram))
    async with opened(settings, clock, requests, catalogue=catalogue) as app:
        await prepare(app)
        yield Town(app, telegram, clock, turn)
