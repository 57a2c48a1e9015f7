"""When messages may come: a person's own waking hours and zone, and a rest from them (promise 5).

What is queued already follows: it is looked at again at once, and the gate decides by what holds now.
"""

from datetime import date, datetime, timedelta

from bot.actions import planning
from bot.domain.errors import Refused
from bot.domain.hours import at_local, local
from bot.domain.people import LONGEST_PAUSE, MINUTES, SHORTEST_DAY
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store
from bot.store import people as store


async def set_hours(runtime: Runtime, person_id: int, start: int, end: int) -> None:
    """Own waking hours in minutes after midnight, `end` at most 1440."""
    if not 0 <= start < end <= MINUTES or end - start < SHORTEST_DAY:
        raise Refused("people.hours_too_short")
    await _change(runtime, person_id, wakes_at=start, sleeps_at=end)


async def set_zone(runtime: Runtime, person_id: int, zone: str) -> None:
    """`zone`: an IANA name that exists; the door has looked it up."""
    await _change(runtime, person_id, zone=zone)


async def _change(runtime: Runtime, person_id: int, **values: object) -> None:
    async with runtime.database.write() as tx:
        await store.change(tx, person_id, **values)
        await planning.plan_anew(tx, runtime, person_id)
        await delivery_store.hasten(tx, person_id, runtime.now())


async def pause(runtime: Runtime, person_id: int, days: int) -> datetime:
    """Nothing until the morning so many days from now; returns that moment."""
    async with runtime.database.read() as tx:
        zone = (await store.by_id(tx, person_id)).zone or runtime.place.zone
    return await pause_until(runtime, person_id, local(runtime.now(), zone).date() + timedelta(days=days))


async def pause_until(runtime: Runtime, person_id: int, day: date) -> datetime:
    """Nothing until the morning of a day to come; returns that moment."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await store.by_id(tx, person_id)
        zone = person.zone or runtime.place.zone
        if not timedelta(0) < day - local(now, zone).date() <= LONGEST_PAUSE:
            raise Refused("people.pause_unclear")
        until = at_local(day, runtime.place.waking_from, zone)
        await store.change(tx, person_id, paused_until=until)
        return until


async def resume(runtime: Runtime, person_id: int) -> bool:
    """End a pause; False when there was none. What waited because of it is looked at again at once."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await store.by_id(tx, person_id)
        if person.paused_until is None or person.paused_until <= now:
            return False
        await store.change(tx, person_id, paused_until=None)
        await delivery_store.hasten(tx, person_id, now)
        return True
