"""Coming home: a card at the bedside, the person's own yes to each thing, and every change of course after that."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import oncall, plans
from bot.domain.checkins import Course, Due, schedule
from bot.domain.checkins import Enrolment as State
from bot.domain.circles import token_hash
from bot.domain.errors import NotAllowed, NotFound, NotNow, Refused
from bot.domain.hours import at_local, local
from bot.domain.people import MINUTES, Purpose, Role
from bot.domain.plans import Plan, Tier
from bot.domain.rota import Gap
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
HOME_FLOW = "home"  # the conversation in which somebody opens their card
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


async def refuse_while_nobody_is_on_call(
    tx: AsyncConnection, runtime: Runtime, phrase: str = "enrolling.rota_gap"
) -> None:
    """Nobody is promised an answer that nobody would give (hazard H18). The gap is named."""
    found = await rota_gaps(tx, runtime)
    if found:
        zone, language = runtime.place.zone, runtime.place.default_language
        start, end = (runtime.moment(moment, zone, language) for moment in (found[0].start, found[0].end))
        raise NotNow(phrase, start=start, end=end, contact=runtime.place.contact)


async def rota_gaps(tx: AsyncConnection, runtime: Runtime) -> list[Gap]:
    return await oncall.rota_gaps(tx, runtime)


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
    """It belongs to the first who says yes; until then whoever opened it last holds it. Nothing is sent by this."""
    async with runtime.database.write() as tx:
        enrolment = await store.by_token(tx, token_hash(token))
        if enrolment is None:
            raise NotFound("enrolling.card_unknown")
        await _may_open(tx, runtime, enrolment, person_id)
        await store.change(tx, enrolment.id, person_id=person_id)
        return Offer(enrolment, await plans.usable(tx, runtime, enrolment.plan))


async def _may_open(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, person_id: int) -> None:
    holder = enrolment.person_id
    if enrolment.state is State.ACTIVE and holder == person_id:
        raise NotNow("enrolling.card_yours")
    if enrolment.state is not State.INVITED or (holder not in (None, person_id) and await _agreed(tx, holder or 0)):
        raise NotNow("enrolling.card_used")
    if (enrolment.expires_at or runtime.now()) <= runtime.now():
        raise NotNow("enrolling.card_over")
    if await store.of_person(tx, person_id):
        raise NotNow("enrolling.home_already")


async def _agreed(tx: AsyncConnection, person_id: int) -> bool:
    return (Purpose.CHECKINS, None) in await people_store.standing_consents(tx, person_id)


async def offer(runtime: Runtime, person_id: int, enrolment_id: int) -> Offer:
    """The same again at a later question; raises when it is no longer theirs to begin."""
    async with runtime.database.read() as tx:
        enrolment = await _invited(tx, runtime, person_id, enrolment_id)
        return Offer(enrolment, await plans.usable(tx, runtime, enrolment.plan))


async def mine(tx: AsyncConnection, person_id: int, enrolment_id: int) -> Enrolment:
    enrolment = await store.by_id(tx, enrolment_id)
    if enrolment is None or enrolment.person_id != person_id:
        raise NotFound("errors.old_button")
    return enrolment


async def _invited(tx: AsyncConnection, runtime: Runtime, person_id: int, enrolment_id: int) -> Enrolment:
    enrolment = await mine(tx, person_id, enrolment_id)
    await _may_open(tx, runtime, enrolment, person_id)
    return enrolment


async def consents(runtime: Runtime, person_id: int) -> set[Purpose]:
    """What somebody has said yes to, of what is asked about check-ins."""
    async with runtime.database.read() as tx:
        said = await people_store.standing_consents(tx, person_id)
        return {purpose for purpose in PURPOSES if (purpose, None) in said}


async def consent(
    runtime: Runtime, person_id: int, enrolment_id: int, purpose: Purpose, given: bool, wording: str
) -> None:
    """One yes or no, recorded by itself (promise 1). A yes to the check-ins makes the card theirs."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        await mine(tx, person_id, enrolment_id)
        if purpose not in PURPOSES:
            raise NotFound("errors.old_button")
        await people_store.record_consent(tx, person_id, purpose, given, wording, now)
        if purpose is Purpose.CHECKINS and given:
            await people_store.change(tx, person_id, stopped_at=None)


