"""Trouble between the bot and Telegram, as the bot's own library sees it."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.error import NetworkError, TimedOut

from bot.simulator.clock import TurnableClock
from bot.simulator.faults import Faults, Trouble
from bot.simulator.phones import Phone
from tests.simulator.wire import Wire


@pytest.fixture
async def bot(wire: Wire) -> Any:
    async with wire.bot() as bot:
        yield bot


@pytest.mark.parametrize(
    ("trouble", "error", "cause", "delivered"),
    [
        (Trouble.CONNECT_TIMEOUT, TimedOut, httpx.ConnectTimeout, 0),
        (Trouble.POOL_TIMEOUT, TimedOut, httpx.PoolTimeout, 0),
        (Trouble.CONNECT_REFUSED, NetworkError, httpx.ConnectError, 0),
        (Trouble.RESET, NetworkError, httpx.ReadError, 0),
        (Trouble.ANSWER_RESET, NetworkError, httpx.ReadError, 1),
        (Trouble.ANSWER_LOST, TimedOut, httpx.ReadTimeout, 1),
    ],
)
async def test_a_broken_line_raises_what_the_real_client_raises(
    wire: Wire, ben: Phone, bot: Bot, trouble: Trouble, error: type[Exception], cause: type[Exception], delivered: int
) -> None:
    wire.telegram.faults.next(trouble)
    with pytest.raises(error) as raised:
        await bot.send_message(ben.user_id, "x")
    assert type(raised.value) is error and type(raised.value.__cause__) is cause
    assert len(ben.history) == delivered
    assert (wire.telegram.record[-1].status, wire.telegram.record[-1].description) == (0, trouble.value)
    await bot.send_message(ben.user_id, "y")
    assert len(ben.history) == delivered + 1


@pytest.mark.parametrize(("status", "words"), [(500, "Internal Server Error"), (502, "Bad Gateway")])
async def test_a_server_error_is_answered_and_nothing_delivered(
    wire: Wire, ben: Phone, bot: Bot, status: int, words: str
) -> None:
    wire.telegram.faults.next("server_error", status=status)
    with pytest.raises(NetworkError, match=words):
        await bot.send_message(ben.user_id, "x")
    assert ben.history == []


async def test_faults_meet_only_the_methods_and_chats_they_name(wire: Wire, ben: Phone) -> None:
    faults = wire.telegram.faults
    faults.next("server_error", 2, methods="sendMessage", chat_id=ben.user_id)
    assert (await wire.call("getMe"))[0] == 200
    assert (await wire.call("sendMessage", chat_id=5, text="x"))[0] == 400
    outcome = [(await wire.call("sendMessage", chat_id=ben.user_id, text="x"))[0] for _ in range(3)]
    assert outcome == [502, 502, 200]


async def test_polling_is_spared_unless_it_is_named(wire: Wire) -> None:
    wire.telegram.faults.often("server_error", 1.0)
    assert (await wire.call("getUpdates"))[0] == 200
    wire.telegram.faults.next("server_error", methods=["getUpdates"])
    assert (await wire.call("getUpdates"))[0] == 502


def test_chance_keeps_to_its_share_and_to_its_seed() -> None:
    def met(seed: int) -> list[bool]:
        faults = Faults(seed=seed)
        faults.often("reset", 0.1)
        return [faults.pick("sendMessage", 1) is not None for _ in range(2000)]

    assert met(1) == met(1) != met(2)
    assert 150 < sum(met(1)) < 250


async def test_latency_is_waited_on_the_clock_half_before_and_half_after(wire: Wire, ben: Phone) -> None:
    wire.telegram.faults.latency_ms = 80
    call = asyncio.create_task(wire.does("sendMessage", chat_id=ben.user_id, text="x"))
    await asyncio.sleep(0)
    assert ben.history == []
    wire.clock.turn(0.04)
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(ben.history) == 1 and not call.done()
    wire.clock.turn(0.04)
    await call
    assert wire.clock.monotonic() == pytest.approx(0.08)
    wire.telegram.faults.clear()
    await wire.does("sendMessage", chat_id=ben.user_id, text="x")


async def test_a_latency_beyond_the_callers_patience_is_a_timeout_though_delivered(
    wire: Wire, ben: Phone, bot: Bot
) -> None:
    wire.telegram.faults.latency_ms = 6_000
    call = asyncio.create_task(bot.send_message(ben.user_id, "x"))
    for _ in range(4):
        for _ in range(5):
            await asyncio.sleep(0)
        wire.clock.turn(3)
    with pytest.raises(TimedOut):
        await call
    assert len(ben.history) == 1


async def test_a_running_clock_can_be_turned_past_a_sleeper() -> None:
    clock = TurnableClock(running=True)
    asleep = asyncio.create_task(clock.sleep(3600))
    await asyncio.sleep(0)
    assert clock.next_wake() == pytest.approx(3600, abs=5)
    before = clock.now()
    clock.turn(3600)
    await asleep
    assert clock.now() - before >= timedelta(hours=1) and clock.next_wake() is None
    await clock.sleep(0.001)
    await clock.sleep(0)
