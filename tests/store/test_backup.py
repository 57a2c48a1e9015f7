import asyncio
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.actions import backup as actions
from bot.actions.backup import backup, restore
from bot.domain.broadcasts import Phase
from bot.domain.deliveries import Kind, State
from bot.domain.errors import Misconfigured
from bot.store import backup as store
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store.database import Database
from bot.store.deliveries import New
from bot.store.schema import broadcasts, circles, deliveries, people
from bot.store.schema_machine import leases

THEN = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 10, 5, 13, 0, tzinfo=UTC)
POSTGRES = "postgresql+psycopg://mile:pass%20word@db.example:5432/first?sslpassword=hush"


def url(path: Path) -> str:
    return f"sqlite:///{path}"


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Database]:
    database = Database(url(path), durable=False)
    await database.migrate()
    yield database
    await database.close()


async def fill(database: Database) -> None:
    """A place at eight in the morning: one broadcast goes out, one is about to, one is for tomorrow."""
    async with database.write() as tx:
        for number in (1, 2, 3):
            row = {"id": number, "telegram_id": number, "name": f"P{number}", "language": "en", "created_at": THEN}
            await tx.execute(insert(people).values(row))
        circle = {"id": 1, "name": "C", "champion_id": 1, "link_serial": 1, "link_hash": "h", "created_at": THEN}
        await tx.execute(insert(circles).values(circle))
        await tx.execute(insert(broadcasts), [_broadcast(*one) for one in PHASES])
        await delivery_store.put(tx, [_row(*one) for one in ROWS], THEN)
        await machine.hold(tx, "sender", "somebody", THEN, THEN + timedelta(days=1))
        await machine.beat(tx, "clock", THEN)


PHASES = (
    (1, Phase.SENDING, THEN),
    (2, Phase.WAITING, THEN + timedelta(minutes=1)),
    (3, Phase.WAITING, NOW + timedelta(days=1)),
    (4, Phase.FINISHED, THEN - timedelta(days=1)),
)
ROWS = (
    ("broadcast:1:1", Kind.BROADCAST, State.QUEUED),
    ("broadcast:1:2", Kind.BROADCAST, State.SENDING),
    ("broadcast:1:3", Kind.BROADCAST, State.SENT),
    ("correction:1", Kind.CORRECTION, State.QUEUED),
    ("relay:1", Kind.RELAY, State.QUEUED),
)


def _broadcast(number: int, state: Phase, starts_at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "champion_id": 1,
        "circle_id": 1,
        "topic": "heat",
        "field_values": {},
        "personal_line": "",
        "over_soft_cap": False,
        "state": state,
        "reason": "",
        "created_at": THEN,
        "starts_at": starts_at,
        "not_after": starts_at + timedelta(days=1),
        "correction": 0,
        "progress_digest": "",
        "draft_key": str(number),
    }


def _row(key: str, kind: Kind, state: State) -> New:
    return New(key, 2, kind, THEN, THEN + timedelta(days=1), body="words", broadcast_id=1, state=state)


@pytest.fixture
def living(tmp_path: Path) -> Path:
    async def write() -> None:
        async with opened(tmp_path / "living.db") as database:
            await fill(database)

    asyncio.run(write())
    return tmp_path / "living.db"


@pytest.fixture
def kept(living: Path, tmp_path: Path) -> Path:
    return backup(url(living), tmp_path / "kept.db").file


async def states(path: Path) -> dict[str, tuple[str, str]]:
    async with opened(path) as database, database.read() as tx:
        rows = await tx.execute(select(deliveries.c.key, deliveries.c.state, deliveries.c.reason))
        found = {row.key: (row.state, row.reason) for row in rows}
        phases = await tx.execute(select(broadcasts.c.id, broadcasts.c.state, broadcasts.c.reason))
        return found | {str(row.id): (row.state, row.reason) for row in phases}


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(Misconfigured) as caught:
        call(*arguments)
    (sentence,) = caught.value.faults
    return str(sentence)


