"""What `may_send` has to know about people, for one or for thousands with the same three queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, time

from sqlalchemy import BindParameter, ColumnElement, Integer, bindparam, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deliveries import ARRIVED_MAYBE, Kind
from bot.domain.hours import Hours
from bot.domain.people import MONTH, SAME_TOPIC, WEEK, Heard, Purpose, Standing
from bot.domain.place import Place
from bot.store.people import Person
from bot.store.schema import consents, deliveries, memberships, people

CHUNK = 5000  # SQLite takes 32,766 parameters in a statement


def hours_of(person: Person, place: Place) -> Hours:
    """A person's own waking hours, or the place's."""
    start = place.waking_from if person.wakes_at is None else _wall(person.wakes_at)
    end = place.waking_to if person.sleeps_at is None else _wall(person.sleeps_at)
    return Hours(person.zone or place.zone, start, end)


def _wall(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60) if minutes < 24 * 60 else time(23, 59, 59)


async def standing(tx: AsyncConnection, person: Person, place: Place) -> Standing:
    return (await standings(tx, [person], place))[person.id]


async def standings(tx: AsyncConnection, crowd: Iterable[Person], place: Place) -> dict[int, Standing]:
    """By person id."""
    everybody = list(crowd)
    purposes = await _consents(tx, [person.id for person in everybody])
    joined = await _memberships(tx, [person.id for person in everybody])
    return {person.id: _standing(person, place, purposes[person.id], joined[person.id]) for person in everybody}


def _standing(person: Person, place: Place, said: set[tuple[Purpose, int | None]], joined: set[int]) -> Standing:
    agreed = {circle for purpose, circle in said if purpose is Purpose.BROADCASTS and circle is not None}
    return Standing(
        hours=hours_of(person, place),
        stopped=person.stopped_at is not None,
        unreachable=person.unreachable_at is not None,
        paused_until=person.paused_until,
        spoke_at=person.spoke_at,
        purposes=frozenset(purpose for purpose, _ in said),
        circles=frozenset(agreed & joined),
    )


# Asked for every message at the moment of sending: made once, because making a statement costs more than running it.
_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_NEWEST = (
    select(func.max(consents.c.id))
    .where(consents.c.person_id.in_(_IDS))
    .group_by(consents.c.person_id, consents.c.purpose, consents.c.circle_id)
)
_SAID = select(consents.c.person_id, consents.c.purpose, consents.c.circle_id).where(
    consents.c.id.in_(_NEWEST), consents.c.given == 1
)
_JOINED = select(memberships.c.person_id, memberships.c.circle_id).where(
    memberships.c.person_id.in_(_IDS), memberships.c.left_at.is_(None)
)
_when: ColumnElement[datetime] = func.coalesce(deliveries.c.done_at, deliveries.c.created_at)
_HEARD = (
    select(
        deliveries.c.person_id,
        func.sum(cast(case((_when > bindparam("week"), 1), else_=0), Integer)).label("week"),
        func.count().label("month"),
        func.max(case((deliveries.c.topic == bindparam("topic"), 1), else_=0)).label("same"),
    )
    .where(
        deliveries.c.person_id.in_(_IDS),
        deliveries.c.kind == Kind.BROADCAST,
        deliveries.c.state.in_(ARRIVED_MAYBE),
        _when > bindparam("month"),
        deliveries.c.id != bindparam("besides"),
    )
    .group_by(deliveries.c.person_id)
)
_NO_ROW = 0  # ids begin at 1


async def _consents(tx: AsyncConnection, ids: list[int]) -> dict[int, set[tuple[Purpose, int | None]]]:
    found: dict[int, set[tuple[Purpose, int | None]]] = defaultdict(set)
    for some in _chunks(ids):
        for row in await tx.execute(_SAID, {"ids": some}):
            found[row.person_id].add((Purpose(row.purpose), row.circle_id))
    return found


async def _memberships(tx: AsyncConnection, ids: list[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for some in _chunks(ids):
        for row in await tx.execute(_JOINED, {"ids": some}):
            found[row.person_id].add(row.circle_id)
    return found


async def heard(
    tx: AsyncConnection, ids: list[int], topic: str, now: datetime, besides: int = _NO_ROW
) -> dict[int, Heard]:
    """What each person has had lately from whomever; `besides` leaves out one delivery id (the one being decided)."""
    result: dict[int, Heard] = {}
    asked = {"topic": topic, "week": now - WEEK, "month": now - max(MONTH, SAME_TOPIC), "besides": besides}
    for some in _chunks(ids):
        for row in await tx.execute(_HEARD, {**asked, "ids": some}):
            result[row.person_id] = Heard(int(row.week), int(row.month), bool(row.same))
    return result


async def crowd(tx: AsyncConnection, ids: Iterable[int]) -> list[Person]:
    found = []
    for some in _chunks(list(ids)):
        rows = (await tx.execute(select(people).where(people.c.id.in_(some)))).mappings()
        found += [Person(**row) for row in rows]
    return found


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
