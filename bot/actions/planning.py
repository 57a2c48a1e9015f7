"""The check-ins of one enrolment as rows: which are still to come, planned anew when something has changed."""

from datetime import date, datetime, time

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import plans
from bot.domain.checkins import Due, Stage, also_when_fewer, schedule
from bot.domain.checkins import Enrolment as State
from bot.domain.errors import NotFound
from bot.domain.hours import local
from bot.domain.plans import Plan
from bot.runtime import Runtime
from bot.store import checkins as checkin_store
from bot.store import enrolments as store
from bot.store import people as people_store
from bot.store.enrolments import Enrolment
from bot.store.people import Person
from bot.store.standings import hours_of


def planned(runtime: Runtime, plan: Plan, enrolment: Enrolment, person: Person | None, now: datetime) -> list[Due]:
    """The plan's check-ins for this enrolment. Before the card is opened: by the place's clock and hours."""
    hours = runtime.place.hours if person is None else hours_of(person, runtime.place)
    wall = None if enrolment.wall is None else time(*divmod(enrolment.wall, 60))
    days = schedule(plan, enrolment.home_on, hours, now, wall)
    return [one for place_in, one in enumerate(days) if _kept(plan, enrolment, place_in, one)]


def _kept(plan: Plan, enrolment: Enrolment, place_in: int, one: Due) -> bool:
    """Less often: every other check-in, and always the closing."""
    return not enrolment.fewer or also_when_fewer(place_in) or one.day == plan.closing_day


async def plan_rows(tx: AsyncConnection, runtime: Runtime, enrolment_id: int, now: datetime) -> list[Due]:
    """Write the check-ins that are still to come; those that were asked or answered stay as they are.

    So does one that was due, found no clock to ask it and has no new time: it is asked late, or a human hears of it.
    """
    enrolment, plan, days = await _anew(tx, runtime, enrolment_id, now)
    written = await checkin_store.of_enrolment(tx, enrolment.id)
    done = {one.day for one in written if one.cycle == enrolment.cycle and one.state is not Stage.PLANNED}
    coming = [one for one in days if not one.never and one.day not in done]
    await checkin_store.drop_planned(tx, enrolment.id, now, [one.day for one in coming])
    await checkin_store.put(tx, [_row(enrolment, plan, one) for one in coming])
    return coming


async def _anew(
    tx: AsyncConnection, runtime: Runtime, enrolment_id: int, now: datetime
) -> tuple[Enrolment, Plan, list[Due]]:
    """All check-ins as they would be planned by what holds today. Raises NotFound."""
    enrolment = await store.by_id(tx, enrolment_id)
    if enrolment is None or enrolment.person_id is None:
        raise NotFound("errors.gone")
    person = await people_store.by_id(tx, enrolment.person_id)
    plan = await plans.usable_or_last(tx, runtime, enrolment.plan)
    return enrolment, plan, planned(runtime, plan, enrolment, person, now)


async def bring_back(tx: AsyncConnection, runtime: Runtime, enrolment_id: int, reason: str) -> None:
    """What was cleared for this reason is planned again by the hours, the day and the wishes of today.

    Raises NotFound when the enrolment or its plan is gone.
    """
    now = runtime.now()
    enrolment, _, days = await _anew(tx, runtime, enrolment_id, now)
    later = [one.day for one in days if one.due_at > now]
    await checkin_store.bring_back(tx, enrolment.id, enrolment.cycle, reason, now, later)
    await plan_rows(tx, runtime, enrolment.id, now)


async def plan_anew(tx: AsyncConnection, runtime: Runtime, person_id: int) -> None:
    """Their hours or their zone have changed: what is still to come moves to the same time by their own clock."""
    for enrolment in await store.of_person(tx, person_id, (State.ACTIVE,)):
        await plan_rows(tx, runtime, enrolment.id, runtime.now())


def checkin_key(enrolment: Enrolment, step: object) -> str:
    """Unique for ever: one check-in a step (promise 3). A step counts the homecoming and the day: 1.7."""
    return f"checkin:{enrolment.id}:{enrolment.cycle}.{step}"


def _row(enrolment: Enrolment, plan: Plan, one: Due) -> dict[str, object]:
    return {
        "enrolment_id": enrolment.id,
        "person_id": enrolment.person_id,
        "key": checkin_key(enrolment, one.day),
        "cycle": enrolment.cycle,
        "day": one.day,
        "kind": "closing" if one.day == plan.closing_day else "questions",
        "due_at": one.due_at,
        "not_after": one.not_after,
    }


def today(runtime: Runtime) -> date:
    return local(runtime.now(), runtime.place.zone).date()
