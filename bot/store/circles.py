"""Circles, who is in them, and the links that lead into them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.circles import Circle
from bot.store.people import Person
from bot.store.schema import aways, circles, memberships, people

COLUMNS = (circles.c.id, circles.c.name, circles.c.champion_id, circles.c.link_serial, circles.c.closed_at)


@dataclass(frozen=True)
class Away:
    """A champion's absence. `state`: asked, agreed, declined, ended."""

    id: int
    champion_id: int
    cover_id: int | None
    state: str
    asked_at: datetime
    until: datetime


AWAY = (aways.c.id, aways.c.champion_id, aways.c.cover_id, aways.c.state, aways.c.asked_at, aways.c.until)


async def add(tx: AsyncConnection, name: str, champion_id: int, now: datetime) -> Circle:
    values = {"name": name, "champion_id": champion_id, "link_serial": 0, "link_hash": f"new:{champion_id}:{now}"}
    row = (await tx.execute(insert(circles).values(**values, created_at=now).returning(*COLUMNS))).mappings().one()
    return Circle(**row)


async def set_link(tx: AsyncConnection, circle_id: int, serial: int, link_hash: str) -> None:
    await tx.execute(update(circles).where(circles.c.id == circle_id).values(link_serial=serial, link_hash=link_hash))


async def rename(tx: AsyncConnection, circle_id: int, name: str) -> None:
    await tx.execute(update(circles).where(circles.c.id == circle_id).values(name=name))


async def close(tx: AsyncConnection, circle_id: int, now: datetime) -> None:
    await tx.execute(update(circles).where(circles.c.id == circle_id).values(closed_at=now))


async def by_id(tx: AsyncConnection, circle_id: int) -> Circle | None:
    row = (await tx.execute(select(*COLUMNS).where(circles.c.id == circle_id))).mappings().first()
    return None if row is None else Circle(**row)


async def by_link(tx: AsyncConnection, link_hash: str) -> Circle | None:
    row = (await tx.execute(select(*COLUMNS).where(circles.c.link_hash == link_hash))).mappings().first()
    return None if row is None else Circle(**row)


async def of_champion(tx: AsyncConnection, champion_id: int) -> list[Circle]:
    """The champion's open circles, oldest first."""
    query = select(*COLUMNS).where(circles.c.champion_id == champion_id, circles.c.closed_at.is_(None))
    return [Circle(**row) for row in (await tx.execute(query.order_by(circles.c.id))).mappings()]


async def of_person(tx: AsyncConnection, person_id: int) -> list[Circle]:
    """The open circles a person is in, the last joined first."""
    query = (
        select(*COLUMNS)
        .join(memberships, memberships.c.circle_id == circles.c.id)
        .where(memberships.c.person_id == person_id, memberships.c.left_at.is_(None), circles.c.closed_at.is_(None))
        .order_by(memberships.c.joined_at.desc(), circles.c.id.desc())
    )
    return [Circle(**row) for row in (await tx.execute(query)).mappings()]


async def members(tx: AsyncConnection, circle_id: int) -> list[Person]:
    """Everybody in the circle, in the order of their joining."""
    query = (
        select(people)
        .join(memberships, memberships.c.person_id == people.c.id)
        .where(memberships.c.circle_id == circle_id, memberships.c.left_at.is_(None))
        .order_by(memberships.c.joined_at, people.c.id)
    )
    return [Person(**row) for row in (await tx.execute(query)).mappings()]


async def joined_since(tx: AsyncConnection, champion_id: int, since: datetime) -> list[tuple[str, str]]:
    """[(circle, first name)] of those who joined a champion's open circles since then, the first to join first."""
    query = (
        select(circles.c.name, people.c.name)
        .join(memberships, memberships.c.circle_id == circles.c.id)
        .join(people, people.c.id == memberships.c.person_id)
        .where(circles.c.champion_id == champion_id, circles.c.closed_at.is_(None))
        .where(memberships.c.left_at.is_(None), memberships.c.joined_at >= since)
    )
    rows = await tx.execute(query.order_by(circles.c.id, memberships.c.joined_at, people.c.id))
    return [(circle, name) for circle, name in rows]


