"""The dead man's alarm: the clock stands still, and whoever looks after people here is told by other means."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import oncall
from bot.actions import people as people_actions
from bot.actions.heartbeats import ALARM_AFTER
from bot.domain.deliveries import Kind
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store.deliveries import New
from bot.store.people import Person

SILENT_CLOCK = "silent-clock:"  # keys of what is told
ALARM_LASTS = ALARM_AFTER * 360  # 12 hours


async def look(runtime: Runtime, began: datetime) -> int:
    """Tell once for each silence. `began`: when whoever looks began to, for a clock that never ran. Returns how many.

    Those on call hear it at any hour: without the clock no red answer climbs its ladder.
    """
    now = runtime.now()
    async with runtime.database.read() as tx:  # every few seconds: nothing is written that is told already
        beats = await machine.last_beats(tx)
        since = max(beats["clock"][0], began) if "clock" in beats else began
        rows = await _untold(tx, runtime, since, now) if now - since > ALARM_AFTER else []
    if not rows:
        return 0
    async with runtime.database.write() as tx:
        return await delivery_store.put(tx, rows, now)


async def _untold(tx: AsyncConnection, runtime: Runtime, since: datetime, now: datetime) -> list[New]:
    on_call = {person.id for person in await oncall.on_call_now(tx, runtime)}
    people = await people_actions.coordinators(tx)
    rows = [_row(runtime, person, since, now, loud=person.id in on_call) for person in people]
    return [row for row in rows if await delivery_store.by_key(tx, row.key) is None]


def _row(runtime: Runtime, person: Person, since: datetime, now: datetime, *, loud: bool) -> New:
    said = runtime.moment(since, person.zone, person.language)
    body = runtime.say(person.language, "concerns.clock_silent", since=said)
    key = f"{SILENT_CLOCK}{int(since.timestamp())}:{person.id}"
    kind = Kind.ALERT if loud else Kind.WORK
    return New(key, person.id, kind, now, now + ALARM_LASTS, body, language=person.language)
