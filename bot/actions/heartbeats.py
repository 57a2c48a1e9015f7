"""Who does what at present, and whether the machine still lives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.actions import people as people_actions
from bot.domain.checkins import Enrolment
from bot.domain.deliveries import Lane, State
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import machine as store
from bot.store import updates as update_store

ALARM_AFTER = timedelta(minutes=2)
RINGS_MISSED = 3  # a tick that rings seldom may miss so many before anybody is told
Rings = dict[str, tuple[datetime, timedelta]]
"""Tick -> when it last succeeded, and how long it may be silent."""


@dataclass(frozen=True)
class Health:
    """What /readyz and /metrics tell. `open`: rows by lane and state with the oldest due time."""

    sender_beat: datetime | None
    clock_beat: datetime | None
    open: dict[tuple[Lane, State], tuple[int, datetime]]
    inbox_waiting: int
    inbox_dead: int
    broken_files: list[str]
    told: dict[str, str] = field(default_factory=dict)
    """Part -> what keeps it from its work although it lives."""
    rings: Rings = field(default_factory=dict)
    unheard: bool = False
    """Whether people are looked after while no coordinator can be reached."""

    def troubles(self, now: datetime) -> list[str]:
        """What stops the work, in plain words for an operator; empty when all is well."""
        found = []
        for name, beat in (("sender", self.sender_beat), ("clock", self.clock_beat)):
            if beat is None:
                found.append(f"the {name} has not run yet")
            elif now - beat > ALARM_AFTER:
                found.append(f"the {name} has not run since {beat:%Y-%m-%d %H:%M:%S} UTC")
        if self.clock_beat is not None and now - self.clock_beat <= ALARM_AFTER:
            silent = silent_ticks(self.rings, now)
            found += [f"the tick {name} has not succeeded since {at:%Y-%m-%d %H:%M:%S} UTC" for name, at in silent]
        return found + [f"the {name} cannot work: {trouble}" for name, trouble in sorted(self.told.items())]

    def warnings(self) -> list[str]:
        """What somebody has to mend although the work goes on."""
        found = [f"a message file is broken: {fault}" for fault in self.broken_files]
        if self.inbox_dead:
            found.append(f"updates given up after several tries: {self.inbox_dead} (the log says why)")
        if self.unheard:
            found.append("people are looked after, and no coordinator can be reached: nobody would hear of a worry")
        return found


def silent_ticks(rings: Rings, now: datetime, began: datetime | None = None) -> list[tuple[str, datetime]]:
    """Ticks that have not succeeded for too long, and since when. `began`: silence before it does not count."""
    since = {name: max(at, began or at) for name, (at, _) in rings.items()}
    return [(name, since[name]) for name, (_, patience) in sorted(rings.items()) if now - since[name] > patience]


def patience(period: timedelta) -> timedelta:
    """How long a tick may be silent that rings at this interval."""
    return max(ALARM_AFTER, RINGS_MISSED * period)


async def expect(runtime: Runtime, periods: Mapping[str, timedelta]) -> None:
    """The clock begins: these ticks shall succeed, at these intervals."""
    async with runtime.database.write() as tx:
        await store.expect(tx, {name: patience(period) for name, period in periods.items()}, runtime.now())


async def succeeded(runtime: Runtime, when: Mapping[str, datetime]) -> None:
    async with runtime.database.write() as tx:
        await store.succeeded(tx, when)


async def hold(runtime: Runtime, name: str, holder: str, lasts: timedelta, trouble: str = "") -> bool:
    """Take or renew a lease, and leave a heartbeat under the same name. False while somebody else holds it."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        held = await store.hold(tx, name, holder, now, now + lasts)
        if held:
            await store.beat(tx, name, now, trouble)
        return held


async def release(runtime: Runtime, name: str, holder: str) -> None:
    async with runtime.database.write() as tx:
        await store.release(tx, name, holder)


async def beat(runtime: Runtime, name: str) -> None:
    async with runtime.database.write() as tx:
        await store.beat(tx, name, runtime.now())


async def health(runtime: Runtime) -> Health:
    async with runtime.database.read() as tx:
        beats = await store.last_beats(tx)
        return Health(
            beats["sender"][0] if "sender" in beats else None,
            beats["clock"][0] if "clock" in beats else None,
            await delivery_store.open_ages(tx),
            await update_store.count(tx, "new"),
            await update_store.count(tx, "dead"),
            [str(fault) for fault in runtime.catalogue.faults],
            {name: trouble for name, (_, trouble) in beats.items() if trouble},
            await store.last_rings(tx),
            await enrolment_store.any_in(tx, Enrolment.ACTIVE) and not await people_actions.coordinators(tx),
        )
