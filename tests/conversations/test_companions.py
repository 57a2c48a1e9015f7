"""The named person and the backup are asked before they are anything, and may say no, or stop."""

from bot.store import enrolments as store
from tests.cast import TestTown
from tests.conversations.letters import forges
from tests.conversations.test_enrolment import _card, _enrolment, opens

UP_TO_CHOICE = ("Yes", "Yes", "Yes", "Yes", "10am")


async def _begun(town: TestTown, backup: str = "Nobody") -> store.Enrolment:
    link = await _card(town)
    await opens(town.ben, link, *UP_TO_CHOICE, "Amara (Circle of Amara)", backup, "Yes, begin")
    return await _enrolment(town)


async def test_a_companion_says_yes_and_both_know(town: TestTown) -> None:
    made = await _begun(town, "Sanjay (Circle of Sanjay)")
    await town.amara.taps("Yes, I will be there")
    assert "Ben is told" in town.amara.last
    assert "Amara said yes, and asks after you from now on" in town.ben.last
    await town.sanjay.taps("Yes, I will be there")
    assert "Sanjay said yes, and stands in when it is needed" in town.ben.last
    await forges(town.amara, f"comp:yes:named:{made.id}")
    assert town.ben.heard("Amara said yes") == 1, "a second tap changes nothing"
    now = await _enrolment(town)
    assert (now.named_state, now.backup_state) == ("accepted", "accepted")


async def test_a_companion_says_no_and_another_is_chosen(town: TestTown) -> None:
    made = await _begun(town)
    await town.amara.taps("I cannot this time")
    assert "Amara cannot do it this time" in town.ben.last
    await town.ben.taps("Choose somebody else")
    await town.ben.taps("Sanjay (Circle of Sanjay)")
    assert "I am asking Sanjay" in town.ben.last
    await forges(town.amara, f"comp:yes:named:{made.id}")
    assert "This is no longer open" in town.amara.last
    await town.sanjay.taps("Yes, I will be there")
    assert (await _enrolment(town)).named_state == "accepted"
    await town.ben.says("/home")
    await town.ben.taps("Choose somebody else")
    await town.ben.taps("Nobody")
    assert "Ben has chosen somebody else" in town.sanjay.last
    assert (await _enrolment(town)).named_id is None


async def test_nobody_answers_a_question_that_was_put_to_another(town: TestTown) -> None:
    made = await _begun(town)
    await town.farid.says("/start")
    for who in (town.sanjay, town.farid, town.ben):
        for data in (
            f"comp:yes:named:{made.id}",
            f"comp:yes:backup:{made.id}",
            f"comp:no:person:{made.id}",
            "comp:yes",
        ):
            await forges(who, data)
            assert "no longer open" in who.last or "from earlier" in who.last, data
    assert (await _enrolment(town)).named_state == "asked"


async def test_promise_6_a_companion_who_stops_is_noticed(town: TestTown) -> None:
    await _begun(town)
    await town.amara.taps("Yes, I will be there")
    await town.amara.says("/stop")
    assert "Amara can no longer do it" in town.ben.last
    assert "Choose somebody else" in town.ben.buttons
    assert town.elif_.heard("Amara can no longer look after Ben") == 1
    assert (await _enrolment(town)).named_state == "declined"
    await town.ben.taps("Choose somebody else")
    assert not any(label.startswith("Amara") for label in town.ben.buttons)
