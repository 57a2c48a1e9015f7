"""When a message still makes sense, and when people have it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.broadcasts import LASTS, LONGEST_AHEAD, arrivals, not_after, too_far_ahead
from bot.domain.hours import Hours

LONDON = "Europe/London"
MORNING = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)  # 10:00 in London


def test_promise_5_a_message_without_a_date_makes_sense_for_a_day() -> None:
    assert not_after(MORNING, [], LONDON) == MORNING + LASTS


@pytest.mark.parametrize(
    ("days", "end"),
    [
        ([date(2026, 10, 5)], datetime(2026, 10, 5, 23, 0, tzinfo=UTC)),
        ([date(2026, 10, 7), date(2026, 10, 5)], datetime(2026, 10, 5, 23, 0, tzinfo=UTC)),
        ([date(2026, 12, 3)], MORNING + LASTS),
        ([date(2026, 10, 1)], MORNING),
    ],
    ids=["today", "the earliest of two", "far away", "over already: not one moment"],
)
def test_promise_5_a_message_is_over_at_the_end_of_the_first_day_it_names(days: list[date], end: datetime) -> None:
    assert not_after(MORNING, days, LONDON) == end


def test_promise_5_the_day_it_names_ends_by_the_clock_of_the_place_across_a_clock_change() -> None:
    saturday = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert not_after(saturday, [date(2026, 10, 25)], LONDON) == saturday + LASTS
    assert not_after(saturday + timedelta(hours=4), [date(2026, 10, 25)], LONDON) == datetime(2026, 10, 26, tzinfo=UTC)


def test_sixty_days_ahead_is_the_most() -> None:
    assert not too_far_ahead(MORNING + LONGEST_AHEAD, MORNING)
    assert too_far_ahead(MORNING + LONGEST_AHEAD + timedelta(minutes=1), MORNING)


def test_people_have_it_one_after_the_other() -> None:
    hours = Hours(LONDON)
    moments = arrivals([(MORNING, hours)] * 28, per_second=30)
    assert moments[0] == MORNING
    assert moments[-1] - MORNING == pytest.approx(timedelta(seconds=1), abs=timedelta(milliseconds=10))
    assert arrivals([], 30) == []


def test_promise_5_whose_day_ends_before_their_turn_gets_it_the_next_morning() -> None:
    hours = Hours(LONDON, time(9), time(19))
    last_minute = datetime(2026, 10, 5, 17, 59, tzinfo=UTC)
    moments = arrivals([(last_minute, hours)] * 3000, per_second=30)
    today = [moment for moment in moments if moment < datetime(2026, 10, 5, 18, 0, tzinfo=UTC)]
    assert 1600 < len(today) < 1640
    assert {moment for moment in moments if moment not in set(today)} == {datetime(2026, 10, 6, 8, 0, tzinfo=UTC)}


def test_promise_5_somebody_in_another_zone_has_it_in_their_own_morning() -> None:
    dhaka = Hours("Asia/Dhaka")
    evening = datetime(2026, 10, 5, 16, 0, tzinfo=UTC)
    assert arrivals([(evening, Hours(LONDON)), (evening, dhaka)], 30)[-1] == datetime(2026, 10, 6, 3, 0, tzinfo=UTC)
