"""A champion is away: somebody else answers meanwhile, once they have said yes and people know the name (promise 7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices, on_behalf, readers
from bot.domain.errors import NotFound
from bot.domain.hours import at_local, local
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import circles as store
from bot.store import companions as companion_store
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store import people as people_store
from bot.store import relays as relay_store
from bot.store.circles import Away
from bot.store.people import Person
from bot.store.standings import standing

DAYS = (3, 7, 14, 28)
"""How long somebody can be asked to answer for another."""


@dataclass(frozen=True)
class Absence:
    """`agreed`: the cover has said yes; before that nothing has changed."""

    id: int
    champion: Person
    cover: Person
    until: datetime
    agreed: bool = True


@dataclass(frozen=True)
class Candidate:
    """Somebody who could answer meanwhile, with the circles they are known by: first names come twice."""

    person: Person
    circles: list[str]


async def candidates(runtime: Runtime, champion_id: int) -> list[Candidate]:
    """Champions who can be reached and are here themselves, by name."""
    async with runtime.database.read() as tx:
        willing, led = await companion_store.willing(tx), await store.names_by_champion(tx)
        absent = await store.away_at(tx, runtime.now())
    here = [one for one in willing if one.id != champion_id and one.id not in absent]
    found = [Candidate(person, led.get(person.id, [])) for person in here]
    return sorted(found, key=lambda one: one.person.name.casefold())


async def _could_cover(tx: AsyncConnection, runtime: Runtime, champion_id: int, person: Person) -> bool:
    if person.id == champion_id or Role.CHAMPION not in await people_store.roles_of(tx, person.id):
        return False
    here = await store.away_now(tx, person.id, runtime.now()) is None
    return here and await readers.can_read(tx, runtime, person)


async def ask_cover(runtime: Runtime, champion_id: int, cover_id: int, days: int, by: int | None = None) -> datetime:
    """Ask somebody to answer until the morning so many days from now; nothing changes before they say yes.

    `by`: the coordinator who asks in the champion's place.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        champion = await _absent(tx, champion_id, by)
        cover = await people_store.find(tx, cover_id)
        if cover is None or days not in DAYS or not await _could_cover(tx, runtime, champion_id, cover):
            raise NotFound("circles.no_cover")
        zone = champion.zone or runtime.place.zone
        until = at_local(local(now, zone).date() + timedelta(days=days), runtime.place.waking_from, zone)
        asked = await store.open_away(tx, champion_id, now)
        if asked is None or (asked.cover_id, asked.until, asked.state) != (cover_id, until, "asked"):
            await end_within(tx, champion_id, now)
            away_id = await store.add_away(tx, champion_id, cover_id, now, until)
            asker = await people_store.by_id(tx, by) if by else None
            await notices.ask_cover(tx, runtime, champion, cover, away_id, until, asker)
            await machine.note(tx, now, by or champion_id, "cover_asked", f"person:{champion_id}")
        return until


async def _absent(tx: AsyncConnection, champion_id: int, by: int | None) -> Person:
    """The champion; only a coordinator may speak in their place."""
    if by is not None:
        await on_behalf.coordinators_only(tx, by)
    champion = await people_store.find(tx, champion_id)
    if champion is None or (by is not None and Role.CHAMPION not in await people_store.roles_of(tx, champion_id)):
        raise NotFound("errors.gone")
    return champion


async def answer_cover(runtime: Runtime, cover_id: int, away_id: int, agrees: bool) -> Absence:
    """The cover says yes or no. On yes the champion's people are told the name, before anything goes to the cover.

    Raises NotFound when it is over, or was answered the other way already.
    """
    now, answer = runtime.now(), "agreed" if agrees else "declined"
    async with runtime.database.write() as tx:
        away = await store.away_by_id(tx, away_id)
        if away is None or away.cover_id != cover_id or away.until <= now or away.state not in ("asked", answer):
            raise NotFound("circles.cover_over")
        absence = await absence_of(tx, away)
        if away.state == "asked":
            await store.set_away(tx, away_id, answer, None if agrees else now)
            await notices.cover_answered(tx, runtime, absence.champion, absence.cover, away_id, agrees)
            if agrees:
                await _begin(tx, runtime, absence)
        return absence


async def absence_of(tx: AsyncConnection, away: Away) -> Absence:
    champion, cover = [await people_store.by_id(tx, one or 0) for one in (away.champion_id, away.cover_id)]
    return Absence(away.id, champion, cover, away.until, away.state == "agreed")


async def _begin(tx: AsyncConnection, runtime: Runtime, absence: Absence) -> None:
    """Each of the champion's people is told once, in a circle of theirs that they said yes to."""
    told: set[int] = {absence.cover.id}
    for circle in await store.of_champion(tx, absence.champion.id):
        for person in await store.members(tx, circle.id):
            who = await standing(tx, person, runtime.place)
            if person.id not in told and circle.id in who.circles:
                told.add(person.id)
                await notices.cover_named(tx, runtime, person, absence.champion, absence.cover, absence, circle.id)
    await notices.away_over(tx, runtime, absence.champion, absence.cover, absence)


async def come_back(runtime: Runtime, champion_id: int, by: int | None = None) -> bool:
    """The champion is here again; False when they were not away, and had asked nobody. `by`: as in `ask_cover`."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        await _absent(tx, champion_id, by)
        away = await store.open_away(tx, champion_id, now)
        await end_within(tx, champion_id, now)
        if away is None or away.cover_id is None:
            return False
        absence = await absence_of(tx, away)
        await machine.note(tx, now, by or champion_id, "cover_ended", f"person:{champion_id}")
        if absence.agreed:
            await notices.champion_back(tx, runtime, absence.champion, absence.cover, away.id)
        return True


async def end_within(tx: AsyncConnection, champion_id: int, now: datetime) -> None:
    """What was to be told about absences that are over is not told any more."""
    for away_id in await store.end_aways(tx, champion_id, now):
        rows = await relay_store.with_prefix(tx, f"away:{away_id}:")
        keys = [*(row.key for row in rows), notices.cover_question_key(away_id)]
        await delivery_store.clear(tx, "back", now, key=keys)


async def give_back(runtime: Runtime, cover_id: int, away_id: int) -> Absence:
    """The cover cannot answer any longer: the champion is told, and people's words go to the champion again."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        away = await store.away_by_id(tx, away_id)
        if away is None or away.cover_id != cover_id or away.state != "agreed" or away.until <= now:
            raise NotFound("circles.cover_over")
        absence = await absence_of(tx, away)
        await end_within(tx, away.champion_id, now)
        await notices.cover_gave_back(tx, runtime, absence.champion, absence.cover, away_id)
        return absence


async def absence(runtime: Runtime, champion_id: int) -> Absence | None:
    """The champion's present absence, also one that waits for somebody's yes."""
    async with runtime.database.read() as tx:
        away = await store.open_away(tx, champion_id, runtime.now())
        return None if away is None or away.cover_id is None else await absence_of(tx, away)


async def covered_by(runtime: Runtime, cover_id: int) -> list[Absence]:
    """For whom this person answers now."""
    async with runtime.database.read() as tx:
        return [await absence_of(tx, away) for away in await store.covered_by(tx, cover_id, runtime.now())]
