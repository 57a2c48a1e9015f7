"""How the machine is, for people who did not build it: what works, what does not, and what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions import heartbeats
from bot.actions.heartbeats import ALARM_AFTER, Health
from bot.catalogue.findings import Finding
from bot.domain.deliveries import State
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store

SLOW = timedelta(minutes=10)  # a message that is due waits no longer when all is well
LATELY = timedelta(days=1)
PARTS = ("sender", "clock")


@dataclass(frozen=True)
class Condition:
    """One thing that is not as it should be. `what`: the end of a phrase key; `look`: red when the work stands still.

    `since`: since when, if that is known. `lines`: for whoever looks after the computer, in English.
    `findings`: what is wrong with files, told in the reader's language.
    """

    what: str
    look: str = "amber"
    since: datetime | None = None
    count: int = 0
    lines: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


async def conditions(runtime: Runtime) -> list[Condition]:
    """What is amiss, the worst first; empty when all is well."""
    now, health = runtime.now(), await heartbeats.health(runtime)
    async with runtime.database.read() as tx:
        uncertain = await delivery_store.count_uncertain(tx, now - LATELY)
    found = [*_parts(health, now), *_ticks(health, now), *_slow(health, now)]
    if health.unheard:
        found.insert(0, Condition("unheard", "red"))
    if uncertain:
        found.append(Condition("uncertain", count=uncertain))
    if faults := runtime.catalogue.faults:
        found.append(Condition("broken_files", count=len(faults), findings=faults))
    if health.inbox_dead:
        found.append(Condition("given_up", count=health.inbox_dead))
    return found


def _parts(health: Health, now: datetime) -> list[Condition]:
    """The two parts that do the work: the sender of messages, and the clock that asks in time."""
    found = []
    for name, beat in zip(PARTS, (health.sender_beat, health.clock_beat), strict=True):
        if beat is None or now - beat > ALARM_AFTER:
            found.append(Condition(f"{name}_stands", "red", beat))
        elif name in health.told:
            found.append(Condition(f"{name}_cannot", "red", beat, lines=(health.told[name],)))
    return found


def _ticks(health: Health, now: datetime) -> list[Condition]:
    """Parts of the clock that fail again and again although it runs."""
    if health.clock_beat is None or now - health.clock_beat > ALARM_AFTER:
        return []
    silent = heartbeats.silent_ticks(health.rings, now)
    return [Condition("tick_silent", "red", at, lines=(name,)) for name, at in silent]


def _slow(health: Health, now: datetime) -> list[Condition]:
    waiting = [(rows, due) for (_, state), (rows, due) in health.open.items() if state is State.QUEUED]
    oldest = min((due for _, due in waiting), default=now)
    if now - oldest <= SLOW:
        return []
    return [Condition("slow", since=oldest, count=sum(rows for rows, _ in waiting))]
