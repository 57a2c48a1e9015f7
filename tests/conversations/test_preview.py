"""The last look tells the truth: what arrives is what was shown, to exactly those who were counted."""

import pytest

from bot.domain.people import Purpose
from bot.simulator.messages import Message
from bot.store import people as people_store
from tests.cast import Character, TestTown


async def _joins_in(town: TestTown, name: str, code: str) -> None:
    """Somebody of this circle reads another language, whether or not its phrases are there yet."""
    async with town.runtime.database.write() as tx:
        await people_store.change(tx, await town.id_of(name), language=code)


def _bubble(who: Character) -> Message:
    """The message above the summary: what somebody would get."""
    return who.phone.messages[-2]


async def test_promise_8_the_message_arrives_exactly_as_it_was_shown(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("flu-jab", line='Tea & cake < pie for "you".')
    shown = _bubble(town.amara)
    assert "Above is exactly what Ben would get." in town.amara.last
    assert "People who get it: 3" in town.amara.last
    assert "Done by about 10:01am." in town.amara.last
    assert "Nobody gets it after Tuesday 6 October, 10:01am." in town.amara.last
    await town.amara.taps("Helpful")
    assert town.amara.phone.toasts[-1].text.startswith("This is how it will look.")

    await town.amara.taps("Send now (3)")
    await town.passes(seconds=61)
    got = town.ben.phone.last
    assert (got.text, got.entities) == (shown.text, shown.entities)
    assert 'Tea & cake < pie for "you".' in got.text
    labels = [[one.text for one in row] for row in got.buttons]
    assert labels == [[one.text for one in row] for row in shown.buttons] == [["Helpful"], ["Ask Amara"], ["Stop"]]


async def test_promise_8_it_says_who_gets_none_and_why(town: TestTown) -> None:
    await town.is_ready()
    await town.joins("Farid")
    await town.joins("Gita")
    await town.dalia.says("/pause")
    await town.dalia.taps("7 days")
    await town.chidi.says("/stop")
    await town.farid.blocks()
    await _joins_in(town, "Gita", "bn")

    await town.drafts("loneliness")

    assert "People who get it: 1" in town.amara.last
    assert "• asked for a rest: Dalia" in town.amara.last
    assert "• stopped all messages: Chidi" in town.amara.last
    assert "cannot be reached (blocked the bot): Farid" in town.amara.last
    assert "• no approved words in their language: Gita" in town.amara.last


async def test_another_persons_message_and_another_language_are_one_tap_away(town: TestTown) -> None:
    await town.is_ready()
    await town.approves("loneliness", language="ar")
    await _joins_in(town, "Chidi", "ar")
    await town.drafts("loneliness")
    assert "what Ben would get" in town.amara.last
    await town.amara.taps("Show another person's")
    assert "what Chidi would get" in town.amara.last, "somebody of the other language comes second"
    shown = _bubble(town.amara)
    await town.amara.taps("Show another person's")
    assert "what Dalia would get" in town.amara.last
    await town.amara.taps("Send now (3)")
    await town.passes(seconds=61)
    assert town.chidi.phone.last.text == shown.text
    assert "\u2068Amara\u2069" in shown.text or "Amara" in shown.text


async def test_the_champion_is_told_of_caps_before_and_may_include_people_up_to_the_hard_one(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    await town.drafts("falls")
    assert "People who get it: 0" in town.amara.last
    assert "got a message this week, or is getting one now: Ben, Dalia, Chidi" in town.amara.last
    assert not any(one.startswith("Send now") for one in town.amara.buttons)
    await town.amara.taps("Send also to the 3 who had one")
    assert "People who get it: 3" in town.amara.last
    await town.amara.taps("Leave those out after all")
    assert "People who get it: 0" in town.amara.last
    await town.amara.taps("Send also to the 3 who had one")
    await town.amara.taps("Send now (3)")
    await town.passes(seconds=61)
    assert town.ben.heard("it is Amara") == 2

    await town.drafts("heat")
    assert "has had as many messages as anybody may get: Ben, Dalia, Chidi" in town.amara.last
    assert not any(one.startswith("Send also") for one in town.amara.buttons)
    await town.amara.taps("Cancel")

    await town.drafts("loneliness")
    assert "got this topic in the last 30 days, or is getting it now: Ben, Dalia, Chidi" in town.amara.last


async def test_promise_3_overlapping_circles_give_one_copy_and_the_second_champion_knows_before(town: TestTown) -> None:
    await town.is_ready()
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.joins("Ben", "Sanjay")
    await town.joins("Gita", "Sanjay")
    await town.drafts("loneliness")
    await town.drafts("loneliness", "Sanjay")
    assert "People who get it: 2" in town.sanjay.last, "nothing has been sent yet"
    await town.amara.taps("Send now (3)")
    await town.sanjay.taps("Show another person's")
    assert "People who get it: 1" in town.sanjay.last
    assert "or is getting it now: Ben" in town.sanjay.last
    await town.sanjay.taps("Send now (1)")
    await town.passes(minutes=2)
    assert town.ben.heard("it is Amara") + town.ben.heard("it is Sanjay") == 1
    assert town.gita.heard("it is Sanjay") == 1


async def test_a_circle_with_nobody_in_it_says_what_to_do(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves("loneliness")
    await town.has_champion()
    await town.drafts("loneliness")
    assert "Nobody is in this circle yet. /circle has its link" in town.amara.last
    assert town.amara.buttons == ["Back", "Cancel"]


async def test_a_champion_is_not_in_their_own_circle(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves("loneliness")
    await town.has_champion()
    await town.amara.opens(town.amara.link())
    await town.drafts("loneliness")
    assert "Nobody is in this circle yet." in town.amara.last


@pytest.mark.parametrize("name", ["A" * 64, "Zoë <b>&amp;</b> {{ name }}", "\U0001f600" * 32])
async def test_long_and_strange_names_stay_whole_and_fit(town: TestTown, name: str) -> None:
    await town.is_ready()
    async with town.runtime.database.write() as tx:
        for one in ("Ben", "Dalia", "Amara"):
            await people_store.change(tx, await town.id_of(one), name=name)
        for one in ("Dalia", "Chidi"):
            await people_store.record_consent(
                tx, await town.id_of(one), Purpose.BROADCASTS, False, "test", town.clock.now(), 1
            )
    await town.drafts("flu-jab", line="\U0001f600" * 160)
    shown = _bubble(town.amara).text
    assert f"Hello {name}, it is {name}." in shown
    await town.amara.taps("Send now (1)")
    await town.passes(seconds=61)
    assert town.ben.phone.last.text == shown
