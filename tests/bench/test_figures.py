import math

import pytest

from bench.figures import Pace, longest_gap, pace, percentile

RECIPIENTS = range(100, 200)


def message(at: float, chat_id: int) -> tuple[float, str, int]:
    return (at, "sendMessage", chat_id)


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0), (0.0, 1.0), (0.001, 1.0)]
)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(share: float, expected: float) -> None:
    assert percentile([float(value) for value in range(100, 0, -1)], share) == expected


def test_a_percentile_of_few_values_is_one_of_them() -> None:
    assert percentile([0.2, 0.9], 0.99) == 0.9
    assert percentile([0.3], 0.5) == 0.3


def test_without_values_a_percentile_is_no_number() -> None:
    assert math.isnan(percentile([], 0.99))


def test_thirty_one_messages_in_one_second_are_thirty_a_second() -> None:
    measured = pace([message(number / 30, 100 + number) for number in range(31)], RECIPIENTS)
    assert measured.counted == measured.broadcasts == 30
    assert measured.per_second == pytest.approx(30)


def test_answers_to_others_use_up_the_allowance_but_only_between_the_first_and_the_last_message() -> None:
    sent = [message(10.0, 100), message(11.0, 101), message(12.0, 102)]
    others = [message(9.0, 1), message(10.5, 1), (11.5, "editMessageText", 2), message(13.0, 1)]
    assert pace([*others, *sent], RECIPIENTS) == Pace(seconds=2.0, counted=4, broadcasts=2)


def test_one_message_has_no_pace() -> None:
    assert math.isnan(pace([message(1.0, 100)], RECIPIENTS).per_second)


def test_the_longest_silence_is_between_messages_of_the_broadcast() -> None:
    arrivals = [message(3.0, 102), message(0.0, 100), message(1.0, 1), message(2.5, 101)]
    assert longest_gap(arrivals, RECIPIENTS) == 2.5
    assert math.isnan(longest_gap(arrivals[:1], RECIPIENTS))
