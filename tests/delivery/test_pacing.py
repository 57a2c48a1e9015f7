import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from telegram.error import Forbidden, RetryAfter

from bot.delivery.pacing import MARGIN, PERMITTED, Pacer, seconds_of
from bot.delivery.rates import Slot
from bot.domain.deliveries import Lane
from tests.virtual import VirtualClock

TALK, CHECKIN, BROADCAST = Lane.TALK, Lane.CHECKIN, Lane.BROADCAST


class Oversleeping(VirtualClock):
    """A busy machine: every sleep takes up to `most` seconds longer."""

    def __init__(self, most: float) -> None:
        super().__init__()
        self._most, self._chance = most, random.Random(7)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds + self._chance.uniform(0, self._most))


async def permits_of_busy_workers(pacer: Pacer, clock: VirtualClock, count: int) -> list[float]:
    given: list[float] = []

    async def worker() -> None:
        while len(given) < count:
            await pacer.permit(BROADCAST)
            given.append(clock.monotonic())

    await asyncio.gather(*(worker() for _ in range(32)))
    return given[:count]


class TestRate:
    @pytest.mark.parametrize("oversleep", [0, 0.001, 0.02])
    async def test_promise_10_long_runs_use_nearly_all_and_never_more(self, oversleep: float) -> None:
        clock = Oversleeping(oversleep)
        begin = clock.monotonic()
        given = await permits_of_busy_workers(Pacer(clock), clock, 3000)
        assert 29.2 < 3000 / (given[-1] - begin) < 30
        assert min(later - earlier for earlier, later in zip(given, given[30:], strict=False)) >= 1 + MARGIN - 1e-9

    async def test_after_idleness_at_most_three_leave_together(self) -> None:
        clock = VirtualClock()
        pacer = Pacer(clock)
        await permits_of_busy_workers(pacer, clock, 100)
        await clock.sleep(60)
        begin = clock.monotonic()
        given = await permits_of_busy_workers(pacer, clock, 10)
        assert [at - begin for at in given[:3]] == [0, 0, 0]
        assert given[3] > begin

    async def test_a_frozen_process_catches_up_without_a_flood(self) -> None:
        clock = VirtualClock()
        pacer, given = Pacer(clock), list[float]()

        async def send(chat_id: int) -> None:
            await pacer.permit(BROADCAST, chat_id)
            given.append(clock.monotonic())

        tasks = [asyncio.create_task(send(n)) for n in range(60)]
        await clock.advance(0.5)
        clock.jump(0.4)
        frozen_until = clock.monotonic()
        await asyncio.gather(*tasks)
        assert given.count(frozen_until) == 3
        assert min(later - earlier for earlier, later in zip(given, given[30:], strict=False)) >= 1 + MARGIN - 1e-9

    async def test_the_paid_rate_is_reached_too(self) -> None:
        clock = Oversleeping(0.002)
        begin = clock.monotonic()
        given = await permits_of_busy_workers(Pacer(clock, 1000), clock, 5000)
        assert 950 < 5000 / (given[-1] - begin) < 1020

    async def test_less_than_one_a_second_is_possible(self) -> None:
        clock = VirtualClock()
        begin = clock.monotonic()
        given = await permits_of_busy_workers(Pacer(clock, 0.5), clock, 10)
        assert 18 <= given[-1] - begin < 22


