"""Correcting puts a fact right for exactly those who received it, and tells them so."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.store import people as people_store
from tests.cast import TestTown

EVENING = datetime(2026, 10, 5, 18, 59, 30, tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)


async def _sends_flu(town: TestTown) -> None:
    amara = town.amara
    await amara.says("/broadcast")
    await amara.taps("The flu jab")
    for words in ("1", "Park Road", "9 october", "10am", "leave it out", "send without a line", "send now"):
        await amara.says(words)


async def test_those_who_have_it_see_the_new_facts_and_are_told(town: TestTown) -> None:
    await town.is_ready()
    await _sends_flu(town)
    await town.chidi.says("stop")
    await town.passes(seconds=61)
    message_id = town.ben.phone.last.message_id
    await town.amara.taps("Correct it")
    assert "Who is your invitation for?" in town.amara.last
    await town.amara.taps("Keep: everyone aged 65 and over")
    await town.amara.taps("Keep: Park Road")
    await town.amara.says("10 october")
    await town.amara.taps("Keep: 10am")
    await town.amara.taps("Leave it out")
    await town.amara.taps("Send without a line")
    assert "Saturday 10 October" in town.amara.sees[-2]
    assert "People: 2." in town.amara.last
    await town.amara.taps("Yes, correct it (2)")
    assert "It is being corrected, and they are told. People: 2." in town.amara.last
    await town.passes(seconds=10)
    edited = next(one for one in town.ben.phone.messages if one.message_id == message_id)
    assert "Saturday 10 October" in edited.text
    assert [one.text for row in edited.buttons for one in row] == ["Helpful", "Ask Amara", "Stop"]
    assert town.ben.last == "Hello Ben. Amara has corrected this message. Please read it once more."
    assert town.chidi.heard("corrected") == 0, "who has stopped hears nothing"


async def test_who_still_waits_gets_the_new_words_once_and_nothing_else(town: TestTown) -> None:
    await town.is_ready()
    async with town.runtime.database.write() as tx:
        await people_store.change(tx, await town.id_of("Ben"), wakes_at=6 * 60, sleeps_at=23 * 60)
    await town.turns_to(EVENING)
    await _sends_flu(town)
    await town.passes(minutes=5)
    assert town.ben.heard("it is Amara") == 1
    await town.amara.says("/broadcast")
    await town.amara.taps("Earlier broadcasts")
    await town.amara.taps(town.amara.buttons[0])
    await town.amara.taps("Correct it")
    for words in ("keep: everyone aged 65 and over", "The Hall", "9 october", "10am", "leave it out"):
        await town.amara.says(words)
    await town.amara.taps("Send without a line")
    await town.amara.says("yes, correct it")
    await town.passes(hours=15)
    assert town.dalia.heard("The Hall") == 1
    assert town.dalia.heard("Park Road") == town.dalia.heard("corrected") == 0
    assert town.ben.heard("corrected") == 1


async def test_nothing_changed_is_nothing_to_correct_and_cancel_leaves_it(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    await town.amara.taps("Correct it")
    while any(one.startswith("Keep:") for one in town.amara.buttons):
        await town.amara.taps(next(one for one in town.amara.buttons if one.startswith("Keep:")))
    await town.amara.taps("Send without a line")
    await town.amara.taps("Yes, correct it (3)")
    assert "Nothing has changed" in town.amara.last
    await town.amara.says("/broadcast")
    await town.amara.taps("Go on")
    await town.amara.taps("Cancel")
    assert town.amara.last == "All right. The message stays as it was."
    assert town.ben.heard("corrected") == 0
