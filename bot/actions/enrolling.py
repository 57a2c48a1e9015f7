"""Coming home: a card at the bedside, the person's own yes to each thing, and every change of course after that."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices, plans
from bot.actions import people as people_actions
from bot.domain.checkins import Course, Due, schedule
from bot.domain.checkins import Enrolment as State
from bot.domain.circles import token_hash
from bot.domain.errors import NotAllowed, NotFound, NotNow, Refused
from bot.domain.hours import at_local, local
from bot.domain.people import Purpose, Role
from bot.domain.plans import Plan, Tier
from bot.domain.rota import Gap, gaps
from bot.runtime import Runtime
from bot.store import checkins as checkin_store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as store
from bot.store import machine
from bot.store import people as people_store
from bot.store.enrolments import Enrolment
from bot.store.people import Person
from bot.store.standings import hours_of

HOME = "h_"
CARD_LASTS = timedelta(days=14)
PURPOSES = (Purpose.CHECKINS, Purpose.TELL_NAMED, Purpose.SEE_ANSWERS, Purpose.PHONE)


@dataclass(frozen=True)
class Card:
    """What a coordinator gets to print. `never`: days of the plan whose time is over already."""

    enrolment_id: int
    link: str
    never: list[int]


async def discharge(runtime: Runtime, coordinator_id: int, plan_id: str, home_on: date, tier: Tier) -> Card:
    """A one-time card for somebody who comes home on `home_on`; nothing about hospital is on it."""
    now, token = runtime.now(), secrets.token_urlsafe(24)
    async with runtime.database.write() as tx:
        await coordinators_only(tx, coordinator_id)
        plan = await plans.usable(tx, runtime, plan_id)
        await refuse_while_nobody_is_on_call(tx, runtime)
        made = await store.add(
            tx,
            plan=plan_id,
            home_on=home_on,
            tier=tier,
            state=State.INVITED,
            token_hash=token_hash(token),
            expires_at=now + CARD_LASTS,
            invited_by=coordinator_id,
            created_at=now,
        )
        await machine.note(tx, now, coordinator_id, "enrolment_invited", f"enrolment:{made.id}")
        never = [one.day for one in planned(runtime, plan, made, None, now) if one.never]
        return Card(made.id, runtime.link(HOME + token), never)


async def coordinators_only(tx: AsyncConnection, person_id: int) -> None:
    if Role.COORDINATOR not in await people_store.roles_of(tx, person_id):
        raise NotAllowed("errors.coordinators_only")


async def refuse_while_nobody_is_on_call(tx: AsyncConnection, runtime: Runtime) -> None:
    """Nobody is promised an answer that nobody would give (hazard H18). The gap is named."""
    found = await rota_gaps(tx, runtime)
    if found:
        zone, language = runtime.place.zone, runtime.place.default_language
        start, end = (runtime.moment(moment, zone, language) for moment in (found[0].start, found[0].end))
        raise NotNow("enrolling.rota_gap", start=start, end=end)


async def rota_gaps(tx: AsyncConnection, runtime: Runtime) -> list[Gap]:
    ids = frozenset(person.telegram_id for person in await people_actions.coordinators(tx))
    return gaps(runtime.place.oncall, ids, runtime.place.zone, runtime.now())


def planned(runtime: Runtime, plan: Plan, enrolment: Enrolment, person: Person | None, now: datetime) -> list[Due]:
    """The plan's check-ins for this enrolment. Before the card is opened: by the place's clock and hours."""
    hours = runtime.place.hours if person is None else hours_of(person, runtime.place)
    wall = None if enrolment.wall is None else time(*divmod(enrolment.wall, 60))
    days = schedule(plan, enrolment.home_on, hours, now, wall)
    return [one for place_in, one in enumerate(days) if _kept(plan, enrolment, place_in, one)]


def _kept(plan: Plan, enrolment: Enrolment, place_in: int, one: Due) -> bool:
    """Less often: every other check-in, and always the closing."""
    return not enrolment.fewer or place_in % 2 == 0 or one.day == plan.closing_day


@dataclass(frozen=True)
class Offer:
    """What somebody sees who opens their card."""

    enrolment: Enrolment
    plan: Plan


async def open_card(runtime: Runtime, token: str, person_id: int) -> Offer:
    """The first to open it has it; raises NotFound or NotNow otherwise. Nothing is sent by this."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await store.by_token(tx, token_hash(token))
        if enrolment is None:
            raise NotFound("enrolling.card_unknown")
        if enrolment.person_id not in (None, person_id):
            raise NotNow("enrolling.card_used")
        if enrolment.state is not State.INVITED or (enrolment.expires_at or now) <= now:
            raise NotNow("enrolling.card_over")
        await store.change(tx, enrolment.id, person_id=person_id)
        return await _offer(tx, runtime, enrolment.id)