async def step_back_out(runtime: Runtime, person_id: int, enrolment_id: int, wording: str) -> datetime | None:
    """Not now: each yes is taken back. Returns until when the card stays good."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await mine(tx, person_id, enrolment_id)
        if enrolment.state is not State.INVITED:
            raise NotNow("errors.old_button")
        await withdraw(tx, person_id, wording, now)
        fresh = {"wall": None, "named_id": None, "named_state": "none", "backup_id": None, "backup_state": "none"}
        await store.change(tx, enrolment.id, **fresh)
        return enrolment.expires_at


async def withdraw(tx: AsyncConnection, person_id: int, wording: str, now: datetime) -> None:
    """Each yes that has to do with check-ins is followed by a no; both stay on record."""
    for purpose, circle_id in await people_store.standing_consents(tx, person_id):
        if purpose in PURPOSES:
            await people_store.record_consent(tx, person_id, purpose, False, wording, now, circle_id)


async def choose_time(runtime: Runtime, person_id: int, enrolment_id: int, wall: int) -> None:
    """The time of day in minutes after midnight, inside their waking hours."""
    async with runtime.database.write() as tx:
        enrolment = await mine(tx, person_id, enrolment_id)
        hours = hours_of(await people_store.by_id(tx, person_id), runtime.place)
        if wall not in range(MINUTES) or not hours.start <= time(*divmod(wall, 60)) < hours.end:
            raise Refused("enrolling.time_asleep")
        await store.change(tx, enrolment.id, wall=wall)
        if enrolment.state is State.ACTIVE:
            await plan_rows(tx, runtime, enrolment.id, runtime.now())


async def begin(runtime: Runtime, person_id: int, enrolment_id: int) -> list[Due]:
    """Everything is said: the check-ins become rows. Safe to repeat. Returns what will come."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await mine(tx, person_id, enrolment_id)
        if not await _agreed(tx, person_id):
            raise Refused("enrolling.no_consent")
        if enrolment.state is State.INVITED:
            await _invited(tx, runtime, person_id, enrolment_id)
            await plans.usable(tx, runtime, enrolment.plan)
            await refuse_while_nobody_is_on_call(tx, runtime, "enrolling.not_yet")
            await store.move(tx, enrolment.id, (State.INVITED,), State.ACTIVE, accepted_at=now)
            await machine.note(tx, now, person_id, "enrolled", f"enrolment:{enrolment.id}")
        elif enrolment.state is not State.ACTIVE:
            raise NotNow("errors.old_button")
        await machine.end_dialogue(tx, person_id, HOME_FLOW)
        return await plan_rows(tx, runtime, enrolment.id, now)


async def plan_rows(tx: AsyncConnection, runtime: Runtime, enrolment_id: int, now: datetime) -> list[Due]:
    """Write the check-ins that are still to come; those that were asked or answered stay as they are."""
    enrolment = await store.by_id(tx, enrolment_id)
    if enrolment is None or enrolment.person_id is None:
        raise NotFound("errors.gone")
    person = await people_store.by_id(tx, enrolment.person_id)
    plan = await plans.usable_or_last(tx, runtime, enrolment.plan)
    await checkin_store.drop_planned(tx, enrolment.id)
    asked = await checkin_store.of_enrolment(tx, enrolment.id)
    done = {one.day for one in asked if one.cycle == enrolment.cycle}
    days = planned(runtime, plan, enrolment, person, now)
    coming = [one for one in days if not one.never and one.day not in done]
    await checkin_store.put(tx, [_row(enrolment, plan, one) for one in coming])
    return coming


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


async def end_within(
    tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, course: Course, now: datetime
) -> bool:
    """Nothing more is asked. False when it was over before."""
    living = (State.INVITED, State.WAITING, State.ACTIVE, State.PAUSED)
    if not await store.move(tx, enrolment.id, living, State.ENDED, course=course, ended_at=now):
        return False
    await quieten(tx, enrolment, course.value, now)
    for role in ("named", "backup"):
        await delivery_store.clear_keys(tx, f"companion:{role}:{enrolment.id}:", course.value, now)
    return True


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
