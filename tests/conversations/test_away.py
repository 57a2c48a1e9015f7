"""/away: a cover who said yes, whose name people know before their words go there."""

from datetime import UTC, datetime

import pytest

from tests.cast import TestTown
from tests.conversations.letters import forges, shown


@pytest.fixture
async def village(town: TestTown) -> TestTown:
    await town.has_coordinator()
    await town.approves()
    await town.has_champion()
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.joins("Ben")
    return town


async def _goes_away(town: TestTown, days: int = 7) -> None:
    await town.amara.says("/away")
    await town.amara.taps("Sanjay (Tuesday tea)")
    await town.amara.taps(f"{days} days")


async def test_promise_7_people_are_told_the_name_first_and_replies_go_there_and_back(village: TestTown) -> None:
    town = village
    await town.sends()
    await _goes_away(town)
    assert "I have asked" in town.amara.last
    await town.ben.says("Before the yes")
    assert "Before the yes" in town.amara.last, "nothing changes before the cover says yes"
    await town.amara.says("/away")
    assert "wait for a yes" in town.amara.last

    await town.sanjay.taps("Yes, I will answer")
    assert "Sanjay reads what you write here" in town.ben.last
    assert "Monday 12 October" in town.ben.last
    assert "Sanjay said yes" in shown(town.amara, "Sanjay said yes").text
    await town.ben.says("Is somebody there?")
    assert "Is somebody there?" in town.sanjay.last
    assert "About: Hello Ben, it is Amara." in town.sanjay.last
    assert "passed this on to Sanjay" in town.ben.last
    await town.sanjay.taps("Answer Ben")
    await town.sanjay.says("I am, until Monday.")
    assert town.ben.last == "Sanjay answers you.\n\nI am, until Monday."
    await town.ben.says("Good")
    assert "Good" in town.sanjay.last

    await town.amara.says("/away")
    await town.amara.taps("I am back")
    assert "Welcome back" in town.amara.last
    assert "Amara is back already" in town.sanjay.last
    await town.ben.says("Welcome home")
    assert "Welcome home" in town.amara.last, "the cover's answer was the newest, yet she is back"
    assert town.sanjay.heard("Welcome home") == 0
    await town.passes(days=8)
    assert town.amara.heard("Your time away is over") == 0


async def test_promise_7_until_the_notice_has_gone_out_they_are_asked_by_name(village: TestTown) -> None:
    town = village
    await town.turns_to(datetime(2026, 10, 5, 18, 30, tzinfo=UTC))  # half past seven in the evening
    await town.sanjay.says("/help")  # awake
    await _goes_away(town)
    await town.sanjay.taps("Yes, I will answer")
    assert town.ben.heard("is away until") == 0, "it is night for Ben"

    await town.ben.says("A worry at night")
    assert "May Sanjay read what you wrote?" in town.ben.last
    assert town.sanjay.heard("A worry") + town.amara.heard("A worry") == 0
    await town.ben.taps("Yes, Sanjay may read it")
    assert "A worry at night" in town.sanjay.last
    await town.ben.says("Another worry")
    assert "Another worry" in town.sanjay.last, "asked once is enough"
    await town.passes(hours=1)
    assert town.amara.heard("worry") == 0


async def test_promise_4_whoever_taps_nothing_reaches_their_champion_after_half_an_hour(village: TestTown) -> None:
    town = village
    await town.dalia.says("/start")
    await _goes_away(town)
    await town.sanjay.taps("Yes, I will answer")
    await town.joins("Dalia")  # after the others were told
    await town.dalia.says("I tap no buttons")
    assert "May Sanjay read" in town.dalia.last
    await town.passes(minutes=29)
    assert town.amara.heard("I tap no buttons") == 0
    await town.passes(minutes=2)
    assert town.amara.heard("I tap no buttons") == 1
    assert town.sanjay.heard("I tap no buttons") == 0

    await town.dalia.says("Only for you")
    await town.dalia.taps("No, only Amara")
    assert "Only for you" in town.amara.last
    await town.dalia.says("For Sanjay then")
    await town.dalia.taps("Yes, Sanjay may read it")
    assert "For Sanjay then" in town.sanjay.last
    await town.passes(hours=1)
    assert town.amara.heard("For Sanjay then") == 0


async def test_the_end_comes_by_itself_and_both_are_told(village: TestTown) -> None:
    town = village
    await _goes_away(town, 3)
    await town.sanjay.taps("Yes, I will answer")
    await town.turns_to(datetime(2026, 10, 8, 8, 0, tzinfo=UTC))
    assert "Your time away is over" in town.amara.last
    assert "Amara is back from today" in town.sanjay.last
    await town.ben.says("Hello again")
    assert "Hello again" in town.amara.last


async def test_a_no_changes_nothing_and_somebody_else_can_be_asked(village: TestTown) -> None:
    town = village
    await town.has_champion("Gita", "Choir")
    await _goes_away(town)
    question = town.sanjay.phone.last
    await town.sanjay.taps("I cannot this time")
    assert "Sanjay cannot answer for you" in town.amara.last
    await forges(town.sanjay, "cover:yes:1")
    assert "no longer open" in town.sanjay.last, "an old Yes does not undo a No"
    assert question is not None
    await town.ben.says("Still there?")
    assert "Still there?" in town.amara.last

    await town.amara.says("/away")
    await town.amara.taps("Gita (Choir)")
    await town.amara.taps("14 days")
    await town.gita.taps("Yes, I will answer")
    await town.ben.says("And now?")
    assert "And now?" in town.gita.last
    await town.gita.says("/away")
    await town.gita.taps("I cannot answer any longer")
    assert "Gita can no longer answer for you" in town.amara.last
    await town.ben.says("Who now?")
    assert "Who now?" in town.amara.last


async def test_what_was_queued_about_an_absence_ends_with_it(village: TestTown) -> None:
    town = village
    await town.turns_to(datetime(2026, 10, 5, 18, 30, tzinfo=UTC))
    await town.sanjay.says("/help")
    await _goes_away(town)
    await town.sanjay.taps("Yes, I will answer")
    await town.amara.says("/away")
    await town.amara.taps("I am back")
    await town.passes(days=1)
    assert town.ben.heard("is away until") == 0


async def test_a_cover_who_stops_leaves_the_words_to_the_coordinators(village: TestTown) -> None:
    town = village
    await _goes_away(town)
    await town.sanjay.taps("Yes, I will answer")
    await town.ben.says("For the cover")
    await town.sanjay.says("/stop")
    await town.passes(minutes=1)
    assert town.elif_.heard("For the cover") == 1
    await town.ben.says("And who reads this?")
    assert "Elif" in town.ben.last
    assert "And who reads this?" in town.elif_.last


async def test_nobody_can_be_made_a_cover_who_is_no_champion(village: TestTown) -> None:
    town = village
    ben, elif_ = await town.id_of("Ben"), await town.id_of("Elif")
    for who in (ben, elif_, await town.id_of("Amara"), 999):
        await forges(town.amara, f"away:{who}:7")
        assert "cannot answer for you" in town.amara.last
    await forges(town.ben, "cover:yes:1")
    await forges(town.ben, "uncover:1")
    assert town.ben.heard("people are told your name") == 0


async def test_alone_there_is_nobody_to_ask(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    await town.amara.says("/away")
    assert "no other champion" in town.amara.last
    assert "020 7946 0123" in town.amara.last
