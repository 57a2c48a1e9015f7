"""For somebody without Telegram: their volunteer gets the check-in as a call script and taps the answers in."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import companions, conditions, enrolling, notices, planning, plans
from bot.catalogue import safe
from bot.domain.checkins import Enrolment as State
from bot.domain.checkins import Stage
from bot.domain.circles import token_hash
from bot.domain.deliveries import Kind
from bot.domain.errors import NotFound, Refused
from bot.domain.people import Purpose
from bot.domain.plans import Plan, Tier
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import machine
from bot.store import people as people_store
from bot.store.checkins import CheckIn
from bot.store.deliveries import New
from bot.store.enrolments import Enrolment
from bot.store.people import Person

# The version of `enrolling.witness_…`, which the coordinator reads to them; who witnessed it stands in the audit.
BY_VOICE = "by voice, witnessed by a coordinator: witness-2"


NEEDED = {Purpose.CHECKINS, Purpose.PHONE}
"""Without both of these a volunteer cannot ask how they are."""


async def enrol(
    runtime: Runtime,
    coordinator_id: int,
    name: str,
    volunteer_id: int,
    plan_id: str,
    home_on: date,
    tier: Tier,
    said: Collection[Purpose],
    press: str = "",
) -> int:
    """`said`: what they said yes to by voice, witnessed by the coordinator; to all else no. Returns the enrolment.

    `press`: a random key of the form; the same one gives the same enrolment.
    """
    if not set(said) >= NEEDED:
        raise Refused("enrolling.witness_no", name=name)
    now, token = runtime.now(), enrolling.token_of(runtime, coordinator_id, press)
    async with runtime.database.write() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        if before := await enrolling.made_by(tx, token):
            return before.id
        await conditions.refuse_while_nobody_is_on_call(tx, runtime)
        plan = await plans.usable(tx, runtime, plan_id)
        volunteer = await companions.willing(tx, volunteer_id)
        if volunteer is None:
            raise NotFound("enrolling.companion_not_there")
        person = await _agreed(tx, name, runtime.place.default_language, said, now)
        made = await enrolment_store.add(
            tx,
            person_id=person.id,
            plan=plan.id,
            home_on=home_on,
            tier=tier,
            state=State.ACTIVE,
            token_hash=token_hash(token),
            invited_by=coordinator_id,
            created_at=now,
            accepted_at=now,
            named_id=volunteer_id,
            named_state="accepted",
            assisted=True,
        )
        await machine.note(tx, now, coordinator_id, "enrolled_assisted", f"enrolment:{made.id}")
        key, names = f"assists:{made.id}:{volunteer.id}", (person.id,)
        await notices.to_worker(tx, runtime, volunteer, key, "enrolling.assisted_notice", names=names, name=person.name)
        await planning.plan_rows(tx, runtime, made.id, now)
        return made.id


async def _agreed(tx: AsyncConnection, name: str, language: str, said: Collection[Purpose], now: datetime) -> Person:
    """Somebody who said yes to these things by voice, and no to the others."""
    person = await people_store.add_without_telegram(tx, name, language, now)
    for purpose in enrolling.PURPOSES:
        await people_store.record_consent(tx, person.id, purpose, purpose in said, BY_VOICE, now)
    return person


async def hand_over(
    tx: AsyncConnection, runtime: Runtime, plan: Plan, enrolment: Enrolment, checkin: CheckIn, person: Person
) -> bool:
    """The volunteer is asked to phone; the questions come one by one as they tap the answers in.

    False when nobody has said yes to phoning: then a coordinator has to hear of it.
    """
    now, volunteer = runtime.now(), await _volunteer(tx, enrolment)
    if volunteer is None:
        return False
    queue = list(plan.day(checkin.day).questions) if checkin.kind == "questions" else ["carry_on"]
    if await store.move(tx, checkin.id, (Stage.PLANNED,), Stage.ASKED, asked_at=now, queue=queue):
        button = notices.button(runtime, volunteer.language, "buttons.script_start", f"ci:now:{checkin.id}")
        body = runtime.say(volunteer.language, "checkins.script", name=person.name)
        await _to(tx, volunteer, person, checkin, body, [[button]], now)
    return True


async def say_closing(
    tx: AsyncConnection, runtime: Runtime, plan: Plan, enrolment: Enrolment, checkin: CheckIn, person: Person
) -> None:
    """The last words of the plan, for the volunteer to say on the phone."""
    volunteer = await _volunteer(tx, enrolment)
    if volunteer is not None:
        words = plans.say(runtime, plan, volunteer.language, "closing", name=person.name, named=volunteer.name)
        body = runtime.say(volunteer.language, "enrolling.assisted_closing", name=person.name, closing=safe(words))
        await _to(tx, volunteer, person, checkin, body, [], runtime.now())


async def _volunteer(tx: AsyncConnection, enrolment: Enrolment) -> Person | None:
    """Whoever has said yes to phoning and can be reached: the named one first, then the backup."""
    for companion_id in enrolling.accepted(enrolment):
        found = await people_store.find(tx, companion_id)
        if found is not None and found.stopped_at is None and found.unreachable_at is None:
            return found
    return None


async def _to(
    tx: AsyncConnection,
    volunteer: Person,
    person: Person,
    checkin: CheckIn,
    body: str,
    buttons: notices.Buttons,
    now: datetime,
) -> None:
    kind, until = Kind.WORK, checkin.not_after
    names, language = (person.id,), volunteer.language
    row = New(checkin.key, volunteer.id, kind, now, until, body, buttons, language=language, names=names)
    await delivery_store.put(tx, [row], now)
