"""The named person and the backup: chosen by the one who came home, and asked before they are anything."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import course, enrolling, notices
from bot.domain.checkins import Enrolment as State
from bot.domain.errors import NotFound, Refused
from bot.domain.people import Purpose
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import companions as companion_store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as store
from bot.store import machine
from bot.store import people as people_store
from bot.store.enrolments import Enrolment
from bot.store.people import Person

NAMED, BACKUP = "named", "backup"
ROLES = (NAMED, BACKUP)


@dataclass(frozen=True)
class Known:
    """A champion who can be chosen. `circle`: one of theirs, because first names come twice; empty if they have none.

    `near`: the person is in a circle of theirs.
    """

    person: Person
    circle: str
    near: bool


async def known_champions(runtime: Runtime, person_id: int) -> list[Known]:
    """Champions they know: those of their circles first, then the others here. Only who can be written to."""
    async with runtime.database.read() as tx:
        mine = {circle.champion_id for circle in await circle_store.of_person(tx, person_id)}
        named = await companion_store.first_circles(tx)
        everybody = [one for one in await companion_store.willing(tx) if one.id != person_id]
        found = [Known(one, named.get(one.id, ""), one.id in mine) for one in everybody]
        return sorted(found, key=lambda one: not one.near)


async def willing(tx: AsyncConnection, champion_id: int) -> Person | None:
    """A champion who can be asked; None for anybody else."""
    return next((one for one in await companion_store.willing(tx) if one.id == champion_id), None)


async def ask(runtime: Runtime, actor_id: int, enrolment_id: int, companion_id: int, role: str) -> Person:
    """Ask somebody to be the named person or the backup; they are told no more than a name.

    Before the check-ins begin the choice is only written down: nobody is asked for somebody who has not begun.
    """
    async with runtime.database.write() as tx:
        enrolment = await course.may_change(tx, actor_id, enrolment_id)
        companion = await _choosable(tx, enrolment, companion_id, role)
        if getattr(enrolment, f"{role}_id") == companion_id and _state(enrolment, role) in ("asked", "accepted"):
            return companion
        begun = enrolment.state in store.LIVING
        await _let_go(tx, runtime, enrolment, role)
        chosen = {f"{role}_id": companion_id, f"{role}_state": "asked" if begun else "chosen"}
        await store.change(tx, enrolment.id, **chosen)
        await machine.note(tx, runtime.now(), actor_id, "companion_asked", f"enrolment:{enrolment_id}")
        if begun:
            await _question(tx, runtime, enrolment, companion, role)
        return companion


async def _choosable(tx: AsyncConnection, enrolment: Enrolment, companion_id: int, role: str) -> Person:
    if role not in ROLES or enrolment.person_id is None:
        raise NotFound("errors.old_button")
    companion = await willing(tx, companion_id)
    if companion is None or companion_id == enrolment.person_id:
        raise NotFound("enrolling.companion_not_there")
    other = BACKUP if role == NAMED else NAMED
    if companion_id == getattr(enrolment, f"{other}_id") and _state(enrolment, other) != "declined":
        raise Refused("enrolling.same_person", companion=companion.name)
    return companion


def _state(enrolment: Enrolment, role: str) -> str:
    return str(getattr(enrolment, f"{role}_state"))


async def nobody(runtime: Runtime, actor_id: int, enrolment_id: int, role: str) -> None:
    """Without a named person, or a backup: what would go there goes to the coordinators."""
    async with runtime.database.write() as tx:
        enrolment = await course.may_change(tx, actor_id, enrolment_id)
        if role not in ROLES:
            raise NotFound("errors.old_button")
        await _let_go(tx, runtime, enrolment, role)
        await store.change(tx, enrolment.id, **{f"{role}_id": None, f"{role}_state": "none"})
        await machine.note(tx, runtime.now(), actor_id, "companion_none", f"enrolment:{enrolment_id}")


async def ask_chosen(runtime: Runtime, enrolment_id: int) -> None:
    """The check-ins have begun: whoever was chosen is asked now. Safe to repeat."""
    async with runtime.database.write() as tx:
        enrolment = await store.by_id(tx, enrolment_id)
        if enrolment is None or enrolment.state is not State.ACTIVE:
            return
        for role in ROLES:
            companion_id = getattr(enrolment, f"{role}_id")
            companion = await people_store.find(tx, companion_id) if companion_id else None
            if _state(enrolment, role) == "chosen" and companion is not None:
                await store.change(tx, enrolment.id, **{f"{role}_state": "asked"})
                await _question(tx, runtime, enrolment, companion, role)


async def _let_go(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, role: str) -> None:
    """Somebody else is chosen: an open question is taken back, and who had said yes is thanked."""
    former_id = getattr(enrolment, f"{role}_id")
    await delivery_store.clear_keys(tx, f"companion:{role}:{enrolment.id}:", "answered", runtime.now())
    former = await people_store.find(tx, former_id) if former_id and _state(enrolment, role) == "accepted" else None
    if former is not None and enrolment.person_id is not None:
        person = await people_store.by_id(tx, enrolment.person_id)
        key = f"let-go:{role}:{enrolment.id}:{former.id}:{int(runtime.now().timestamp())}"
        phrase, names = "enrolling.let_go", (person.id,)
        await notices.to_worker(tx, runtime, former, key, phrase, names=names, name=person.name)


async def _question(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, companion: Person, role: str) -> None:
    person = await people_store.by_id(tx, enrolment.person_id or 0)
    language = companion.language
    rows = [
        [notices.button(runtime, language, "buttons.companion_yes", f"comp:yes:{role}:{enrolment.id}")],
        [notices.button(runtime, language, "buttons.companion_no", f"comp:no:{role}:{enrolment.id}")],
    ]
    key = f"companion:{role}:{enrolment.id}:{companion.id}:{int(runtime.now().timestamp())}"
    phrase, place = f"enrolling.{role}_question", runtime.place.name
    await notices.to_worker(tx, runtime, companion, key, phrase, rows, (person.id,), name=person.name, place=place)


async def answer(runtime: Runtime, companion_id: int, enrolment_id: int, role: str, agrees: bool) -> Person:
    """Yes or no. The one who came home is told either way. Raises NotFound when the question is no longer open."""
    async with runtime.database.write() as tx:
        enrolment = await store.by_id(tx, enrolment_id)
        if role not in ROLES or enrolment is None or enrolment.person_id is None:
            raise NotFound("errors.old_button")
        if getattr(enrolment, f"{role}_id") != companion_id or enrolment.state not in store.LIVING:
            raise NotFound("enrolling.companion_over")
        person, wanted = await people_store.by_id(tx, enrolment.person_id), "accepted" if agrees else "declined"
        state = _state(enrolment, role)
        if state not in ("asked", "accepted", "declined") or (agrees and await willing(tx, companion_id) is None):
            raise NotFound("enrolling.companion_over")
        if state != wanted:
            await store.change(tx, enrolment.id, **{f"{role}_state": wanted})
            await _tell(tx, runtime, enrolment, person, companion_id, role, agrees)
        return person


async def _tell(
    tx: AsyncConnection,
    runtime: Runtime,
    enrolment: Enrolment,
    person: Person,
    companion_id: int,
    role: str,
    agrees: bool,
) -> None:
    companion = await people_store.by_id(tx, companion_id)
    phrase = "enrolling.companion_accepted" if agrees else "enrolling.companion_declined"
    key = f"companion-answer:{role}:{enrolment.id}:{companion_id}:{int(runtime.now().timestamp())}"
    other = notices.button(runtime, person.language, "buttons.course_named", f"course:{role}:{enrolment.id}")
    rows = None if agrees else [[other]]
    values: dict[str, Any] = {"companion": companion.name, "backup": role == BACKUP}
    await notices.to_cared_for(tx, runtime, person, key, phrase, (companion_id,), buttons=rows, **values)


async def may_see_answers(tx: AsyncConnection, person_id: int) -> bool:
    return (Purpose.SEE_ANSWERS, None) in await people_store.standing_consents(tx, person_id)


async def looked_after(runtime: Runtime, companion_id: int) -> list[tuple[Enrolment, Person]]:
    """Those who count on somebody."""
    async with runtime.database.read() as tx:
        found = [one for one in await store.looked_after_by(tx, companion_id) if one.person_id]
        mine = [one for one in found if companion_id in enrolling.accepted(one)]
        return [(one, await people_store.by_id(tx, one.person_id or 0)) for one in mine]


async def id_of(runtime: Runtime, enrolment_id: int, role: str) -> int | None:
    """Whoever is chosen for this, whether they have said yes yet or not."""
    async with runtime.database.read() as tx:
        enrolment = await store.by_id(tx, enrolment_id)
        found: int | None = getattr(enrolment, f"{role}_id") if enrolment else None
        return found


async def name_of(runtime: Runtime, enrolment_id: int, role: str) -> str:
    """The same as a first name; empty when nobody is chosen."""
    companion_id = await id_of(runtime, enrolment_id, role)
    async with runtime.database.read() as tx:
        companion = await people_store.find(tx, companion_id) if companion_id else None
        return companion.name if companion else ""


async def champion_name(runtime: Runtime, companion_id: int) -> str:
    async with runtime.database.read() as tx:
        found = await willing(tx, companion_id)
        return found.name if found else ""
