"""The named person and the backup: chosen by the one who came home, and asked before they are anything."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import enrolling, notices
from bot.domain.errors import NotFound, Refused
from bot.domain.people import Purpose, Role
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import enrolments as store
from bot.store import people as people_store
from bot.store.enrolments import Enrolment
from bot.store.people import Person

NAMED, BACKUP = "named", "backup"


async def known_champions(runtime: Runtime, person_id: int) -> list[Person]:
    """Champions they know: those of their circles first, then the others here."""
    async with runtime.database.read() as tx:
        mine = [circle.champion_id for circle in await circle_store.of_person(tx, person_id)]
        everybody = await people_store.with_role(tx, Role.CHAMPION)
        known = [one for one in everybody if one.id in mine] + [one for one in everybody if one.id not in mine]
        return [one for one in known if one.id != person_id and one.stopped_at is None and one.unreachable_at is None]


async def ask(runtime: Runtime, person_id: int, enrolment_id: int, companion_id: int, role: str) -> Person:
    """Ask somebody to be the named person or the backup; they are told no more than a name."""
    async with runtime.database.write() as tx:
        enrolment = await enrolling.mine(tx, person_id, enrolment_id)
        companion = await people_store.find(tx, companion_id)
        if companion is None or Role.CHAMPION not in await people_store.roles_of(tx, companion_id):
            raise NotFound("errors.gone")
        if companion_id == (enrolment.backup_id if role == NAMED else enrolment.named_id):
            raise Refused("enrolling.same_person")
        await store.change(tx, enrolment.id, **{f"{role}_id": companion_id, f"{role}_state": "asked"})
        person = await people_store.by_id(tx, person_id)
        await _question(tx, runtime, enrolment, person, companion, role)
        return companion


async def _question(
    tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, person: Person, companion: Person, role: str
) -> None:
    rows = [
        [notices.button(runtime, companion.language, "buttons.companion_yes", f"comp:yes:{role}:{enrolment.id}")],
        [notices.button(runtime, companion.language, "buttons.companion_no", f"comp:no:{role}:{enrolment.id}")],
    ]
    key = f"companion:{role}:{enrolment.id}:{companion.id}"
    phrase = f"enrolling.{role}_question"
    await notices.to_worker(tx, runtime, companion, key, phrase, rows, (person.id,), name=person.name)


async def answer(runtime: Runtime, companion_id: int, enrolment_id: int, role: str, agrees: bool) -> Person:
    """Yes or no. The one who came home is told either way."""
    async with runtime.database.write() as tx:
        enrolment = await store.by_id(tx, enrolment_id)
        if enrolment is None or getattr(enrolment, f"{role}_id", None) != companion_id or enrolment.person_id is None:
            raise NotFound("errors.old_button")
        person = await people_store.by_id(tx, enrolment.person_id)
        if getattr(enrolment, f"{role}_state") == "asked":
            await store.change(tx, enrolment.id, **{f"{role}_state": "accepted" if agrees else "declined"})
            companion = await people_store.by_id(tx, companion_id)
            phrase = "enrolling.companion_accepted" if agrees else "enrolling.companion_declined"
            key = f"companion-answer:{role}:{enrolment.id}:{companion_id}"
            await notices.to_cared_for(tx, runtime, person, key, phrase, (companion.id,), companion=companion.name)
        return person


async def may_see_answers(tx: AsyncConnection, person_id: int) -> bool:
    return (Purpose.SEE_ANSWERS, None) in await people_store.standing_consents(tx, person_id)
