"""SQLite without the detour: a statement takes 20 microseconds, and the way to aiosqlite's thread and back 200.

A message costs some seventy of these ways, which on a busy machine was more time than Telegram allows for it. So what
is over at once runs where it is asked. What may wait for another process or for the disk still goes to the thread, and
so does what looks through many rows: whoever writes such a query says so with `thorough`.
"""

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from aiosqlite import Connection
from sqlalchemy import Select

Query = TypeVar("Query", bound=Select[Any])

# The beginning of a write waits for other writers, its end for the disk.
_SLOW_STATEMENTS = ("BEGIN IMMEDIATE", "PRAGMA", "VACUUM")
THOROUGH = "/* thorough */"
_QUICK = ("execute", "fetchall", "fetchone", "fetchmany", "close")


def thorough(query: Query) -> Query:
    """A query that looks through many rows, for a morning's digest or an hour's tidying: nobody waits."""
    return query.prefix_with(THOROUGH)


class QuickConnection(Connection):
    """An aiosqlite connection whose quick operations do not leave the event loop's thread.

    `reads`: it never writes, so that nothing of it waits.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection], reads: bool) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True  # as SQLAlchemy has it: a connection left open must not keep the program alive
        self._reads = reads
        # Operations the thread was given and has finished, cancelled ones included; each side counts its own.
        self._given = self._finished = 0
        self._looking: sqlite3.Cursor | None = None  # the last that was given something thorough

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Two threads must not use one connection at a time.
        if self._given == self._finished and self._connection is not None and self._is_quick(fn, args):
            return fn(*args, **kwargs)
        self._given += 1
        return await super()._execute(partial(self._in_thread, fn), *args, **kwargs)  # type: ignore[no-untyped-call]

    def _in_thread(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        finally:
            self._finished += 1

    def _is_quick(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
        owner, name = getattr(fn, "__self__", None), getattr(fn, "__name__", "")
        if isinstance(owner, sqlite3.Connection):
            ends = name in ("commit", "rollback") and (self._reads or not owner.in_transaction)
            return name == "cursor" or ends
        if not isinstance(owner, sqlite3.Cursor) or name not in _QUICK:
            return False
        if name == "execute":
            said = str(args[0])
            self._looking = owner if said.startswith(f"SELECT {THOROUGH}") else None
            return self._looking is None and not said.startswith(_SLOW_STATEMENTS)
        return owner is not self._looking or name == "close"  # rows are looked for as they are fetched


def connect(path: str, *, reads: bool) -> Connection:
    """To be awaited. Two threads use the connection, one after the other."""
    return QuickConnection(partial(sqlite3.connect, path, check_same_thread=False), reads)
