"""Puts words of the test's choice into every column that holds somebody's words, read off the schema.

A new column is filled by itself, unless it is named here as one that a program reads again.
"""

import json
import re
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, Text, select, update

from bot.catalogue.template_writing import read_sheet, write_sheet
from bot.store.schema import metadata
from bot.store.types import Json
from tests.cast import TestTown

# States, kinds, keys, hashes and codes.
MACHINES = re.compile(
    r"\w+\.(\w*state|kind|key|\w*hash|language|purpose|wording|role|flow|step|method|topic|origin|media|album|level)"
    r"|(leases|heartbeats|secrets)\.name|leases\.holder|secrets\.value|people\.(zone|menu)|deliveries\.(buttons|extra)"
    r"|template_versions\.(digest|retired_why)|broadcasts\.(reason|progress_digest|draft_key)|checkins\.(reason|queue)"
    r"|enrolments\.(plan|home_on|tier|course)|answers\.(question|answer)|concerns\.(reason|rung|outcome)"
    r"|concern_events\.what|plan_readings\.part|replies\.direction|deliveries\.reason"
)
# A day, a time, the key of a choice: what a program reads out of a value that somebody chose.
CHOSEN = re.compile(r"[a-z0-9:-]*")


def columns() -> list[Column[Any]]:
    """Every column that can hold somebody's words, also those of another program about them."""
    return [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Text | Json) and not MACHINES.fullmatch(str(column))
    ]


async def fill_in(town: TestTown, words: list[str], *, values: bool = False, sources: bool = False) -> None:
    """One for each of `columns()`. `values`: also in the place of days and choices. `sources`: as whole texts of a
    message, plan or place, which then cannot be read any more."""
    async with town.runtime.database.write() as tx:
        for column, said in zip(columns(), words, strict=True):
            for row in list(await tx.execute(select(column.table).where(column.is_not(None)))):
                mine = [one == getattr(row, one.name) for one in column.table.primary_key]
                value = _filled_in(column, getattr(row, column.name), said, values=values, sources=sources)
                await tx.execute(update(column.table).where(*mine).values({column: value}))


def _filled_in(column: Column[Any], value: Any, said: str, *, values: bool, sources: bool) -> Any:
    if column.name == "source":
        return _no_source(value, said) if sources else _source(value, said)
    return _in_place(value, said, values=values) if isinstance(column.type, Json) else said


def _source(source: str, said: str) -> str:
    """The text with these words in its form, as the editor would write it; of a plan or place as it is."""
    if not source.startswith("---"):
        return source
    return write_sheet(replace(read_sheet(source, ""), title=said, summary=said, source=said, author=said))


def _no_source(source: str, said: str) -> str:
    """A plan's texts are two in one, put together by a program."""
    return json.dumps(_in_place(json.loads(source), said, values=True)) if source.startswith("{") else said


def _in_place(value: Any, said: str, *, values: bool) -> Any:
    if isinstance(value, dict):
        return {key: _in_place(one, said, values=values) for key, one in value.items()}
    if isinstance(value, list):
        return [_in_place(one, said, values=values) for one in value]
    return said if isinstance(value, str) and (values or not CHOSEN.fullmatch(value)) else value
