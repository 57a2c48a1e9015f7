"""getUpdates, its offsets and conflicts, and how long an update is kept."""

import asyncio

from bot.simulator.phones import Phone
from tests.simulator.wire import Wire

YES = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


async def test_updates_stay_until_an_offset_confirms_them(wire: Wire, ben: Phone) -> None:
    for text in ("a", "b", "c"):
        ben.types(text)
    first = await wire.does("getUpdates", limit=2)
    assert [one["message"]["text"] for one in first] == ["a", "b"]
    assert await wire.does("getUpdates", limit=2) == first
    rest = await wire.does("getUpdates", offset=first[-1]["update_id"] + 1)
    assert [one["message"]["text"] for one in rest] == ["c"]
    assert [one["update_id"] for one in first + rest] == list(range(first[0]["update_id"], first[0]["update_id"] + 3))


async def test_a_negative_offset_forgets_all_but_the_newest(wire: Wire, ben: Phone) -> None:
    for text in ("a", "b", "c"):
        ben.types(text)
    assert [one["message"]["text"] for one in await wire.does("getUpdates", offset=-1)] == ["c"]
    assert len(await wire.does("getUpdates")) == 1


async def test_a_long_poll_is_woken_by_news(wire: Wire, ben: Phone) -> None:
    poll = asyncio.create_task(wire.does("getUpdates", timeout=50))
    await asyncio.sleep(0)
    assert not poll.done()
    ben.types("news")
    assert [one["message"]["text"] for one in await poll] == ["news"]


async def test_a_long_poll_ends_empty_when_its_time_is_over(wire: Wire) -> None:
    poll = asyncio.create_task(wire.does("getUpdates", timeout=50))
    for _ in range(3):
        await asyncio.sleep(0)
    wire.clock.turn(50)
    assert await poll == []


async def test_a_second_poller_ends_the_first_with_409(wire: Wire, ben: Phone) -> None:
    first = asyncio.create_task(wire.call("getUpdates", timeout=50))
    await asyncio.sleep(0)
    second = asyncio.create_task(wire.does("getUpdates", timeout=50))
    status, body = await first
    assert status == 409
    assert body["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    ben.types("hello")
    assert len(await second) == 1


async def test_a_webhook_ends_a_poll_and_forbids_the_next(wire: Wire) -> None:
    poll = asyncio.create_task(wire.refused("getUpdates", timeout=50))
    await asyncio.sleep(0)
    await wire.does("setWebhook", url="https://example.org/hook")
    assert await poll == "Conflict: terminated by setWebhook request"
    assert (await wire.refused("getUpdates")).startswith(
        "Conflict: can't use getUpdates method while webhook is active"
    )
    await wire.does("deleteWebhook")
    assert await wire.does("getUpdates") == []


async def test_allowed_updates_are_remembered_for_the_next_calls(wire: Wire, ben: Phone) -> None:
    await wire.does("getUpdates", allowed_updates=["message"])
    ben.blocks()
    ben.unblocks()
    ben.types("hi")
    assert [set(one) for one in await wire.does("getUpdates")] == [{"update_id", "message"}]
    await wire.does("getUpdates", allowed_updates="[]")
    ben.blocks()
    assert len(await wire.does("getUpdates")) == 2


async def test_a_message_is_kept_for_24_hours_and_a_tap_for_150_seconds(wire: Wire, ben: Phone) -> None:
    await wire.does("sendMessage", chat_id=ben.user_id, text="?", reply_markup=YES)
    ben.types("hello")
    ben.taps("Yes")
    wire.clock.turn(149)
    assert len(await wire.does("getUpdates")) == 2
    wire.clock.turn(1)
    assert [list(one)[1] for one in await wire.does("getUpdates")] == ["message"]
    wire.clock.turn(24 * 3600)
    assert await wire.does("getUpdates") == []


async def test_updates_can_be_taken_directly_and_are_then_confirmed(wire: Wire, ben: Phone) -> None:
    ben.types("hi")
    assert [one["message"]["text"] for one in wire.telegram.take_updates()] == ["hi"]
    assert wire.telegram.take_updates() == await wire.does("getUpdates") == []


async def test_whoever_waits_for_a_change_is_told(wire: Wire, ben: Phone) -> None:
    version = wire.telegram.version
    waiting = asyncio.create_task(wire.telegram.wait_change(version))
    await asyncio.sleep(0)
    assert not waiting.done()
    ben.types("hi")
    assert await waiting > version
    assert await wire.telegram.wait_change(version) == wire.telegram.version
