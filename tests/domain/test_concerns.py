from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.concerns import (
    EVERY_DAY,
    LADDER,
    Rung,
    WorkingHours,
    add_working_time,
    deadline,
    first_rung,
    longest_wait,
    next_rung,
    worst,
)
from bot.domain.hours import local
from bot.domain.plans import Level
from tests.domain.plan_examples import utc

OFFICE = WorkingHours("Europe/London", holidays=frozenset({date(2026, 12, 25), date(2026, 12, 28)}))
FOUR = timedelta(hours=4)


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("2026-11-23 09:00", "2026-11-23 13:00", "within a day"),
        ("2026-11-23 10:30", "2026-11-23 14:30", "within a day"),
        ("2026-11-23 13:00", "2026-11-23 17:00", "the whole afternoon"),
        ("2026-11-23 15:00", "2026-11-24 11:00", "over the night"),
        ("2026-11-23 03:00", "2026-11-23 13:00", "before work begins"),
        ("2026-11-27 16:00", "2026-11-30 12:00", "over the weekend"),
        ("2026-11-28 12:00", "2026-11-30 13:00", "on a Saturday"),
        ("2026-12-24 16:00", "2026-12-29 12:00", "over Christmas, a Friday and a Monday"),
        ("2026-03-27 16:00", "2026-03-30 11:00", "clocks go forward: 9am is an hour earlier in UTC"),
        ("2026-10-23 15:00", "2026-10-26 12:00", "clocks go back: 9am is an hour later in UTC"),
    ],
)
def test_working_time_passes_only_while_somebody_works(start: str, end: str, why: str) -> None:
    assert add_working_time(utc(start), FOUR, OFFICE) == utc(end), why


@pytest.mark.parametrize(
    ("level", "end"),
    [
        (Level.RED, "2026-11-28 03:15"),
        (Level.URGENT, "2026-11-28 03:15"),
        (Level.AMBER, "2026-11-30 13:00"),
        (Level.HELP, "2026-11-30 13:00"),
    ],
)
def test_promise_6_the_deadline_of_each_level(level: Level, end: str) -> None:
    assert deadline(level, utc("2026-11-28 03:00"), OFFICE) == utc(end)


def test_promise_6_a_calendar_without_working_time_never_keeps_a_worry_from_being_recorded() -> None:
    start = utc("2026-11-23 10:00")
    assert add_working_time(start, FOUR, WorkingHours("Europe/London", days=frozenset())) == start + FOUR
    assert add_working_time(start, FOUR, WorkingHours("Europe/London", time(9), time(9))) == start + FOUR


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    st.sampled_from(["Europe/London", "Asia/Dhaka", "Pacific/Apia", "America/St_Johns"]),
    st.integers(1, 600),
)
def test_working_time_is_never_shorter_than_clock_time_and_ends_in_working_hours(
    start: datetime, zone: str, minutes: int
) -> None:
    hours, span, begun = WorkingHours(zone), timedelta(minutes=minutes), utc(start.isoformat())
    end = add_working_time(begun, span, hours)
    assert end >= begun + span
    opens, closes = hours.span(local(end, zone).date())
    assert opens < end <= closes


@given(st.integers(0, 365 * 24 * 4))
def test_the_figure_for_the_longest_wait_is_never_passed(quarters: int) -> None:
    start = utc("2026-11-23 00:00") + timedelta(minutes=15 * quarters)
    assert add_working_time(start, FOUR, OFFICE) - start <= longest_wait(FOUR, OFFICE) + timedelta(hours=1)


def test_the_longest_wait_is_over_christmas() -> None:
    assert longest_wait(FOUR, OFFICE) == timedelta(days=4, hours=20)
    assert longest_wait(FOUR, WorkingHours("UTC", time(0), time(0), EVERY_DAY)) == FOUR


def test_promise_6_the_ladder_never_ends_in_nobody() -> None:
    rung = first_rung("leg")
    climbed = [rung := next_rung(rung) for _ in range(10)]
    assert first_rung("leg") is Rung.NAMED
    assert climbed[:3] == [Rung.BACKUP, Rung.COORDINATOR, Rung.EVERYBODY]
    assert set(climbed[2:]) == {Rung.EVERYBODY}
    assert set(LADDER) == set(Rung)


def test_promise_9_who_is_named_is_not_told_that_somebody_feels_unsafe_at_home() -> None:
    assert first_rung("safeguarding") is Rung.COORDINATOR


def test_the_worst_of_several_worries() -> None:
    assert worst([Level.HELP, Level.RED, Level.AMBER]) is Level.RED
    assert worst([Level.AMBER, Level.URGENT]) is Level.URGENT
    assert worst([]) is None
