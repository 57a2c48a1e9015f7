"""Promise 5: waking hours, right across every change of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hours import Hours, at_local, end_of_day, is_awake, local, next_awake

LONDON = "Europe/London"  # forward on 29 March 2026 at 01:00, back on 25 October 2026 at 02:00
ZONES = (
    LONDON,
    "America/New_York",
    "America/St_Johns",  # half an hour off
    "America/Santiago",  # changes at midnight
    "Africa/Casablanca",  # summer time the other way round, in Ramadan
    "Asia/Dhaka",  # never changes
    "Asia/Kathmandu",  # a quarter of an hour off
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Kiritimati",  # furthest east
    "Pacific/Pago_Pago",  # furthest west
    "Pacific/Apia",
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        (LONDON, "2026-01-15 08:59:59", "2026-01-15 09:00"),
        (LONDON, "2026-01-15 09:00", "2026-01-15 09:00"),
        (LONDON, "2026-01-15 18:59:59", "2026-01-15 18:59:59"),
        (LONDON, "2026-01-15 19:00", "2026-01-16 09:00"),
        # the clocks go forward in the night: 09:00 is an hour earlier in UTC than the day before
        (LONDON, "2026-03-28 19:00", "2026-03-29 08:00"),
        # and back again
        (LONDON, "2026-10-24 18:30", "2026-10-25 09:00"),
        (LONDON, "2026-10-25 08:30", "2026-10-25 09:00"),
        (LONDON, "2028-02-28 20:00", "2028-02-29 09:00"),
        (LONDON, "2028-02-29 20:00", "2028-03-01 09:00"),
        (LONDON, "2026-12-31 23:59", "2027-01-01 09:00"),
        ("America/New_York", "2026-03-08 00:30", "2026-03-08 13:00"),
        ("America/New_York", "2026-11-01 00:30", "2026-11-01 14:00"),
        ("Asia/Kathmandu", "2026-06-01 03:14", "2026-06-01 03:15"),
        ("Pacific/Kiritimati", "2026-06-01 18:59", "2026-06-01 19:00"),
        ("Pacific/Pago_Pago", "2026-06-01 19:59", "2026-06-01 20:00"),
        # Samoa had no 30 December 2011
        ("Pacific/Apia", "2011-12-30 06:00", "2011-12-30 19:00"),
    ],
)
def test_promise_5_the_next_waking_moment(zone: str, now: str, expected: str) -> None:
    assert next_awake(Hours(zone), utc(now)) == utc(expected)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "expected"),
    [
        (LONDON, date(2026, 3, 29), time(1, 30), "2026-03-29 01:00"),  # skipped: the first instant after the gap
        (LONDON, date(2026, 3, 29), time(0, 59), "2026-03-29 00:59"),
        (LONDON, date(2026, 3, 29), time(2, 0), "2026-03-29 01:00"),
        (LONDON, date(2026, 10, 25), time(1, 30), "2026-10-25 00:30"),  # twice: the first
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08 07:00"),
        ("America/Santiago", date(2026, 9, 6), time(0, 0), "2026-09-06 04:00"),  # midnight itself is skipped
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03 15:30"),
        (LONDON, date(2028, 2, 29), time(9), "2028-02-29 09:00"),
    ],
)
def test_a_wall_time_that_is_skipped_or_comes_twice(zone: str, day: date, wall: time, expected: str) -> None:
    assert at_local(day, wall, zone) == utc(expected)


def test_a_day_without_midnight_ends_when_it_ends() -> None:
    assert end_of_day(date(2026, 9, 5), "America/Santiago") == utc("2026-09-06 04:00")
    assert end_of_day(date(2026, 10, 25), LONDON) == utc("2026-10-26 00:00")


def test_waking_hours_inside_a_skipped_hour_wait_for_the_next_day() -> None:
    hours = Hours(LONDON, time(1, 0), time(1, 45))

    assert next_awake(hours, utc("2026-03-29 00:30")) == utc("2026-03-30 00:00")


def test_hours_that_end_before_they_start_are_refused() -> None:
    with pytest.raises(ValueError, match="must start before they end"):
        Hours(LONDON, time(19), time(9))


instants = st.integers(0, 7 * 366 * 24 * 3600).map(lambda seconds: utc("2024-01-01") + timedelta(seconds=seconds))
walls = st.tuples(st.integers(0, 20 * 60), st.integers(4 * 60, 24 * 60)).map(
    lambda pair: (pair[0], min(pair[0] + pair[1], 24 * 60 - 1))
)


def hours_in(zone: str, wall: tuple[int, int]) -> Hours:
    return Hours(zone, *(time(*divmod(minutes, 60)) for minutes in wall))


@given(zone=st.sampled_from(ZONES), now=instants, wall=walls)
def test_promise_5_nothing_ever_comes_outside_somebodys_hours(zone: str, now: datetime, wall: tuple[int, int]) -> None:
    hours = hours_in(zone, wall)
    moment = next_awake(hours, now)

    assert is_awake(hours, moment)
    assert now <= moment <= now + timedelta(days=2)
    assert hours.start <= local(moment, zone).time() < hours.end


@given(zone=st.sampled_from(ZONES), now=instants, wall=walls)
def test_promise_5_nothing_waits_longer_than_it_must(zone: str, now: datetime, wall: tuple[int, int]) -> None:
    hours = hours_in(zone, wall)
    moment = next_awake(hours, now)

    earlier = [now + (moment - now) * part / 7 for part in range(7)]
    assert moment == now or not any(is_awake(hours, one) for one in earlier)
    assert moment == now or not is_awake(hours, moment - timedelta(microseconds=1))


@given(zone=st.sampled_from(ZONES), now=instants, wall=walls)
def test_asking_twice_gives_the_same_answer(zone: str, now: datetime, wall: tuple[int, int]) -> None:
    moment = next_awake(hours_in(zone, wall), now)

    assert next_awake(hours_in(zone, wall), moment) == moment


@given(zone=st.sampled_from(ZONES), day=st.dates(date(2024, 1, 1), date(2030, 12, 31)), wall=st.times())
def test_a_wall_time_becomes_an_instant_at_which_the_clock_shows_it_or_has_just_jumped_over_it(
    zone: str, day: date, wall: time
) -> None:
    wall = wall.replace(tzinfo=None, fold=0)
    instant = at_local(day, wall, zone)
    shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    wanted = datetime.combine(day, wall)

    before = (instant - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert shown == wanted or before < wanted < shown
