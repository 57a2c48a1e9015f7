"""Who stands on each rung of a concern's ladder, and what each of them may know (promises 6 and 9)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import oncall, readers
from bot.actions import people as people_actions
from bot.domain.concerns import Rung
from bot.domain.people import Purpose, Role
from bot.domain.plans import SAFEGUARDING
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.concerns import Concern
from bot.store.enrolments import Enrolment
from bot.store.people import Person


async def on_rung(tx: AsyncConnection, runtime: Runtime, concern: Concern, rung: Rung) -> list[Person]:
    """Who stands there and can be reached."""
    if rung is Rung.COORDINATOR:
        return await oncall.on_call_now(tx, runtime)
    companions = await reachable(tx, runtime, await companion_ids(tx, concern, rung))
    if rung is not Rung.EVERYBODY:
        return companions
    known = [*companions, *await people_actions.coordinators(tx)]
    return list({person.id: person for person in known}.values())


async def companion_ids(tx: AsyncConnection, concern: Concern, rung: Rung = Rung.EVERYBODY) -> list[int]:
    """The named person and the backup, if they said yes and may know that there is a concern.

    Never for safeguarding: whom somebody is afraid of may be the very person they named.
    """
    enrolment = await enrolment_store.by_id(tx, concern.enrolment_id) if concern.enrolment_id else None
    if enrolment is None or concern.reason == SAFEGUARDING:
        return []
    if (Purpose.TELL_NAMED, None) not in await people_store.standing_consents(tx, concern.person_id):
        return []
    return _accepted(enrolment, rung)


def _accepted(enrolment: Enrolment, rung: Rung) -> list[int]:
    chosen = []
    if rung is not Rung.BACKUP and enrolment.named_state == "accepted":
        chosen.append(enrolment.named_id)
    if rung is not Rung.NAMED and enrolment.backup_state == "accepted":
        chosen.append(enrolment.backup_id)
    return [one for one in chosen if one is not None]


async def reachable(tx: AsyncConnection, runtime: Runtime, ids: list[int]) -> list[Person]:
    """Not those who are away: the next rung is told at once instead of a quarter of an hour later."""
    found = [person for one in ids if (person := await people_store.find(tx, one))]
    return [
        person
        for person in found
        if await readers.can_read(tx, runtime, person)
        and await circle_store.away_now(tx, person.id, runtime.now()) is None
    ]


async def may_know(tx: AsyncConnection, concern: Concern, reader_id: int) -> bool:
    """Whether somebody may learn that this concern exists."""
    roles = await people_store.roles_of(tx, reader_id)
    if Role.COORDINATOR in roles:
        return True
    if concern.reason == SAFEGUARDING or Role.CHAMPION not in roles:
        return False
    # Whoever was told may act on it, even when the person has stopped or blocked us since.
    told = await delivery_store.has_had(tx, reader_id, f"alert:{concern.id}:")
    return told or reader_id in await companion_ids(tx, concern)


async def may_see(tx: AsyncConnection, concern: Concern, reader_id: int) -> bool:
    """Health answers are for coordinators, and for the named person only by consent (promise 9)."""
    if Role.COORDINATOR in await people_store.roles_of(tx, reader_id):
        return True
    return await companions_see(tx, concern.person_id)


async def declines_calls(tx: AsyncConnection, person_id: int) -> bool:
    """Whether somebody who is looked after has not said yes to being phoned by a volunteer (promise 1)."""
    said = await people_store.standing_consents(tx, person_id)
    return (Purpose.CHECKINS, None) in said and (Purpose.PHONE, None) not in said


async def companions_see(tx: AsyncConnection, person_id: int) -> bool:
    said = await people_store.standing_consents(tx, person_id)
    return {(Purpose.TELL_NAMED, None), (Purpose.SEE_ANSWERS, None)} <= said