class TestBackup:
    async def test_it_is_whole_while_the_bot_goes_on_writing(self, tmp_path: Path) -> None:
        async with opened(tmp_path / "living.db") as database:
            await fill(database)
            done = await asyncio.to_thread(backup, url(tmp_path / "living.db"), tmp_path / "kept.db")
            async with database.write() as tx:
                await machine.beat(tx, "sender", NOW)
        assert (done.people, done.size) == (3, (tmp_path / "kept.db").stat().st_size)

    def test_it_is_one_file_that_only_its_owner_can_read(self, kept: Path) -> None:
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert [path.name for path in kept.parent.glob("kept*")] == ["kept.db"]

    def test_it_holds_what_was_committed_just_before_a_crash(self, tmp_path: Path, living: Path) -> None:
        crash = (
            "import os, sqlite3, sys\n"
            "tx = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
            "tx.execute('PRAGMA journal_mode=WAL')\n"
            "tx.execute(\"INSERT INTO heartbeats (name, at, trouble) VALUES ('crash', 1, '')\")\n"
            "os._exit(9)\n"
        )
        command = [sys.executable, "-c", crash, str(living)]
        assert subprocess.run(command).returncode == 9
        assert living.with_name("living.db-wal").stat().st_size > 0
        backup(url(living), tmp_path / "kept.db")
        with closing(sqlite3.connect(tmp_path / "kept.db")) as copy:
            assert copy.execute("SELECT count(*) FROM heartbeats WHERE name = 'crash'").fetchone() == (1,)

    def test_it_never_overwrites(self, living: Path, kept: Path) -> None:
        before = kept.read_bytes()
        assert "is not overwritten" in refusal(backup, url(living), kept)
        assert "is not overwritten" in refusal(backup, url(living), living)
        assert kept.read_bytes() == before

    def test_it_makes_no_database_where_there_is_none(self, tmp_path: Path) -> None:
        assert "There is no database" in refusal(backup, url(tmp_path / "none.db"), tmp_path / "kept.db")
        assert list(tmp_path.iterdir()) == []

    def test_a_missing_folder_is_said(self, living: Path, tmp_path: Path) -> None:
        assert "There is no folder" in refusal(backup, url(living), tmp_path / "none" / "kept.db")

    def test_a_damaged_database_leaves_no_copy_that_looks_good(self, tmp_path: Path) -> None:
        (tmp_path / "living.db").write_bytes(b"not a database, only words" * 400)
        assert "cannot be copied" in refusal(backup, url(tmp_path / "living.db"), tmp_path / "kept.db")
        assert not (tmp_path / "kept.db").exists()

    def test_for_postgresql_it_gives_the_command_but_not_the_password(self, tmp_path: Path) -> None:
        sentence = refusal(backup, POSTGRES, tmp_path / "my backup")
        command = (
            f"pg_dump --format=custom --file='{tmp_path}/my backup' --dbname=postgresql://mile@db.example:5432/first"
        )
        assert command in sentence
        assert "hush" not in sentence


