"""What somebody writes who is asked how they are reaches the person in whose name they are asked (promise 7)."""

from tests.cast import TestTown

QUESTION = "Do you have a spare blanket?"


async def test_promise_7_words_below_a_check_in_go_to_the_person_in_whose_name_it_came(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion("Amara", "Elm House")
    await town.joins("Ben")
    await town.is_home("Ben", named="Sanjay", backup="")
    await town.is_asked("Ben")
    assert "it is Sanjay" in town.ben.last
    await town.ben.says(QUESTION)
    assert "I have passed this on to Sanjay" in town.ben.last
    assert QUESTION in town.sanjay.last and "it is Sanjay" in town.sanjay.last, "the original stands above it"
    assert town.amara.heard(QUESTION) == 0 and town.elif_.heard(QUESTION) == 0
    await town.sanjay.taps("Answer Ben")
    await town.sanjay.says("Two of them!")
    assert "Sanjay answers you" in town.ben.last


async def test_promise_7_without_a_named_person_the_coordinators_read_it(town: TestTown) -> None:
    await town.is_home("Ben", named="", backup="")
    await town.is_asked("Ben")
    await town.ben.says(QUESTION)
    assert QUESTION in town.elif_.last
