"""Copies of a SQLite database, and what has to change in one before it may be used again.

Everything here blocks: it is for commands, not for the running program.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, NullPool, and_, create_engine, delete, func, insert, select, update

from bot.domain.broadcasts import Phase
from bot.domain.deliveries import OPEN, Kind, State
from bot.store.migrate import FOLDER, upgrade
from bot.store.schema import broadcasts, deliveries, people
from bot.store.schema_machine import audit, heartbeats, leases

REASON = "restored"
BESIDE = ("-wal", "-shm", "-journal")  # files that SQLite keeps beside a database while it is open


class Uncopied(Exception):
    """A copy could not be made; the text is what SQLite or the system says."""


@dataclass(frozen=True)
class Settled:
    """What was done so that nothing goes out a second time: rows made uncertain, broadcasts stopped."""

    uncertain: int
    stopped: int


def copy(source: Path, target: Path) -> None:
    """All of a database as it is at one moment, as one file; it may be in use meanwhile. `target` must be new."""
    try:
        target.touch(mode=0o600, exist_ok=False)  # it holds what people told us
        with closing(_open(source)) as old, closing(_open(target)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
    except FileExistsError as error:
        raise Uncopied(str(error)) from None
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise Uncopied(str(error)) from None


def faults(path: Path) -> list[str]:
    """What SQLite finds wrong with a file; empty when it is whole."""
    try:
        with closing(_open(path)) as database:
            found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(5)")]
            found += [f"a row of {row[0]} points nowhere" for row in database.execute("PRAGMA foreign_key_check")]
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [fault for fault in found if fault != "ok"]


def version(path: Path) -> str | None:
    """The migration that a database has come to; None when it is not one of ours."""
    with _connected(path) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def known(number: str | None) -> bool:
    """Whether this program has the migration, that is, whether it is as new as the database."""
    return number in {step.revision for step in ScriptDirectory(str(FOLDER)).walk_revisions()}


def count_people(path: Path) -> int:
    with _connected(path) as connection:
        return int(connection.execute(select(func.count()).select_from(people)).scalar_one())


def last_moment(path: Path) -> datetime | None:
    """About when a database was last worked with."""
    with _connected(path) as connection:
        moments = [connection.execute(select(func.max(column))).scalar() for column in (heartbeats.c.at, audit.c.at)]
    return max((moment for moment in moments if moment is not None), default=None)


def close_for_good(path: Path) -> bool:
    """Bring a database into its one file; False while a program has it open. A broken one is left as it is."""
    with closing(_open(path)) as database:
        try:
            # SQLite leaves WAL only for a program that is alone with the file.
            return str(database.execute("PRAGMA journal_mode=DELETE").fetchone()[0]) == "delete"
        except sqlite3.OperationalError:
            return False
        except sqlite3.DatabaseError:
            return True


def bring_up_to_date(path: Path, now: datetime) -> Settled:
    """Migrate a copy and settle what was under way in it."""
    with _connected(path) as connection:
        upgrade(connection)
        settled = settle(connection, now)
        connection.commit()
    return settled


def settle(tx: Connection, now: datetime) -> Settled:
    """A restored copy does not know what went out after it was made, so its broadcasts do not go on by themselves.

    Open broadcast rows become uncertain, and the champion sees whose (promise 3): they may have gone out since. Rows
    of other kinds stay as they are. So does a broadcast whose time has not come yet: its circle has not had it. One
    that was sending has no open row left: it finishes by itself, and its report offers to send again.
    """
    rows = update(deliveries).where(
        deliveries.c.kind.in_((Kind.BROADCAST, Kind.CORRECTION)), deliveries.c.state.in_(OPEN)
    )
    values = {"state": State.UNCERTAIN, "reason": REASON, "done_at": now, "lease_until": None}
    uncertain = tx.execute(rows.values(values)).rowcount
    begun = and_(broadcasts.c.state == Phase.WAITING, broadcasts.c.starts_at <= now)
    stop = update(broadcasts).where(begun).values(state=Phase.STOPPED, reason=REASON, finished_at=now)
    stopped = tx.execute(stop).rowcount
    tx.execute(delete(leases))  # whoever held them runs no more
    tx.execute(insert(audit).values(at=now, actor_id=None, what=REASON, subject=""))
    return Settled(uncertain, stopped)


def _open(path: Path) -> sqlite3.Connection:
    """Never creates a file, which sqlite3 otherwise does for any name. One that may only be read is opened so."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=2)


@contextmanager
def _connected(path: Path) -> Iterator[Connection]:
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
