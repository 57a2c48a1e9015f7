"""Edits of the place: each saved version whole, over the file that came with the program."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import people
from bot.store.schema_desk import place_edits


@dataclass(frozen=True)
class PlaceEdit:
    """One saved version. `source`: the whole text of place.toml, or empty: the file counts again from here on."""

    id: int
    source: str
    author_id: int | None
    at: datetime


COLUMNS = tuple(getattr(place_edits.c, name) for name in PlaceEdit.__dataclass_fields__)


async def newest(tx: AsyncConnection) -> PlaceEdit | None:
    """The version that counts; None while nobody has edited the place."""
    row = (await tx.execute(select(*COLUMNS).order_by(place_edits.c.id.desc()).limit(1))).mappings().first()
    return None if row is None else PlaceEdit(**row)


async def by_id(tx: AsyncConnection, edit_id: int) -> PlaceEdit | None:
    row = (await tx.execute(select(*COLUMNS).where(place_edits.c.id == edit_id))).mappings().first()
    return None if row is None else PlaceEdit(**row)


async def add(tx: AsyncConnection, source: str, author_id: int, now: datetime) -> int:
    fresh = insert(place_edits).values(source=source, author_id=author_id, at=now)
    made: int = (await tx.execute(fresh.returning(place_edits.c.id))).scalar_one()
    return made


async def history(tx: AsyncConnection, most: int) -> list[tuple[PlaceEdit, str]]:
    """[(version, first name of its author)], the newest first."""
    query = select(*COLUMNS, func.coalesce(people.c.name, "").label("author"))
    query = query.outerjoin(people, people.c.id == place_edits.c.author_id)
    rows = [dict(row) for row in (await tx.execute(query.order_by(place_edits.c.id.desc()).limit(most))).mappings()]
    named = [(row, row.pop("author")) for row in rows]
    return [(PlaceEdit(**row), author) for row, author in named]
