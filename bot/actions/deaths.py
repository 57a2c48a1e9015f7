"""Somebody has died: everything to them, about them and in their name stops at once and for ever."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import alerts, champions, enrolling, escalating, leaving, notices, stopping
from bot.domain.checkins import Course
from bot.domain.checkins import Enrolment as State
from bot.domain.concerns import Phase
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import checkins as checkin_store
from bot.store import circles as circle_store
from bot.store import concerns as concern_store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as store
from bot.store import machine
from bot.store import people as people_store
from bot.store.enrolments import Enrolment
from bot.store.people import Person


def can_be_told(enrolment: Enrolment) -> bool:
    """Whether it can be said here: of somebody who is looked after, or was; their death may come after the plan."""
    if enrolment.state in store.LIVING:
        return True
    was_home = enrolment.accepted_at is not None and enrolment.person_id is not None
    return enrolment.state is State.ENDED and was_home and enrolment.course != Course.DIED


async def died(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment) -> None:
    """Those who looked after them are told kindly, and nothing is asked. Whatever the enrolment's state."""
    if enrolment.person_id is None:
        return
    person = await people_store.by_id(tx, enrolment.person_id)
    told = await _end_checkins(tx, runtime, person.id, enrolment)
    await _end_what_they_agreed_to(tx, person.id, runtime.now())
    await _close_concerns(tx, runtime, person.id)
    await _end_tasks(tx, runtime, person)
    await stopping.silence(tx, person.id, "stopped", runtime.now())
    for companion_id in told:
        companion = await people_store.find(tx, companion_id)
        if companion is not None:
            key, phrase = f"died:{person.id}:{companion_id}", "enrolling.died_notice"
            await notices.to_worker(tx, runtime, companion, key, phrase, names=(person.id,), name=person.name)


async def _end_checkins(tx: AsyncConnection, runtime: Runtime, person_id: int, told_at: Enrolment) -> list[int]:
    """Every enrolment of theirs; the one at which it was told keeps it as its end. Returns who looked after them."""
    open_now = await store.of_person(tx, person_id, (*leaving.BEFORE, *store.LIVING))
    for enrolment in open_now:
        await enrolling.end_within(tx, runtime, enrolment, Course.DIED, runtime.now())
    await store.change(tx, told_at.id, course=Course.DIED)
    for enrolment in await store.of_person(tx, person_id, (State.ENDED,)):
        await _no_emergencies(tx, enrolment, runtime.now())
    companions = [one for enrolment in (told_at, *open_now) for one in enrolling.accepted(enrolment)]
    return list(dict.fromkeys(companions))


async def _no_emergencies(tx: AsyncConnection, enrolment: Enrolment, now: datetime) -> None:
    """Their volunteer, too, is not told any more to phone for help."""
    for checkin in await checkin_store.of_enrolment(tx, enrolment.id):
        await delivery_store.clear_keys(tx, f"emergency:{checkin.id}:", "stopped", now)


async def _end_what_they_agreed_to(tx: AsyncConnection, person_id: int, now: datetime) -> None:
    await people_store.change(tx, person_id, stopped_at=now)
    await stopping.withdraw(tx, person_id, Course.DIED.value, now)
    await machine.end_dialogue(tx, person_id)
    for circle in await circle_store.of_person(tx, person_id):
        await circle_store.leave(tx, circle.id, person_id, now)


async def _end_tasks(tx: AsyncConnection, runtime: Runtime, person: Person) -> None:
    """A circle is not left open under their name, and nobody goes on being asked in it."""
    if Role.CHAMPION in await people_store.roles_of(tx, person.id):
        await champions.end_within(tx, runtime, person)
    else:
        await leaving.companion_gone(tx, runtime, person.id)


async def _close_concerns(tx: AsyncConnection, runtime: Runtime, person_id: int) -> None:
    """Nobody is asked to ring them any more, or whether they have phoned for help."""
    now = runtime.now()
    for concern in await concern_store.not_closed(tx, person_id):
        await concern_store.move(tx, concern.id, (Phase.OPEN, Phase.OWNED), Phase.CLOSED, closed_at=now)
        await concern_store.note(tx, concern, "died", now)
        await delivery_store.clear_keys(tx, f"alert:{concern.id}:", "stopped", now)
        await delivery_store.clear(tx, "stopped", now, key=escalating.called_key(concern))
        await alerts.empty(tx, runtime, concern)
