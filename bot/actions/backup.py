"""A copy of everything, and the way back. For commands: everything here blocks.

What happened after a copy was made is not in it, somebody's stop or wish to be forgotten included. Whoever restores
one has to know that; `Restored.last_moment` says from when on.
"""

import os
import shlex
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, make_url

from bot.domain.errors import Misconfigured
from bot.store import backup as store
from bot.store.backup import Settled
from bot.store.database import Database


@dataclass(frozen=True)
class BackedUp:
    """`size` in bytes."""

    file: Path
    size: int
    people: int

    def __str__(self) -> str:
        return f"Copied to {self.file}: {self.people} people, {self.size:,} bytes, checked. It is private: keep it so."


@dataclass(frozen=True)
class Restored:
    """`moved_to`: where the database went that was there before; None when there was none.

    `last_moment`: about when the copy was made. `uncertain` broadcast messages and `stopped` broadcasts do not go on
    by themselves.
    """

    database: Path
    moved_to: Path | None
    last_moment: datetime | None
    people: int
    uncertain: int
    stopped: int

    def __str__(self) -> str:
        when = f"{self.last_moment:%Y-%m-%d %H:%M} UTC" if self.last_moment else "the copy was made"
        before = f"What came before is kept as {self.moved_to}." if self.moved_to else "There was nothing before it."
        return (
            f"Restored {self.database} with {self.people} people. {before}\n"
            f"Broadcasts stopped: {self.stopped}; messages that may or may not have gone out: {self.uncertain}.\n"
            f"Whatever happened after {when} is lost, stops and wishes to be forgotten included: ask your champions."
        )


def backup(database_url: str, file: Path) -> BackedUp:
    """Copy the database, in use or not, to a new file and check the copy. Raises Misconfigured."""
    source = _sqlite_file(database_url)
    if source is None:
        raise _refusal(f"PostgreSQL is copied by its own tool. Run: {_pg_dump(database_url, file)}")
    if not source.is_file():
        raise _refusal(f"There is no database at {source}. Set DATABASE_URL to the one you mean.")
    if file.exists():
        raise _refusal(f"{file} is there already and is not overwritten. Give a name that is free.")
    if not file.absolute().parent.is_dir():
        raise _refusal(f"There is no folder {file.absolute().parent}. Make it first, or give another file.")
    _copy(source, file)
    _kept(file)
    if wrong := store.faults(file):
        file.unlink()
        raise _refusal(f"{source} is damaged ({wrong[0]}), so no copy was kept. Restore an earlier backup.")
    return BackedUp(file, file.stat().st_size, store.count_people(file))


def restore(file: Path, database_url: str, now: datetime) -> Restored:
    """Put a copy in place of the database, which is moved aside and never deleted. The bot must not run.

    The copy is checked, migrated and settled beside the database first: until then nothing has changed.
    """
    target = _sqlite_file(database_url)
    if target is None:
        raise _refusal(f"PostgreSQL is filled by its own tool. {_pg_restore(database_url, file)}")
    _check(file, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.restoring")
    fresh.unlink(missing_ok=True)
    _copy(file, fresh)
    try:
        last_moment = store.last_moment(fresh)
        settled = store.bring_up_to_date(fresh, now)
        _kept(fresh)
        moved_to = _move_aside(target, now)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    return Restored(target, moved_to, last_moment, store.count_people(target), settled.uncertain, settled.stopped)


async def settle(database: Database, now: datetime) -> Settled:
    """What `restore` does to a copy, for a database that another tool has restored. The bot must not run."""
    async with database.write() as tx:
        return await tx.run_sync(store.settle, now)


def _check(file: Path, target: Path) -> None:
    if not file.is_file():
        raise _refusal(f"There is no file {file}. Give the one that `first-mile backup` wrote.")
    if target.exists() and file.samefile(target):
        raise _refusal(f"{file} is the database itself. Give a file that `first-mile backup` wrote.")
    if wrong := store.faults(file):
        raise _refusal(f"{file} is damaged or no database ({wrong[0]}). Take another backup.")
    number = store.version(file)
    if number is None:
        raise _refusal(f"{file} is a database, but not one of First Mile. Give a file that `first-mile backup` wrote.")
    if not store.known(number):
        raise _refusal(f"{file} comes from a newer First Mile (version {number}). Update this program first.")


def _move_aside(target: Path, now: datetime) -> Path | None:
    """The old database with whatever SQLite keeps beside it."""
    if not target.exists():
        return None
    if not store.close_for_good(target):
        raise _refusal(f"{target} is in use, or this account may not write it. Stop the bot first.")
    aside = target.with_name(f"{target.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    if aside.exists():
        raise _refusal(f"{aside} is there already. Wait a second and try again.")
    for end in ("", *store.BESIDE):
        part = target.with_name(target.name + end)
        if part.exists():
            part.rename(aside.with_name(aside.name + end))
    return aside


def _copy(source: Path, target: Path) -> None:
    try:
        store.copy(source, target)
    except store.Uncopied as error:
        sentence = f"{source} cannot be copied to {target} ({error}). See whether it is whole and the disk has room."
        raise _refusal(sentence) from None


def _sqlite_file(database_url: str) -> Path | None:
    url = make_url(database_url)
    return Path(url.database or "") if url.drivername.startswith("sqlite") else None


def _kept(file: Path) -> None:
    """On the disk for good, not only promised."""
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _pg_dump(database_url: str, file: Path) -> str:
    return f"pg_dump --format=custom --file={shlex.quote(str(file))} --dbname={_pg_address(database_url)}"


def _pg_restore(database_url: str, file: Path) -> str:
    command = f"pg_restore --clean --if-exists --dbname={_pg_address(database_url)} {shlex.quote(str(file))}"
    return f"With the bot stopped, run: {command} and then: first-mile settle"


def _pg_address(database_url: str) -> str:
    """As PostgreSQL's tools want it, and without the password: they ask for it, and screens are not for secrets."""
    url = make_url(database_url)
    bare = URL.create("postgresql", url.username, host=url.host, port=url.port, database=url.database)
    return shlex.quote(bare.render_as_string())


def _refusal(sentence: str) -> Misconfigured:
    return Misconfigured([sentence])
