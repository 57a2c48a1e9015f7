from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hours import local
from bot.domain.rota import Gap, Turn, gaps, on_call
from tests.domain.plan_examples import utc

LONDON = "Europe/London"
ANN_AND_BEN = frozenset({1, 2})
MONDAY = utc("2026-11-23 00:00")
WEEKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})


def test_promise_6_as_shipped_every_coordinator_is_on_call_at_every_minute() -> None:
    assert gaps([Turn()], ANN_AND_BEN, LONDON, MONDAY) == []
    assert on_call([Turn()], ANN_AND_BEN, LONDON, MONDAY) == ANN_AND_BEN


def test_promise_6_nobody_who_is_no_coordinator_any_more_counts() -> None:
    assert on_call([Turn(who=frozenset({1, 9}))], ANN_AND_BEN, LONDON, MONDAY) == {1}
    assert gaps([Turn(who=frozenset({9}))], ANN_AND_BEN, LONDON, MONDAY) == [Gap(MONDAY, MONDAY + timedelta(days=7))]
    assert len(gaps([Turn()], frozenset(), LONDON, MONDAY)) == 1


@pytest.mark.parametrize(
    ("instant", "who"),
    [
        ("2026-11-27 21:59", {1}),
        ("2026-11-27 22:00", {2}),
        ("2026-11-28 07:59", {2}),
        ("2026-11-28 08:00", set[int]()),
        ("2026-11-28 23:00", set[int]()),
    ],
)
def test_a_night_turn_of_friday_ends_on_saturday_morning(instant: str, who: set[int]) -> None:
    day = Turn(WEEKDAYS, time(8), time(22), frozenset({1}))
    night = Turn(WEEKDAYS, time(22), time(8), frozenset({2}))
    assert on_call([day, night], ANN_AND_BEN, LONDON, utc(instant)) == who


def test_a_gap_is_named_to_the_minute() -> None:
    turns = [Turn(WEEKDAYS), Turn(WEEKEND, time(8, 20), time(0))]
    assert gaps(turns, ANN_AND_BEN, LONDON, MONDAY) == [
        Gap(utc("2026-11-28 00:00"), utc("2026-11-28 08:20")),
        Gap(utc("2026-11-29 00:00"), utc("2026-11-29 08:20")),
    ]


def test_a_day_on_which_a_turn_does_not_hold_is_a_gap() -> None:
    turn = Turn(off=frozenset({date(2026, 11, 25)}))
    assert gaps([turn], ANN_AND_BEN, LONDON, MONDAY) == [Gap(utc("2026-11-25 00:00"), utc("2026-11-26 00:00"))]


def test_when_clocks_go_back_a_turn_of_the_doubled_hour_leaves_its_gap() -> None:
    """On 25 October 2026 London has 1am to 2am twice."""
    now = utc("2026-10-24 22:00")
    early, late = Turn(start=time(0), end=time(1, 30)), Turn(start=time(2), end=time(0))
    first = [gap for gap in gaps([early, late], ANN_AND_BEN, LONDON, now) if gap.start < utc("2026-10-25 03:00")]
    assert first == [
        Gap(utc("2026-10-25 00:30"), utc("2026-10-25 01:00")),
        Gap(utc("2026-10-25 01:30"), utc("2026-10-25 02:00")),
    ]


def test_when_clocks_go_forward_no_gap_appears_out_of_nothing() -> None:
    turns = [Turn(start=time(0), end=time(1, 30)), Turn(start=time(1, 30), end=time(0))]
    assert gaps(turns, ANN_AND_BEN, LONDON, utc("2026-03-28 12:00")) == []


TURNS = st.lists(
    st.builds(
        Turn,
        st.frozensets(st.integers(0, 6), min_size=1),
        st.times().map(lambda wall: wall.replace(second=0, microsecond=0)),
        st.times().map(lambda wall: wall.replace(second=0, microsecond=0)),
    ),
    max_size=4,
)


@given(TURNS, st.integers(0, 7 * 24 * 60 - 1), st.sampled_from(["Europe/London", "Asia/Dhaka", "Pacific/Auckland"]))
def test_promise_6_a_minute_lies_in_a_gap_exactly_when_nobody_is_on_call(
    turns: list[Turn], minutes: int, zone: str
) -> None:
    now = utc("2026-10-23 09:07")
    moment = now + timedelta(minutes=minutes)
    in_gap = any(gap.start <= moment < gap.end for gap in gaps(turns, ANN_AND_BEN, zone, now))
    assert in_gap == (not on_call(turns, ANN_AND_BEN, zone, moment)), local(moment, zone)
