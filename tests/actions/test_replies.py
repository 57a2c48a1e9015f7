"""The actions behind replies, on both databases; and the pure pieces of relaying."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.actions import albums, answers, relaying, replies
from bot.actions.replies import Said
from bot.domain.errors import NotFound, NotNow
from bot.store import people as people_store
from bot.store import replies as store
from tests.cast import TestTown, opened_test_town


@pytest.fixture
async def anywhere(database_url: str) -> AsyncIterator[TestTown]:
    """A town on each kind of database: Elif coordinates, Amara has Ben in her circle."""
    async with opened_test_town(database_url) as town:
        await town.has_coordinator()
        await town.has_champion()
        await town.joins("Ben")
        yield town


async def test_promise_7_the_whole_way_there_and_back_on_each_database(anywhere: TestTown) -> None:
    town, runtime = anywhere, anywhere.runtime
    ben, amara, elif_ = [await town.id_of(name) for name in ("Ben", "Amara", "Elif")]

    passed = await replies.pass_on(runtime, ben, Said(9001, "Hello?"))
    again = await replies.pass_on(runtime, ben, Said(9001, "Hello?"))
    assert passed.reply.id == again.reply.id
    assert passed.readers == again.readers == ["Amara"]
    await replies.pass_on(runtime, ben, Said(9002, "Anybody?"))
    await replies.pass_on(runtime, ben, Said(9003, "", "photo", album="x"))
    assert await albums.continue_album(runtime, ben, Said(9004, "", "photo", album="x"))
    assert not await albums.continue_album(runtime, ben, Said(9005, "", "photo", album="y"))

    page = await answers.inbox(runtime, amara)
    assert ([one.body for one, _ in page.questions], page.waiting, page.answered) == (["Hello?", "Anybody?", ""], 3, 0)
    second = page.questions[1][0]
    for stranger in (ben, elif_):
        with pytest.raises(NotFound):
            await answers.answer(runtime, stranger, second.id, Said(1, "mine"))
    done = await answers.answer(runtime, amara, second.id, Said(9100, "Yes"))
    assert (done.resident, done.waiting, done.arrives) == ("Ben", 1, None)
    assert (await answers.answer(runtime, amara, second.id, Said(9100, "Yes"))).waiting == 1
    assert await replies.edited(runtime, ben, Said(9002, "Anybody there?"), 1)
    assert not await replies.edited(runtime, ben, Said(9002, "Anybody there?"), 1)
    assert await answers.count_open(runtime, amara) == 2

    await town.amara.says("/stop")
    await town.passes(minutes=1)
    assert await answers.count_open(runtime, elif_) == 2
    assert town.elif_.heard("Anybody there?") == 1
    assert await answers.rescue(runtime) == 0


async def test_of_two_answers_at_the_same_instant_one_counts(anywhere: TestTown) -> None:
    town, runtime = anywhere, anywhere.runtime
    runtime.settings.__dict__["coordinator_ids"] = frozenset({1001, 2001})
    town.telegram.phone("Gita", user_id=2001)
    await town.gita.says("/start")
    await town.gita.taps("Yes, write to me")
    await town.amara.says("/stop")
    question = (await replies.pass_on(runtime, await town.id_of("Ben"), Said(9001, "Who is first?"))).reply
    await town.settle()

    readers = [await town.id_of(name) for name in ("Elif", "Gita")]
    both = [answers.answer(runtime, one, question.id, Said(9100 + one, "Me")) for one in readers]
    came = await asyncio.gather(*both, return_exceptions=True)

    assert sorted(type(one).__name__ for one in came) == ["Answered", "NotNow"]
    assert [one.phrase for one in came if isinstance(one, NotNow)] == ["replies.answered_already"]
    await town.settle()
    assert town.ben.heard("Me") == 1


async def test_promise_9_what_was_relayed_names_whose_words_it_carries(anywhere: TestTown) -> None:
    """So that forgetting somebody blanks their words on the way to others, too."""
    town, runtime = anywhere, anywhere.runtime
    await town.ben.says("Please forget this")
    await town.ben.says("/forget")
    await town.ben.taps("Yes, erase everything")
    async with runtime.database.read() as tx:
        assert await people_store.by_telegram(tx, town.ben.phone.user_id) is None
        assert await store.by_message(tx, 3, 1) is None
    await town.amara.says("/inbox")
    assert "Nobody has written" in town.amara.last
    await town.amara.taps("Answer Ben")
    assert "no longer works" in town.amara.last


@pytest.mark.parametrize(
    ("text", "longest", "kept"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("one two three", 9, "one two…"),
        ("unbroken", 5, "unbr…"),
        ("😀😀😀", 4, "😀…"),
    ],
)
def test_a_text_is_cut_between_words_and_never_inside_a_character(text: str, longest: int, kept: str) -> None:
    assert relaying.shortened(text, longest) == kept
    assert relaying.units(kept) <= longest


def test_an_original_is_quoted_as_plain_words() -> None:
    assert relaying.excerpt("<b>Hello</b> Ben &amp; all", 100) == "Hello Ben & all"
