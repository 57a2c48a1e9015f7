"""Lists of circles and people for coordinators: counted and cut into pages by the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.broadcasts import Phase
from bot.domain.people import Purpose, Role
from bot.store.circles import AWAY, Away
from bot.store.people import Person
from bot.store.schema import aways, broadcasts, circles, consents, memberships, people, roles


@dataclass(frozen=True)
class CircleRow:
    """An open circle, or one that has closed. `last_at`: when its last broadcast began."""

    id: int
    name: str
    champion_id: int | None
    champion: str | None
    closed_at: datetime | None
    members: int
    last_at: datetime | None


@dataclass(frozen=True)
class MemberRow:
    person: Person
    joined_at: datetime
    agreed: bool


@dataclass(frozen=True)
class ConsentRow:
    """The newest word of a person on one purpose, in one circle if it is about one."""

    purpose: Purpose
    circle: str | None
    given: bool
    at: datetime


_MEMBERS = (
    select(func.count())
    .where(memberships.c.circle_id == circles.c.id, memberships.c.left_at.is_(None))
    .correlate(circles)
    .scalar_subquery()
)
_LAST = (
    select(func.max(broadcasts.c.starts_at))
    .where(broadcasts.c.circle_id == circles.c.id, broadcasts.c.state.not_in((Phase.UNDONE, Phase.WAITING)))
    .correlate(circles)
    .scalar_subquery()
)


def _circle_rows(*, closed: bool) -> Select[Any]:
    which = circles.c.closed_at.is_not(None) if closed else circles.c.closed_at.is_(None)
    columns = (circles.c.id, circles.c.name, circles.c.champion_id, circles.c.closed_at)
    query = select(*columns, people.c.name.label("champion"), _MEMBERS.label("members"), _LAST.label("last_at"))
    return query.outerjoin(people, people.c.id == circles.c.champion_id).where(which)


async def circles_page(tx: AsyncConnection, most: int, skip: int, *, closed: bool = False) -> list[CircleRow]:
    """By name; closed ones the last closed first."""
    order = (circles.c.closed_at.desc(),) if closed else (func.lower(circles.c.name), circles.c.id)
    rows = await tx.execute(_circle_rows(closed=closed).order_by(*order).limit(most).offset(skip))
    return [CircleRow(**row) for row in rows.mappings()]


async def circle_row(tx: AsyncConnection, circle_id: int) -> CircleRow | None:
    for closed in (False, True):
        row = (await tx.execute(_circle_rows(closed=closed).where(circles.c.id == circle_id))).mappings().first()
        if row is not None:
            return CircleRow(**row)
    return None


async def count_circles(tx: AsyncConnection) -> int:
    query = select(func.count()).select_from(circles).where(circles.c.closed_at.is_(None))
    return int((await tx.execute(query)).scalar_one())


async def members_page(tx: AsyncConnection, circle_id: int, most: int, skip: int) -> list[MemberRow]:
    """Who is in a circle, by name, with whether their yes to it stands."""
    newest = (
        select(consents.c.given)
        .where(consents.c.person_id == people.c.id, consents.c.circle_id == circle_id)
        .where(consents.c.purpose == Purpose.BROADCASTS)
        .order_by(consents.c.id.desc())
        .limit(1)
        .correlate(people)
        .scalar_subquery()
    )
    query = (
        select(people, memberships.c.joined_at, newest.label("agreed"))
        .join(memberships, memberships.c.person_id == people.c.id)
        .where(memberships.c.circle_id == circle_id, memberships.c.left_at.is_(None))
        .order_by(func.lower(people.c.name), people.c.id)
    )
    names = Person.__dataclass_fields__
    return [
        MemberRow(Person(**{name: row[name] for name in names}), row["joined_at"], bool(row["agreed"]))
        for row in (await tx.execute(query.limit(most).offset(skip))).mappings()
    ]


def _named(name: str) -> ColumnElement[bool]:
    """As it was typed, or in small letters: a database does not know the small letters of every script."""
    small, as_typed = func.lower(people.c.name), people.c.name
    return or_(small.contains(name.lower(), autoescape=True), as_typed.contains(name, autoescape=True))


async def people_page(tx: AsyncConnection, name: str, most: int, skip: int) -> list[Person]:
    """Everybody whose first name holds these letters, by name."""
    query = select(people).where(_named(name)).order_by(func.lower(people.c.name), people.c.id)
    return [Person(**row) for row in (await tx.execute(query.limit(most).offset(skip))).mappings()]


async def count_people(tx: AsyncConnection, name: str) -> int:
    return int((await tx.execute(select(func.count()).select_from(people).where(_named(name)))).scalar_one())


async def roles_of(tx: AsyncConnection, ids: Collection[int]) -> dict[int, set[Role]]:
    query = select(roles.c.person_id, roles.c.role).where(roles.c.person_id.in_(ids), roles.c.ended_at.is_(None))
    found: dict[int, set[Role]] = {}
    for row in await tx.execute(query):
        found.setdefault(row.person_id, set()).add(Role(row.role))
    return found


async def agreed(tx: AsyncConnection, ids: Collection[int]) -> set[int]:
    """Who of these says yes to anything at present."""
    later = consents.alias("later")
    same = and_(
        later.c.person_id == consents.c.person_id,
        later.c.purpose == consents.c.purpose,
        later.c.circle_id.is_not_distinct_from(consents.c.circle_id),
        later.c.id > consents.c.id,
    )
    query = select(consents.c.person_id).where(consents.c.person_id.in_(ids), consents.c.given == 1)
    return set((await tx.execute(query.where(~exists().where(same)).distinct())).scalars())


async def consents_of(tx: AsyncConnection, person_id: int) -> list[ConsentRow]:
    """What somebody said yes or no to, the newest word on each."""
    newest = (
        select(func.max(consents.c.id))
        .where(consents.c.person_id == person_id)
        .group_by(consents.c.purpose, consents.c.circle_id)
    )
    query = (
        select(consents.c.purpose, circles.c.name.label("circle"), consents.c.given, consents.c.at)
        .outerjoin(circles, circles.c.id == consents.c.circle_id)
        .where(consents.c.id.in_(newest))
        .order_by(consents.c.at.desc(), consents.c.id.desc())
    )
    rows = (await tx.execute(query)).mappings()
    return [ConsentRow(Purpose(row["purpose"]), row["circle"], bool(row["given"]), row["at"]) for row in rows]


async def joined(tx: AsyncConnection, person_id: int) -> list[tuple[CircleRow, datetime]]:
    """The open circles somebody is in, and since when."""
    query = (
        _circle_rows(closed=False)
        .add_columns(memberships.c.joined_at)
        .join(memberships, memberships.c.circle_id == circles.c.id)
        .where(memberships.c.person_id == person_id, memberships.c.left_at.is_(None))
        .order_by(memberships.c.joined_at)
    )
    found = []
    for row in (await tx.execute(query)).mappings():
        values = {name: row[name] for name in CircleRow.__dataclass_fields__}
        found.append((CircleRow(**values), row["joined_at"]))
    return found


async def open_aways(tx: AsyncConnection, now: datetime) -> dict[int, Away]:
    """Champion -> the absence that has not ended, agreed to or only asked for."""
    query = select(*AWAY).where(aways.c.ended_at.is_(None), aways.c.until > now, aways.c.cover_id.is_not(None))
    rows = (await tx.execute(query.order_by(aways.c.id))).mappings()
    return {row["champion_id"]: Away(**row) for row in rows}


async def champions(tx: AsyncConnection) -> list[tuple[Person, datetime]]:
    """Who is a champion now, by name, and since when."""
    mine = and_(roles.c.person_id == people.c.id, roles.c.role == Role.CHAMPION, roles.c.ended_at.is_(None))
    query = select(people, roles.c.granted_at).join(roles, mine).order_by(func.lower(people.c.name), people.c.id)
    names = Person.__dataclass_fields__
    return [
        (Person(**{name: row[name] for name in names}), row["granted_at"])
        for row in (await tx.execute(query)).mappings()
    ]


async def led(tx: AsyncConnection) -> dict[int, list[tuple[int, str]]]:
    """The open circles of every champion: (id, name)."""
    query = select(circles.c.champion_id, circles.c.id, circles.c.name).where(circles.c.closed_at.is_(None))
    found: dict[int, list[tuple[int, str]]] = {}
    for row in await tx.execute(query.order_by(circles.c.id)):
        found.setdefault(row.champion_id, []).append((row.id, row.name))
    return found
