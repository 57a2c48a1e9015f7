"""The bot as one process on one database: it can be killed at any instant, and started again on what it left behind.

A house is used for many runs. What is kept between them is the engine's memory of compiled statements, nothing else:
the database file, Telegram, the clock and every object of the bot are made anew.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.types import EventDict

from bot import app as composition
from bot.actions import checkins, moments
from bot.app import App
from bot.delivery.pacing import Pacer
from bot.runtime import Runtime, Shelf
from bot.simulator.limits import Limits
from bot.simulator.request import SimulatedRequest
from bot.simulator.telegram import Telegram
from bot.store.database import Database
from bot.ticks import TICKS
from bot.town import try_settings
from tests.bare import shipped
from tests.virtual import START, VirtualClock

SECRET = b"x" * 32
HASTE = -0.96  # the pace has tests of its own; here each second that a chat cools would be 20 looks at the outbox
RUNG = ("checkins.ask", "checkins.remind", "checkins.silence", "concerns.escalate", "concerns.remind")
RUNG += ("concerns.digest", "deliveries.sweep", "deliveries.expire", "answers.rescue")


FAULTS = {
    "some check-ins could not be asked together; trying one by one",
    "a check-in could not be asked",
    "a delivery could not be decided about",
    "a letter could not be handed over",
    "an outcome could not be written down yet",
    "the inbox could not write",
}


class Killed(BaseException):
    """The power is off. No `except Exception` and no database sees anything after that."""


class Moment(StrEnum):
    """Where a kill can strike."""

    BEFORE_COMMIT = "before a commit"
    AFTER_COMMIT = "after a commit"
    BEFORE_WIRE = "before a call"
    AFTER_WIRE = "after a call"


@dataclass
class Power:
    """`strikes`: the moment at which it fails, after `spared` others of its kind."""

    strikes: Moment | None = None
    spared: int = 0
    off: bool = False

    def meets(self, moment: Moment) -> None:
        if self.off:
            raise Killed
        if moment is not self.strikes:
            return
        if self.spared == 0:
            self.off = True
            raise Killed
        self.spared -= 1


class Mortal(Database):
    """A database that stops with the power; what was not committed is gone."""

    power = Power()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        self._lives()
        async with super().write() as tx:
            yield tx
            self.power.meets(Moment.BEFORE_COMMIT)
        self.power.meets(Moment.AFTER_COMMIT)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        self._lives()
        async with super().read() as tx:
            yield tx

    def _lives(self) -> None:
        if self.power.off:
            raise Killed

    async def restarted(self) -> None:
        """Connections and waiting tasks of the old process are gone; the engines remember their statements."""
        await self.close()
        self._lock = asyncio.Lock()
        self._listeners = []


class Wire(SimulatedRequest):
    def __init__(self, telegram: Telegram, power: Power) -> None:
        super().__init__(telegram)
        self._power = power

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        self._power.meets(Moment.BEFORE_WIRE)
        answer = await super().do_request(*args, **kwargs)
        self._power.meets(Moment.AFTER_WIRE)
        return answer


class Moody(Limits):
    """Telegram answers 429 to the next so many messages, whatever we did."""

    refusals = 0
    seconds = 1

    def ask(self, chat_id: int, now: float) -> int:
        if self.refusals == 0:
            return 0
        self.refusals -= 1
        return self.seconds


_door: ContextVar[str] = ContextVar("door", default="")


@contextmanager
def through(door: str) -> Iterator[None]:
    """Whatever is sent inside leaves through this door, tasks begun inside included."""
    token = _door.set(door)
    try:
        yield
    finally:
        _door.reset(token)


def door() -> str:
    return _door.get()


class House:
    """`path`: the database file. `power`: of the process that runs now. `faults`: what it logged as a fault of ours."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "house.db"
        self.settings = try_settings(self.path, coordinator_ids=frozenset({1001, 1002}))
        self.database = Mortal(f"sqlite:///{self.path}", durable=False)
        self.clock = VirtualClock(START)
        self.telegram = Telegram(self.clock)
        self.power = Power()
        self.faults: list[str] = []
        self.shelf = Shelf(shipped())  # a catalogue never changes, and plans are read once for all runs
        self.app: App

    async def opens(self, furnished: bytes) -> None:
        """A new run: nothing is left of the one before."""
        while self.clock._watching:  # noqa: ASYNC110  # 2 clocks that look at one loop would wait for each other
            await asyncio.sleep(0.0002)
        self.faults.clear()
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # tasks that were killed
        await self.database.restarted()
        for ending in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        self.path.write_bytes(furnished)
        self.clock = VirtualClock(START)
        self.limits = Moody()
        self.telegram = Telegram(self.clock, token=self.settings.bot_token, limits=self.limits, keep_calls=50)
        await self.starts()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """What the bot logs is not printed (a night has a million lines); faults of ours are kept."""
        before = structlog.get_config()["processors"]
        structlog.configure(processors=[self._log])
        try:
            yield
        finally:
            structlog.configure(processors=before)

    def _log(self, logger: Any, level: str, event: EventDict) -> EventDict:
        if event["event"] in FAULTS:
            self.faults.append(f"{event['event']}: {event.get('exc_info')!r}")
        raise structlog.DropEvent

    async def starts(self) -> None:
        """A new process on the same database, with Telegram and its phones as they are."""
        await self.database.restarted()
        self.power = self.database.power = Power()
        pacer, wire = Pacer(self.clock, 1000, margin=HASTE, chance=Random(0)), Wire(self.telegram, self.power)
        application = composition.build_application(self.settings, pacer, (wire, wire))
        await composition._initialize(application, self.clock)
        runtime = Runtime(self.settings, self.database, self.shelf, self.clock, SECRET, self.telegram.username)
        self.app = composition._connected(runtime, application, pacer, wire)

    async def dies(self) -> None:
        """Every task of the process ends where it stands; nothing it still tries reaches the database or the wire."""
        self.power.off = True
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    @property
    def runtime(self) -> Runtime:
        return self.app.runtime

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def works(self) -> None:
        """What was said is answered and what is due is sent, until nothing is left to do at this moment."""
        while True:
            if self.telegram.world.updates.waiting():
                await self.app.polling.step()
            done = await self.app.inbox.drain()
            with through("sender"):
                done += await self.app.sender.drain()
            if not done:
                return

    async def rings(self) -> None:
        """The ticks that have to do with looking after people.

        What stood still and goes on by the last of them may be due already: the first asks it 2 seconds later.
        """
        for tick in TICKS:
            if tick.name in RUNG:
                await tick.action(self.runtime)
        await checkins.ask_due(self.runtime)

    async def lives(self, longest: timedelta) -> None:
        """Time passes until something is due, at most so long, and what is due is done.

        What is late already comes first: nothing falls due in the past, and no time would pass before it.
        """
        await self.rings()
        due = await moments.next_due(self.runtime, self.now)
        stop = min(self.now + longest, due or self.now + longest)
        self.clock.jump(max(stop - self.now, timedelta(milliseconds=1)))
        await self.works()
        await self.rings()
