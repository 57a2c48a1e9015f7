"""What a coordinator sees and decides before somebody is enrolled, and who is looked after now."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import conditions, enrolling, notices, planning, plans, requests
from bot.actions import people as people_actions
from bot.domain.checkins import Course, Due, schedule
from bot.domain.checkins import Enrolment as State
from bot.domain.deliveries import Kind
from bot.domain.errors import NotFound, NotNow, Refused
from bot.domain.people import Purpose
from bot.domain.plans import Plan, Tier
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store
from bot.store import enrolments as store
from bot.store import machine
from bot.store import people as people_store
from bot.store.deliveries import New
from bot.store.enrolments import Enrolment
from bot.store.people import Person

FARTHEST_BACK, FARTHEST_AHEAD = timedelta(days=60), timedelta(days=60)
LISTED = (State.WAITING, State.INVITED, State.ACTIVE, State.PAUSED)


@dataclass(frozen=True)
class Outlook:
    """What a plan means for a day of coming home. `coming` and `never` in order; times by the place's clock."""

    plan: Plan
    coming: list[Due]
    never: list[int]


async def usable_plans(runtime: Runtime, coordinator_id: int) -> list[Plan]:
    """The plans that may be used today. Raises NotNow while there is none, or nobody would be on call."""
    async with runtime.database.read() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        await conditions.refuse_while_nobody_is_on_call(tx, runtime)
        found, why = list[Plan](), NotNow("plans.none")
        for plan_id in sorted(runtime.catalogue.plans):
            try:
                found.append(await plans.usable(tx, runtime, plan_id))
            except NotNow as refusal:
                why = why if refusal.phrase == "plans.not_approved" else refusal
        if not found:
            raise why
        return found


async def outlook(runtime: Runtime, plan_id: str, home_on: date) -> Outlook:
    """Raises Refused for a day that makes no sense."""
    sensible_day(runtime, home_on)
    async with runtime.database.read() as tx:
        plan = await plans.usable(tx, runtime, plan_id)
    days = schedule(plan, home_on, runtime.place.hours, runtime.now())
    asked = [one for one in days if one.day != plan.closing_day]
    if all(one.never for one in asked):
        raise Refused("enrolling.day_over")
    return Outlook(plan, [one for one in days if not one.never], [one.day for one in days if one.never])


def sensible_day(runtime: Runtime, home_on: date) -> None:
    """Raises Refused for a day of coming home that is too far from today."""
    today = planning.today(runtime)
    if home_on - today > FARTHEST_AHEAD:
        raise Refused("enrolling.day_far")
    if today - home_on > FARTHEST_BACK:
        raise Refused("enrolling.day_over")


async def ask(runtime: Runtime, person_id: int, wording: str) -> bool:
    """Somebody asks by themself to be asked after; a coordinator has to confirm. False: no coordinator can be told.

    Their asking is the yes to the answer, and to nothing else.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        if await store.of_person(tx, person_id, (State.WAITING, *store.LIVING)):
            return True
        readers = await people_actions.coordinators(tx)
        if not readers:
            return False
        await people_store.record_consent(tx, person_id, Purpose.ANSWERS, True, wording, now)
        today = planning.today(runtime)
        blank = {"plan": "", "tier": Tier.USUAL, "state": State.WAITING, "created_at": now}
        made = await store.add(tx, person_id=person_id, home_on=today, **blank)
        person = await people_store.by_id(tx, person_id)
        for reader in readers:
            button = notices.button(runtime, reader.language, "buttons.home_look", f"dis:one:{made.id}")
            key = f"{requests.prefix(made.id)}{reader.id}"
            rows, phrase = [[button]], "enrolling.asks_home"
            await notices.to_worker(tx, runtime, reader, key, phrase, rows, (person.id,), name=person.name)
        return True


async def confirm(
    runtime: Runtime, coordinator_id: int, enrolment_id: int, plan_id: str, home_on: date, tier: Tier
) -> Person:
    """A coordinator says yes to somebody who asked; the person now goes through the same questions as with a card."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        await conditions.refuse_while_nobody_is_on_call(tx, runtime)
        plan, person = await plans.usable(tx, runtime, plan_id), await _asker(tx, enrolment_id)
        values = {"plan": plan.id, "home_on": home_on.isoformat(), "tier": tier, "invited_by": coordinator_id}
        lasts = now + enrolling.CARD_LASTS
        if not await store.move(tx, enrolment_id, (State.WAITING,), State.INVITED, expires_at=lasts, **values):
            raise NotNow("enrolling.decided_already")
        await delivery_store.clear_keys(tx, requests.prefix(enrolment_id), "decided", now)
        await machine.note(tx, now, coordinator_id, "enrolment_confirmed", f"enrolment:{enrolment_id}")
        button = notices.button(runtime, person.language, "buttons.home_open", f"en:open:{enrolment_id}")
        await _answer(tx, runtime, person, f"confirmed:{enrolment_id}", "enrolling.confirmed", [[button]])
        return person


