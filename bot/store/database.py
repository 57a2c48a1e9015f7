"""Opening a database and working in it: one writer at a time, and no waiting for the network in a transaction."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.store import quick
from bot.store.migrate import upgrade

WRITE_PATIENCE = 5_000  # milliseconds to wait for a writer in another process
MIGRATION_PATIENCE = 60_000

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def driver_url(url: str) -> str:
    """The address as SQLAlchemy wants it; people write sqlite:///… or postgresql://…"""
    scheme, _, rest = url.partition("://")
    return f"{DRIVERS.get(scheme, scheme)}://{rest}"


class Database:
    """A SQLite file or a PostgreSQL database.

    On SQLite every write transaction is BEGIN IMMEDIATE behind one lock: the driver's own default begins only before
    the first change, so a read-modify-write of two tasks silently loses one of them.
    """

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self.url = driver_url(url)
        self.is_sqlite = self.url.startswith("sqlite")
        self._durable = durable
        self._lock = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._writer = self._engine(begin="BEGIN IMMEDIATE")
        self._reader = self._engine(begin="BEGIN") if self.is_sqlite else self._writer

    def _engine(self, begin: str) -> AsyncEngine:
        if not self.is_sqlite:
            return create_async_engine(self.url, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True)
        path = make_url(self.url).database
        if path and path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(self.url, hide_parameters=True, **_quickly(path, reads=begin == "BEGIN"))
        _prepare_sqlite(engine, begin, synchronous="FULL" if self._durable else "OFF", busy_timeout=WRITE_PATIENCE)
        return engine

    async def migrate(self) -> None:
        """Bring the tables up to date; safe to call from several processes at once."""
        engine = create_async_engine(self.url, poolclass=NullPool)
        if self.is_sqlite:
            # Foreign keys off: a table that is built anew is dropped for a moment. Immediate: two processes take turns.
            _prepare_sqlite(engine, "BEGIN IMMEDIATE", foreign_keys="OFF", busy_timeout=MIGRATION_PATIENCE)
        try:
            async with engine.begin() as connection:
                if not self.is_sqlite:
                    await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4702)")
                await connection.run_sync(upgrade)
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that may change things: committed at the end, rolled back on any error."""
        async with self._lock if self.is_sqlite else _open_door(), self._writer.begin() as tx:
            yield tx
        for listener in self._listeners:
            listener()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that only looks."""
        async with self._reader.begin() as tx:
            yield tx

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every commit of this process: it wakes whoever waits for rows."""
        self._listeners.append(listener)

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()


def _quickly(path: str | None, *, reads: bool) -> dict[str, Any]:
    """How a file is opened; a database in memory, which nobody runs for real, is left to the library."""
    if not path or path == ":memory:":
        return {}
    return {"async_creator": lambda: quick.connect(path, reads=reads)}


@asynccontextmanager
async def _open_door() -> AsyncIterator[None]:
    yield


def _prepare_sqlite(engine: AsyncEngine, begin: str, **pragmas: str | int) -> None:
    settings = {"journal_mode": "WAL", "foreign_keys": "ON", **pragmas}

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        cursor = connection.cursor()
        for name, value in sorted(settings.items()):  # busy_timeout before journal_mode, which may have to wait
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)
