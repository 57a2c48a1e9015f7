"""Every tick leaves a sign that it succeeded; one that does not is named, and told to coordinators (promise 6)."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot import ticks
from bot.actions import heartbeats, watching
from bot.domain.people import Purpose, Role
from bot.runtime import Runtime
from bot.store import people as people_store
from bot.ticks import Ringing, Tick
from tests.bare import Bare, opened_bare
from tests.engines import sqlite_with_tables
from tests.virtual import START

SECOND = timedelta(seconds=1)


async def _well(runtime: Runtime) -> None:
    pass


async def _ill(runtime: Runtime) -> None:
    raise RuntimeError("the table is gone")


OFTEN, HOURLY = Tick("checkins.ask", 2, _well), Tick("care.tidy", 3600, _well)


async def _expects(bare: Bare, *names: Tick) -> None:
    periods = {one.name: timedelta(seconds=one.seconds) for one in names}
    await heartbeats.expect(bare.runtime, periods)
    await heartbeats.beat(bare.runtime, "sender")
    await heartbeats.beat(bare.runtime, "clock")


async def _troubles(bare: Bare, *, clock: bool = True) -> list[str]:
    """Of the ticks; sender and clock have just shown life."""
    for part in ("sender", "clock") if clock else ("sender",):
        await heartbeats.beat(bare.runtime, part)
    return (await heartbeats.health(bare.runtime)).troubles(bare.now)


async def test_a_tick_that_fails_is_named_after_two_minutes_although_the_clock_beats(tables_url: str) -> None:
    async with opened_bare(tables_url) as bare:
        await _expects(bare, OFTEN, HOURLY)
        ringing = Ringing(bare.runtime)
        for tick in (OFTEN, HOURLY):
            await ringing.ring(tick)
        bare.clock.jump(timedelta(minutes=1))
        await ringing.ring(OFTEN)
        last = bare.now
        for _ in range(12):
            bare.clock.jump(timedelta(seconds=10))
            await ringing.ring(Tick(OFTEN.name, 2, _ill))
        assert await _troubles(bare) == []
        bare.clock.jump(SECOND)
        assert await _troubles(bare) == [f"the tick checkins.ask has not succeeded since {last:%Y-%m-%d %H:%M:%S} UTC"]
        assert await heartbeats.health(bare.runtime)

        await Ringing(bare.runtime).ring(OFTEN)
        assert await _troubles(bare) == [], "it works again, and after a restart the last success is still known"
        bare.clock.jump(timedelta(minutes=5))
        (clock,) = await _troubles(bare, clock=False)
        assert clock.startswith("the clock has not run since"), "of a clock that stands still nothing else is told"


async def test_an_hourly_tick_may_miss_three_rings_and_one_that_was_taken_away_is_missed_by_nobody(
    tmp_path: Path,
) -> None:
    async with opened_bare(sqlite_with_tables(tmp_path)) as bare:
        await _expects(bare, OFTEN, HOURLY)
        bare.clock.jump(timedelta(hours=3))
        assert [one.split()[2] for one in await _troubles(bare)] == ["checkins.ask"]
        bare.clock.jump(SECOND)
        assert [one.split()[2] for one in await _troubles(bare)] == ["care.tidy", "checkins.ask"]
        await _expects(bare, HOURLY)
        assert [one.split()[2] for one in await _troubles(bare)] == ["care.tidy"]


async def test_successes_are_written_together_and_seldom_and_none_is_lost(tmp_path: Path) -> None:
    async with opened_bare(sqlite_with_tables(tmp_path)) as bare:
        await _expects(bare, OFTEN, HOURLY)
        written = list[int]()
        bare.runtime.database.on_commit(lambda: written.append(1))
        ringing = Ringing(bare.runtime)
        await ringing.ring(OFTEN)
        await ringing.ring(HOURLY)
        for _ in range(60):
            await ringing.ring(OFTEN)
            bare.clock.jump(SECOND)
        assert len(written) == 3, "once in 20 seconds for all of them"
        rings = (await heartbeats.health(bare.runtime)).rings
        assert rings["care.tidy"][0] == START, "also of one that rang in between"


async def test_every_tick_rings_at_once_when_the_clock_begins(tmp_path: Path) -> None:
    async with opened_bare(sqlite_with_tables(tmp_path)) as bare:
        await ticks.expect(bare.runtime)
        jobs = ticks.scheduler(bare.runtime).get_jobs()
        assert {job.id for job in jobs} == {tick.name for tick in ticks.TICKS}
        assert {job.next_run_time for job in jobs} == {bare.now}
        assert (await heartbeats.health(bare.runtime)).rings.keys() == {tick.name for tick in ticks.TICKS}


async def test_promise_6_coordinators_are_told_once_of_each_part_that_fails(tmp_path: Path) -> None:
    async with opened_bare(sqlite_with_tables(tmp_path)) as bare:
        await bare.person("Elif", Purpose.WORK)
        async with bare.runtime.database.write() as tx:
            await people_store.grant(tx, bare.ids["Elif"], Role.COORDINATOR, None, bare.now)
        began = bare.now
        files = Tick("catalogue.reload", 10, _well)
        await _expects(bare, OFTEN, Tick("checkins.remind", 10, _well), files, HOURLY)
        bare.clock.jump(timedelta(minutes=3))
        await heartbeats.beat(bare.runtime, "clock")
        assert await watching.look(bare.runtime, bare.now) == 0, "what was before this program began is not its alarm"
        assert await watching.look(bare.runtime, began) == 2, "once for the check-ins, once for the files"
        assert await watching.look(bare.runtime, began) == 0
        assert {key.split(":")[1].rstrip("0123456789") for key in await bare.states()} == {"checkins", "catalogue"}
        await bare.sender().drain()
        told = "\n".join(bare.heard("Elif"))
        assert "failed since Monday 5 October, 10am: asking people how they are." in told
        assert "reading changed message files" in told


@pytest.mark.parametrize(("noun", "kind"), [("concerns", "alert"), ("catalogue", "work")])
async def test_only_what_keeps_a_worry_from_a_human_wakes_anybody(tmp_path: Path, noun: str, kind: str) -> None:
    async with opened_bare(sqlite_with_tables(tmp_path)) as bare:
        await bare.person("Elif", Purpose.WORK)
        async with bare.runtime.database.write() as tx:
            await people_store.grant(tx, bare.ids["Elif"], Role.COORDINATOR, None, bare.now)
        began = bare.now
        await _expects(bare, Tick(f"{noun}.x", 2, _well), HOURLY)
        bare.clock.jump(timedelta(minutes=3))
        await heartbeats.beat(bare.runtime, "clock")
        assert await watching.look(bare.runtime, began) == 1
        (key,) = await bare.states()
        assert (await bare.row(key)).kind == kind