async def _offer(tx: AsyncConnection, runtime: Runtime, enrolment_id: int) -> Offer:
    enrolment = await store.by_id(tx, enrolment_id)
    if enrolment is None:
        raise NotFound("enrolling.card_unknown")
    return Offer(enrolment, await plans.usable(tx, runtime, enrolment.plan))


async def mine(tx: AsyncConnection, person_id: int, enrolment_id: int) -> Enrolment:
    enrolment = await store.by_id(tx, enrolment_id)
    if enrolment is None or enrolment.person_id != person_id:
        raise NotFound("errors.old_button")
    return enrolment


async def consent(
    runtime: Runtime, person_id: int, enrolment_id: int, purpose: Purpose, given: bool, wording: str
) -> None:
    """One yes or no, recorded by itself (promise 1). No to the check-ins themselves ends it."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await mine(tx, person_id, enrolment_id)
        await people_store.record_consent(tx, person_id, purpose, given, wording, now)
        if purpose is Purpose.CHECKINS and not given:
            await end_within(tx, runtime, enrolment, Course.CANCELLED, now)
        elif given:
            await people_store.change(tx, person_id, stopped_at=None)


async def choose_time(runtime: Runtime, person_id: int, enrolment_id: int, wall: int) -> None:
    """The time of day in minutes after midnight."""
    async with runtime.database.write() as tx:
        enrolment = await mine(tx, person_id, enrolment_id)
        await store.change(tx, enrolment.id, wall=wall)


async def begin(runtime: Runtime, person_id: int, enrolment_id: int) -> list[Due]:
    """Everything is said: the check-ins become rows. Safe to repeat. Returns what will come."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await mine(tx, person_id, enrolment_id)
        if (Purpose.CHECKINS, None) not in await people_store.standing_consents(tx, person_id):
            raise Refused("enrolling.no_consent")
        await refuse_while_nobody_is_on_call(tx, runtime)
        await store.move(tx, enrolment.id, (State.INVITED,), State.ACTIVE, accepted_at=now, token_hash=None)
        await machine.end_dialogue(tx, person_id)
        return await plan_rows(tx, runtime, enrolment.id, now)


async def plan_rows(tx: AsyncConnection, runtime: Runtime, enrolment_id: int, now: datetime) -> list[Due]:
    """Write the check-ins that are still to come; those that were asked or answered stay as they are."""
    enrolment = await store.by_id(tx, enrolment_id)
    if enrolment is None or enrolment.person_id is None:
        raise NotFound("errors.gone")
    person = await people_store.by_id(tx, enrolment.person_id)
    plan = await plans.usable(tx, runtime, enrolment.plan)
    coming = [one for one in planned(runtime, plan, enrolment, person, now) if not one.never]
    await checkin_store.drop_planned(tx, enrolment.id)
    asked = await checkin_store.of_enrolment(tx, enrolment.id)
    done = {one.day for one in asked if one.cycle == enrolment.cycle}
    rows = [_row(enrolment, plan, one) for one in coming if one.day not in done]
    await checkin_store.put(tx, rows)
    return coming


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


# Change of course: by the person themself, or by a coordinator.


async def _may_change(tx: AsyncConnection, actor_id: int, enrolment_id: int) -> Enrolment:
    enrolment = await store.by_id(tx, enrolment_id)
    if enrolment is None:
        raise NotFound("errors.gone")
    if enrolment.person_id != actor_id and Role.COORDINATOR not in await people_store.roles_of(tx, actor_id):
        raise NotAllowed("errors.old_button")
    return enrolment


