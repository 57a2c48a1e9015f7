"""Coming home: a card at the bedside, the person's own yes to each thing, and every change of course after that."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import conditions, emptying, planning, plans
from bot.domain.checkins import Course, Due
from bot.domain.checkins import Enrolment as State
from bot.domain.circles import press_token, token_hash
from bot.domain.errors import NotFound, NotNow, Refused
from bot.domain.people import MINUTES, Purpose
from bot.domain.plans import Plan, Tier
from bot.runtime import Runtime
from bot.store import checkins as checkin_store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as store
from bot.store import machine
from bot.store import people as people_store
from bot.store.enrolments import Enrolment
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


def token_of(runtime: Runtime, coordinator_id: int, press: str) -> str:
    """What an enrolment is known by. `press`: what tells one press of a button from the next; empty: any."""
    return press_token(runtime.secret, coordinator_id, press) if press else secrets.token_urlsafe(24)


async def made_by(tx: AsyncConnection, token: str) -> Enrolment | None:
    """The enrolment that the same press made already: a button that is pressed twice does its work once."""
    await store.one_press_at_a_time(tx)
    return await store.by_token(tx, token_hash(token))


async def discharge(
    runtime: Runtime, coordinator_id: int, plan_id: str, home_on: date, tier: Tier, language: str, press: str = ""
) -> Card:
    """A one-time card for somebody who comes home on `home_on`; nothing about hospital is on it.

    `language`: what the card and the first message are in; they may choose another then.
    `press`: a random key of the form; the same one gives the same card.
    """
    if language not in runtime.place.languages:
        raise Refused("errors.no_such_language")
    now, token = runtime.now(), token_of(runtime, coordinator_id, press)
    async with runtime.database.write() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        plan = await plans.usable(tx, runtime, plan_id)
        if before := await made_by(tx, token):
            return Card(before.id, runtime.link(HOME + token), [])
        await conditions.refuse_while_nobody_is_on_call(tx, runtime)
        made = await store.add(
            tx,
            plan=plan_id,
            home_on=home_on,
            tier=tier,
            language=language,
            state=State.INVITED,
            token_hash=token_hash(token),
            expires_at=now + CARD_LASTS,
            invited_by=coordinator_id,
            created_at=now,
        )
        await machine.note(tx, now, coordinator_id, "enrolment_invited", f"enrolment:{made.id}")
        never = [one.day for one in planning.planned(runtime, plan, made, None, now) if one.never]
        return Card(made.id, runtime.link(HOME + token), never)


@dataclass(frozen=True)
class Offer:
    """What somebody sees who opens their card."""

    enrolment: Enrolment
    plan: Plan


async def open_card(runtime: Runtime, token: str, person_id: int) -> Offer:
    """It belongs to the first who says yes; until then whoever opened it last holds it. Nothing is sent by this.

    Somebody who has agreed to nothing yet is spoken to in the card's language: the coordinator at the bedside knows
    it better than their phone does.
    """
    async with runtime.database.write() as tx:
        enrolment = await store.by_token(tx, token_hash(token))
        if enrolment is None:
            raise NotFound("enrolling.card_unknown")
        await _may_open(tx, runtime, enrolment, person_id)
        if enrolment.person_id != person_id:
            await _speak_as_on_the_card(tx, runtime, enrolment, person_id)
        await store.change(tx, enrolment.id, person_id=person_id)
        return Offer(enrolment, await _plan(tx, runtime, enrolment))


async def _speak_as_on_the_card(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, person_id: int) -> None:
    """Unless they have chosen a language themselves: at whatever they said yes to, or as a worker."""
    chosen = await people_store.standing_consents(tx, person_id) or await people_store.roles_of(tx, person_id)
    if enrolment.language in runtime.place.languages and not chosen:  # a place may offer it no longer
        await people_store.change(tx, person_id, language=enrolment.language)


async def _plan(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment) -> Plan:
    """For whoever comes home: what a coordinator has to put in order first is told to them as no more than that."""
    try:
        return await plans.usable(tx, runtime, enrolment.plan)
    except NotNow:
        raise NotNow("enrolling.not_yet", contact=runtime.place.contact) from None


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
        return Offer(enrolment, await _plan(tx, runtime, enrolment))


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
            await planning.plan_rows(tx, runtime, enrolment.id, runtime.now())


async def begin(runtime: Runtime, person_id: int, enrolment_id: int) -> list[Due]:
    """Everything is said: the check-ins become rows. Safe to repeat. Returns what will come."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await mine(tx, person_id, enrolment_id)
        if not await _agreed(tx, person_id):
            raise Refused("enrolling.no_consent")
        if enrolment.state is State.INVITED:
            await _plan(tx, runtime, await _invited(tx, runtime, person_id, enrolment_id))
            await conditions.refuse_while_nobody_is_on_call(tx, runtime, "enrolling.not_yet")
            await store.move(tx, enrolment.id, (State.INVITED,), State.ACTIVE, accepted_at=now)
            await machine.note(tx, now, person_id, "enrolled", f"enrolment:{enrolment.id}")
        elif enrolment.state is not State.ACTIVE:
            raise NotNow("errors.old_button")
        await machine.end_dialogue(tx, person_id, HOME_FLOW)
        return await planning.plan_rows(tx, runtime, enrolment.id, now)


async def end_within(
    tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, course: Course, now: datetime
) -> bool:
    """Nothing more is asked. False when it was over before."""
    living = (State.INVITED, State.WAITING, State.ACTIVE, State.PAUSED)
    if not await store.move(tx, enrolment.id, living, State.ENDED, course=course, ended_at=now):
        return False
    await quieten(tx, runtime, enrolment, course.value, now)
    for role in ("named", "backup"):
        await delivery_store.clear_keys(tx, f"companion:{role}:{enrolment.id}:", course.value, now)
    return True


def accepted(enrolment: Enrolment) -> list[int]:
    """The named person and the backup, as far as they have said yes."""
    pairs = ((enrolment.named_id, enrolment.named_state), (enrolment.backup_id, enrolment.backup_state))
    return [one for one, state in pairs if one is not None and state == "accepted"]


async def quieten(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, reason: str, now: datetime) -> None:
    """Every check-in that is not over is cleared, and so is what is queued for it; an open question is emptied."""
    await emptying.empty_of(tx, runtime, enrolment.id)
    await checkin_store.clear(tx, enrolment.id, checkin_store.UNFINISHED, reason, now)
    await delivery_store.clear_keys(tx, f"checkin:{enrolment.id}:", reason, now)
