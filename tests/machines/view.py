"""The database as it stands, read beside the product's own store: plain rows, instants as aware times."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TABLES = ("people", "roles", "consents", "enrolments", "checkins", "answers", "concerns", "concern_events")
TABLES += ("deliveries", "inbox")


def instant(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


class Row(SimpleNamespace):
    """One row by column; `…_at`, `not_after` and `lease_until` are instants or None."""


def _row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
    names = (column[0] for column in cursor.description)
    return Row(**{name: _value(name, value) for name, value in zip(names, values, strict=True)})


def _value(name: str, value: Any) -> Any:
    timed = name.endswith("_at") or name in ("at", "not_after", "lease_until", "paused_until")
    return instant(value) if timed and isinstance(value, int) else value


class View:
    """What stands in every table, looked up when asked for, and again only after `forget`."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = _row
        self._read: dict[str, list[Row]] = {}
        self._version = -1

    def close(self) -> None:
        self._connection.close()

    def ask(self, sql: str, *values: object) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def forget(self) -> None:
        """What was read stays true until somebody has written."""
        version = self._connection.execute("PRAGMA data_version").fetchone().data_version
        if version != self._version:
            self._version, self._read = version, {}

    def __getattr__(self, table: str) -> list[Row]:
        if table not in TABLES:
            raise AttributeError(table)
        if table not in self._read:
            order = "update_id" if table == "inbox" else "id"
            self._read[table] = self.ask(f"SELECT * FROM {table} ORDER BY {order}")
        return self._read[table]