class TestLanes:
    async def test_promise_10_a_reply_overtakes_a_whole_broadcast(self) -> None:
        clock = VirtualClock()
        pacer = Pacer(clock)
        broadcast = [asyncio.create_task(pacer.permit(BROADCAST, n)) for n in range(300)]
        await clock.advance(3)
        begin = clock.monotonic()
        await pacer.permit(TALK, 77)
        assert clock.monotonic() - begin < 0.04
        assert pacer.waiting[BROADCAST] > 200
        assert pacer.last_wait[TALK] < 0.04 < pacer.last_wait[BROADCAST]
        await asyncio.gather(*broadcast)
        assert pacer.permits == {TALK: 1, CHECKIN: 0, BROADCAST: 300}

    async def test_within_a_lane_the_first_to_come_goes_first(self) -> None:
        clock, order = VirtualClock(), list[str]()
        pacer = Pacer(clock)

        async def send(name: str, lane: Lane) -> None:
            await pacer.permit(lane)
            order.append(name)

        await permits_of_busy_workers(pacer, clock, 3)
        wishes = [("b1", BROADCAST), ("c1", CHECKIN), ("b2", BROADCAST), ("t1", TALK), ("c2", CHECKIN), ("t2", TALK)]
        await asyncio.gather(*(send(name, lane) for name, lane in wishes))
        assert order == ["t1", "t2", "c1", "c2", "b1", "b2"]

    async def test_whoever_gives_up_takes_nobodys_turn(self) -> None:
        clock = VirtualClock()
        pacer = Pacer(clock)
        begin = clock.monotonic()
        tasks = [asyncio.create_task(pacer.permit(BROADCAST, n)) for n in range(100)]
        await clock.settle()
        for task in tasks[:90]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert clock.monotonic() - begin < 0.5  # 3 were through already, 10 remained
        assert pacer.permits[BROADCAST] == 3 + 10

    async def test_a_turn_given_to_somebody_just_cancelled_is_free_again(self) -> None:
        clock = VirtualClock(auto=False)
        pacer = Pacer(clock)
        await permits_of_busy_workers(pacer, clock, 3)
        waiting = asyncio.create_task(pacer.permit(TALK, 5))
        await clock.settle()
        clock.jump(0.04)
        pacer._serve()
        assert not pacer.waiting[TALK]
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert pacer.permits[TALK] == 0 and pacer.hot(clock.monotonic()) == frozenset()
        assert pacer._rate.wait(clock.monotonic()) <= 0

    async def test_somebody_cancelled_at_the_very_moment_of_their_turn_stops_nobody(self) -> None:
        clock = VirtualClock(auto=False)
        pacer = Pacer(clock)
        await permits_of_busy_workers(pacer, clock, 3)
        first, second = (asyncio.create_task(pacer.permit(TALK)) for _ in range(2))
        await clock.settle()
        clock.jump(0.04)
        first.cancel()
        pacer._serve()
        await clock.settle()
        assert second.done() and first.cancelled()

    async def test_closing_tells_those_who_wait(self) -> None:
        clock = VirtualClock(auto=False)
        pacer = Pacer(clock)
        tasks = [asyncio.create_task(pacer.permit(BROADCAST)) for _ in range(10)]
        await clock.settle()
        await pacer.shutdown()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(end) for end in ends] == [Slot] * 3 + [asyncio.CancelledError] * 7


class TestChats:
    async def test_one_chat_gets_one_a_second(self) -> None:
        clock = VirtualClock()
        pacer, given = Pacer(clock), list[float]()
        for _ in range(4):
            await pacer.permit(BROADCAST, 5)
            given.append(clock.monotonic())
        assert all(later - earlier >= 1 for earlier, later in pairwise(given))

    async def test_a_conversation_may_run_ahead_by_two(self) -> None:
        clock = VirtualClock()
        pacer, given = Pacer(clock), list[float]()
        begin = clock.monotonic()
        for _ in range(5):
            await pacer.permit(TALK, 5)
            given.append(round(clock.monotonic() - begin))
        assert given == [0, 0, 0, 1, 2]

    async def test_a_group_gets_twenty_a_minute(self) -> None:
        clock = VirtualClock()
        pacer = Pacer(clock)
        begin = clock.monotonic()
        for _ in range(21):
            await pacer.permit(BROADCAST, -100)
        assert clock.monotonic() - begin >= 60

    async def test_a_hot_chat_holds_up_nobody_else_not_even_who_comes_later(self) -> None:
        clock = VirtualClock(auto=False)
        pacer = Pacer(clock)
        for _ in range(3):
            await pacer.permit(TALK, 5)
        await clock.advance(0.1)
        held_up = asyncio.create_task(pacer.permit(TALK, 5))
        await clock.settle()
        other = asyncio.create_task(pacer.permit(BROADCAST, 6))
        await clock.settle()
        assert other.done() and not held_up.done()
        await clock.advance(1)
        assert held_up.done()

    async def test_hot_chats_are_named_and_then_forgotten(self) -> None:
        clock = VirtualClock()
        pacer = Pacer(clock)
        await pacer.permit(BROADCAST, 5)
        assert pacer.hot(clock.monotonic()) == {5}
        await clock.sleep(1.1)
        assert pacer.hot(clock.monotonic()) == frozenset()
        for n in range(300):
            await pacer.permit(BROADCAST, n)
        assert len(pacer._chats) <= 62


class TestHalt:
    async def test_nothing_leaves_until_it_is_over_and_then_gently(self) -> None:
        clock = VirtualClock()
        pacer, given = Pacer(clock), list[float]()

        async def send() -> None:
            await pacer.permit(TALK)
            given.append(clock.monotonic())

        tasks = [asyncio.create_task(send()) for _ in range(500)]
        await clock.advance(1)
        before = len(given)
        pacer.halt(3)
        until = pacer.halted_until
        assert 3.05 <= until - clock.monotonic() <= 3.3
        await asyncio.gather(*tasks)
        after = given[before:]
        assert after[0] == until
        assert len([at for at in after if at < until + 0.2]) <= 4
        assert 140 <= len([at for at in after if at < until + 10]) <= 151
        assert 28 <= len([at for at in after if until + 11 <= at < until + 12]) <= 30

    async def test_a_second_halt_can_only_lengthen(self) -> None:
        pacer = Pacer(VirtualClock())
        pacer.halt(10)
        until = pacer.halted_until
        pacer.halt(1)
        assert pacer.halted_until == until
        pacer.halt(20)
        assert pacer.halted_until > until + 9

    async def test_a_halt_while_one_is_over_soon_is_obeyed_by_those_who_wait(self) -> None:
        clock = VirtualClock(auto=False)
        pacer = Pacer(clock)
        pacer.halt(2)
        task = asyncio.create_task(pacer.permit(TALK))
        await clock.advance(1)
        pacer.halt(5)
        await clock.advance(4)
        assert not task.done()
        await clock.advance(1.5)
        assert task.done()


