import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosqlite
import pytest
from aiosqlite import Connection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.database import Database, _prepare_sqlite
from tests.virtual import START, VirtualClock

SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n"


class TestSleeping:
    async def test_a_week_takes_no_time_and_both_times_move_together(self) -> None:
        clock = VirtualClock()
        before = clock.monotonic()
        await clock.sleep(7 * 86_400)
        assert clock.now() == START + timedelta(days=7)
        assert clock.monotonic() - before == 7 * 86_400

    async def test_sleepers_wake_in_order_of_their_time_then_of_their_arrival(self) -> None:
        clock, woken = VirtualClock(), []

        async def sleeper(name: str, seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append((name, clock.monotonic() - 1000))

        await asyncio.gather(sleeper("late", 3), sleeper("first", 1), sleeper("second", 1), sleeper("mid", 2))
        assert woken == [("first", 1), ("second", 1), ("mid", 2), ("late", 3)]

    async def test_a_woken_sleeper_finishes_what_it_can_before_time_moves(self) -> None:
        clock, seen = VirtualClock(), []

        async def busy() -> None:
            await clock.sleep(1)
            for _ in range(50):
                await asyncio.sleep(0)
            seen.append(clock.monotonic() - 1000)

        await asyncio.gather(busy(), clock.sleep(1.001))
        assert seen == [1]

    async def test_a_cancelled_sleeper_holds_nothing_up(self) -> None:
        clock = VirtualClock()
        task = asyncio.create_task(clock.sleep(5))
        await asyncio.sleep(0)
        task.cancel()
        await clock.sleep(10)
        assert clock.sleeping == 0
        assert clock.now() == START + timedelta(seconds=10)

    async def test_nothing_to_wait_for_still_lets_others_run(self) -> None:
        clock, ran = VirtualClock(), []
        task = asyncio.create_task(asyncio.sleep(0))
        task.add_done_callback(lambda _: ran.append(True))
        for _ in range(5):
            await clock.sleep(0)
        assert ran and clock.now() == START


class TestByHand:
    async def test_time_stands_still_until_the_test_moves_it(self) -> None:
        clock = VirtualClock(auto=False)
        task = asyncio.create_task(clock.sleep(60))
        await clock.settle()
        assert not task.done()
        await clock.advance(59)
        assert not task.done()
        await clock.advance(timedelta(seconds=1))
        assert task.done()

    async def test_advancing_plays_everything_on_the_way_in_order_and_leaves_it_quiet(self) -> None:
        clock, beats = VirtualClock(auto=False), []

        async def heart() -> None:
            while True:
                await clock.sleep(10)
                await asyncio.sleep(0)
                beats.append(clock.now())

        task = asyncio.create_task(heart())
        await clock.settle()
        await clock.advance(30)
        assert beats == [START + timedelta(seconds=s) for s in (10, 20, 30)]
        assert clock.sleeping == 1
        task.cancel()

    async def test_advancing_to_an_instant(self) -> None:
        clock = VirtualClock()
        await clock.advance_to(START + timedelta(days=1))
        assert clock.now() == START + timedelta(days=1)

    async def test_after_a_jump_sleepers_wake_late_and_together(self) -> None:
        clock, woken = VirtualClock(auto=False), []

        async def sleeper(seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append(clock.monotonic() - 1000)

        tasks = [asyncio.create_task(sleeper(s)) for s in (1, 2, 30)]
        await clock.settle()
        clock.jump(10)
        await clock.settle()
        assert woken == [10, 10]
        tasks[2].cancel()

    async def test_time_never_runs_backwards(self) -> None:
        clock = VirtualClock()
        with pytest.raises(ValueError, match="backwards"):
            clock.jump(-1)
        with pytest.raises(ValueError, match="backwards"):
            await clock.advance_to(datetime(2020, 1, 1, tzinfo=UTC))

    def test_a_start_without_a_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="aware"):
            VirtualClock(datetime(2026, 1, 1))  # noqa: DTZ001


class TestWorkElsewhere:
    """A database or a thread that is still at work is not "everybody waits"."""

    async def test_time_waits_for_a_thread(self) -> None:
        clock, seen = VirtualClock(), []

        async def works() -> None:
            await asyncio.to_thread(_dawdle)
            seen.append(clock.now())

        await asyncio.gather(works(), clock.sleep(3600))
        assert seen == [START]

    async def test_time_waits_for_an_executor(self) -> None:
        clock, seen = VirtualClock(), []

        async def works() -> None:
            await asyncio.get_running_loop().run_in_executor(None, _dawdle)
            seen.append(clock.now())

        await asyncio.gather(works(), clock.sleep(3600))
        assert seen == [START]

    async def test_time_waits_for_sqlite(self) -> None:
        clock, seen = VirtualClock(), []

        async def works() -> None:
            async with aiosqlite.connect(":memory:") as database:
                for _ in range(2):
                    await (await database.execute(SLOW)).fetchall()
            seen.append(clock.now())

        await asyncio.gather(works(), clock.sleep(3600))
        assert seen == [START]

    async def test_time_waits_for_a_statement_of_sqlalchemy(self) -> None:
        clock, seen = VirtualClock(), []
        engine = create_async_engine("sqlite+aiosqlite://")

        async def works() -> None:
            async with engine.connect() as connection:
                for _ in range(2):
                    await connection.execute(text(SLOW))
            seen.append(clock.now())

        await asyncio.gather(works(), clock.sleep(3600))
        await engine.dispose()
        assert seen == [START]

    async def test_time_waits_for_a_connection_that_is_being_opened(self, tmp_path: Path) -> None:
        """With every step of it taking its time, as on a busy machine."""
        clock, seen = VirtualClock(), []
        database = Database(f"sqlite:///{tmp_path}/slow.db", durable=False)

        def slow() -> sqlite3.Connection:
            return sqlite3.connect(tmp_path / "slow.db", check_same_thread=False, factory=Slow)

        database._writer = create_async_engine(database.url, async_creator=lambda: Connection(slow, 64))
        _prepare_sqlite(database._writer, "BEGIN IMMEDIATE")

        async def works() -> None:
            async with database.write():
                pass
            seen.append(clock.now())

        await asyncio.gather(works(), clock.sleep(3600))
        await database.close()
        assert seen == [START]

    async def test_work_that_never_comes_back_is_told_and_no_time_has_passed(self, monkeypatch) -> None:  # type: ignore[no-untyped-def]
        monkeypatch.setattr("tests.virtual._PATIENCE", 0.01)
        clock = VirtualClock()
        stuck = asyncio.create_task(asyncio.to_thread(_dawdle, 0.2))
        with pytest.raises(TimeoutError, match="has not answered"):
            await clock.sleep(3600)
        assert clock.now() == START
        await stuck

    async def test_patience_is_for_silence_and_not_for_long_work(self, monkeypatch) -> None:  # type: ignore[no-untyped-def]
        monkeypatch.setattr("tests.virtual._PATIENCE", 1.0)
        clock, seen = VirtualClock(), []

        async def works() -> None:
            for _ in range(60):
                await asyncio.to_thread(_dawdle)
            seen.append(clock.now())

        await asyncio.gather(works(), clock.sleep(3600))
        assert seen == [START]


class Slow(sqlite3.Connection):
    """Whose every attribute takes 10 ms to be set."""

    def __setattr__(self, name: str, value: object) -> None:
        _dawdle(0.01)
        super().__setattr__(name, value)


def _dawdle(seconds: float = 0.03) -> None:
    done = asyncio.new_event_loop()
    try:
        done.run_until_complete(asyncio.sleep(seconds))
    finally:
        done.close()
