"""/inbox: unanswered first, as many as there are; and words that do not say who they are for."""

import pytest

from tests.cast import TestTown
from tests.conversations.letters import shown, written


@pytest.fixture
async def village(town: TestTown) -> TestTown:
    await town.has_coordinator()
    await town.has_champion()
    await town.joins("Ben")
    return town


async def test_fifty_questions_fill_pages_unanswered_first(village: TestTown) -> None:
    town = village
    for number in range(1, 51):
        town.ben.phone.types(f"Question {number}")
    await town.settle()
    amara = town.amara
    await amara.says("/inbox")
    assert "Unanswered: 50" in amara.last
    assert amara.buttons[0] == "● Ben: Question 1"
    assert amara.buttons[-1] == "More"
    await amara.taps("More")
    assert amara.buttons[0] == "● Ben: Question 9"
    assert amara.buttons[-2:] == ["Back", "More"]
    for _ in range(5):
        await amara.taps("More")
    assert amara.buttons == ["● Ben: Question 49", "● Ben: Question 50", "Back"]

    await amara.taps("● Ben: Question 49")
    await amara.says("All of these at once")
    assert town.ben.heard("All of these at once") == 1
    assert "Still unanswered: 1" in amara.last
    await amara.taps("See who waits (1)")
    assert "Answered: 49" in amara.last
    assert amara.buttons[:2] == ["● Ben: Question 50", "✓ Ben: Question 49"]
    await amara.taps("✓ Ben: Question 49")
    assert "You answered: All of these at once" in amara.last
    await amara.says("And one more thing")
    assert town.ben.heard("And one more thing") == 1


async def test_two_questions_are_answered_by_one_answer(village: TestTown) -> None:
    town = village
    await town.ben.says("First?")
    await town.ben.says("Second?")
    await town.amara.says("Both: yes", reply_to=shown(town.amara, "Second?").message_id)
    await town.amara.says("/inbox")
    assert "Unanswered: 0" in town.amara.last
    assert "Answered: 2" in town.amara.last


async def test_words_for_nobody_in_particular_are_given_by_one_tap_and_never_retyped(village: TestTown) -> None:
    town = village
    await town.joins("Dalia")
    await town.ben.says("Is it raining?")
    await town.dalia.says("Is it on?")
    await town.amara.says("Yes, and bring an umbrella")
    assert "Who is this for? I have given it to nobody yet." in town.amara.last
    assert town.amara.buttons == ["● Ben: Is it raining?", "● Dalia: Is it on?", "Give it to a coordinator"]
    await town.amara.taps("● Ben: Is it raining?")
    assert town.ben.last == "Amara answers you.\n\nYes, and bring an umbrella"
    assert town.dalia.heard("umbrella") == 0
    assert "Your answer goes to Ben." in town.amara.last
    assert "Still unanswered: 1" in town.amara.last

    await town.amara.says("I need help with Dalia's question")
    await town.amara.taps("Give it to a coordinator")
    assert "Amara writes to you" in town.elif_.last
    await town.elif_.taps("Answer Amara")
    await town.elif_.says("Ring me")
    assert "Ring me" in town.amara.last


async def test_promise_7_a_champion_who_is_a_resident_elsewhere_never_sends_to_the_wrong_one(village: TestTown) -> None:
    town = village
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.joins("Amara", "Sanjay")
    await town.amara.says("A question of my own")
    assert "A question of my own" in town.sanjay.last, "nobody waits, so it can only be for her champion"
    await town.ben.says("How is your foot, Amara?")
    await town.amara.says("Much better, thank you")
    assert town.amara.buttons == ["● Ben: How is your foot, Amara?", "Give it to Sanjay"]
    assert town.sanjay.heard("Much better") == 0
    await town.amara.taps("● Ben: How is your foot, Amara?")
    assert "Much better, thank you" in town.ben.last
    assert town.sanjay.heard("Much better") == 0


async def test_an_answer_begun_yesterday_does_not_swallow_todays_words(village: TestTown) -> None:
    town = village
    await town.ben.says("Hello?")
    await town.amara.taps("Answer Ben")
    await town.passes(hours=13)
    await town.amara.says("Something quite different")
    assert "Who is this for?" in town.amara.last
    assert town.ben.heard("quite different") == 0
    assert written(town.amara, "Something quite different").message_id == town.amara.phone.last.reply_to


async def test_the_inbox_is_for_those_who_answer(village: TestTown) -> None:
    await village.ben.says("/inbox")
    assert "Only champions" in village.ben.last
    await village.amara.says("/inbox")
    assert "Nobody has written to you yet" in village.amara.last
    await village.elif_.says("/inbox")
    assert "Nobody has written to you yet" in village.elif_.last
