"""Somebody who is looked after stops, is forgotten or can no longer be reached; or their volunteer does."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import enrolling, escalating, notices
from bot.actions import people as people_actions
from bot.domain.checkins import Course
from bot.domain.checkins import Enrolment as State
from bot.domain.plans import Level
from bot.runtime import Runtime
from bot.store import concerns as concern_store
from bot.store import enrolments as store
from bot.store import people as people_store
from bot.store.enrolments import Enrolment
from bot.store.people import Person

BEFORE = (State.INVITED, State.WAITING)


async def stopped(tx: AsyncConnection, runtime: Runtime, person_id: int) -> None:
    """They said stop: obeyed at once, and those who asked after them are told that it was their wish."""
    now = runtime.now()
    for enrolment in await store.of_person(tx, person_id, (*BEFORE, *store.LIVING)):
        ended = await enrolling.end_within(tx, runtime, enrolment, Course.STOPPED, now)
        if ended and enrolment.state not in BEFORE:
            await tell(tx, runtime, enrolment, "enrolling.stopped_notice")
    await companion_gone(tx, runtime, person_id)


async def lost(tx: AsyncConnection, runtime: Runtime, person_id: int) -> None:
    """They blocked the bot or left Telegram: no more check-ins, and a human finds out how they are."""
    now = runtime.now()
    for enrolment in await store.of_person(tx, person_id):
        person = await people_store.by_id(tx, person_id)
        key = f"lost:{enrolment.id}:{enrolment.cycle}"
        await escalating.open_concern(tx, runtime, person, enrolment, key, Level.AMBER, "unreachable")
        await enrolling.end_within(tx, runtime, enrolment, Course.UNREACHABLE, now)
    await companion_gone(tx, runtime, person_id)


async def forgotten(tx: AsyncConnection, runtime: Runtime, person_id: int) -> None:
    """Their check-ins end with everything else; whoever looked after them is told, without a name."""
    for enrolment in await store.of_person(tx, person_id):
        for reader in await _readers(tx, enrolment):
            key = f"forgotten-home:{enrolment.id}:{reader.id}"
            await notices.to_worker(tx, runtime, reader, key, "enrolling.forgotten_notice")
    await companion_gone(tx, runtime, person_id, nameless=True)


async def companion_gone(tx: AsyncConnection, runtime: Runtime, companion_id: int, *, nameless: bool = False) -> None:
    """A named person or backup stops, is lost or forgotten: the one they looked after knows, and so do coordinators."""
    companion = await people_store.by_id(tx, companion_id)
    await _hand_back(tx, runtime, companion_id)
    for enrolment in await store.looked_after_by(tx, companion_id):
        roles = [role for role in ("named", "backup") if getattr(enrolment, f"{role}_id") == companion_id]
        live = [role for role in roles if getattr(enrolment, f"{role}_state") in ("asked", "accepted")]
        if not live or enrolment.person_id is None:
            continue
        await store.change(tx, enrolment.id, **{f"{role}_state": "declined" for role in live})
        person = await people_store.by_id(tx, enrolment.person_id)
        named = () if nameless else (companion_id,)
        said: dict[str, Any] = {"companion": "" if nameless else companion.name}
        key = f"companion-gone:{enrolment.id}:{enrolment.cycle}:{companion_id}"
        button = notices.button(runtime, person.language, "buttons.course_named", f"course:named:{enrolment.id}")
        phrase, rows = "enrolling.companion_gone", [[button]]
        await notices.to_cared_for(tx, runtime, person, key, phrase, named, buttons=rows, **said)
        for reader in await people_actions.coordinators(tx):
            about = (*named, person.id)
            phrase, assisted = "enrolling.companion_gone_desk", enrolment.assisted
            button = notices.button(runtime, reader.language, "buttons.home_look", f"dis:one:{enrolment.id}")
            values = {**said, "name": person.name, "assisted": assisted}
            await notices.to_worker(tx, runtime, reader, f"{key}:{reader.id}", phrase, [[button]], about, **values)


async def _hand_back(tx: AsyncConnection, runtime: Runtime, owner_id: int) -> None:
    """What they had taken is anybody's again, with a deadline: a worry never ends in nobody (promise 6)."""
    for concern in await concern_store.not_closed(tx):
        if concern.owner_id == owner_id:
            fresh = await escalating.open_again(tx, runtime, concern, "passed_on", owner_id)
            await escalating.tell_coordinators(tx, runtime, fresh, besides=owner_id)


async def tell(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, phrase: str, besides: int = 0) -> None:
    """Those who look after somebody hear of a change; whoever made it knows."""
    person = await people_store.by_id(tx, enrolment.person_id or 0)
    serial = f"{enrolment.cycle}:{phrase.rpartition('.')[2]}"
    for reader in await _readers(tx, enrolment):
        if reader.id != besides:
            key = f"course:{enrolment.id}:{serial}:{reader.id}"
            await notices.to_worker(tx, runtime, reader, key, phrase, None, (person.id,), name=person.name)


async def _readers(tx: AsyncConnection, enrolment: Enrolment) -> list[Person]:
    """Accepted companions and coordinators, each once."""
    companions = [await people_store.find(tx, one) for one in enrolling.accepted(enrolment)]
    found = [*(one for one in companions if one), *await people_actions.coordinators(tx)]
    return list({one.id: one for one in found if one.id != enrolment.person_id}.values())
