"""Numbers for Prometheus. Nothing here says anything about a person: labels are lanes, states and parts (promise 9)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.actions.heartbeats import Health
from bot.domain.deliveries import OPEN, Lane, State
from bot.runtime import Runtime
from bot.web.health import NO_STORE, measured


class Pace(TypedDict):
    """What this process has done since its start. `permits`: messages let through; `throttled`: 429s from Telegram."""

    permits: Mapping[Lane, int]
    throttled: int


def still() -> Pace:
    """The pace of a process that sends nothing."""
    return {"permits": {}, "throttled": 0}


def routes(runtime: Runtime, pace: Callable[[], Pace] = still) -> list[Route]:
    """GET /metrics; 503 while the database does not answer."""

    async def shown(request: Request) -> Response:
        health = await measured(runtime)
        if health is None:
            return Response(status_code=503, headers=NO_STORE)
        # A registry for each answer: the library's own is shared by every program in the process.
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Numbers(health, pace(), runtime.now()))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers=NO_STORE)

    return [Route("/metrics", shown)]


@dataclass(frozen=True, eq=False)  # the registry keeps it in a dict, so it is hashed by identity
class _Numbers:
    """One look at everything, in the shape the library collects."""

    health: Health
    pace: Pace
    now: datetime

    def collect(self) -> Iterator[Metric]:
        yield from self._deliveries()
        yield from self._inbox()
        yield from self._parts()
        yield from self._pace()

    def _deliveries(self) -> Iterator[Metric]:
        rows = GaugeMetricFamily("first_mile_deliveries_open", "Deliveries not yet ended.", labels=["lane", "state"])
        help_text = "How long the oldest due delivery has waited; 0 when none is due."
        oldest = GaugeMetricFamily("first_mile_deliveries_oldest_due_seconds", help_text, labels=["lane"])
        for lane in Lane:
            for state in OPEN:
                rows.add_metric([lane.name.lower(), state], self.health.open.get((lane, state), (0, None))[0])
            oldest.add_metric([lane.name.lower()], self._wait(lane))
        yield rows
        yield oldest

    def _wait(self, lane: Lane) -> float:
        _, due = self.health.open.get((lane, State.QUEUED), (0, self.now))
        return max(0.0, (self.now - due).total_seconds())

    def _inbox(self) -> Iterator[Metric]:
        inbox = GaugeMetricFamily("first_mile_inbox_updates", "Updates not worked off.", labels=["state"])
        inbox.add_metric(["waiting"], self.health.inbox_waiting)
        inbox.add_metric(["dead"], self.health.inbox_dead)
        yield inbox

    def _parts(self) -> Iterator[Metric]:
        help_text = "How long ago a part last showed life; absent when it never has."
        ages = GaugeMetricFamily("first_mile_heartbeat_age_seconds", help_text, labels=["part"])
        for part, beat in (("sender", self.health.sender_beat), ("clock", self.health.clock_beat)):
            if beat is not None:
                ages.add_metric([part], max(0.0, (self.now - beat).total_seconds()))
        yield ages
        broken = len(self.health.broken_files)
        yield GaugeMetricFamily("first_mile_broken_files", "Faults in message files.", broken)

    def _pace(self) -> Iterator[Metric]:
        permits = CounterMetricFamily("first_mile_permits", "Messages let through to Telegram.", labels=["lane"])
        for lane in Lane:
            permits.add_metric([lane.name.lower()], self.pace["permits"].get(lane, 0))
        yield permits
        yield CounterMetricFamily("first_mile_throttled", "429 answers from Telegram.", self.pace["throttled"])
