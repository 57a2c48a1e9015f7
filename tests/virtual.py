"""A clock for tests: an hour takes no time, and every run takes the same path.

Whoever sleeps is parked. Once the event loop has nothing else to do, time moves to the earliest sleeper, who is
woken and left to finish what it can before time moves again. "Nothing else" includes work handed to a thread or
to a database: time stands still until it is back.

Only waits made through the clock take part. A plain `asyncio.sleep` or `asyncio.timeout` runs on real time.
"""

import asyncio
import gc
import heapq
import itertools
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
"""A Monday morning in waking hours, and still in summer time in London."""

_ELSEWHERE = ("aiosqlite", "asyncio.threads", "psycopg.waiting", "psycopg_binary")
# Directly above a bare future: SQLAlchemy's adapter for aiosqlite sets isolation_level that way when it connects.
_ADAPTER = ("sqlalchemy.util.concurrency", "greenlet_spawn")
# What coroutine.__await__() and an asynchronous generator's anext() and athrow() give; they hide what they run.
_WRAPPERS = ("coroutine_wrapper", "async_generator_asend", "async_generator_athrow")
_LISTENERS = ("notifies",)  # waits on a socket for ever by design: not work in progress
_PATIENCE = 60.0  # real seconds without any sign of such work before whoever waits is told
_MACHINE_START = 1_000.0  # never 0: whoever mistakes 0 for "not yet" shall be found out


class VirtualClock:
    """`bot.clock.Clock` whose time is made by the test. `now` and `monotonic` move together.

    `auto`: time moves by itself when everybody waits; without it only `advance` and `jump` move it.
    `grace`: real seconds to wait before each move, for tests with real sockets.
    """

    def __init__(self, start: datetime = START, *, auto: bool = True, grace: float = 0.0) -> None:
        if start.tzinfo is None:
            raise ValueError("VirtualClock needs an aware start, for example datetime(2026, 10, 5, 9, tzinfo=UTC)")
        self._start = start.astimezone(UTC)
        self._machine = _MACHINE_START
        self._limit = float("inf") if auto else _MACHINE_START
        self._grace = grace
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._settling: list[asyncio.Future[None]] = []
        self._watching = False
        self._quiet_rounds = 0
        self._busy_since: float | None = None

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._machine - _MACHINE_START)

    def monotonic(self) -> float:
        return self._machine

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        await self._park(self._machine + seconds)

    async def advance(self, span: float | timedelta) -> None:
        """Let `span` (seconds) pass: sleepers on the way wake in order, and all is quiet when this returns."""
        end = self._machine + _seconds(span)
        self._limit = max(self._limit, end)
        await self._park(end)
        await self.settle()

    async def advance_to(self, instant: datetime) -> None:
        await self.advance(instant - self.now())

    def jump(self, span: float | timedelta) -> None:
        """Be later at once, as after a frozen process: sleepers who are due wake late, all at the same instant."""
        self._machine += _seconds(span)
        self._limit = max(self._limit, self._machine)

    async def settle(self) -> None:
        """Wait until everybody who can go on has gone on, without letting time pass."""
        quiet = asyncio.get_running_loop().create_future()
        self._settling.append(quiet)
        self._watch()
        await quiet

    @property
    def sleeping(self) -> int:
        """How many wait for a later time."""
        return sum(not future.done() for _, _, future in self._sleepers)

    async def _park(self, until: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (until, next(self._order), future))
        self._watch()
        await future

    def _watch(self) -> None:
        self._quiet_rounds = 0
        if not self._watching:
            self._watching = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        """Runs once a loop round. Two rounds with nothing else ready: the second has also polled the sockets."""
        loop = asyncio.get_running_loop()
        if loop._ready:  # type: ignore[attr-defined]
            self._quiet_rounds, self._busy_since = 0, None
        else:
            self._quiet_rounds += 1
        if self._quiet_rounds < 2:
            loop.call_soon(self._look)
        elif self._is_busy_elsewhere(loop):
            self._quiet_rounds = 0
            loop.call_later(0.0005, self._look)
        elif self._grace and self._quiet_rounds == 2:
            loop.call_later(self._grace, self._look)
        else:
            self._on_quiet(loop)

    def _on_quiet(self, loop: asyncio.AbstractEventLoop) -> None:
        self._quiet_rounds = 0
        self._watching = self._wake_next(self._machine) or self._settle_all() or self._wake_next(self._limit)
        if self._watching:
            loop.call_soon(self._look)

    def _settle_all(self) -> bool:
        waiting = [future for future in self._settling if not future.done()]
        self._settling.clear()
        for future in waiting:
            future.set_result(None)
        return bool(waiting)

    def _wake_next(self, limit: float) -> bool:
        while self._sleepers and self._sleepers[0][2].done():  # cancelled
            heapq.heappop(self._sleepers)
        if not self._sleepers or self._sleepers[0][0] > limit:
            return False
        until, _, future = heapq.heappop(self._sleepers)
        self._machine = max(self._machine, until)
        future.set_result(None)
        return True

    def _is_busy_elsewhere(self, loop: asyncio.AbstractEventLoop) -> bool:
        selector = loop._selector  # type: ignore[attr-defined]
        if threading.active_count() == 1 and len(selector.get_map()) <= 1:  # its own wake-up pipe
            return False
        if not any(_works_elsewhere(task) for task in asyncio.all_tasks(loop)):
            self._busy_since = None
            return False
        self._busy_since = self._busy_since or time.monotonic()
        if time.monotonic() - self._busy_since > _PATIENCE:
            self._give_up()
        return True

    def _give_up(self) -> None:
        """Whoever waits is told. With time moved on all the same a test would fail somewhere else, and now and then."""
        for future in (*self._settling, *(future for _, _, future in self._sleepers)):
            if not future.done():
                future.set_exception(TimeoutError(f"a thread or a database has not answered for {_PATIENCE:.0f} s"))


def _seconds(span: float | timedelta) -> float:
    seconds = span.total_seconds() if isinstance(span, timedelta) else float(span)
    if seconds < 0:
        raise ValueError(f"time does not run backwards: {seconds} s")
    return seconds


def _works_elsewhere(task: asyncio.Task[Any]) -> bool:
    """Does this task wait for a thread or a database? Read off the chain of coroutines it is suspended in."""
    names = list(_chain(task.get_coro()))
    if any(function in _LISTENERS for _, function in names):
        return False
    if names and names[-1] == _ADAPTER:
        return True
    return any(module.startswith(_ELSEWHERE) for module, _ in names) or _waits_for_executor(task)


def _chain(awaited: Any) -> Iterator[tuple[str, str]]:
    while awaited is not None:
        frame = next((f for a in ("cr_frame", "gi_frame", "ag_frame") if (f := getattr(awaited, a, None))), None)
        if frame is not None:
            yield frame.f_globals.get("__name__", ""), frame.f_code.co_name
        awaited = _awaited_by(awaited)


def _awaited_by(awaited: Any) -> Any:
    if type(awaited).__name__ in _WRAPPERS:
        return next(iter(gc.get_referents(awaited)), None)
    return next((a for n in ("cr_await", "gi_yieldfrom", "ag_await") if (a := getattr(awaited, n, None))), None)


def _waits_for_executor(task: asyncio.Task[Any]) -> bool:
    future = getattr(task, "_fut_waiter", None)
    callbacks = getattr(future, "_callbacks", None) or ()
    return any("_chain_future" in getattr(callback, "__qualname__", "") for callback, _ in callbacks)


assert sys.implementation.name == "cpython", "VirtualClock reads asyncio's own queue, which only CPython has"
