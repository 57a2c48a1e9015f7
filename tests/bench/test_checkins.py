import json
from pathlib import Path

import pytest

from bench import homes, places
from bench.askers import Askers
from bench.checkins import Found, Wanted, bars
from bench.due import Result
from bench.figures import Pace
from bench.ledger import Ledger
from bench.one_job_each import measured
from bench.processes import Usage
from bench.stage import Stage
from bench.sweeps import SWEEPS, Compared
from bench.watched import Gap, gaps_in

WANTED = Wanted(enrolled=1000, open=10_000, due=100)


def found(**values: object) -> Found:
    """A run in which every bar is met, but for `values` of the result."""
    askers = Askers(Stage(None), [])  # type: ignore[arg-type]
    askers.waits = [0.1]
    fine = {"restart": 3.0, "decided": [1.0], "sent": [2.0], "deciding": [], "sending": [], "ledger": Ledger()}
    fine |= {"refused": 0, "pace": Pace(10.0, 300, 290), "askers": askers, "usage": Usage()}
    result = Result(**{**fine, **values})  # type: ignore[arg-type]
    return Found(0.5, 0.002, 10_000, {"asking": Compared(0.001, 0.0015)}, result)


def missed(**values: object) -> list[str]:
    return [bar.name for bar in bars(WANTED, found(**values)) if not bar.met]


def test_a_good_run_misses_nothing() -> None:
    assert missed() == []


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"deciding": [Gap(1.0, 0.06, 0.05)]}, "blocked at most, while deciding"),
        ({"sending": [Gap(1.0, 0.051, 0.0)]}, "blocked at most, until the last was sent"),
        ({"decided": [7.0]}, "… decided about, 99 of 100 within"),
        ({"sent": [60.0]}, "… sent, 99 of 100 within"),
        ({"restart": 16.0}, "from the start of the program to a decision about what was due"),
        ({"refused": 1}, "refused with 429"),
        ({"ledger": Ledger(lost=[1])}, "lost"),
        ({"ledger": Ledger(twice=[1])}, "twice"),
        ({"pace": Pace(10.0, 280, 280)}, "calls Telegram counted"),
        ({"usage": Usage(memory=400 * 2**20)}, "the bot's memory at most"),
    ],
)
def test_each_bar_that_is_missed_is_named(values: dict[str, object], named: str) -> None:
    assert missed(**values) == [named]


def test_looking_may_take_twice_as_long_in_a_place_a_hundred_times_as_large() -> None:
    assert Compared(0.001, 0.0021).ratio > 2
    slow = Found(0.5, 0.002, 10_000, {"asking": Compared(0.001, 0.0021)}, found().due)
    assert [bar.name for bar in bars(WANTED, slow) if not bar.met] == ["looking: asking, 1.00 ms and 2.10 ms"]


def test_gaps_are_those_that_lie_between_two_moments(tmp_path: Path) -> None:
    file = tmp_path / "gaps.jsonl"
    lines = [{"at": at, "seconds": 0.5, "worked": 0.1} for at in (10.2, 11.0, 12.0, 13.1)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert [gap.at for gap in gaps_in(file, 10.0, 13.0)] == [11.0, 12.0]


async def test_a_place_of_people_on_a_plan_on_a_busy_day_in_which_nothing_is_due(tmp_path: Path) -> None:
    async with places.place(tmp_path, "small", 120, timed=100) as small:
        assert await homes.count_open(small.runtime) == 120 * places.ROWS_EACH
        assert small.adding > 0
        for name, sweep in SWEEPS.items():
            assert await sweep(small.runtime) == 0, name
        due = await homes.chosen(small.runtime, 10, besides=1)
        await homes.fall_due(small.runtime, list(due.values()), small.runtime.now())
        assert await SWEEPS["asking"](small.runtime) == 10


async def test_one_job_each_counts_what_ran(tmp_path: Path) -> None:
    jobs = await measured(5, 2, f"sqlite:///{tmp_path}/jobs.db")
    assert (jobs.jobs, jobs.due, jobs.ran) == (5, 2, 2)
