"""A change of course: by the person themself, or by a coordinator. Only what was not asked yet moves."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import conditions, deaths, enrolling, leaving, planning, plans
from bot.domain.checkins import Course, Due, Stage
from bot.domain.checkins import Enrolment as State
from bot.domain.errors import NotFound, NotNow, Refused
from bot.domain.hours import local
from bot.domain.people import Purpose, Role
from bot.domain.plans import Plan
from bot.runtime import Runtime
from bot.store import checkins as checkin_store
from bot.store import enrolments as store
from bot.store import machine
from bot.store import people as people_store
from bot.store.checkins import CheckIn
from bot.store.enrolments import Enrolment
from bot.store.people import Person


@dataclass(frozen=True)
class View:
    """Where somebody stands. `coming`: planned check-ins, the next first; `named` and `backup`: whoever was chosen."""

    enrolment: Enrolment
    person: Person | None
    plan: Plan | None
    coming: list[CheckIn]
    named: Person | None
    backup: Person | None


async def may_change(tx: AsyncConnection, actor_id: int, enrolment_id: int) -> Enrolment:
    """Themself or a coordinator; to anybody else it is a button that leads nowhere."""
    enrolment = await store.by_id(tx, enrolment_id)
    if enrolment is None:
        raise NotFound("errors.old_button")
    if enrolment.person_id != actor_id and Role.COORDINATOR not in await people_store.roles_of(tx, actor_id):
        raise NotFound("errors.old_button")
    return enrolment


async def _going_on(tx: AsyncConnection, actor_id: int, enrolment_id: int, *states: State) -> Enrolment:
    enrolment = await may_change(tx, actor_id, enrolment_id)
    if enrolment.state not in (states or store.LIVING):
        raise NotNow("course.not_now")
    return enrolment


async def view(runtime: Runtime, actor_id: int, enrolment_id: int) -> View:
    async with runtime.database.read() as tx:
        enrolment = await may_change(tx, actor_id, enrolment_id)
        planned = await checkin_store.of_enrolment(tx, enrolment_id)
        return View(
            enrolment,
            await _person(tx, enrolment.person_id),
            await plans.usable_or_last(tx, runtime, enrolment.plan) if enrolment.plan else None,
            [one for one in planned if one.state is Stage.PLANNED and one.kind == "questions"],
            await _person(tx, enrolment.named_id),
            await _person(tx, enrolment.backup_id),
        )


async def _person(tx: AsyncConnection, person_id: int | None) -> Person | None:
    return await people_store.find(tx, person_id) if person_id else None


async def of_person(runtime: Runtime, person_id: int) -> Enrolment | None:
    """The one that goes on for somebody, or that waits for a coordinator or for their own yes."""
    now = runtime.now()
    async with runtime.database.read() as tx:
        for states in (store.LIVING, (State.INVITED, State.WAITING)):
            for one in await store.of_person(tx, person_id, states):
                if one.state is not State.INVITED or (one.expires_at or now) > now:
                    return one
        return None


async def move_home(runtime: Runtime, actor_id: int, enrolment_id: int, home_on: date) -> list[Due]:
    """Another day of coming home. Raises Refused for one so long ago that nothing would be asked any more."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await _going_on(tx, actor_id, enrolment_id, State.ACTIVE)
        await _refuse_when_over(tx, runtime, enrolment, home_on)
        await store.change(tx, enrolment.id, home_on=home_on)
        await machine.note(tx, now, actor_id, "enrolment_moved", f"enrolment:{enrolment_id}")
        return await planning.plan_rows(tx, runtime, enrolment.id, now)


async def _refuse_when_over(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, home_on: date) -> None:
    """With no question to come nobody would notice anything any more, and without a closing it would never end."""
    plan, person = await plans.usable_or_last(tx, runtime, enrolment.plan), await _person(tx, enrolment.person_id)
    days = planning.planned(runtime, plan, replace(enrolment, home_on=home_on), person, runtime.now())
    if all(one.never for one in days if one.day != plan.closing_day):
        raise Refused("enrolling.day_over")


