"""People, their roles and what they agreed to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Purpose, Role
from bot.store.schema import circles, consents, memberships, people, roles
from bot.store.schema_care import enrolments
from bot.store.schema_machine import forgotten


@dataclass(frozen=True)
class Person:
    """A row of `people`. `wakes_at` and `sleeps_at` are minutes after midnight; None means as the place."""

    id: int
    telegram_id: int
    name: str
    language: str
    zone: str | None
    wakes_at: int | None
    sleeps_at: int | None
    created_at: datetime
    spoke_at: datetime | None
    stopped_at: datetime | None
    paused_until: datetime | None
    unreachable_at: datetime | None
    unreachable_why: str | None
    menu: str | None

    @property
    def has_telegram(self) -> bool:
        """Telegram's ids are positive; somebody whom a volunteer phones has none."""
        return self.telegram_id > 0


async def by_telegram(tx: AsyncConnection, telegram_id: int) -> Person | None:
    row = (await tx.execute(select(people).where(people.c.telegram_id == telegram_id))).mappings().first()
    return None if row is None else Person(**row)


_BY_ID = select(people).where(people.c.id == bindparam("wanted"))


async def by_id(tx: AsyncConnection, person_id: int) -> Person:
    row = (await tx.execute(_BY_ID, {"wanted": person_id})).mappings().one()
    return Person(**row)


async def find(tx: AsyncConnection, person_id: int) -> Person | None:
    row = (await tx.execute(_BY_ID, {"wanted": person_id})).mappings().first()
    return None if row is None else Person(**row)


async def add(tx: AsyncConnection, telegram_id: int, name: str, language: str, now: datetime) -> Person:
    values = {"telegram_id": telegram_id, "name": name, "language": language, "created_at": now, "spoke_at": now}
    row = (await tx.execute(insert(people).values(values).returning(people))).mappings().one()
    return Person(**row)


async def add_without_telegram(tx: AsyncConnection, name: str, language: str, now: datetime) -> Person:
    """Somebody whom a volunteer phones. Their id is not of Telegram, and nothing is ever sent to it."""
    lowest = (await tx.execute(select(func.min(people.c.telegram_id)))).scalar() or 0
    values = {"telegram_id": min(lowest, 0) - 1, "name": name, "language": language, "created_at": now}
    gone = {"unreachable_at": now, "unreachable_why": "no_telegram"}
    row = (await tx.execute(insert(people).values({**values, **gone}).returning(people))).mappings().one()
    return Person(**row)


async def change(tx: AsyncConnection, person_id: int, **values: Any) -> None:
    await tx.execute(update(people).where(people.c.id == person_id).values(**values))


async def grant(tx: AsyncConnection, person_id: int, role: Role, by: int | None, now: datetime) -> None:
    """Give a role, or give it again after it ended."""
    again = update(roles).where(roles.c.person_id == person_id, roles.c.role == role)
    done = await tx.execute(again.values(granted_at=now, granted_by=by, ended_at=None))
    if not done.rowcount:
        await tx.execute(insert(roles).values(person_id=person_id, role=role, granted_at=now, granted_by=by))


async def granted_by(tx: AsyncConnection, person_id: int, role: Role) -> int | None:
    """Who gave somebody the role they have now, if it is known."""
    query = select(roles.c.granted_by).where(roles.c.person_id == person_id, roles.c.role == role)
    found: int | None = (await tx.execute(query.where(roles.c.ended_at.is_(None)))).scalar()
    return found


async def end_role(tx: AsyncConnection, person_id: int, role: Role, now: datetime) -> None:
    mine = update(roles).where(roles.c.person_id == person_id, roles.c.role == role, roles.c.ended_at.is_(None))
    await tx.execute(mine.values(ended_at=now))


async def roles_of(tx: AsyncConnection, person_id: int) -> frozenset[Role]:
    rows = await tx.execute(select(roles.c.role).where(roles.c.person_id == person_id, roles.c.ended_at.is_(None)))
    return frozenset(Role(row.role) for row in rows)


async def with_role(tx: AsyncConnection, role: Role) -> list[Person]:
    """Everybody who holds a role now, oldest grant first."""
    query = (
        select(people)
        .join(roles, and_(roles.c.person_id == people.c.id, roles.c.role == role, roles.c.ended_at.is_(None)))
        .order_by(roles.c.granted_at, people.c.id)
    )
    return [Person(**row) for row in (await tx.execute(query)).mappings()]


