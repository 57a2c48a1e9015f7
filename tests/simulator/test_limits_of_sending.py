"""429: who gets it, for how long, and what it does not count."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.faults import LineBroken
from bot.simulator.limits import Limits, counts
from bot.simulator.phones import Phone
from tests.simulator.wire import Wire

steps = st.lists(st.tuples(st.floats(0, 0.5), st.integers(1, 40)), max_size=150)


@given(steps)
def test_never_more_than_thirty_in_any_second(calls: list[tuple[float, int]]) -> None:
    limits, now, accepted = Limits(), 0.0, []
    for wait, chat_id in calls:
        now += wait / 5
        if not limits.ask(chat_id, now):
            accepted.append(now)
    assert all(accepted[n + 30] - accepted[n] > 1 - 1e-6 for n in range(len(accepted) - 30))


@given(steps, st.integers(1, 10))
def test_a_burst_is_never_larger_than_the_bucket(calls: list[tuple[float, int]], burst: int) -> None:
    limits, now, accepted = Limits(burst=burst, chat_burst=100), 0.0, []
    for wait, chat_id in calls:
        now += wait / 10
        if not limits.ask(chat_id, now):
            accepted.append(now)
    for first, start in enumerate(accepted):
        for later, end in enumerate(accepted[first:]):
            assert later + 1 <= burst + (end - start) * 30 + 1e-6


@given(steps)
def test_during_a_halt_everything_is_refused_and_a_second_after_it_one_goes_through(
    calls: list[tuple[float, int]],
) -> None:
    limits, now, free_at = Limits(per_second=5, chat_burst=1000), 0.0, 0.0
    for wait, chat_id in calls:
        now += wait / 5
        refused = limits.ask(chat_id, now)
        assert not (now < free_at and not refused)
        if refused and now >= free_at:
            free_at = now + refused
    assert not limits.ask(1, max(now, free_at) + 1)


def test_an_even_pace_of_thirty_a_second_is_never_refused() -> None:
    for limits in (Limits(), Limits(burst=5), Limits(burst=1)):
        assert not any(limits.ask(n % 300, n / 30) for n in range(900))


def test_one_chat_takes_three_at_once_then_one_a_second() -> None:
    limits = Limits()
    assert [limits.ask(1, 0.0) for _ in range(3)] == [0, 0, 0]
    assert limits.ask(1, 0.5) == 1
    assert limits.ask(2, 0.6) == 0
    assert limits.ask(1, 1.5) == 0
    assert limits.refused == 1


@pytest.mark.parametrize("method", ["sendMessage", "copyMessage", "forwardMessage", "editMessageText", "sendPhoto"])
def test_what_writes_is_counted(method: str) -> None:
    assert counts(method)


@pytest.mark.parametrize("method", ["answerCallbackQuery", "getUpdates", "deleteMessage", "getMe", "setMyCommands"])
def test_what_only_reads_or_takes_back_is_not_counted(method: str) -> None:
    assert not counts(method)


async def test_the_answer_names_the_seconds_and_arrivals_are_kept() -> None:
    wire = Wire(Limits())
    ben = wire.telegram.phone("Ben")
    ben.opens()
    for _ in range(3):
        await wire.does("sendMessage", chat_id=ben.user_id, text="x")
    status, body = await wire.call("sendMessage", chat_id=ben.user_id, text="x")
    assert (status, body) == (
        429,
        {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        },
    )
    wire.clock.turn(1)
    await wire.does("sendMessage", chat_id=ben.user_id, text="x")
    assert wire.telegram.limits.refused == 1
    assert [arrival.at for arrival in wire.telegram.arrivals] == [0, 0, 0, 1]
    assert len(ben.history) == 4


async def test_limits_can_be_off(wire: Wire, ben: Phone) -> None:
    for _ in range(100):
        await wire.does("sendMessage", chat_id=ben.user_id, text="x")


async def test_latency_does_not_change_what_is_counted_when() -> None:
    wire = Wire(Limits())
    wire.telegram.phone("Ben", user_id=7).has_long_started()
    wire.telegram.faults.latency_ms = 80
    calls = [asyncio.create_task(wire.call("sendMessage", chat_id=7, text="x")) for _ in range(4)]
    for _ in range(3):
        await asyncio.sleep(0)
        wire.clock.turn(0.04)
    assert [(await call)[0] for call in calls] == [200, 200, 200, 429]
    assert [arrival.at for arrival in wire.telegram.arrivals] == [0, 0, 0]


async def test_a_wrong_token_and_a_line_broken_on_the_way_use_nothing_up() -> None:
    wire = Wire(Limits(chat_burst=1))
    wire.telegram.phone("Ben", user_id=7).has_long_started()
    message = {"chat_id": 7, "text": "x"}
    assert (await wire.telegram.call("sendMessage", message, token="9:wrong"))[0] == 401
    wire.telegram.faults.next("reset")
    with pytest.raises(LineBroken):
        await wire.call("sendMessage", **message)
    assert (await wire.call("sendMessage", **message))[0] == 200
