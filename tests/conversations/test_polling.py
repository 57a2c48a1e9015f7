import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.actions import updates as actions
from bot.conversations import polling as module
from bot.conversations.polling import Polling
from bot.simulator.faults import Trouble
from tests.cast import TestTown


@asynccontextmanager
async def running(town: TestTown) -> AsyncIterator[Polling]:
    polling = town.town.app.polling
    task = asyncio.create_task(polling.run())
    try:
        yield polling
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait({task})


async def stored(town: TestTown) -> list[dict[str, Any]]:
    return [one.payload for one in await actions.take(town.runtime)]


async def test_promise_4_every_kind_of_update_is_stored_exactly_as_telegram_sent_it(town: TestTown) -> None:
    await town.has_coordinator()
    seen: list[dict[str, Any]] = []
    elif_, queue = town.elif_.phone, town.telegram.world.updates
    for deed in (
        lambda: elif_.types("hello “there” 👋 https://example.org *bold*"),
        lambda: elif_.sends_photo("a caption"),
        lambda: elif_.sends_voice(),
        lambda: elif_.types("a reply", reply_to=elif_.messages[0].message_id),
        lambda: elif_.blocks(),
        lambda: elif_.unblocks(),
    ):
        deed()
        sent = queue.waiting()[-1].update
        seen.append(sent)
        await town.town.app.polling.step()
        (kept,) = await actions.take(town.runtime)
        assert kept.payload == sent
        await actions.finish(town.runtime, kept)
    assert {next(kind for kind in one if kind != "update_id") for one in seen} == {"message", "my_chat_member"}


async def test_what_the_library_does_not_know_yet_is_stored_all_the_same(town: TestTown) -> None:
    chat = {"id": 7, "type": "private", "colour": "blue"}
    strange = {"message_id": 1, "date": 0, "chat": chat, "poem": {"lines": [1, 2.5, None]}}
    town.telegram.world.happened("message", 7, strange)
    await town.town.app.polling.step()
    (payload,) = await stored(town)
    assert payload["message"] == strange


async def test_promise_4_what_could_not_be_stored_is_not_acknowledged(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = actions.receive

    async def away(runtime: Any, updates: Any) -> int:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(actions, "receive", away)
    town.ben.phone.types("/help")
    async with running(town) as polling:
        await town.clock.advance(10)
        assert polling.trouble == module.NOT_STORED
        monkeypatch.setattr(actions, "receive", real)
        await town.clock.advance(40)
        assert polling.trouble == ""
    assert [one["message"]["text"] for one in await stored(town)] == ["/help"]


async def test_a_line_that_fails_once_is_no_trouble_and_one_that_stays_away_is(town: TestTown) -> None:
    async with running(town) as polling:
        town.telegram.faults.next(Trouble.RESET, methods="getUpdates")
        await town.clock.advance(30)
        assert polling.trouble == ""
        town.telegram.faults.often(Trouble.CONNECT_REFUSED, 1.0, methods="getUpdates")
        await town.clock.advance(200)
        assert polling.trouble == module.AWAY
        asked = len([call for call in town.telegram.record if call.method == "getUpdates"])
        assert asked < 20
        town.telegram.faults.clear()
        town.ben.phone.types("/help")
        await town.clock.advance(40)
        assert polling.trouble == ""
    assert len(await stored(town)) == 1


async def test_timeouts_that_come_at_once_do_not_make_it_spin(town: TestTown) -> None:
    before = len(town.telegram.record)
    town.telegram.faults.often(Trouble.CONNECT_TIMEOUT, 1.0, methods="getUpdates")
    async with running(town):
        await town.clock.advance(30)
    assert len(town.telegram.record) - before < 40


async def test_a_token_that_is_revoked_is_told_and_nothing_is_lost(town: TestTown) -> None:
    good = town.telegram.token
    town.telegram.token = good[:-1] + "X"
    async with running(town) as polling:
        await town.clock.advance(5)
        assert polling.trouble == module.TOKEN
        town.ben.phone.types("/help")
        town.telegram.token = good
        await town.clock.advance(40)
        assert polling.trouble == ""
    assert len(await stored(town)) == 1


async def test_another_program_that_fetches_the_same_updates_is_told(town: TestTown) -> None:
    async with running(town) as polling:
        await town.clock.advance(1)
        town.telegram.polling.interrupt("terminated by other getUpdates request; make sure that only one bot runs")
        await town.clock.settle()
        assert polling.trouble == module.CONFLICT
        await town.clock.advance(40)
        assert polling.trouble == ""