async def record_consent(
    tx: AsyncConnection,
    person_id: int,
    purpose: Purpose,
    given: bool,
    wording: str,
    now: datetime,
    circle_id: int | None = None,
) -> None:
    """Write down a yes or a no: who, when, for what, and the version of the words they saw. Never changed after."""
    values = {"person_id": person_id, "purpose": purpose, "circle_id": circle_id, "given": given}
    await tx.execute(insert(consents).values(**values, wording=wording, at=now))


async def standing_consents(tx: AsyncConnection, person_id: int) -> set[tuple[Purpose, int | None]]:
    """What the person agrees to now: the newest record for each purpose and circle decides."""
    newest = (
        select(func.max(consents.c.id))
        .where(consents.c.person_id == person_id)
        .group_by(consents.c.purpose, consents.c.circle_id)
    )
    rows = await tx.execute(
        select(consents.c.purpose, consents.c.circle_id).where(consents.c.id.in_(newest), consents.c.given == 1)
    )
    return {(Purpose(row.purpose), row.circle_id) for row in rows}


async def champions_of(tx: AsyncConnection, person_id: int) -> list[str]:
    """First names of the champions of the open circles that this person is in and says yes to, by name."""
    agreed = [circle for purpose, circle in await standing_consents(tx, person_id) if purpose is Purpose.BROADCASTS]
    joined = and_(memberships.c.circle_id == circles.c.id, memberships.c.left_at.is_(None))
    query = (
        select(people.c.name)
        .join(circles, circles.c.champion_id == people.c.id)
        .join(memberships, joined)
        .where(memberships.c.person_id == person_id, circles.c.id.in_(agreed), circles.c.closed_at.is_(None))
        .distinct()
        .order_by(people.c.name)
    )
    return list((await tx.execute(query)).scalars())


async def called(tx: AsyncConnection, beginning: str, most: int) -> list[tuple[int, str]]:
    """(id, first name) of people in a circle whose name begins so, by name."""
    joined = exists().where(memberships.c.person_id == people.c.id, memberships.c.left_at.is_(None))
    query = select(people.c.id, people.c.name).where(people.c.name.istartswith(beginning, autoescape=True), joined)
    return [(row.id, row.name) for row in await tx.execute(query.order_by(people.c.name, people.c.id).limit(most))]


async def strangers(tx: AsyncConnection, before: datetime, most: int) -> list[Person]:
    """People of whom nothing has been heard since `before`: no task, in no open circle, never looked after."""
    works = exists().where(roles.c.person_id == people.c.id, roles.c.ended_at.is_(None))
    joined = exists().where(
        memberships.c.person_id == people.c.id,
        memberships.c.left_at.is_(None),
        circles.c.id == memberships.c.circle_id,
        circles.c.closed_at.is_(None),
    )
    # What was done for somebody who was looked after has to be accounted for until they ask to be forgotten.
    cared_for = exists().where(enrolments.c.person_id == people.c.id, enrolments.c.accepted_at.is_not(None))
    heard = func.coalesce(people.c.spoke_at, people.c.created_at)
    query = select(people).where(heard < before, ~works, ~joined, ~cared_for).order_by(people.c.id)
    return [Person(**row) for row in (await tx.execute(query.limit(most))).mappings()]


async def remember_forgotten(tx: AsyncConnection, keyed_hash: str, now: datetime) -> None:
    known = (await tx.execute(select(forgotten.c.at).where(forgotten.c.keyed_hash == keyed_hash))).first()
    if known is None:
        await tx.execute(insert(forgotten).values(keyed_hash=keyed_hash, at=now))


async def was_forgotten(tx: AsyncConnection, keyed_hash: str) -> bool:
    return (await tx.execute(select(forgotten.c.at).where(forgotten.c.keyed_hash == keyed_hash))).first() is not None


async def unforget(tx: AsyncConnection, keyed_hash: str) -> None:
    """Somebody forgotten came back by their own hand."""
    await tx.execute(forgotten.delete().where(forgotten.c.keyed_hash == keyed_hash))