async def count_members(tx: AsyncConnection, circle_id: int) -> int:
    query = select(func.count()).where(memberships.c.circle_id == circle_id, memberships.c.left_at.is_(None))
    return int((await tx.execute(query)).scalar_one())


async def join(tx: AsyncConnection, circle_id: int, person_id: int, now: datetime) -> None:
    """Put a person into a circle (again); only ever called with that person's own yes in the same transaction."""
    mine = update(memberships).where(memberships.c.circle_id == circle_id, memberships.c.person_id == person_id)
    done = await tx.execute(mine.values(joined_at=now, left_at=None))
    if not done.rowcount:
        await tx.execute(insert(memberships).values(circle_id=circle_id, person_id=person_id, joined_at=now))


async def leave(tx: AsyncConnection, circle_id: int, person_id: int, now: datetime) -> None:
    mine = update(memberships).where(memberships.c.circle_id == circle_id, memberships.c.person_id == person_id)
    await tx.execute(mine.where(memberships.c.left_at.is_(None)).values(left_at=now))


async def add_away(tx: AsyncConnection, champion_id: int, cover_id: int, now: datetime, until: datetime) -> int:
    values = {"champion_id": champion_id, "cover_id": cover_id, "state": "asked", "asked_at": now, "until": until}
    return int((await tx.execute(insert(aways).values(**values).returning(aways.c.id))).scalar_one())


async def away_by_id(tx: AsyncConnection, away_id: int) -> Away | None:
    row = (await tx.execute(select(*AWAY).where(aways.c.id == away_id))).mappings().first()
    return None if row is None else Away(**row)


async def away_now(tx: AsyncConnection, champion_id: int, now: datetime) -> Away | None:
    """The champion's present absence with a cover who said yes."""
    found = await open_away(tx, champion_id, now)
    return found if found is not None and found.state == "agreed" else None


async def away_at(tx: AsyncConnection, now: datetime) -> set[int]:
    """The champions for whom somebody else answers now."""
    agreed = select(aways.c.champion_id).where(aways.c.state == "agreed", aways.c.until > now)
    return set((await tx.execute(agreed)).scalars())


async def names_by_champion(tx: AsyncConnection) -> dict[int, list[str]]:
    """Champion -> the names of their open circles, the oldest first."""
    query = select(circles.c.champion_id, circles.c.name).where(circles.c.closed_at.is_(None)).order_by(circles.c.id)
    found: dict[int, list[str]] = {}
    for row in await tx.execute(query):
        found.setdefault(row.champion_id, []).append(row.name)
    return found


async def open_away(tx: AsyncConnection, champion_id: int, now: datetime) -> Away | None:
    """The champion's absence that has not ended, agreed to or only asked for."""
    query = select(*AWAY).where(aways.c.champion_id == champion_id, aways.c.ended_at.is_(None), aways.c.until > now)
    row = (await tx.execute(query.order_by(aways.c.id.desc()))).mappings().first()
    return None if row is None else Away(**row)


async def covered_by(tx: AsyncConnection, cover_id: int, now: datetime) -> list[Away]:
    query = select(*AWAY).where(aways.c.cover_id == cover_id, aways.c.ended_at.is_(None), aways.c.until > now)
    return [Away(**row) for row in (await tx.execute(query.where(aways.c.state == "agreed"))).mappings()]


async def set_away(tx: AsyncConnection, away_id: int, state: str, ended_at: datetime | None = None) -> None:
    await tx.execute(update(aways).where(aways.c.id == away_id).values(state=state, ended_at=ended_at))


async def end_aways(tx: AsyncConnection, champion_id: int, now: datetime) -> list[int]:
    """Returns the ids of those that had not ended yet."""
    open_ones = update(aways).where(aways.c.champion_id == champion_id, aways.c.ended_at.is_(None))
    done = await tx.execute(open_ones.values(state="ended", ended_at=now).returning(aways.c.id))
    return [row.id for row in done]
