import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.actions import heartbeats
from bot.actions import updates as actions
from bot.conversations import replies
from bot.conversations.inbox import Inbox
from bot.domain.errors import Refused
from bot.simulator.faults import Trouble
from bot.store import updates as store
from tests.cast import TestTown

SORRY = "something went wrong on our side"


@asynccontextmanager
async def running(town: TestTown) -> AsyncIterator[Inbox]:
    task = asyncio.create_task(town.town.app.inbox.run())
    try:
        yield town.town.app.inbox
    finally:
        task.cancel()
        await asyncio.wait({task})


def handled(monkeypatch: pytest.MonkeyPatch, handler: Any) -> None:
    """Whatever is typed is handled by this instead."""
    monkeypatch.setattr(replies, "written", handler)


async def fetched(town: TestTown) -> None:
    await town.town.app.polling.step()


async def test_a_chat_is_answered_in_order_and_a_slow_one_holds_up_nobody(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    async def slow_for_ben(talk: Any) -> None:
        await town.clock.sleep(30 if talk.text.startswith("Ben") else 1)
        heard.append(talk.text)

    handled(monkeypatch, slow_for_ben)
    for number in range(3):
        for name in ("Ben", "Dalia", "Chidi"):
            town.person(name).phone.types(f"{name} {number}")
    await fetched(town)
    async with running(town):
        await town.clock.advance(20)
        assert [word for word in heard if "Dalia" in word] == ["Dalia 0", "Dalia 1", "Dalia 2"]
        assert [word for word in heard if "Ben" in word] == []
        await town.clock.advance(120)
    assert [word for word in heard if "Ben" in word] == ["Ben 0", "Ben 1", "Ben 2"]


async def test_an_answer_that_takes_longer_than_the_lease_is_begun_once(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    async def slow(talk: Any) -> None:
        begun.append(talk.text)
        await town.clock.sleep(10 * actions.LEASE.total_seconds())

    handled(monkeypatch, slow)
    town.ben.phone.types("hello")
    await fetched(town)
    async with running(town):
        await town.clock.advance(11 * actions.LEASE.total_seconds())
    assert begun == ["hello"]
    assert await actions.take(town.runtime) == []


async def test_promise_4_what_a_killed_process_was_answering_is_answered_by_the_next(town: TestTown) -> None:
    town.ben.phone.types("/help")
    await fetched(town)
    assert len(await actions.take(town.runtime)) == 1  # and then that process is killed
    await town.settle()
    assert town.ben.sees == []
    town.clock.jump(actions.LEASE)
    await town.settle()
    assert len(town.ben.sees) == 1


async def test_the_same_update_brought_twice_is_answered_once(town: TestTown) -> None:
    town.ben.phone.types("/help")
    (update,) = town.telegram.take_updates()
    for _ in range(2):
        await actions.receive(town.runtime, [update])
        await town.settle()
    assert len(town.ben.sees) == 1


async def test_a_fault_of_ours_is_tried_again_and_in_the_end_the_person_is_told(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    async def faulty(talk: Any) -> None:
        tries.append(talk.text)
        raise KeyError("our own mistake")

    handled(monkeypatch, faulty)
    town.ben.phone.types("hello")
    await town.settle()
    for _ in range(5):
        town.clock.jump(20)
        await town.settle()
    assert tries == ["hello"] * actions.MOST_ATTEMPTS
    assert town.ben.heard(SORRY) == 1
    assert (await heartbeats.health(town.runtime)).warnings() == [
        "updates given up after several tries: 1 (the log says why)"
    ]

    monkeypatch.undo()
    assert await town.ben.says("/help") is not None
    assert len(town.ben.sees) == 2


async def test_an_update_that_cannot_even_be_read_holds_up_nobody(town: TestTown) -> None:
    await town.ben.says("/start")
    seen = len(town.ben.sees)
    chat = {"id": town.ben.phone.user_id, "type": "private"}
    broken = {"update_id": 1, "message": {"chat": chat, "date": "not a date", "message_id": None}}
    unknown = {"update_id": 2, "a_kind_of_the_future": {"chat": chat}}
    await actions.receive(town.runtime, [broken, unknown])
    for _ in range(5):
        await town.settle()
        town.clock.jump(20)
    await town.ben.says("/help")
    assert len(town.ben.sees) > seen
    async with town.runtime.database.read() as tx:
        assert await store.count(tx, "new") == 0


@pytest.mark.parametrize("trouble", [Trouble.CONNECT_REFUSED, Trouble.CONNECT_TIMEOUT, Trouble.POOL_TIMEOUT])
async def test_promise_4_without_a_line_an_answer_waits_for_it(town: TestTown, trouble: Trouble) -> None:
    town.telegram.faults.often(trouble, 1.0, methods="sendMessage")
    await town.ben.says("/help")
    for _ in range(10):
        town.clock.jump(60)
        await town.settle()
    assert town.ben.sees == []
    town.telegram.faults.clear()
    town.clock.jump(60)
    await town.settle()
    assert len(town.ben.sees) == 1
    assert (await heartbeats.health(town.runtime)).inbox_dead == 0


@pytest.mark.parametrize("trouble", [Trouble.ANSWER_LOST, Trouble.ANSWER_RESET])
async def test_promise_3_an_answer_that_may_have_arrived_is_not_given_again(town: TestTown, trouble: Trouble) -> None:
    town.telegram.faults.next(trouble, methods="sendMessage")
    await town.ben.says("/help")
    town.clock.jump(timedelta(minutes=5))
    await town.settle()
    assert len(town.ben.sees) == 1


async def test_somebody_who_blocks_while_they_are_answered_becomes_unreachable_and_nothing_is_left_over(
    town: TestTown,
) -> None:
    await town.is_ready()
    town.ben.phone.types("/help")
    await fetched(town)
    town.ben.phone.has_long_blocked()
    await town.settle()
    async with town.runtime.database.read() as tx:
        assert await store.count(tx, "new") == 0
        assert await store.count(tx, "dead") == 0


async def test_a_database_that_is_away_for_a_moment_costs_no_answer(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    async def away_at_first(talk: Any) -> None:
        calls.append(1)
        if len(calls) < 6:
            raise OperationalError("SELECT", {}, Exception("gone"))
        raise Refused("errors.gone")

    handled(monkeypatch, away_at_first)
    town.ben.phone.types("hello")
    await town.settle()
    for _ in range(8):
        town.clock.jump(60)
        await town.settle()
    assert len(calls) == 6
    assert len(town.ben.sees) == 1 and town.ben.heard(SORRY) == 0


async def test_an_answer_that_was_given_is_not_given_again_when_that_could_not_be_written_down(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = actions.finish
    failed: list[int] = []

    async def away(runtime: Any, update: Any) -> None:
        if len(failed) < 5:
            failed.append(1)
            raise OperationalError("UPDATE", {}, Exception("gone"))
        await real(runtime, update)

    monkeypatch.setattr(actions, "finish", away)
    await town.ben.says("/help")
    town.clock.jump(timedelta(minutes=2))
    await town.settle()
    assert len(failed) == 5 and len(town.ben.sees) == 1


async def test_in_a_group_the_bot_keeps_silent(town: TestTown) -> None:
    who = {"id": town.ben.phone.user_id, "is_bot": False, "first_name": "Ben"}
    group = {"id": -100, "type": "group", "title": "Elm House"}
    message = {"message_id": 5, "date": 0, "chat": group, "from": who, "text": "/help@FirstMileBot"}
    await actions.receive(town.runtime, [{"update_id": 9, "message": message}])
    await town.settle()
    assert town.ben.sees == []
    assert not [call for call in town.telegram.record if call.method == "sendMessage"]
