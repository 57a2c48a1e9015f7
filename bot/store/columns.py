"""How a table is written down, so that every column says whose it is; the classes are told in `schema`."""

from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.schema import SchemaItem

from bot.store.types import Flag, Instant, Json, Whole

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def owner(by: str = "person") -> dict[str, Any]:
    return {"class": "owner", "by": by}


def mention() -> dict[str, Any]:
    return {"class": "mention"}


def theirs(of: str = "") -> dict[str, Any]:
    return {"class": "theirs", "of": of} if of else {"class": "theirs"}


def words_of(column: str) -> dict[str, Any]:
    return {"class": "words", "of": column}


def deed_of(column: str) -> dict[str, Any]:
    return {"class": "deed", "of": column}


def system() -> dict[str, Any]:
    return {"class": "system"}


def table(name: str, *items: SchemaItem) -> Table:
    # AUTOINCREMENT: otherwise SQLite gives the id of somebody forgotten to the next who comes, and an old button of
    # the one would mean the other.
    numbered = any(isinstance(item, Column) and item.name == "id" for item in items)
    return Table(name, metadata, *items, sqlite_strict=True, sqlite_autoincrement=numbered)


def key(info: dict[str, Any] | None = None) -> Column[int]:
    return Column("id", Whole, primary_key=True, autoincrement=True, info=info or system())


def person(name: str, info: dict[str, Any], *, nullable: bool | None = None, **options: Any) -> Column[int]:
    """A column that points at people.id; a mention can become NULL."""
    may_be_null = info["class"] == "mention" if nullable is None else nullable
    return Column(name, Whole, ForeignKey("people.id"), nullable=may_be_null, info=info, **options)


def integer(name: str, info: dict[str, Any], **options: Any) -> Column[int]:
    return Column(name, Whole, info=info, **options)


def words(name: str, info: dict[str, Any], **options: Any) -> Column[str]:
    return Column(name, Text, info=info, **options)


def instant(name: str, info: dict[str, Any], **options: Any) -> Column[Any]:
    return Column(name, Instant, info=info, **options)


def data(name: str, info: dict[str, Any], **options: Any) -> Column[Any]:
    return Column(name, Json, info=info, **options)


def flag(name: str, info: dict[str, Any], **options: Any) -> Column[Any]:
    return Column(name, Flag, nullable=False, info=info, **options)
