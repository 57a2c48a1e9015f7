"""Whatever arrives in whatever order: the ways a server can count are all satisfied."""

import asyncio
import random
from collections import defaultdict, deque
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.pacing import PERMITTED, Pacer
from bot.domain.deliveries import Lane
from tests.virtual import VirtualClock


@dataclass
class Wish:
    at: float
    lane: Lane
    chat_id: int
    given_at: float = field(default=-1, init=False)


wishes = st.lists(
    st.builds(
        Wish,
        at=st.floats(0, 6).map(lambda at: round(at, 2)),
        lane=st.sampled_from(Lane),
        chat_id=st.one_of(st.integers(1, 4), st.integers(100, 1000)),
    ),
    min_size=1,
    max_size=150,
)
halts = st.lists(st.tuples(st.floats(0, 8), st.floats(0.5, 4)), max_size=2)


async def play(wanted: list[Wish], silences: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Grant every wish; returns the spans in which nothing may have been given."""
    clock = VirtualClock()
    pacer, begin, silent = Pacer(clock, chance=random.Random(1)), clock.monotonic(), list[tuple[float, float]]()

    async def want(wish: Wish) -> None:
        await clock.sleep(wish.at)
        await pacer.permit(wish.lane, wish.chat_id)
        wish.given_at = clock.monotonic() - begin

    async def silence(at: float, seconds: float) -> None:
        await clock.sleep(at)
        pacer.halt(seconds)
        silent.append((clock.monotonic() - begin, pacer.halted_until - begin))

    await asyncio.gather(*(silence(*one) for one in silences), *(want(one) for one in wanted))
    return silent


def fits_bucket(instants: list[float], capacity: float, rate: float) -> bool:
    level, last = capacity, 0.0
    for at in sorted(instants):
        level, last = min(capacity, level + (at - last) * rate) - 1, at
        if level < -1e-6:
            return False
    return True


def most_in_a_window(instants: list[float], length: float) -> int:
    window, most = deque[float](), 0
    for at in sorted(instants):
        window.append(at)
        while window[0] <= at - length + 1e-9:
            window.popleft()
        most = max(most, len(window))
    return most


@settings(max_examples=150, deadline=None)
@given(wishes, halts)
def test_promise_10_no_pattern_of_wishes_breaks_a_limit(
    wanted: list[Wish], silences: list[tuple[float, float]]
) -> None:
    silent = asyncio.run(play(wanted, silences))
    instants = [wish.given_at for wish in wanted]
    assert min(instants) >= 0
    assert most_in_a_window(instants, 1.01) <= 30
    assert fits_bucket(instants, 5, 30)
    for begin, end in silent:
        assert not any(begin + 1e-9 < at < end - 1e-9 for at in instants)
    chats = defaultdict(list)
    for wish in wanted:
        chats[wish.chat_id].append(wish)
    for of_chat in chats.values():
        assert fits_bucket([wish.given_at for wish in of_chat], 3, 1)
        initiatives = sorted(wish.given_at for wish in of_chat if wish.lane is not Lane.TALK)
        assert all(later - earlier >= 1 for earlier, later in pairwise(initiatives))


@settings(max_examples=40, deadline=None)
@given(wishes)
def test_promise_10_an_answer_waits_for_answers_only(wanted: list[Wish]) -> None:
    for number, wish in enumerate(wanted):
        wish.chat_id = number
    asyncio.run(play(wanted, []))
    for wish in wanted:
        if wish.lane is Lane.TALK:
            ahead = sum(other.lane is Lane.TALK and other.given_at <= wish.given_at for other in wanted)
            assert wish.given_at - wish.at <= 1.02 * (1 + ahead / 30)


async def counted_by_a_server_far_away(seed: int, jitter: float, count: int = 300) -> tuple[list[float], float]:
    """When the server counted each message, if the way there takes 20 ms and up to `jitter` seconds more."""
    clock, chance, counted = VirtualClock(), random.Random(seed), list[float]()
    pacer, ids, begin = Pacer(clock), iter(range(count)), clock.monotonic()

    async def callback(*_: object) -> bool:
        await clock.sleep(0.02 + chance.random() ** 2 * jitter)
        counted.append(clock.monotonic() - begin)
        await clock.sleep(0.02)
        return True

    async def worker() -> None:
        for chat_id in ids:
            await pacer.permit(Lane.BROADCAST, chat_id)
            await clock.sleep(chance.random() * jitter / 2)
            await pacer.process_request(callback, (), {}, "sendMessage", {"chat_id": chat_id}, PERMITTED)

    await asyncio.gather(*(worker() for _ in range(24)))
    return counted, clock.monotonic() - begin


@pytest.mark.parametrize("seed", range(8))
async def test_promise_10_delays_on_the_way_do_not_squeeze_31_into_a_second(seed: int) -> None:
    counted, _ = await counted_by_a_server_far_away(seed, jitter=0.08)
    assert most_in_a_window(counted, 1) <= 30
    assert fits_bucket(counted, 5, 30)


async def test_a_steady_line_costs_nothing() -> None:
    counted, took = await counted_by_a_server_far_away(1, jitter=0, count=900)
    assert 900 / took > 29.2
    assert most_in_a_window(counted, 1) <= 30