class Line:
    """Stands for the request below: fails so often, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self, *args: Any, **kwargs: Any) -> bool:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return True


def request(pacer: Pacer, line: Callable[..., Any], endpoint: str = "sendMessage", **more: Any) -> Awaitable[Any]:
    data = {"chat_id": more.pop("chat_id", 5)}
    return pacer.process_request(line, (), {}, endpoint, data, more.pop("rate_limit_args", None))


class TestAsTheLibrarysRateLimiter:
    async def test_a_direct_reply_waits_in_the_first_lane(self) -> None:
        pacer, line = Pacer(VirtualClock()), Line()
        assert await request(pacer, line) is True
        assert pacer.permits[TALK] == 1 and pacer.hot(pacer._clock.monotonic()) == {5}

    async def test_another_lane_can_be_asked_for(self) -> None:
        pacer = Pacer(VirtualClock())
        await request(pacer, Line(), rate_limit_args=CHECKIN)
        assert pacer.permits[CHECKIN] == 1

    @pytest.mark.parametrize("endpoint", ["sendPhoto", "copyMessage", "forwardMessage", "editMessageText"])
    async def test_what_telegram_counts_is_counted(self, endpoint: str) -> None:
        pacer = Pacer(VirtualClock())
        await request(pacer, Line(), endpoint)
        assert pacer.permits[TALK] == 1

    @pytest.mark.parametrize("endpoint", ["answerCallbackQuery", "sendChatAction", "setMyCommands", "deleteMessage"])
    async def test_everything_else_goes_through_at_once_even_in_a_halt(self, endpoint: str) -> None:
        clock = VirtualClock()
        pacer = Pacer(clock)
        pacer.halt(60)
        begin = clock.monotonic()
        assert await request(pacer, Line(), endpoint) is True
        assert clock.monotonic() == begin and pacer.permits[TALK] == 0

    async def test_a_429_halts_everything_and_the_reply_is_tried_again_afterwards(self) -> None:
        clock = VirtualClock()
        pacer, line = Pacer(clock), Line(RetryAfter(4), RetryAfter(timedelta(seconds=2)))
        begin = clock.monotonic()
        assert await request(pacer, line) is True
        assert line.calls == 3 and pacer.throttled == 2
        assert clock.monotonic() - begin > 6

    async def test_a_reply_is_not_tried_for_ever(self) -> None:
        pacer, line = Pacer(VirtualClock()), Line(*[RetryAfter(1)] * 5)
        with pytest.raises(RetryAfter):
            await request(pacer, line)
        assert line.calls == 3

    async def test_other_errors_are_none_of_its_business(self) -> None:
        line = Line(Forbidden("Forbidden: bot was blocked by the user"))
        with pytest.raises(Forbidden):
            await request(Pacer(VirtualClock()), line)
        assert line.calls == 1

    async def test_the_holder_of_a_permit_does_not_queue_again(self) -> None:
        pacer, line = Pacer(VirtualClock()), Line()
        await pacer.permit(BROADCAST, 5)
        assert await request(pacer, line, rate_limit_args=PERMITTED) is True
        assert sum(pacer.permits.values()) == 1

    async def test_the_holder_of_a_permit_hears_of_a_429_at_once(self) -> None:
        pacer, line = Pacer(VirtualClock()), Line(RetryAfter(4))
        await pacer.permit(BROADCAST, 5)
        with pytest.raises(RetryAfter):
            await request(pacer, line, rate_limit_args=PERMITTED)
        assert line.calls == 1 and pacer.throttled == 1
        assert pacer.halted_until > pacer._clock.monotonic() + 4

    async def test_a_permit_is_void_once_a_halt_has_begun(self) -> None:
        pacer, line = Pacer(VirtualClock()), Line()
        await pacer.permit(BROADCAST, 5)
        pacer.halt(7)
        with pytest.raises(RetryAfter) as refused:
            await request(pacer, line, rate_limit_args=PERMITTED)
        assert line.calls == 0 and pacer.throttled == 0
        assert 7 < seconds_of(refused.value) < 7.5


async def test_a_permit_that_was_not_used_is_there_again() -> None:
    pacer = Pacer(VirtualClock(auto=False))
    slots = [await pacer.permit(BROADCAST) for _ in range(3)]
    assert pacer.permits[BROADCAST] == 3
    pacer.give_back(BROADCAST, slots[1])
    assert pacer.permits[BROADCAST] == 2
    await asyncio.wait_for(pacer.permit(BROADCAST), 1)
