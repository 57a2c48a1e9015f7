import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.store import migrate
from bot.store.database import Database
from bot.store.schema import metadata


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
    return list(compare_metadata(context, metadata))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, durable=False)
    await made.migrate()
    yield made
    await made.close()


async def test_the_migrations_make_exactly_the_tables_of_the_schema(database: Database) -> None:
    async with database.read() as tx:
        assert await tx.run_sync(differences) == []
        names = await tx.run_sync(lambda connection: inspect(connection).get_table_names())
    assert set(names) == {*metadata.tables, "alembic_version"}


async def test_to_migrate_again_changes_nothing(database: Database) -> None:
    await database.migrate()
    await database.migrate()
    async with database.read() as tx:
        assert await tx.run_sync(differences) == []


def migrated(url: str) -> None:
    database = Database(url, durable=False)
    asyncio.run(database.migrate())


def test_two_processes_may_migrate_at_once(database_url: str) -> None:
    several = [multiprocessing.get_context("spawn").Process(target=migrated, args=(database_url,)) for _ in range(2)]
    for one in several:
        one.start()
    for one in several:
        one.join(30)
    assert [one.exitcode for one in several] == [0, 0]


async def test_several_tasks_may_migrate_at_once(database_url: str) -> None:
    several = [Database(database_url, durable=False) for _ in range(4)]
    await asyncio.gather(*(one.migrate() for one in several))
    async with several[0].read() as tx:
        assert await tx.run_sync(differences) == []
    for one in several:
        await one.close()


async def test_a_migration_that_fails_leaves_nothing_half_done(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: Connection) -> None:
        migrate.upgrade(connection)
        raise RuntimeError("the last line of a migration")

    database = Database(database_url, durable=False)
    monkeypatch.setattr("bot.store.database.upgrade", broken)
    with pytest.raises(RuntimeError):
        await database.migrate()
    async with database.read() as tx:
        assert await tx.run_sync(lambda connection: inspect(connection).get_table_names()) == []
    monkeypatch.undo()
    await database.migrate()
    await database.close()


async def test_every_table_on_sqlite_is_strict(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db", durable=False)
    await database.migrate()
    async with database.read() as tx:
        rows = (await tx.execute(text("SELECT name, strict FROM pragma_table_list"))).all()
    await database.close()
    loose = {row.name for row in rows if not row.strict and not row.name.startswith("sqlite_")}
    assert loose == {"alembic_version"}


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory(str(migrate.FOLDER)).get_heads()) == 1
