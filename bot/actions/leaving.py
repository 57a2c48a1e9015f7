"""Somebody who is looked after stops, or can no longer be reached: their check-ins end, and a human knows."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import enrolling, escalating, notices
from bot.actions import people as people_actions
from bot.domain.checkins import Course
from bot.domain.checkins import Enrolment as State
from bot.domain.plans import Level
from bot.runtime import Runtime
from bot.store import enrolments as store
from bot.store import people as people_store
from bot.store.enrolments import Enrolment
from bot.store.people import Person


async def stopped(tx: AsyncConnection, runtime: Runtime, person_id: int) -> None:
    """They said stop: obeyed at once, and those who asked after them are told that it was their wish."""
    now = runtime.now()
    for enrolment in await store.of_person(tx, person_id):
        await enrolling.end_within(tx, runtime, enrolment, Course.STOPPED, now)
        await _tell(tx, runtime, enrolment, "enrolling.stopped_notice")


async def lost(tx: AsyncConnection, runtime: Runtime, person_id: int) -> None:
    """They blocked the bot or left Telegram: no more check-ins, and a human finds out how they are."""
    now = runtime.now()
    for enrolment in await store.of_person(tx, person_id, (State.ACTIVE,)):
        person = await people_store.by_id(tx, person_id)
        key = f"lost:{enrolment.id}:{enrolment.cycle}"
        await escalating.open_concern(tx, runtime, person, enrolment, key, Level.AMBER, "unreachable")
        await enrolling.end_within(tx, runtime, enrolment, Course.UNREACHABLE, now)


async def _tell(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, phrase: str) -> None:
    person = await people_store.by_id(tx, enrolment.person_id or 0)
    companions = [await people_store.find(tx, one) for one in enrolling.accepted(enrolment)]
    readers: list[Person] = [*(one for one in companions if one), *await people_actions.coordinators(tx)]
    for reader in {one.id: one for one in readers}.values():
        key = f"ended:{enrolment.id}:{enrolment.cycle}:{reader.id}"
        await notices.to_worker(tx, runtime, reader, key, phrase, None, (person.id,), name=person.name)
