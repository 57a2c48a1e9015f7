"""What must be true before anybody is put on check-ins, and who may do it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import oncall
from bot.domain.errors import NotAllowed, NotNow
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import people as people_store


async def coordinators_only(tx: AsyncConnection, person_id: int) -> None:
    if Role.COORDINATOR not in await people_store.roles_of(tx, person_id):
        raise NotAllowed("errors.coordinators_only")


async def refuse_while_nobody_is_on_call(
    tx: AsyncConnection, runtime: Runtime, phrase: str = "enrolling.rota_gap"
) -> None:
    """Nobody is promised an answer that nobody would give (hazard H18). The gap is named."""
    found = await oncall.rota_gaps(tx, runtime)
    if found:
        zone, language = runtime.place.zone, runtime.place.default_language
        start, end = (runtime.moment(moment, zone, language) for moment in (found[0].start, found[0].end))
        raise NotNow(phrase, start=start, end=end, contact=runtime.place.contact)
