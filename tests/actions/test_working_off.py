"""Many rows due at once: short transactions, a turn for others between two rows, and no row that stops the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions.working_off import AT_ONCE, LONGEST, REST, Work, work_off
from bot.runtime import Runtime
from bot.store import machine
from tests.bare import bare_runtime
from tests.virtual import VirtualClock


@dataclass(frozen=True)
class Row:
    id: int


@dataclass
class Line:
    """Rows numbered from 1; each is due until it has left a heartbeat. `broken` cannot be done, `hopeless` not even
    given up, `stubborn` stay due."""

    runtime: Runtime
    length: int
    broken: set[int] = field(default_factory=set)
    hopeless: set[int] = field(default_factory=set)
    stubborn: set[int] = field(default_factory=set)
    tries: list[int] = field(default_factory=list)
    slices: list[int] = field(default_factory=list)

    @property
    def work(self) -> Work[Row]:
        return Work("a test", self.due, self.do, self.give_up)

    async def due(self, tx: AsyncConnection, most: int) -> list[Row]:
        done = await machine.last_beats(tx)
        found = [Row(number) for number in range(1, self.length + 1) if str(number) not in done][:most]
        self.slices.append(len(found))
        return found

    async def do(self, tx: AsyncConnection, row: Row) -> None:
        self.tries.append(row.id)
        await self._note(tx, row, "done")
        if row.id in self.broken | self.hopeless:
            raise LookupError(f"row {row.id} is broken")

    async def give_up(self, tx: AsyncConnection, row: Row) -> None:
        await self._note(tx, row, "given up")
        if row.id in self.hopeless:
            raise LookupError(f"row {row.id} is beyond help")

    async def _note(self, tx: AsyncConnection, row: Row, how: str) -> None:
        if row.id not in self.stubborn:
            await machine.beat(tx, str(row.id), self.runtime.now(), how)

    async def ends(self) -> dict[int, str]:
        async with self.runtime.database.read() as tx:
            return {int(name): how for name, (_, how) in (await machine.last_beats(tx)).items()}


@pytest.fixture
async def runtime(tables_url: str) -> AsyncIterator[Runtime]:
    made = bare_runtime(tables_url, VirtualClock())
    yield made
    await made.database.close()


async def test_many_rows_are_worked_off_a_few_in_a_transaction_and_each_once(runtime: Runtime) -> None:
    line = Line(runtime, 2 * AT_ONCE + 3)
    assert await work_off(runtime, line.work) == line.length
    assert line.tries == list(range(1, line.length + 1))
    assert max(line.slices) == AT_ONCE
    assert set((await line.ends()).values()) == {"done"}
    assert await work_off(runtime, line.work) == 0


async def test_promise_10_between_two_rows_others_get_a_turn(runtime: Runtime) -> None:
    turns: list[int] = []
    line = Line(runtime, AT_ONCE)

    async def other() -> None:
        while True:
            turns.append(len(line.tries))
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await work_off(runtime, line.work)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert set(turns) >= set(range(1, AT_ONCE + 1)), "a turn after each row, not after all of them"


async def test_promise_4_one_bad_row_stops_no_other(runtime: Runtime) -> None:
    line = Line(runtime, AT_ONCE + 2, broken={2, AT_ONCE + 1})
    assert await work_off(runtime, line.work) == line.length
    ends = await line.ends()
    assert {number for number, how in ends.items() if how == "given up"} == line.broken
    assert len(ends) == line.length


async def test_promise_4_rows_that_cannot_even_be_given_up_stop_no_other(runtime: Runtime) -> None:
    line = Line(runtime, 3 * AT_ONCE, hopeless=set(range(1, AT_ONCE + 2)))
    await work_off(runtime, line.work)
    assert set(await line.ends()) == set(range(AT_ONCE + 2, line.length + 1))


async def test_rows_that_stay_due_wait_for_the_next_tick(runtime: Runtime) -> None:
    line = Line(runtime, 3 * AT_ONCE, stubborn=set(range(1, AT_ONCE + 2)))
    await work_off(runtime, line.work)
    assert line.tries == list(range(1, line.length + 1)), "each had one turn"
    assert await work_off(runtime, line.work) == len(line.stubborn)


async def test_promise_10_whoever_sends_or_answers_has_at_least_half_of_the_time(runtime: Runtime) -> None:
    clock, line = runtime.clock, Line(runtime, 3 * AT_ONCE)
    assert isinstance(clock, VirtualClock)

    async def slow(tx: AsyncConnection, row: Row) -> None:
        clock.jump(0.003)
        await line.do(tx, row)

    began = clock.monotonic()
    await work_off(runtime, Work("a test", line.due, slow, line.give_up))
    assert clock.monotonic() - began >= 0.003 * line.length * (1 + REST) * 0.99


async def test_a_pass_comes_to_its_end_so_that_the_tick_shows_life(runtime: Runtime) -> None:
    clock, line = runtime.clock, Line(runtime, 3 * AT_ONCE)
    assert isinstance(clock, VirtualClock)

    async def slow(tx: AsyncConnection, row: Row) -> None:
        clock.jump(2 * LONGEST / AT_ONCE)
        await line.do(tx, row)

    work = Work("a test", line.due, slow, line.give_up)
    assert [await work_off(runtime, work) for _ in range(4)] == [AT_ONCE, AT_ONCE, AT_ONCE, 0]


async def test_a_database_that_is_away_is_no_fault_of_a_row(runtime: Runtime) -> None:
    line = Line(runtime, 3)

    async def away(tx: AsyncConnection, row: Row) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    with pytest.raises(OperationalError):
        await work_off(runtime, Work("a test", line.due, away, line.give_up))
    assert await line.ends() == {}, "nothing was given up"
    assert await work_off(runtime, line.work) == 3
