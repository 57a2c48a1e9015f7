"""What is held about one person, read and erased by the classes that `schema` gives every column (promise 9).

There is one list of what belongs to a person: export and erasure both walk it, so they cannot differ.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from bot.store.people import Person
from bot.store.schema import metadata, people


@dataclass(frozen=True)
class Held:
    """Rows of one table. `own`: they are the person's and are deleted; otherwise the person is only named in them."""

    table: str
    own: bool
    rows: list[dict[str, Any]]


def columns_of(table: Table, kind: str) -> list[Column[Any]]:
    return [column for column in table.columns if column.info.get("class") == kind]


def _is_them(column: Column[Any], person: Person) -> ColumnElement[bool]:
    return column == (person.telegram_id if column.info.get("by") == "telegram" else person.id)


def _owned(table: Table, person: Person) -> ColumnElement[bool] | None:
    """The rows that are this person's; None when the table has no owner."""
    owners = columns_of(table, "owner")
    return or_(*(_is_them(column, person) for column in owners)) if owners else None


async def held(tx: AsyncConnection, person: Person) -> list[Held]:
    """Everything about a person, table by table; tables without a row about them are left out."""
    found = []
    for table in metadata.sorted_tables:
        own = _owned(table, person)
        if own is not None:
            rows = [dict(row) for row in (await tx.execute(select(table).where(own))).mappings()]
            found.append(Held(table.name, True, [_exported(table, row) for row in rows]))
        for column in columns_of(table, "mention"):
            condition = column == person.id if own is None else and_(column == person.id, ~own)
            rows = [dict(row) for row in (await tx.execute(select(table).where(condition))).mappings()]
            found.append(Held(table.name, False, [_mentioned(table, column, row) for row in rows]))
    return [one for one in found if one.rows]


def _exported(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    shown = {"owner", "theirs"}
    return {name: value for name, value in row.items() if table.c[name].info["class"] in shown or name == "id"}


def _mentioned(table: Table, column: Column[Any], row: dict[str, Any]) -> dict[str, Any]:
    names = [one.name for one in table.columns if one.info.get("of") == column.name]
    return {column.name: row[column.name], **{name: row[name] for name in names}}


async def erase(tx: AsyncConnection, person: Person) -> None:
    """Delete what is theirs and take their name out of the rest; their row in `people` goes last."""
    for table in reversed(metadata.sorted_tables):
        own = _owned(table, person)
        for column in columns_of(table, "mention"):
            await tx.execute(update(table).where(column == person.id).values(_blank(table, column)))
        if own is not None and table is not people:
            await tx.execute(delete(table).where(own))
    await tx.execute(delete(people).where(people.c.id == person.id))


def _blank(table: Table, column: Column[Any]) -> dict[str, Any]:
    values: dict[str, Any] = {column.name: None}
    for one in table.columns:
        if one.info.get("of") == column.name:
            values[one.name] = {} if one.type.__class__.__name__ == "Json" else ""
    return values
