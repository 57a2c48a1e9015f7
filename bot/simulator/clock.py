"""A clock that can be turned: for the simulator's page, where it also runs, and for tests, where it stands still."""

import asyncio
import heapq
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count


class TurnableClock:
    """Implements `bot.clock.Clock`. Sleepers wake in order as the clock is turned past their time.

    `running` adds the real time that passes; a still clock moves only when it is turned.
    """

    def __init__(self, start: datetime | None = None, *, running: bool = False) -> None:
        self._ticking: Callable[[], float] = time.monotonic if running else lambda: 0.0
        self._begun = self._ticking()
        self._start = start or datetime.now(UTC)
        self._turned = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()
        self._running = running

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return self._ticking() - self._begun + self._turned

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        awake: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._sleepers, (self.monotonic() + seconds, next(self._order), awake))
        timer = loop.call_later(seconds, self._wake) if self._running else None
        try:
            return await awake
        finally:
            if timer:
                timer.cancel()

    def turn(self, seconds: float) -> None:
        """Goes forward at once; whoever slept until then wakes at the loop's next turn, earliest first."""
        self._turned += max(0.0, seconds)
        self._wake()

    def turn_to(self, when: datetime) -> None:
        self.turn((when - self.now()).total_seconds())

    def next_wake(self) -> float | None:
        """Seconds until the next sleeper, None when nobody sleeps."""
        live = [when for when, _, awake in self._sleepers if not awake.done()]
        return max(0.0, min(live) - self.monotonic()) if live else None

    def _wake(self) -> None:
        # A hair early is on time: timers and floats do not agree to the last bit.
        while self._sleepers and self._sleepers[0][0] <= self.monotonic() + 1e-3:
            _, _, awake = heapq.heappop(self._sleepers)
            if not awake.done():
                awake.set_result(None)
