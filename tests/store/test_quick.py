"""Where a statement runs: at once in the loop's thread, or outside it while others go on."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from bot.store import people as people_store
from bot.store.database import Database
from bot.store.quick import thorough
from bot.store.schema import people
from tests.engines import sqlite_with_tables

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUERIES = {"quick": select(people.c.id), "thorough": thorough(select(people.c.id))}


@pytest.fixture
async def watched(tmp_path: Path) -> Any:
    """A database, and the threads in which rows were looked for."""
    database, threads = Database(sqlite_with_tables(tmp_path), durable=False), set[int]()

    def look() -> int:
        threads.add(threading.get_ident())
        return 1

    @event.listens_for(database._reader.sync_engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        connection.run_async(lambda one: one.create_function("looked", 0, look))

    yield database, threads
    await database.close()


@pytest.mark.parametrize("how", QUERIES)
async def test_only_a_thorough_query_looks_outside_the_loops_thread(how: str, watched: Any) -> None:
    database, threads = watched
    await _three_people(database)
    query = QUERIES[how].where(func.looked() == 1)
    async with database.read() as tx:
        assert len((await tx.execute(query)).all()) == 3
    assert (threading.get_ident() in threads) is (how == "quick")
    assert len(threads) == 1, "the first row and the last one are looked for in the same place"


async def test_what_comes_after_a_thorough_query_is_quick_again(watched: Any) -> None:
    database, threads = watched
    await _three_people(database)
    async with database.read() as tx:
        await tx.execute(QUERIES["thorough"])
        await tx.execute(QUERIES["quick"].where(func.looked() == 1))
    assert threads == {threading.get_ident()}


async def _three_people(database: Database) -> None:
    async with database.write() as tx:
        for telegram_id in range(3):
            await people_store.add(tx, telegram_id, "Ben", "en", NOW)
