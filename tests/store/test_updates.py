import asyncio
from datetime import timedelta
from typing import Any

from bot.actions import updates as actions
from bot.store import updates as store
from bot.store.database import Database
from tests.bare import DAY, Bare, bare_runtime

WEEK = timedelta(days=7)


def message(update_id: int, chat_id: int = 7, text: str = "hello") -> dict[str, Any]:
    chat = {"id": chat_id, "type": "private"}
    return {"update_id": update_id, "message": {"message_id": 1, "date": 0, "chat": chat, "text": text}}


async def waiting(bare: Bare, state: str = "new") -> int:
    async with bare.runtime.database.read() as tx:
        return await store.count(tx, state)


async def test_promise_4_an_update_is_stored_as_it_came_and_once(bare: Bare) -> None:
    came = {**message(5), "something_new": {"of": ["Telegram", 1.5, None, "é 👋 \\u0000"]}}
    assert await actions.receive(bare.runtime, [came, message(6)]) == 2
    assert await actions.receive(bare.runtime, [message(5, text="again")]) == 0
    taken = await actions.take(bare.runtime)
    assert [one.payload for one in taken] == [came]


async def test_numbers_that_begin_anew_after_a_week_are_new_updates(bare: Bare) -> None:
    await actions.receive(bare.runtime, [message(5)])
    (first,) = await actions.take(bare.runtime)
    await actions.finish(bare.runtime, first)
    bare.clock.jump(WEEK - timedelta(hours=1))
    assert await actions.receive(bare.runtime, [message(5, text="the same, brought again")]) == 0

    bare.clock.jump(timedelta(hours=2))
    assert await actions.receive(bare.runtime, [message(5, text="another")]) == 1
    (second,) = await actions.take(bare.runtime)
    assert (second.payload["message"]["text"], second.attempts) == ("another", 1)


async def test_an_update_that_waits_is_never_written_over_however_old(bare: Bare) -> None:
    await actions.receive(bare.runtime, [message(5, text="first")])
    bare.clock.jump(3 * WEEK)
    await actions.receive(bare.runtime, [message(5, text="second")])
    assert (await actions.take(bare.runtime))[0].payload["message"]["text"] == "first"


async def test_one_of_each_chat_at_a_time_the_oldest_first(bare: Bare) -> None:
    await actions.receive(bare.runtime, [message(3, 7), message(1, 7), message(2, 8), message(4, 9)])
    first = await actions.take(bare.runtime, most=2)
    assert [one.update_id for one in first] == [1, 2]
    assert [one.update_id for one in await actions.take(bare.runtime)] == [4]
    await actions.finish(bare.runtime, first[0])
    assert [one.update_id for one in await actions.take(bare.runtime)] == [3]


async def test_what_was_put_back_is_not_overtaken_by_the_same_chat(bare: Bare) -> None:
    await actions.receive(bare.runtime, [message(1, 7), message(2, 7), message(3, 8)])
    one, _ = await actions.take(bare.runtime)
    assert not await actions.fail(bare.runtime, one, "KeyError")
    assert await actions.take(bare.runtime) == []
    bare.clock.jump(2)
    assert [(again.update_id, again.attempts) for again in await actions.take(bare.runtime)] == [(1, 2)]


async def test_a_fault_of_ours_is_tried_four_times_then_buried_with_its_words(bare: Bare) -> None:
    await actions.receive(bare.runtime, [message(1), message(2)])
    buried = []
    for _ in range(actions.MOST_ATTEMPTS):
        (one,) = await actions.take(bare.runtime)
        assert one.update_id == 1
        buried.append(await actions.fail(bare.runtime, one, "KeyError"))
        bare.clock.jump(60)
    assert buried == [False, False, False, True]
    assert await waiting(bare, "dead") == 1
    assert [one.update_id for one in await actions.take(bare.runtime)] == [2]


async def test_while_the_line_is_down_an_update_keeps_its_place_for_an_hour(bare: Bare) -> None:
    await actions.receive(bare.runtime, [message(1), message(2)])
    begun, tries = bare.now, 0
    while True:
        (one,) = await actions.take(bare.runtime)
        tries += 1
        assert (one.update_id, one.attempts) == (1, 1)
        if await actions.wait(bare.runtime, one, "NetworkError"):
            break
        bare.clock.jump(60)
    assert bare.now - begun > actions.PATIENCE
    assert tries == 62


async def test_promise_4_what_a_dead_process_had_taken_is_taken_again_after_its_lease(bare: Bare) -> None:
    await actions.receive(bare.runtime, [message(1)])
    assert len(await actions.take(bare.runtime)) == 1
    assert await actions.take(bare.runtime) == []
    bare.clock.jump(actions.LEASE - timedelta(seconds=1))
    await actions.renew(bare.runtime, [1])
    bare.clock.jump(2)
    assert await actions.take(bare.runtime) == []
    bare.clock.jump(actions.LEASE)
    assert [one.attempts for one in await actions.take(bare.runtime)] == [2]


async def test_an_update_that_kills_every_process_is_given_up(bare: Bare) -> None:
    await actions.receive(bare.runtime, [message(1)])
    for _ in range(actions.MOST_CLAIMS):
        assert len(await actions.take(bare.runtime)) == 1
        bare.clock.jump(actions.LEASE)
    assert await actions.take(bare.runtime) == []
    assert await waiting(bare, "dead") == 1


async def test_two_processes_never_take_the_same_update_nor_two_of_one_chat(bare: Bare, tables_url: str) -> None:
    await actions.receive(bare.runtime, [message(number, chat_id=number % 10) for number in range(100, 140)])
    other = Database(tables_url, durable=False)
    runtimes = [bare.runtime, bare_runtime(tables_url, bare.clock, other)] * 4

    for _ in range(4):
        several = await asyncio.gather(*(actions.take(runtime, 3) for runtime in runtimes))
        taken = [one for some in several for one in some]
        assert len(taken) == len({one.update_id for one in taken}) == len({one.chat_id for one in taken}) == 10
        for one in taken:
            await actions.finish(bare.runtime, one)
    await other.close()
    assert await waiting(bare, "done") == 40


async def test_words_are_kept_no_longer_than_the_work_takes(bare: Bare) -> None:
    await actions.receive(bare.runtime, [message(1, 7), message(2, 8)])
    done, given_up = await actions.take(bare.runtime)
    await actions.finish(bare.runtime, done)
    for _ in range(actions.MOST_ATTEMPTS):
        await actions.fail(bare.runtime, given_up, "KeyError")
        bare.clock.jump(60)
        given_up = next(iter(await actions.take(bare.runtime)), given_up)
    bare.clock.jump(8 * DAY)
    assert await actions.tidy(bare.runtime) == 1
    bare.clock.jump(23 * DAY)
    assert await actions.tidy(bare.runtime) == 1


def test_every_kind_of_update_belongs_to_the_chat_it_came_from() -> None:
    who = {"id": 7, "is_bot": False, "first_name": "Ben"}
    chat = {"id": 7, "type": "private"}
    for content in (
        {"message": {"chat": chat, "from": who}},
        {"edited_message": {"chat": chat, "from": who}},
        {"callback_query": {"from": {**who, "id": 9}, "message": {"chat": chat}}},
        {"callback_query": {"from": who, "inline_message_id": "x"}},
        {"my_chat_member": {"chat": chat, "from": who}},
    ):
        assert actions.chat_of({"update_id": 1, **content}) == 7
    assert actions.chat_of({"update_id": 1}) == 0
