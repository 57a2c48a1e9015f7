"""Who reads what a resident writes: the champion who wrote last, their cover, or the coordinators (promise 7)."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.actions import people as people_actions
from bot.domain.checkins import Enrolment as Course
from bot.domain.deliveries import Kind, State
from bot.domain.people import Purpose, Role
from bot.runtime import Runtime
from bot.store import broadcasts as broadcast_store
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store import replies as store
from bot.store.circles import Away
from bot.store.deliveries import Delivery
from bot.store.people import Person
from bot.store.standings import standing


@dataclass(frozen=True)
class About:
    """The message a resident speaks of. `named`: they tapped or quoted it, so its author gets their words."""

    delivery: Delivery | None
    named: bool = False


@dataclass(frozen=True)
class Route:
    """`readers` is empty when nobody can read at present. `shared`: they are coordinators, and any may answer.

    `cover`, `away_id`: the reader is away, and the resident has not been told the name of who answers meanwhile.
    """

    readers: list[Person]
    shared: bool = False
    cover: Person | None = None
    away_id: int = 0


async def about(tx: AsyncConnection, resident_id: int, quoted: int | None, tapped: int | None) -> About:
    """The message they speak of: the one they tapped, the one they quoted, or the last they had."""
    if tapped is not None:
        found = await delivery_store.by_id(tx, tapped)
        if found is not None and found.person_id == resident_id:
            return About(found, named=True)
    if quoted is not None:
        found = await delivery_store.by_message(tx, resident_id, quoted)
        if found is not None and found.kind in await _in_a_name(tx, resident_id):
            return About(found, named=True)
    return About(await delivery_store.last_to(tx, resident_id, await _in_a_name(tx, resident_id)))


async def _in_a_name(tx: AsyncConnection, resident_id: int) -> tuple[Kind, ...]:
    """What comes in the name of somebody they know: check-ins too, while there is a named person."""
    named = await _named(tx, resident_id)
    return (Kind.BROADCAST, Kind.ANSWER, Kind.CHECKIN) if named else (Kind.BROADCAST, Kind.ANSWER)


async def _named(tx: AsyncConnection, resident_id: int) -> int | None:
    """Who asks after them, or did so last: the last words of a plan say that one can still write."""
    begun = (Course.ACTIVE, Course.PAUSED, Course.ENDED)
    latest = next(iter(await enrolment_store.of_person(tx, resident_id, begun)), None)
    return latest.named_id if latest and latest.named_state == "accepted" else None


async def route(tx: AsyncConnection, runtime: Runtime, resident: Person, of: About) -> Route:
    champion = await _champion(tx, resident, of)
    if champion is None:
        return await _coordinators(tx, resident)
    away = await circle_store.away_now(tx, champion.id, runtime.now())
    if away is not None and away.cover_id not in (None, resident.id):
        return await _covered(tx, runtime, resident, champion, away)
    if not await can_read(tx, runtime, champion):
        return await _coordinators(tx, resident)
    return Route([champion])


async def _covered(tx: AsyncConnection, runtime: Runtime, resident: Person, champion: Person, away: Away) -> Route:
    """The cover, once the resident knows the name; until then their words wait for the champion they know."""
    cover = await people_store.by_id(tx, away.cover_id or 0)
    if not await can_read(tx, runtime, cover) or await circle_store.away_now(tx, cover.id, runtime.now()):
        return await _coordinators(tx, resident)
    if await _knows_cover(tx, resident, away):
        return Route([cover])
    if not await can_read(tx, runtime, champion):
        return await _coordinators(tx, resident)
    return Route([champion], cover=cover, away_id=away.id)


async def _knows_cover(tx: AsyncConnection, resident: Person, away: Away) -> bool:
    told = await delivery_store.by_key(tx, notices.cover_key(away.id, resident.id))
    if told is not None and told.state is State.SENT:
        return True
    return await store.has_written_to(tx, resident.id, away.cover_id or 0, away.asked_at)


async def _coordinators(tx: AsyncConnection, resident: Person) -> Route:
    everybody = await people_actions.coordinators(tx)
    return Route([one for one in everybody if one.id != resident.id], shared=True)


async def _champion(tx: AsyncConnection, resident: Person, of: About) -> Person | None:
    mine = [one.champion_id for one in await circle_store.of_person(tx, resident.id) if one.champion_id]
    author_id = await _author(tx, of, mine) if of.delivery else None
    if author_id is None:
        author_id = next(iter(mine), None)
    author = await people_store.find(tx, author_id) if author_id else None
    return None if author is None or author.id == resident.id else author


async def _author(tx: AsyncConnection, of: About, champions: list[int]) -> int | None:
    """Who wrote that message. An answer that was not named belongs to the champion for whom it was given.

    Otherwise a cover or a coordinator who helped out once would get everything that comes after.
    """
    if of.delivery is not None and of.delivery.kind is Kind.CHECKIN:
        return await _named(tx, of.delivery.person_id)
    answer = await _answer(tx, of.delivery)
    if answer is not None and (of.named or answer.author_id in champions):
        return answer.author_id
    champion_id = await _broadcaster(tx, of.delivery)
    return champion_id if champion_id or answer is None else next(iter(champions), answer.author_id)


async def _answer(tx: AsyncConnection, delivery: Delivery | None) -> store.Reply | None:
    if delivery is None or delivery.kind is not Kind.ANSWER:
        return None
    return await store.by_id(tx, int(delivery.extra.get("reply_id", 0)))


async def _broadcaster(tx: AsyncConnection, delivery: Delivery | None) -> int | None:
    answer = await _answer(tx, delivery)
    broadcast_id = answer.broadcast_id if answer else delivery.broadcast_id if delivery else None
    broadcast = await broadcast_store.by_id(tx, broadcast_id) if broadcast_id else None
    return broadcast.champion_id if broadcast else None


async def wrote(tx: AsyncConnection, delivery: Delivery | None) -> int | None:
    """The author of the words that are quoted above a reply, or in whose name they came."""
    if delivery is not None and delivery.kind is Kind.CHECKIN:
        return await _named(tx, delivery.person_id)
    answer = await _answer(tx, delivery)
    return answer.author_id if answer else await _broadcaster(tx, delivery)


async def can_read(tx: AsyncConnection, runtime: Runtime, person: Person) -> bool:
    """Whether somebody has a task here, agreed to be written to about it, and can be reached."""
    roles = await people_store.roles_of(tx, person.id)
    who = await standing(tx, person, runtime.place)
    works = bool(roles & {Role.CHAMPION, Role.COORDINATOR}) and Purpose.WORK in who.purposes
    return works and not who.stopped and not who.unreachable