class TestRestore:
    async def test_promise_3_a_restored_copy_does_not_send_the_morning_again(self, kept: Path, tmp_path: Path) -> None:
        done = restore(kept, url(tmp_path / "fresh.db"), NOW)
        assert (done.uncertain, done.stopped, done.people) == (3, 1, 3)
        assert await states(tmp_path / "fresh.db") == {
            "broadcast:1:1": ("uncertain", "restored"),
            "broadcast:1:2": ("uncertain", "restored"),
            "broadcast:1:3": ("sent", ""),
            "correction:1": ("uncertain", "restored"),
            "relay:1": ("queued", ""),
            "1": ("sending", ""),
            "2": ("stopped", "restored"),
            "3": ("waiting", ""),
            "4": ("finished", ""),
        }

    async def test_it_says_when_the_copy_was_made_and_frees_the_leases(self, kept: Path, tmp_path: Path) -> None:
        assert restore(kept, url(tmp_path / "fresh.db"), NOW).last_moment == THEN
        async with opened(tmp_path / "fresh.db") as database, database.read() as tx:
            assert (await tx.execute(select(leases.c.name))).all() == []

    def test_it_tells_the_operator_what_is_lost(self, kept: Path, tmp_path: Path) -> None:
        told = str(restore(kept, url(tmp_path / "fresh.db"), NOW))
        assert "after 2026-10-05 08:00 UTC is lost, stops" in told
        assert "stopped: 1" in told
        assert "gone out: 3" in told

    async def test_promise_4_the_database_that_was_there_is_moved_aside_whole(self, kept: Path, living: Path) -> None:
        before = await states(living)
        done = restore(kept, url(living), NOW)
        assert done.moved_to == living.with_name("living.db.before-restore-20261005T130000Z")
        assert await states(done.moved_to) == before
        assert await states(living) != before

    async def test_it_refuses_while_the_bot_runs(self, kept: Path, living: Path) -> None:
        async with opened(living) as database:
            async with database.read() as tx:
                await tx.execute(select(people.c.id))
            assert "Stop the bot first" in await asyncio.to_thread(refusal, restore, kept, url(living), NOW)
        assert _names(living.parent) == ["kept.db", "living.db"]

    def test_a_database_that_is_broken_can_be_replaced(self, kept: Path, living: Path) -> None:
        living.write_bytes(b"nothing that a database would say" * 400)
        done = restore(kept, url(living), NOW)
        assert done.moved_to is not None
        assert done.moved_to.read_bytes().startswith(b"nothing")
        assert done.people == 3

    @pytest.mark.parametrize("content", [b"", b"only words " * 1000])
    def test_what_is_no_backup_is_refused_and_nothing_changes(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "kept.db").write_bytes(content)
        assert "kept.db is" in refusal(restore, tmp_path / "kept.db", url(tmp_path / "living.db"), NOW)
        assert _names(tmp_path) == ["kept.db"]

    def test_a_damaged_backup_is_refused(self, kept: Path, living: Path) -> None:
        whole = kept.read_bytes()
        half = len(whole) // 2
        kept.write_bytes(whole[:half] + b"\xff" * 8192 + whole[half + 8192 :])
        before = living.read_bytes()
        assert "is damaged" in refusal(restore, kept, url(living), NOW)
        assert living.read_bytes() == before

    def test_a_backup_of_a_newer_program_is_refused(self, kept: Path, tmp_path: Path) -> None:
        with closing(sqlite3.connect(kept)) as database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
            database.commit()
        assert "newer First Mile (version 9999)" in refusal(restore, kept, url(tmp_path / "fresh.db"), NOW)

    def test_the_database_itself_is_no_backup_of_itself(self, living: Path) -> None:
        assert "is the database itself" in refusal(restore, living, url(living), NOW)

    def test_a_missing_file_is_said(self, tmp_path: Path) -> None:
        assert "There is no file" in refusal(restore, tmp_path / "none", url(tmp_path / "fresh.db"), NOW)

    def test_a_failure_on_the_way_changes_nothing(
        self, kept: Path, living: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_: object) -> None:
            raise RuntimeError("the power went")

        monkeypatch.setattr(store, "bring_up_to_date", fails)
        with pytest.raises(RuntimeError):
            restore(kept, url(living), NOW)
        assert _names(living.parent) == ["kept.db", "living.db"]

    def test_for_postgresql_it_gives_the_commands(self, tmp_path: Path) -> None:
        sentence = refusal(restore, tmp_path / "kept", POSTGRES, NOW)
        assert "pg_restore --clean --if-exists --dbname=postgresql://mile@db.example:5432/first" in sentence
        assert "first-mile settle" in sentence


async def test_promise_3_what_another_tool_restored_can_be_settled(database_url: str) -> None:
    database = Database(database_url, durable=False)
    await database.migrate()
    await fill(database)
    settled = await actions.settle(database, NOW)
    await database.close()
    assert (settled.uncertain, settled.stopped) == (3, 1)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
