"""What is held about one person, read and erased by the classes that `schema` gives every column (promise 9).

There is one list of what belongs to a person: export and erasure both walk it, so they cannot differ.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, and_, delete, false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from bot.domain.deliveries import Method, State
from bot.store import updates as update_store
from bot.store.people import Person
from bot.store.schema import broadcasts, circles, deliveries, mentions, metadata, people
from bot.store.types import Json

Row = dict[str, Any]


@dataclass(frozen=True)
class Held:
    """Rows of one table. `own`: they are the person's and are deleted; otherwise the person is only named in them.

    `rows`: what is shown, by column. `keys`: the primary key of each row, in the same order.
    """

    table: str
    own: bool
    rows: list[Row]
    keys: list[tuple[Any, ...]]


def columns_of(table: Table, kind: str) -> list[Column[Any]]:
    return [column for column in table.columns if column.info.get("class") == kind]


def _is_them(column: Column[Any], person: Person) -> ColumnElement[bool]:
    return column == (person.telegram_id if column.info.get("by") == "telegram" else person.id)


def _any_is_them(table: Table, kind: str, person: Person) -> ColumnElement[bool]:
    return or_(false(), *(_is_them(column, person) for column in columns_of(table, kind)))


async def held(tx: AsyncConnection, person: Person) -> list[Held]:
    """Everything about a person, table by table; tables without a row about them are left out."""
    found = []
    for table in metadata.sorted_tables:
        own = _any_is_them(table, "owner", person)
        named = and_(_any_is_them(table, "mention", person), ~own)
        found.append(_held(table, True, await _rows(tx, table, own), person))
        found.append(_held(table, False, await _rows(tx, table, named), person))
    return [one for one in found if one.rows]


async def _rows(tx: AsyncConnection, table: Table, which: ColumnElement[bool]) -> list[Row]:
    query = select(table).where(which).order_by(*table.primary_key.columns)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


def _held(table: Table, own: bool, rows: list[Row], person: Person) -> Held:
    shown = [_exported(table, row) if own else _mentioned(table, row, person) for row in rows]
    return Held(table.name, own, shown, [tuple(row[one.name] for one in table.primary_key.columns) for row in rows])


def _exported(table: Table, row: Row) -> Row:
    """A row of their own: all of it but what only the machine needs, and the ids of others."""
    hidden = {"system", "mention"}
    return {name: value for name, value in row.items() if table.c[name].info["class"] not in hidden}


def _mentioned(table: Table, row: Row, person: Person) -> Row:
    """A row that names them: where, and what of it is theirs."""
    names = {column.name for column in columns_of(table, "mention") if row[column.name] == person.id}
    return {name: value for name, value in row.items() if name in names or table.c[name].info.get("of") in names}


async def circle_names(tx: AsyncConnection) -> dict[int, str]:
    return {row.id: row.name for row in await tx.execute(select(circles.c.id, circles.c.name))}


async def messages_naming(tx: AsyncConnection, keys: list[tuple[Any, ...]]) -> list[Row]:
    """Of what kind the messages to others are that name somebody, and when they were written. `keys`: of mentions."""
    query = select(deliveries.c.kind, deliveries.c.created_at).where(deliveries.c.id.in_([key[0] for key in keys]))
    return [dict(row) for row in (await tx.execute(query.order_by(deliveries.c.id))).mappings()]


async def erase(tx: AsyncConnection, person: Person, now: datetime) -> None:
    """Delete what is theirs and take their name and words out of the rest; their row in `people` goes last."""
    await update_store.drop_chat(tx, person.telegram_id)
    await _forget_words(tx, person.id, now)
    for table in reversed(metadata.sorted_tables):
        for column in columns_of(table, "mention"):
            await tx.execute(update(table).where(column == person.id).values(_blank(table, column)))
        if table is not people and columns_of(table, "owner"):
            await tx.execute(delete(table).where(_any_is_them(table, "owner", person)))
    await tx.execute(delete(people).where(people.c.id == person.id))


async def _forget_words(tx: AsyncConnection, person_id: int, now: datetime) -> None:
    """What was written to others in this person's name or about them is neither sent any more nor kept.

    A deletion of something already sent carries no words, and goes on.
    """
    named = select(mentions.c.delivery_id).where(mentions.c.person_id == person_id)
    in_their_name = select(broadcasts.c.id).where(broadcasts.c.champion_id == person_id)
    rows = update(deliveries).where(
        or_(deliveries.c.id.in_(named), deliveries.c.broadcast_id.in_(in_their_name)),
        deliveries.c.method != Method.DELETE,
    )
    waiting = rows.where(deliveries.c.state == State.QUEUED)
    await tx.execute(waiting.values(state=State.CLEARED, reason="forgotten", done_at=now))
    await tx.execute(rows.values(body="", buttons=[], extra={}))


def _blank(table: Table, column: Column[Any]) -> Row:
    """What a row says once the person in this column is forgotten; what they did stays, without their name."""
    words = [one for one in table.columns if one.info.get("of") == column.name and one.info["class"] != "deed"]
    return {column.name: None, **{one.name: {} if isinstance(one.type, Json) else "" for one in words}}
