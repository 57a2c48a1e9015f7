"""A time came: APScheduler rings the bell, rows say what is due.

A handful of fixed jobs, each calling ONE action. Adding a tick is adding a line to TICKS.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.actions import (
    answers,
    catalogue,
    checkins,
    deliveries,
    desk,
    digests,
    escalating,
    heartbeats,
    owning,
    privacy,
    progress,
    requests,
    retention,
    silences,
    starting,
    updates,
)
from bot.runtime import Runtime

PING_PATIENCE = 5.0  # seconds
WRITTEN_EVERY = timedelta(seconds=20)  # successes, for all ticks in one transaction
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Tick:
    """`action(runtime)` every so many seconds. It must be idempotent: it may run twice, late, or after a crash."""

    name: str
    seconds: float
    action: Callable[[Runtime], Awaitable[object]]


async def _beat(runtime: Runtime) -> None:
    await heartbeats.beat(runtime, "clock")


async def ping(runtime: Runtime, transport: httpx.AsyncBaseTransport | None = None) -> bool:
    """Tell a watcher outside that all is well; that nobody hears it is logged and keeps nothing from its work.

    Without a sender no alert goes out, whoever runs the clock: then the watcher has to hear nothing.
    """
    address = runtime.settings.heartbeat_url
    if not address or await _stands_still(runtime):
        return False
    try:
        async with httpx.AsyncClient(timeout=PING_PATIENCE, transport=transport) as client:
            (await client.get(address)).raise_for_status()
    except httpx.HTTPError as error:
        _log.warning("the watcher outside could not be told that we live", said=type(error).__name__)
        return False
    return True


async def _stands_still(runtime: Runtime) -> bool:
    """A part that does not run or cannot work, as /readyz tells; or nobody is there to hear of a worry."""
    health = await heartbeats.health(runtime)
    troubles = health.troubles(runtime.now()) + (health.warnings() if health.unheard else [])
    if troubles:
        _log.error("the watcher outside is not called, because something stands still", troubles=troubles)
    return bool(troubles)


TICKS = (
    Tick("broadcasts.start", 1, starting.start_due),
    Tick("broadcasts.progress", 1, progress.show),
    Tick("checkins.ask", 2, checkins.ask_due),
    Tick("checkins.remind", 10, checkins.remind),
    Tick("checkins.silence", 10, silences.notice),
    Tick("checkins.requests", 300, requests.remind),
    Tick("concerns.escalate", 2, escalating.escalate),
    Tick("concerns.remind", 10, owning.remind),
    Tick("concerns.digest", 300, digests.send),
    Tick("deliveries.sweep", 5, deliveries.sweep),
    Tick("deliveries.expire", 30, deliveries.expire),
    Tick("answers.rescue", 30, answers.rescue),
    Tick("catalogue.reload", 10, catalogue.reload),
    Tick("updates.tidy", 3600, updates.tidy),
    Tick("people.tidy", 3600, privacy.tidy),
    Tick("care.tidy", 3600, retention.tidy),
    Tick("desk.tidy", 3600, desk.tidy),
    Tick("clock.beat", 10, _beat),
    Tick("clock.ping", 60, ping),
)


class Ringing:
    """Rings ticks, and writes down when each last succeeded: for all of them together, once in a while.

    A failure is logged, and the next ring comes all the same; what fails for long is seen by `/readyz` and told to
    coordinators.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._succeeded: dict[str, datetime] = {}
        self._written = datetime.min.replace(tzinfo=UTC)

    async def ring(self, tick: Tick) -> None:
        try:
            await tick.action(self._runtime)
            self._succeeded[tick.name] = self._runtime.now()
            await self._write()
        except Exception:
            _log.exception("a tick failed", tick=tick.name)

    async def _write(self) -> None:
        now = self._runtime.now()
        if now - self._written < WRITTEN_EVERY:
            return
        fresh, self._succeeded, self._written = self._succeeded, {}, now
        try:
            await heartbeats.succeeded(self._runtime, fresh)
        except Exception:
            self._succeeded = {**fresh, **self._succeeded}
            raise


async def expect(runtime: Runtime) -> None:
    """The clock begins to ring here: from now on it is noticed when one of them does not succeed."""
    await heartbeats.expect(runtime, {tick.name: timedelta(seconds=tick.seconds) for tick in TICKS})


async def run_all(runtime: Runtime) -> None:
    """Every tick once, in order: what a turned clock does at each of its steps."""
    for tick in TICKS:
        await tick.action(runtime)


async def all_rang(runtime: Runtime) -> None:
    """A clock was turned, and `run_all` rang on the way: no tick has been silent for as long as it seems."""
    await heartbeats.succeeded(runtime, dict.fromkeys((tick.name for tick in TICKS), runtime.now()))


def scheduler(runtime: Runtime) -> Any:
    """Not started. Jobs live in memory only; the library's default would drop one that is a second late.

    Each rings at once when it starts: one that rings each hour would else never come in a program that is restarted
    more often.
    """
    defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    made, ringing = AsyncIOScheduler(timezone=UTC, job_defaults=defaults), Ringing(runtime)
    for tick in TICKS:
        every = IntervalTrigger(seconds=tick.seconds)
        made.add_job(ringing.ring, every, (tick,), id=tick.name, next_run_time=runtime.now())
    return made
