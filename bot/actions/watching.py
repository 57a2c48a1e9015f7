"""The dead man's alarm: the clock stands still, or a part of its work; whoever looks after people here is told."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import oncall
from bot.actions import people as people_actions
from bot.actions.heartbeats import ALARM_AFTER, Rings, silent_ticks
from bot.domain.deliveries import Kind
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store.deliveries import New
from bot.store.people import Person

SILENT_CLOCK = "silent-clock:"  # keys of what is told
ALARM_LASTS = ALARM_AFTER * 360  # 12 hours
ALL = ""
"""Stands for the clock as a whole; a part of its work is named by the noun of its ticks."""
URGENT = (ALL, "checkins", "concerns", "deliveries")
"""Without these no worry reaches a human: those on call hear it at any hour."""


async def look(runtime: Runtime, began: datetime) -> int:
    """Tell once for each silence. `began`: when whoever looks began to, for a clock that never ran. Returns how many.

    Asked by the sender, which does not need the clock.
    """
    now = runtime.now()
    async with runtime.database.read() as tx:  # every few seconds: nothing is written that is told already
        beats = await machine.last_beats(tx)
        since = max(beats["clock"][0], began) if "clock" in beats else began
        silent = {ALL: since} if now - since > ALARM_AFTER else _parts(await machine.last_rings(tx), began, now)
        rows = [row for what, when in silent.items() for row in await _untold(tx, runtime, what, when, now)]
    if not rows:
        return 0
    async with runtime.database.write() as tx:
        return await delivery_store.put(tx, rows, now)


def _parts(rings: Rings, began: datetime, now: datetime) -> dict[str, datetime]:
    """Since when which parts of the clock's work have failed; the clock as a whole, when all of them have."""
    silent = silent_ticks(rings, now, began)
    if silent and len(silent) == len(rings):
        return {ALL: min(since for _, since in silent)}
    found: dict[str, datetime] = {}
    for name, since in silent:
        noun = name.partition(".")[0]
        found[noun] = min(since, found.get(noun, since))
    return found


async def _untold(tx: AsyncConnection, runtime: Runtime, what: str, since: datetime, now: datetime) -> list[New]:
    on_call = {person.id for person in await oncall.on_call_now(tx, runtime)} if what in URGENT else set()
    people = await people_actions.coordinators(tx)
    rows = [_row(runtime, person, what, since, now, loud=person.id in on_call) for person in people]
    return [row for row in rows if await delivery_store.by_key(tx, row.key) is None]


def _row(runtime: Runtime, person: Person, what: str, since: datetime, now: datetime, *, loud: bool) -> New:
    key = f"{SILENT_CLOCK}{what}{int(since.timestamp())}:{person.id}"
    kind, body = Kind.ALERT if loud else Kind.WORK, _told(runtime, person, what, since)
    return New(key, person.id, kind, now, now + ALARM_LASTS, body, language=person.language)


def _told(runtime: Runtime, person: Person, what: str, since: datetime) -> str:
    said = runtime.moment(since, person.zone, person.language)
    if what == ALL:
        return runtime.say(person.language, "concerns.clock_silent", since=said)
    part = runtime.plain(person.language, f"works.{what}")
    return runtime.say(person.language, "concerns.work_silent", since=said, part=part)