async def move_home(runtime: Runtime, actor_id: int, enrolment_id: int, home_on: date) -> list[Due]:
    """Another day of coming home: only what was not asked yet moves."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await _may_change(tx, actor_id, enrolment_id)
        await store.change(tx, enrolment.id, home_on=home_on)
        await machine.note(tx, now, actor_id, "enrolment_moved", f"enrolment:{enrolment_id}")
        if enrolment.state is not State.ACTIVE:
            return []
        return await plan_rows(tx, runtime, enrolment.id, now)


async def back_in_hospital(runtime: Runtime, actor_id: int, enrolment_id: int) -> None:
    """Nothing is asked until they are home again; what was open is cleared."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await _may_change(tx, actor_id, enrolment_id)
        await store.move(tx, enrolment.id, (State.ACTIVE,), State.PAUSED, paused_at=now, missed=0)
        await quieten(tx, enrolment, "in_hospital", now)
        await machine.note(tx, now, actor_id, "enrolment_paused", f"enrolment:{enrolment_id}")


async def home_again(runtime: Runtime, actor_id: int, enrolment_id: int, home_on: date) -> list[Due]:
    """The plan begins anew from this day; the keys count the homecomings, so nothing is asked twice."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await _may_change(tx, actor_id, enrolment_id)
        fresh = {"paused_at": None, "home_on": home_on.isoformat(), "cycle": enrolment.cycle + 1, "missed": 0}
        if not await store.move(tx, enrolment.id, (State.PAUSED,), State.ACTIVE, **fresh):
            return []
        await machine.note(tx, now, actor_id, "enrolment_resumed", f"enrolment:{enrolment_id}")
        return await plan_rows(tx, runtime, enrolment.id, now)


async def less_often(runtime: Runtime, actor_id: int, enrolment_id: int) -> list[Due]:
    async with runtime.database.write() as tx:
        enrolment = await _may_change(tx, actor_id, enrolment_id)
        await store.change(tx, enrolment.id, fewer=True)
        return await plan_rows(tx, runtime, enrolment.id, runtime.now())


async def end(runtime: Runtime, actor_id: int, enrolment_id: int, course: Course) -> None:
    """No more. When somebody has died, everything stops at once and for ever, and the volunteer is told kindly."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await _may_change(tx, actor_id, enrolment_id)
        if course is Course.DIED:
            await coordinators_only(tx, actor_id)
        await end_within(tx, runtime, enrolment, course, now)
        await machine.note(tx, now, actor_id, f"enrolment_{course.value}", f"enrolment:{enrolment_id}")


async def end_within(
    tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, course: Course, now: datetime
) -> None:
    living = (State.INVITED, State.WAITING, State.ACTIVE, State.PAUSED)
    if not await store.move(tx, enrolment.id, living, State.ENDED, course=course, ended_at=now, token_hash=None):
        return
    await quieten(tx, enrolment, course.value, now)
    if course is Course.DIED and enrolment.person_id is not None:
        await people_store.change(tx, enrolment.person_id, stopped_at=now)
        await _tell_of_death(tx, runtime, enrolment)


async def _tell_of_death(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment) -> None:
    """Kindly, to those who looked after them; nothing is asked of them."""
    person = await people_store.find(tx, enrolment.person_id) if enrolment.person_id else None
    for companion_id in accepted(enrolment):
        companion = await people_store.find(tx, companion_id)
        if companion is not None and person is not None:
            key = f"died:{enrolment.id}:{companion.id}"
            await notices.to_worker(
                tx, runtime, companion, key, "enrolling.died_notice", names=(person.id,), name=person.name
            )


def accepted(enrolment: Enrolment) -> list[int]:
    """The named person and the backup, as far as they have said yes."""
    pairs = ((enrolment.named_id, enrolment.named_state), (enrolment.backup_id, enrolment.backup_state))
    return [one for one, state in pairs if one is not None and state == "accepted"]


async def quieten(tx: AsyncConnection, enrolment: Enrolment, reason: str, now: datetime) -> None:
    """Every check-in that is not over is cleared, and so is what is queued for it."""
    await checkin_store.clear(tx, enrolment.id, checkin_store.UNFINISHED, reason, now)
    await delivery_store.clear_keys(tx, f"checkin:{enrolment.id}:", reason, now)


def today(runtime: Runtime) -> date:
    return local(runtime.now(), runtime.place.zone).date()


def morning_of(runtime: Runtime, day: date) -> datetime:
    return at_local(day, runtime.place.waking_from, runtime.place.zone)
