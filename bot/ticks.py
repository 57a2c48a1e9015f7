"""A time came: APScheduler rings the bell, rows say what is due.

A handful of fixed jobs, each calling ONE action. Adding a tick is adding a line to TICKS.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC
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
    privacy,
    progress,
    silences,
    starting,
    updates,
)
from bot.runtime import Runtime

PING_PATIENCE = 5.0  # seconds
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
    """Tell a watcher outside that the clock runs; that nobody hears it is logged and keeps nothing from its work."""
    address = runtime.settings.heartbeat_url
    if not address:
        return False
    try:
        async with httpx.AsyncClient(timeout=PING_PATIENCE, transport=transport) as client:
            (await client.get(address)).raise_for_status()
    except httpx.HTTPError as error:
        _log.warning("the watcher outside could not be told that we live", said=type(error).__name__)
        return False
    return True


TICKS = (
    Tick("broadcasts.start", 1, starting.start_due),
    Tick("broadcasts.progress", 1, progress.show),
    Tick("checkins.ask", 2, checkins.ask_due),
    Tick("checkins.remind", 10, checkins.remind),
    Tick("checkins.silence", 10, silences.notice),
    Tick("concerns.escalate", 2, escalating.escalate),
    Tick("concerns.digest", 300, digests.send),
    Tick("deliveries.sweep", 5, deliveries.sweep),
    Tick("deliveries.expire", 30, deliveries.expire),
    Tick("answers.rescue", 30, answers.rescue),
    Tick("catalogue.reload", 10, catalogue.reload),
    Tick("updates.tidy", 3600, updates.tidy),
    Tick("people.tidy", 3600, privacy.tidy),
    Tick("desk.tidy", 3600, desk.tidy),
    Tick("clock.beat", 10, _beat),
    Tick("clock.ping", 60, ping),
)


async def run(tick: Tick, runtime: Runtime) -> None:
    """One tick; a failure is logged and the next one comes all the same."""
    try:
        await tick.action(runtime)
    except Exception:
        _log.exception("a tick failed", tick=tick.name)


async def run_all(runtime: Runtime) -> None:
    """Every tick once, in order: what a turned clock does at each of its steps."""
    for tick in TICKS:
        await tick.action(runtime)


def scheduler(runtime: Runtime) -> Any:
    """Not started. Jobs live in memory only; the library's default would drop one that is a second late."""
    defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    made = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
    for tick in TICKS:
        made.add_job(run, IntervalTrigger(seconds=tick.seconds), (tick, runtime), id=tick.name)
    return made
