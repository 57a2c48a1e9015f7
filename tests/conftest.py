"""Everybody's fixtures. A town is the whole bot against the simulated Telegram, on a real database."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")  # spans as timedelta; without it the library warns at every 429

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.cast import TestTown, opened_test_town
from tests.engines import Postgres, postgres_server, sqlite_with_tables

# Whatever is logged comes out plainly: the library's own way of painting tracebacks takes longer than most tests.
structlog.configure(processors=[structlog.processors.KeyValueRenderer()])

ENGINES = ("sqlite", "postgresql")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TestTown]:
    """A town on SQLite with nobody in it but its cast; nobody has agreed to anything."""
    async with opened_test_town(f"sqlite:///{tmp_path}/town.db") as made:
        yield made


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind, gone after the test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/first-mile.db"
        return
    with request.getfixturevalue("postgres").database() as url:
        yield url


@pytest.fixture(params=ENGINES)
def tables_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same with all tables in it."""
    if request.param == "sqlite":
        yield sqlite_with_tables(tmp_path)
        return
    with request.getfixturevalue("postgres").database(tables=True) as url:
        yield url
