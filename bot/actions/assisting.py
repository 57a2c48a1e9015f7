"""For somebody without Telegram: their volunteer gets the check-in as a call script and taps the answers in."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import companions, conditions, enrolling, ladder, notices, planning, plans
from bot.actions import people as people_actions
from bot.catalogue import safe
from bot.domain.checkins import Enrolment as State
from bot.domain.checkins import Stage, reminder_at
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
from bot.store.standings import hours_of

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
        begun: dict[str, Any] = {"state": State.ACTIVE, "created_at": now, "accepted_at": now}
        begun |= {
            "plan": plan.id,
            "home_on": home_on,
            "tier": tier,
            "named_id": volunteer_id,
            "named_state": "accepted",
        }
        begun |= {"token_hash": token_hash(token), "invited_by": coordinator_id, "assisted": True}
        made = await enrolment_store.add(tx, person_id=person.id, **begun)
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
    now, volunteer = runtime.now(), await _volunteer(tx, runtime, enrolment)
    if volunteer is None:
        return False
    queue = list(plan.day(checkin.day).questions) if checkin.kind == "questions" else ["carry_on"]
    remind_at = reminder_at(now, plan.silence, hours_of(volunteer, runtime.place))
    values = {"asked_at": now, "queue": queue, "remind_at": remind_at if remind_at < checkin.not_after else None}
    if await store.move(tx, checkin.id, (Stage.PLANNED,), Stage.ASKED, **values):
        await _script(tx, runtime, volunteer, person, checkin, checkin.key)
    return True


async def remind(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, checkin: CheckIn, person: Person) -> None:
    """The script once more, to whoever can phone now. With nobody there the silence leads to a human, as always."""
    volunteer = await _volunteer(tx, runtime, enrolment)
    if volunteer is not None:
        key = f"{checkin.key}:reminder:{int(runtime.now().timestamp())}"
        await _script(tx, runtime, volunteer, person, checkin, key)


async def _script(
    tx: AsyncConnection, runtime: Runtime, volunteer: Person, person: Person, checkin: CheckIn, key: str
) -> None:
    button = notices.button(runtime, volunteer.language, "buttons.script_start", f"ci:now:{checkin.id}")
    body = runtime.say(volunteer.language, "checkins.script", name=person.name)
    await _to(tx, volunteer, person, checkin, key, body, [[button]], runtime.now())


async def say_closing(
    tx: AsyncConnection, runtime: Runtime, plan: Plan, enrolment: Enrolment, checkin: CheckIn, person: Person
) -> bool:
    """The last words of the plan, for the volunteer to say on the phone. False when the coordinators got them."""
    volunteer = await _volunteer(tx, runtime, enrolment)
    if volunteer is None:
        await _closing_unsaid(tx, runtime, plan, checkin, person)
        return False
    words = plans.say(runtime, plan, volunteer.language, "closing", name=person.name, named=volunteer.name)
    body = runtime.say(volunteer.language, "enrolling.assisted_closing", name=person.name, closing=safe(words))
    await _to(tx, volunteer, person, checkin, checkin.key, body, [], runtime.now())
    return True


async def _closing_unsaid(tx: AsyncConnection, runtime: Runtime, plan: Plan, checkin: CheckIn, person: Person) -> None:
    phrase, names = "enrolling.assisted_closing_unsaid", (person.id,)
    for reader in await people_actions.coordinators(tx):
        words = plans.say(runtime, plan, reader.language, "closing", name=person.name, named=reader.name)
        key, closing = f"closing-unsaid:{checkin.id}:{reader.id}", safe(words)
        await notices.to_worker(tx, runtime, reader, key, phrase, names=names, name=person.name, closing=closing)


async def _volunteer(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment) -> Person | None:
    """Whoever has said yes to phoning, can be reached and is not away: the named one first, then the backup."""
    return next(iter(await ladder.reachable(tx, runtime, enrolling.accepted(enrolment))), None)


async def _to(
    tx: AsyncConnection,
    volunteer: Person,
    person: Person,
    checkin: CheckIn,
    key: str,
    body: str,
    buttons: notices.Buttons,
    now: datetime,
) -> None:
    kind, until = Kind.WORK, checkin.not_after
    names, language = (person.id,), volunteer.language
    row = New(key, volunteer.id, kind, now, until, body, buttons, language=language, names=names)
    await delivery_store.put(tx, [row], now)