async def back_in_hospital(runtime: Runtime, actor_id: int, enrolment_id: int) -> None:
    """Nothing is asked until they are home again; what was open is cleared. Safe to repeat."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await _going_on(tx, actor_id, enrolment_id)
        if not await store.move(tx, enrolment.id, (State.ACTIVE,), State.PAUSED, paused_at=now, missed=0):
            return
        await enrolling.quieten(tx, runtime, enrolment, "in_hospital", now)
        await machine.note(tx, now, actor_id, "enrolment_paused", f"enrolment:{enrolment_id}")
        await leaving.tell(tx, runtime, enrolment, "course.paused_notice", besides=actor_id)


def stay_began(runtime: Runtime, enrolment: Enrolment) -> date | None:
    """The day on which somebody's stay in hospital was told, by the place's clock; nobody came home before it."""
    paused = enrolment.paused_at
    return local(paused, runtime.place.zone).date() if paused else None


async def home_again(runtime: Runtime, actor_id: int, enrolment_id: int, home_on: date) -> list[Due]:
    """The plan begins anew from this day; the keys count the homecomings, so nothing is asked twice.

    Raises Refused for a day so long ago that nothing would be asked any more.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await _going_on(tx, actor_id, enrolment_id)
        if (since := stay_began(runtime, enrolment)) and home_on < since:
            raise Refused("course.before_stay")
        await _refuse_when_over(tx, runtime, enrolment, home_on)
        fresh = {"paused_at": None, "home_on": home_on.isoformat(), "cycle": enrolment.cycle + 1, "missed": 0}
        if not await store.move(tx, enrolment.id, (State.PAUSED,), State.ACTIVE, **fresh):
            raise NotNow("course.not_now")
        await machine.note(tx, now, actor_id, "enrolment_resumed", f"enrolment:{enrolment_id}")
        again = await store.by_id(tx, enrolment_id)
        await leaving.tell(tx, runtime, again or enrolment, "course.resumed_notice", besides=actor_id)
        return await planning.plan_rows(tx, runtime, enrolment.id, now)


async def how_often(runtime: Runtime, actor_id: int, enrolment_id: int, *, fewer: bool) -> list[Due]:
    """Every other check-in, or all of them again."""
    async with runtime.database.write() as tx:
        enrolment = await _going_on(tx, actor_id, enrolment_id, State.ACTIVE)
        await store.change(tx, enrolment.id, fewer=fewer)
        what = "enrolment_fewer" if fewer else "enrolment_all"
        await machine.note(tx, runtime.now(), actor_id, what, f"enrolment:{enrolment_id}")
        return await planning.plan_rows(tx, runtime, enrolment.id, runtime.now())


async def change_consent(runtime: Runtime, person_id: int, enrolment_id: int, purpose: Purpose, wording: str) -> None:
    """A yes becomes a no, a no a yes: by the person alone, and for each thing by itself."""
    async with runtime.database.write() as tx:
        enrolment = await enrolling.mine(tx, person_id, enrolment_id)
        if enrolment.state not in store.LIVING or purpose not in enrolling.PURPOSES[1:]:
            raise NotFound("errors.old_button")
        given = (purpose, None) not in await people_store.standing_consents(tx, person_id)
        await people_store.record_consent(tx, person_id, purpose, given, wording, runtime.now())


async def end(runtime: Runtime, actor_id: int, enrolment_id: int, course: Course) -> None:
    """No more. When somebody has died everything stops at once and for ever. Safe to repeat."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await may_change(tx, actor_id, enrolment_id)
        if course is Course.DIED:
            await conditions.coordinators_only(tx, actor_id)
        if course is Course.DIED:
            await deaths.died(tx, runtime, enrolment)
        elif await enrolling.end_within(tx, runtime, enrolment, course, now) and enrolment.person_id:
            await enrolling.withdraw(tx, enrolment.person_id, course.value, now)
            await leaving.tell(tx, runtime, enrolment, "enrolling.stopped_notice", besides=actor_id)
        await machine.note(tx, now, actor_id, f"enrolment_{course.value}", f"enrolment:{enrolment_id}")