async def decline(runtime: Runtime, coordinator_id: int, enrolment_id: int) -> Person:
    """A coordinator says no to somebody who asked; they are told kindly, and whom to phone."""
    async with runtime.database.write() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        enrolment, person = await store.by_id(tx, enrolment_id), await _asker(tx, enrolment_id)
        if enrolment is None or enrolment.state is not State.WAITING:
            raise NotNow("enrolling.decided_already")
        await enrolling.end_within(tx, runtime, enrolment, Course.CANCELLED, runtime.now())
        await delivery_store.clear_keys(tx, requests.prefix(enrolment_id), "decided", runtime.now())
        await machine.note(tx, runtime.now(), coordinator_id, "enrolment_declined", f"enrolment:{enrolment_id}")
        await _answer(tx, runtime, person, f"declined:{enrolment_id}", "enrolling.declined", [])
        return person


async def _asker(tx: AsyncConnection, enrolment_id: int) -> Person:
    enrolment = await store.by_id(tx, enrolment_id)
    person = await people_store.find(tx, enrolment.person_id) if enrolment and enrolment.person_id else None
    if person is None:
        raise NotFound("errors.gone")
    return person


async def _answer(
    tx: AsyncConnection, runtime: Runtime, person: Person, key: str, phrase: str, buttons: notices.Buttons
) -> None:
    """The answer to what they asked: needs no other yes than their asking."""
    now = runtime.now()
    body = runtime.say(person.language, phrase, name=person.name, contact=runtime.place.contact)
    until = now + notices.NOTICE_LASTS
    row = New(key, person.id, Kind.ANSWER, now, until, body, buttons, language=person.language)
    await delivery_store.put(tx, [row], now)


@dataclass(frozen=True)
class Listed:
    """An enrolment and whose it is; nobody yet while a card has not been opened."""

    enrolment: Enrolment
    person: Person | None


async def listed(runtime: Runtime, coordinator_id: int) -> list[Listed]:
    """Everybody who is looked after, or may soon be: who asks first, then by first name, then cards that are out."""
    now = runtime.now()
    async with runtime.database.read() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        found = []
        for one in await store.in_state(tx, *LISTED):
            if one.state is State.INVITED and (one.expires_at or now) <= now:
                continue
            person = await people_store.find(tx, one.person_id) if one.person_id else None
            found.append(Listed(one, person if one.state is not State.INVITED else None))
        return sorted(found, key=_order)


async def past(runtime: Runtime, coordinator_id: int) -> list[Listed]:
    """People without Telegram who are looked after no more, each once, by first name."""
    async with runtime.database.read() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        found: dict[int, Listed] = {}
        for one in await store.assisted_before(tx):
            found[one.person_id or 0] = Listed(one, await people_store.find(tx, one.person_id or 0))
        return sorted(found.values(), key=_order)


def _order(one: Listed) -> tuple[bool, bool, str, int]:
    name = one.person.name.casefold() if one.person else ""
    return one.enrolment.state is not State.WAITING, one.person is None, name, one.enrolment.id


async def withdraw_card(runtime: Runtime, coordinator_id: int, enrolment_id: int) -> None:
    """A card that nobody has begun with works no more."""
    async with runtime.database.write() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        enrolment = await store.by_id(tx, enrolment_id)
        if enrolment is None:
            raise NotFound("enrolling.card_used")
        if enrolment.state is not State.INVITED:
            raise NotNow("enrolling.card_used")
        await enrolling.end_within(tx, runtime, enrolment, Course.CANCELLED, runtime.now())
        await machine.note(tx, runtime.now(), coordinator_id, "card_withdrawn", f"enrolment:{enrolment_id}")
