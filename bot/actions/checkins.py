"""A check-in's time has come: the neutral first notification, the nudge, and the last message of a plan."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import assisting, escalating, notices, plans, silences
from bot.actions import people as people_actions
from bot.actions.known_plans import KnownPlans
from bot.actions.working_off import Work, work_off
from bot.domain.checkins import LAST_QUESTION, Course, Stage, reminder_at
from bot.domain.checkins import Enrolment as State
from bot.domain.deliveries import Kind
from bot.domain.plans import Level, Plan
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.checkins import CheckIn
from bot.store.deliveries import New
from bot.store.enrolments import Enrolment
from bot.store.people import Person
from bot.store.standings import hours_of


async def ask_due(runtime: Runtime) -> int:
    """Everything whose time has come. Returns how many."""
    known = KnownPlans(runtime)

    async def due(tx: AsyncConnection, most: int) -> list[CheckIn]:
        return await store.due(tx, runtime.now(), most)

    async def ask(tx: AsyncConnection, checkin: CheckIn) -> None:
        await _ask(tx, runtime, known, checkin)

    async def give_up(tx: AsyncConnection, checkin: CheckIn) -> None:
        await _not_asked(tx, runtime, checkin, "fault")

    return await work_off(runtime, Work("asking", due, ask, give_up))


async def _ask(tx: AsyncConnection, runtime: Runtime, known: KnownPlans, checkin: CheckIn) -> None:
    now = runtime.now()
    fresh = await store.by_id(tx, checkin.id)  # one before it may have changed it
    enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id)
    if fresh is None or fresh.state is not Stage.PLANNED:
        return
    if enrolment is None or enrolment.state is not State.ACTIVE:
        await store.move(tx, checkin.id, (Stage.PLANNED,), Stage.CLEARED, reason="not_active", closed_at=now)
        return
    if not await _is_alone(tx, runtime, known, checkin):
        return
    if checkin.not_after <= now:
        await _not_asked(tx, runtime, checkin, "too_late")
        return
    plan = await known.get(tx, enrolment.plan)
    person = await people_store.by_id(tx, checkin.person_id)
    if checkin.kind == "closing":
        await _close_plan(tx, runtime, plan, enrolment, checkin, person)
    elif enrolment.assisted:
        if not await assisting.hand_over(tx, runtime, plan, enrolment, checkin, person):
            await _not_asked(tx, runtime, checkin, "no_volunteer")
    else:
        await _notify(tx, runtime, plan, enrolment, checkin, person)


async def _is_alone(tx: AsyncConnection, runtime: Runtime, known: KnownPlans, checkin: CheckIn) -> bool:
    """One open check-in at a time: an older one is over, and what its silence means may end this one, too."""
    older = await store.running(tx, checkin.person_id)
    if older is None:
        return True
    await silences.missed(tx, runtime, known, older)
    fresh = await store.by_id(tx, checkin.id)
    return fresh is not None and fresh.state is Stage.PLANNED


async def _not_asked(tx: AsyncConnection, runtime: Runtime, checkin: CheckIn, reason: str) -> None:
    """A restart took too long, or a row is broken: never sent late, but a human is told (promise 5)."""
    now = runtime.now()
    moved = await store.move(tx, checkin.id, (Stage.PLANNED,), Stage.LATE, reason=reason, closed_at=now)
    person = await people_store.by_id(tx, checkin.person_id)
    if moved and checkin.kind != "closing":
        enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id)
        key = f"late:{checkin.id}"
        await escalating.open_concern(tx, runtime, person, enrolment, key, Level.AMBER, "not_asked")
        if enrolment is not None:
            await silences.unasked(tx, runtime, enrolment, checkin)
    elif moved:
        older = await store.running(tx, checkin.person_id)
        if older is not None:  # only after a fault; once the plan is over nobody would look at it
            await silences.not_decided(tx, runtime, older)
        await _end(tx, checkin.enrolment_id, now)
        await _goodbye_unsaid(tx, runtime, checkin, person)


async def _goodbye_unsaid(tx: AsyncConnection, runtime: Runtime, checkin: CheckIn, person: Person) -> None:
    """Somebody who waits for the next question should hear from somebody that none will come."""
    for reader in await people_actions.coordinators(tx):
        key, phrase = f"closing-unsaid:{checkin.id}:{reader.id}", "enrolling.closing_unsent"
        await notices.to_worker(tx, runtime, reader, key, phrase, names=(person.id,), name=person.name)


async def _end(tx: AsyncConnection, enrolment_id: int, now: datetime) -> None:
    await enrolment_store.move(tx, enrolment_id, (State.ACTIVE,), State.ENDED, course=Course.DONE, ended_at=now)


async def _notify(
    tx: AsyncConnection, runtime: Runtime, plan: Plan, enrolment: Enrolment, checkin: CheckIn, person: Person
) -> None:
    """Neutral: nothing on a locked screen says what it is about (promise 9)."""
    now = runtime.now()
    queue = list(plan.day(checkin.day).questions) if checkin.kind == "questions" else [LAST_QUESTION.id]
    remind_at = reminder_at(now, plan.silence, hours_of(person, runtime.place))
    values = {"asked_at": now, "queue": queue, "remind_at": remind_at if remind_at < checkin.not_after else None}
    if await store.move(tx, checkin.id, (Stage.PLANNED,), Stage.ASKED, **values):
        body = await _says(tx, runtime, plan, enrolment, person, "hello")
        buttons = hello_buttons(runtime, person, checkin)
        await delivery_store.put(tx, [_row(checkin, checkin.key, person, body, buttons, now)], now)


def _row(checkin: CheckIn, key: str, person: Person, body: str, buttons: notices.Buttons, now: datetime) -> New:
    return New(
        key,
        person.id,
        Kind.CHECKIN,
        now,
        checkin.not_after,
        body,
        buttons,
        extra={"protect": True},
        language=person.language,
    )


async def _says(
    tx: AsyncConnection, runtime: Runtime, plan: Plan, enrolment: Enrolment, person: Person, what: str
) -> str:
    named = await named_name(tx, runtime, enrolment)
    return plans.say(runtime, plan, person.language, what, name=person.name, named=named)


async def named_name(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment) -> str:
    """Who asks: the named person once they have said yes, until then the place."""
    agreed = enrolment.named_id if enrolment.named_state == "accepted" else None
    named = await people_store.find(tx, agreed) if agreed else None
    return named.name if named else runtime.place.name


def hello_buttons(runtime: Runtime, person: Person, checkin: CheckIn) -> notices.Buttons:
    language, verbs = person.language, ("now", "later", "not_today", "stop")
    return [[notices.button(runtime, language, f"buttons.checkin_{verb}", f"ci:{verb}:{checkin.id}")] for verb in verbs]


async def _close_plan(
    tx: AsyncConnection, runtime: Runtime, plan: Plan, enrolment: Enrolment, checkin: CheckIn, person: Person
) -> None:
    now = runtime.now()
    if not await store.move(tx, checkin.id, (Stage.PLANNED,), Stage.DONE, asked_at=now, closed_at=now):
        return
    if enrolment.assisted:
        if not await assisting.say_closing(tx, runtime, plan, enrolment, checkin, person):
            await store.change(tx, checkin.id, state=Stage.LATE, reason="no_volunteer")
    else:
        body = await _says(tx, runtime, plan, enrolment, person, "closing")
        await delivery_store.put(tx, [_row(checkin, checkin.key, person, body, [], now)], now)
    await _end(tx, enrolment.id, now)


async def remind(runtime: Runtime) -> int:
    """One gentle nudge, inside waking hours. Returns how many."""
    known = KnownPlans(runtime)

    async def due(tx: AsyncConnection, most: int) -> list[CheckIn]:
        return await store.to_remind(tx, runtime.now(), most)

    async def nudge(tx: AsyncConnection, checkin: CheckIn) -> None:
        await store.change(tx, checkin.id, remind_at=None)
        await _remind(tx, runtime, known, checkin)

    async def give_up(tx: AsyncConnection, checkin: CheckIn) -> None:  # what no answer leads to comes all the same
        await store.change(tx, checkin.id, remind_at=None)

    return await work_off(runtime, Work("reminding", due, nudge, give_up))


async def _remind(tx: AsyncConnection, runtime: Runtime, known: KnownPlans, checkin: CheckIn) -> None:
    now = runtime.now()
    enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id)
    person = await people_store.by_id(tx, checkin.person_id)
    if enrolment is None or enrolment.state is not State.ACTIVE:
        return
    if enrolment.assisted:
        await assisting.remind(tx, runtime, enrolment, checkin, person)
        return
    plan = await known.get(tx, enrolment.plan)
    body = await _says(tx, runtime, plan, enrolment, person, "reminder")
    buttons = hello_buttons(runtime, person, checkin)
    key = f"{checkin.key}:reminder:{int(now.timestamp())}"
    await delivery_store.put(tx, [_row(checkin, key, person, body, buttons, now)], now)
