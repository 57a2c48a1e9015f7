"""Who asked by themself to be asked after, and still waits for a coordinator's yes or no: it is not forgotten."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices, oncall
from bot.actions.one_by_one import one_by_one
from bot.domain.checkins import Enrolment as State
from bot.domain.concerns import AMBER_WITHIN, LONGEST_WAIT, WorkingHours, add_working_time
from bot.domain.hours import local
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store
from bot.store import enrolments as store
from bot.store import people as people_store
from bot.store.enrolments import Enrolment
from bot.store.people import Person


def prefix(enrolment_id: int) -> str:
    """With this begin the keys of everything that tells coordinators of a request."""
    return f"asks-home:{enrolment_id}:"


async def remind(runtime: Runtime) -> int:
    """Those on call hear of it again after 4 working hours, then once a working day. Returns of how many."""
    async with runtime.database.read() as tx:
        waiting = await store.in_state(tx, State.WAITING)
        late = [one.id for one in waiting if _is_due(runtime, one) and not await _is_told(tx, runtime, one)]

    async def tell(enrolment_id: int) -> bool:
        async with runtime.database.write() as tx:
            enrolment = await store.by_id(tx, enrolment_id)
            return enrolment is not None and await _tell(tx, runtime, enrolment)

    return await one_by_one(late, tell)


def _is_due(runtime: Runtime, enrolment: Enrolment) -> bool:
    """In working time only, so that a day is told of once it has begun."""
    now, hours = runtime.now(), runtime.place.working
    day = local(now, hours.zone).date()
    opens, closes = hours.span(day)
    if not hours.works_on(day) or not opens <= now <= closes:
        return False
    return add_working_time(enrolment.created_at, AMBER_WITHIN, hours) <= now


def _key(runtime: Runtime, enrolment: Enrolment) -> str:
    """One for each local day."""
    day = local(runtime.now(), runtime.place.working.zone).date()
    return f"{prefix(enrolment.id)}again:{day.isoformat()}:"


async def _is_told(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment) -> bool:
    key = _key(runtime, enrolment)
    return any([await delivery_store.has_had(tx, one.id, key) for one in await oncall.on_call_now(tx, runtime)])


async def _tell(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment) -> bool:
    """False when somebody has decided meanwhile."""
    if enrolment.state is not State.WAITING or enrolment.person_id is None:
        return False
    person = await people_store.by_id(tx, enrolment.person_id)
    for reader in await oncall.on_call_now(tx, runtime):
        await _to(tx, runtime, enrolment, person, reader)
    return True


async def _to(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, person: Person, reader: Person) -> None:
    button = notices.button(runtime, reader.language, "buttons.home_look", f"dis:one:{enrolment.id}")
    key, phrase = f"{_key(runtime, enrolment)}{reader.id}", "enrolling.asks_home_again"
    since = runtime.moment(enrolment.created_at, reader.zone, reader.language)
    named = (person.id,)
    await notices.to_worker(tx, runtime, reader, key, phrase, [[button]], named, name=person.name, since=since)


async def earliest(tx: AsyncConnection, runtime: Runtime, after: datetime) -> datetime | None:
    """When the next request has waited for too long, or the working day begins on which it is told of again."""
    hours, waiting = runtime.place.working, await store.in_state(tx, State.WAITING)
    first = [add_working_time(one.created_at, AMBER_WITHIN, hours) for one in waiting]
    return min([moment if moment > after else _next_day(after, hours) for moment in first], default=None)


def _next_day(after: datetime, hours: WorkingHours) -> datetime:
    """When the next working day begins."""
    today = local(after, hours.zone).date()
    coming = [today + timedelta(days=ahead) for ahead in range(LONGEST_WAIT)]
    opens = (hours.span(day)[0] for day in coming if hours.works_on(day))
    return next((moment for moment in opens if moment > after), after + timedelta(days=LONGEST_WAIT))
