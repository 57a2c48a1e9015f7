"""The circles and people of a place, as a coordinator sees them: first names and states, never what anybody wrote."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import away, on_behalf
from bot.actions.away import Absence
from bot.domain.errors import NotFound
from bot.domain.hours import Hours
from bot.domain.people import Role
from bot.domain.reach import Reach, reach
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import directory as store
from bot.store import machine
from bot.store import people as people_store
from bot.store.directory import CircleRow, ConsentRow
from bot.store.people import Person
from bot.store.standings import hours_of

PAGE = 50


@dataclass(frozen=True)
class Member:
    person: Person
    reach: Reach
    joined_at: datetime


@dataclass(frozen=True)
class Known:
    """Somebody in the list of people."""

    person: Person
    roles: frozenset[Role]
    reach: Reach


@dataclass(frozen=True)
class Champion:
    """`absence`: they are away, or have asked somebody to answer for them."""

    person: Person
    since: datetime
    circles: list[tuple[int, str]]
    reach: Reach
    absence: Absence | None


@dataclass(frozen=True)
class CirclePage:
    circle: CircleRow
    champion: Champion | None
    members: list[Member]
    last: int


@dataclass(frozen=True)
class PersonPage:
    """`joined`: circles with since when; `led`: circles of theirs; `said`: the newest word on each thing asked."""

    known: Known
    hours: Hours
    joined: list[tuple[CircleRow, datetime]]
    led: list[tuple[int, str]]
    said: list[ConsentRow]


def pages(rows: int) -> int:
    """How many pages so many rows take."""
    return max(1, -(-rows // PAGE))


async def circles(runtime: Runtime, page: int = 1) -> tuple[list[CircleRow], int]:
    """A page of the open circles, and how many pages there are."""
    async with runtime.database.read() as tx:
        last = pages(await store.count_circles(tx))
        return await store.circles_page(tx, PAGE, PAGE * (min(page, last) - 1)), last


async def closed(runtime: Runtime) -> list[CircleRow]:
    """The circles that closed last."""
    async with runtime.database.read() as tx:
        return await store.circles_page(tx, PAGE, 0, closed=True)


async def champions(runtime: Runtime) -> list[Champion]:
    """Everybody who is a champion now, by name."""
    async with runtime.database.read() as tx:
        return await _champions(tx, runtime)


async def _champions(tx: AsyncConnection, runtime: Runtime) -> list[Champion]:
    led, rows = await store.led(tx), await store.champions(tx)
    working = await store.agreed(tx, [person.id for person, _ in rows])
    aways = await store.open_aways(tx, runtime.now())
    absences = {champion_id: await away.absence_of(tx, one) for champion_id, one in aways.items()}
    return [
        Champion(
            person,
            since,
            led.get(person.id, []),
            _reach(runtime, person, person.id in working),
            absences.get(person.id),
        )
        for person, since in rows
    ]


def _reach(runtime: Runtime, person: Person, agreed: bool) -> Reach:
    why = person.unreachable_why if person.unreachable_at is not None else None
    return reach(person.stopped_at, person.paused_until, why, agreed, runtime.now())


async def circle(runtime: Runtime, coordinator_id: int, circle_id: int, page: int = 1) -> CirclePage:
    """One circle with a page of its people. Raises NotFound when there is none."""
    async with runtime.database.read() as tx:
        await on_behalf.coordinators_only(tx, coordinator_id)
        found = await store.circle_row(tx, circle_id)
        if found is None:
            raise NotFound("desk_people.no_circle")
        last = pages(found.members)
        rows = await store.members_page(tx, circle_id, PAGE, PAGE * (min(page, last) - 1))
        members = [Member(one.person, _reach(runtime, one.person, one.agreed), one.joined_at) for one in rows]
        everybody = {one.person.id: one for one in await _champions(tx, runtime)}
    return CirclePage(found, everybody.get(found.champion_id or 0), members, last)


async def people(runtime: Runtime, name: str, page: int = 1) -> tuple[list[Known], int, int]:
    """A page of everybody whose first name holds these letters; how many there are, and how many pages."""
    async with runtime.database.read() as tx:
        count = await store.count_people(tx, name)
        last = pages(count)
        rows = await store.people_page(tx, name, PAGE, PAGE * (min(page, last) - 1))
        return await _known(tx, runtime, rows), count, last


async def _known(tx: AsyncConnection, runtime: Runtime, rows: list[Person]) -> list[Known]:
    ids = [one.id for one in rows]
    roles, agreed = await store.roles_of(tx, ids), await store.agreed(tx, ids)
    return [Known(one, frozenset(roles.get(one.id, set())), _reach(runtime, one, one.id in agreed)) for one in rows]


async def person(runtime: Runtime, coordinator_id: int, person_id: int) -> PersonPage:
    """What a coordinator needs to know about somebody. That they looked is recorded."""
    async with runtime.database.write() as tx:
        await on_behalf.coordinators_only(tx, coordinator_id)
        found = await people_store.find(tx, person_id)
        if found is None:
            raise NotFound("desk_people.no_person")
        await machine.note(tx, runtime.now(), coordinator_id, "person_seen", f"person:{person_id}")
        led = [(one.id, one.name) for one in await circle_store.of_champion(tx, person_id)]
        joined, said = await store.joined(tx, person_id), await store.consents_of(tx, person_id)
        known = (await _known(tx, runtime, [found]))[0]
        return PersonPage(known, hours_of(found, runtime.place), joined, led, said)
