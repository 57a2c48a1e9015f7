import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, driver_url
from bot.store.schema_machine import secrets


def test_people_write_addresses_without_naming_a_driver() -> None:
    assert driver_url("sqlite:///data/x.db") == "sqlite+aiosqlite:///data/x.db"
    assert driver_url("postgres://h/x") == driver_url("postgresql://h/x") == "postgresql+psycopg://h/x"


async def add(tx: AsyncConnection, name: str, value: str = "0") -> None:
    await tx.execute(insert(secrets).values(name=name, value=value))


async def value(database: Database, name: str = "one") -> str | None:
    async with database.read() as tx:
        return (await tx.execute(select(secrets.c.value).where(secrets.c.name == name))).scalar()


async def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.write() as tx:
            await add(tx, "one")
            raise RuntimeError("in the middle")
    assert await value(database) is None

    async with database.write() as tx:
        await add(tx, "one")
    assert await value(database) == "0"


async def plus_one(database: Database) -> None:
    """The read-modify-write that the driver's own way of beginning transactions loses."""
    async with database.write() as tx:
        for_update = select(secrets.c.value).where(secrets.c.name == "one").with_for_update()
        before = int((await tx.execute(for_update)).scalar_one())
        await asyncio.sleep(0)
        await tx.execute(update(secrets).where(secrets.c.name == "one").values(value=str(before + 1)))


async def test_no_update_is_lost_between_tasks_or_between_processes(database: Database, tables_url: str) -> None:
    async with database.write() as tx:
        await add(tx, "one")
    other = Database(tables_url, durable=False)  # shares nothing with the first, as another process would not

    await asyncio.gather(*(plus_one(one) for one in (database, other) * 15))

    await other.close()
    assert await value(database) == "30"


async def test_a_reader_sees_the_last_commit_while_somebody_writes(database: Database) -> None:
    async with database.write() as tx:
        await add(tx, "one")
        assert await value(database) is None
    async with database.read() as reading:
        before = (await reading.execute(select(func.count()).select_from(secrets))).scalar_one()
        async with database.write() as tx:
            await add(tx, "two")
        assert before == 1
    assert await value(database, "two") == "0"


@pytest.mark.parametrize("after", range(6))
async def test_whoever_is_cancelled_in_the_middle_of_writing_leaves_nothing_open(
    database: Database, after: int
) -> None:
    async def writing() -> None:
        async with database.write() as tx:
            for number in range(50):
                await add(tx, f"n{number}")

    task = asyncio.create_task(writing())
    for _ in range(after * 7):
        await asyncio.sleep(0)
    await asyncio.sleep(0.002 * after)
    task.cancel()
    await asyncio.wait({task})

    async with asyncio.timeout(5):
        async with database.write() as tx:
            await add(tx, "next")
    async with database.read() as tx:
        rows = (await tx.execute(select(func.count()).select_from(secrets))).scalar_one()
    assert rows in (1, 51)


async def test_listeners_hear_of_commits_and_of_nothing_else(database: Database) -> None:
    heard: list[int] = []
    database.on_commit(lambda: heard.append(1))
    with pytest.raises(RuntimeError):
        async with database.write():
            raise RuntimeError
    async with database.read() as tx:
        await tx.execute(text("SELECT 1"))
    assert heard == []
    async with database.write() as tx:
        await add(tx, "one")
    assert heard == [1]


async def test_on_sqlite_a_commit_survives_the_loss_of_power(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    await database.migrate()
    async with database.write() as tx:
        settings = {name: (await tx.execute(text(f"PRAGMA {name}"))).scalar() for name in PRAGMAS}
    await database.close()
    assert settings == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
