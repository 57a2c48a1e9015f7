from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkins import Silent, after_miss, is_last, reminder_at, schedule
from bot.domain.hours import Hours, is_awake, local
from bot.domain.plans import Silence, Tier
from tests.domain.plan_examples import BREATH, plan, utc

PLAN = replace(plan(BREATH, days={1: ["breath"], 2: ["breath"]}), closing_day=4)
LONDON = Hours("Europe/London")
LONG_AGO = utc("2000-01-01 00:00")
ZONES = [
    "Europe/London",
    "Asia/Dhaka",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "Pacific/Honolulu",
    "Australia/Lord_Howe",
    "Africa/Cairo",
]


@pytest.mark.parametrize(
    ("home", "zone", "due", "why"),
    [
        ("2026-11-23", "Europe/London", ["11-24 10:00", "11-25 10:00", "11-27 10:00"], "a plain week"),
        ("2026-03-27", "Europe/London", ["03-28 10:00", "03-29 09:00", "03-31 09:00"], "clocks go forward"),
        ("2026-10-23", "Europe/London", ["10-24 09:00", "10-25 10:00", "10-27 10:00"], "clocks go back"),
        ("2026-11-23", "Asia/Dhaka", ["11-24 04:00", "11-25 04:00", "11-27 04:00"], "east of the place"),
        ("2026-11-23", "America/New_York", ["11-24 15:00", "11-25 15:00", "11-27 15:00"], "west of the place"),
        ("2026-11-23", "Pacific/Auckland", ["11-23 21:00", "11-24 21:00", "11-26 21:00"], "already tomorrow there"),
        ("2028-02-27", "Europe/London", ["02-28 10:00", "02-29 10:00", "03-02 10:00"], "29 February"),
        ("2027-02-27", "Europe/London", ["02-28 10:00", "03-01 10:00", "03-03 10:00"], "no 29 February"),
    ],
)
def test_promise_5_a_check_in_comes_at_the_same_time_on_the_wall(
    home: str, zone: str, due: list[str], why: str
) -> None:
    planned = schedule(PLAN, date.fromisoformat(home), Hours(zone), LONG_AGO)
    assert [f"{one.due_at:%m-%d %H:%M}" for one in planned] == due, why
    assert [one.day for one in planned] == [1, 2, 4]
    assert {one.not_after - one.due_at for one in planned} == {timedelta(hours=24)}


@pytest.mark.parametrize(
    ("wall", "due"),
    [
        (time(9), "11-24 09:00"),
        (time(18, 59), "11-24 18:59"),
        (time(5), "11-24 09:00"),
        (time(19), "11-25 09:00"),
        (time(23, 30), "11-25 09:00"),
    ],
)
def test_promise_5_a_chosen_time_outside_waking_hours_waits_until_the_person_is_awake(wall: time, due: str) -> None:
    planned = schedule(PLAN, date(2026, 11, 23), LONDON, LONG_AGO, wall)
    assert f"{planned[0].due_at:%m-%d %H:%M}" == due
    assert len({one.due_at for one in planned}) == 3


def test_promise_5_who_came_home_some_days_ago_is_not_asked_what_is_past() -> None:
    now = utc("2026-11-25 10:00")
    assert [one.never for one in schedule(PLAN, date(2026, 11, 23), LONDON, now)] == [True, False, False]
    assert [one.never for one in schedule(PLAN, date(2026, 11, 1), LONDON, now)] == [True, True, True]
    assert [one.never for one in schedule(PLAN, date(2026, 12, 1), LONDON, now)] == [False, False, False]


@given(
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.sampled_from(ZONES),
    st.times(),
    st.integers(0, 22),
    st.integers(61, 1439),  # shorter ones can be swallowed whole by a clock change
)
def test_promise_5_every_check_in_is_in_waking_hours_in_order_and_never_before_its_day(
    home: date, zone: str, wall: time, start: int, length: int
) -> None:
    ends = min(start * 60 + length, 23 * 60 + 59)
    hours = Hours(zone, time(start), time(ends // 60, ends % 60))
    planned = schedule(PLAN, home, hours, LONG_AGO, wall)
    for one in planned:
        assert is_awake(hours, one.due_at)
        late = (local(one.due_at, zone).date() - home).days - one.day
        assert late in (0, 1)
    assert [one.due_at for one in planned] == sorted({one.due_at for one in planned})


@pytest.mark.parametrize(
    ("asked", "reminded"),
    [
        ("2026-11-23 10:00", "2026-11-23 16:00"),
        ("2026-11-23 12:59", "2026-11-23 18:59"),
        ("2026-11-23 13:00", "2026-11-24 09:00"),
        ("2026-11-23 17:10", "2026-11-24 13:10"),
        ("2026-11-23 22:00", "2026-11-24 15:00"),
        ("2026-10-24 16:00", "2026-10-25 13:00"),
        ("2026-03-28 17:00", "2026-03-29 12:00"),
    ],
)
def test_promise_5_the_reminder_comes_after_six_hours_of_being_awake(asked: str, reminded: str) -> None:
    assert reminder_at(utc(asked), Silence(), LONDON) == utc(reminded)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
    st.sampled_from(ZONES),
    st.integers(0, 1437),
    st.integers(1, 300),
)
def test_promise_5_a_reminder_is_later_and_in_waking_hours_however_short_they_are(
    asked: datetime, zone: str, start: int, length: int
) -> None:
    end = min(start + length, 1439)
    hours = Hours(zone, time(start // 60, start % 60), time(end // 60, end % 60))
    begun = utc(asked.isoformat())
    reminded = reminder_at(begun, Silence(), hours)
    assert reminded >= begun + timedelta(hours=6)
    assert is_awake(hours, reminded)


N, A, L, H = Silent.NOTHING, Silent.AMBER, Silent.LAST_QUESTION, Silent.HUMAN_DECIDES


@pytest.mark.parametrize(
    ("tier", "day", "missed", "asked_last", "last", "what"),
    [
        (Tier.USUAL, 1, 1, False, False, N),
        (Tier.USUAL, 2, 2, False, False, A),
        (Tier.USUAL, 4, 3, False, False, L),
        (Tier.USUAL, 7, 4, False, False, L),
        (Tier.USUAL, 7, 4, True, False, H),
        (Tier.USUAL, 1, 1, True, False, H),
        (Tier.HIGH, 1, 1, False, False, A),
        (Tier.HIGH, 3, 1, False, False, A),
        (Tier.HIGH, 21, 1, False, False, A),
        (Tier.HIGH, 4, 2, False, False, A),
        (Tier.HIGH, 3, 3, False, False, L),
        (Tier.USUAL, 28, 1, False, True, A),
        (Tier.HIGH, 28, 1, False, True, A),
        (Tier.USUAL, 28, 3, False, True, L),
    ],
)
def test_promise_6_silence_is_never_read_as_fine(
    tier: Tier, day: int, missed: int, asked_last: bool, last: bool, what: Silent
) -> None:
    assert after_miss(Silence(), tier, day, missed, asked_last, last=last) is what


@pytest.mark.parametrize("tier", Tier)
def test_promise_6_less_often_one_miss_is_enough(tier: Tier) -> None:
    assert after_miss(Silence(), tier, 10, 1, False, fewer=True) is A
    assert after_miss(Silence(), tier, 10, 3, False, fewer=True) is L
    assert after_miss(Silence(), tier, 10, 3, True, fewer=True) is H


def test_the_last_check_in_is_the_one_before_the_closing() -> None:
    assert [is_last(PLAN, day) for day in (1, 2, 4)] == [False, True, True]
