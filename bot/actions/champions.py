"""Who is a champion here, and the end of that task: by a coordinator, kindly, with nobody left waiting."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import away, conditions, leaving, notices
from bot.actions import circles as circle_actions
from bot.domain.circles import Circle
from bot.domain.errors import NotFound
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import enrolments as enrolment_store
from bot.store import machine
from bot.store import people as store
from bot.store.people import Person


@dataclass(frozen=True)
class Champion:
    """`members`: people in all their circles; `looked_after`: people who count on them as named person or backup."""

    person: Person
    circles: list[Circle]
    members: int
    looked_after: int


async def listed(runtime: Runtime, coordinator_id: int) -> list[Champion]:
    """Everybody who is a champion now, by first name."""
    async with runtime.database.read() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        found = [await _champion(tx, one) for one in await store.with_role(tx, Role.CHAMPION)]
        return sorted(found, key=lambda one: (one.person.name.casefold(), one.person.id))


async def view(runtime: Runtime, coordinator_id: int, champion_id: int) -> Champion:
    async with runtime.database.read() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        return await _champion(tx, await _found(tx, champion_id))


async def _found(tx: AsyncConnection, champion_id: int) -> Person:
    person = await store.find(tx, champion_id)
    if person is None or Role.CHAMPION not in await store.roles_of(tx, champion_id):
        raise NotFound("circles.no_champion")
    return person


async def _champion(tx: AsyncConnection, person: Person) -> Champion:
    circles = await circle_store.of_champion(tx, person.id)
    members = sum([await circle_store.count_members(tx, one.id) for one in circles])
    return Champion(person, circles, members, len(await enrolment_store.looked_after_by(tx, person.id)))


async def end_champion(runtime: Runtime, coordinator_id: int, champion_id: int) -> Person:
    """Their circles close and the people in them are told; whoever counted on them hears it, and so do coordinators.

    Nobody is handed over to somebody else: a yes was for this champion (promise 1). What people had asked them goes to
    the coordinators by the tick that looks for questions nobody can read. Raises NotFound when it has ended already.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        champion = await _found(tx, champion_id)
        await end_within(tx, runtime, champion)
        await machine.note(tx, now, coordinator_id, "champion_ended", f"person:{champion_id}")
        await _tell(tx, runtime, champion)
        return champion


async def end_within(tx: AsyncConnection, runtime: Runtime, champion: Person) -> None:
    """The same inside another decision; the champion themself is told nothing by this."""
    now = runtime.now()
    for circle in await circle_store.of_champion(tx, champion.id):
        await circle_actions.close_within(tx, runtime, circle, now)
    await leaving.companion_gone(tx, runtime, champion.id)
    await _end_aways(tx, runtime, champion)
    await store.end_role(tx, champion.id, Role.CHAMPION, now)


async def _end_aways(tx: AsyncConnection, runtime: Runtime, champion: Person) -> None:
    """Nobody covers for them any more; for whom they covered is told to look for somebody else."""
    now = runtime.now()
    await away.end_within(tx, champion.id, now)
    for absence in await circle_store.covered_by(tx, champion.id, now):
        covered = await store.by_id(tx, absence.champion_id)
        await away.end_within(tx, covered.id, now)
        await notices.cover_gave_back(tx, runtime, covered, champion, absence.id)


async def _tell(tx: AsyncConnection, runtime: Runtime, champion: Person) -> None:
    """They agreed to be written to about their task; this is the last thing they are told about it."""
    key, place = f"champion-ended:{champion.id}:{int(runtime.now().timestamp())}", runtime.place
    said = {"name": champion.name, "place": place.name, "contact": place.contact}
    await notices.to_worker(tx, runtime, champion, key, "circles.champion_ended", None, (), None, **said)
