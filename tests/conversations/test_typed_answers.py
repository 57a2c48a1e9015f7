"""Typed answers: understood whole or not at all, and what is not understood reaches a human."""

import pytest

from tests.cast import TestTown
from tests.conversations.test_checkins import BREATH, LEG, checkins_of, concerns_of, shown


async def test_words_numbers_and_labels_answer_a_question(town: TestTown) -> None:
    enrolment = await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.says("Yes")
    assert BREATH in town.ben.last and town.ben.phone.last.protect_content
    await town.ben.says("none of these, thank you")
    assert town.ben.heard("I did not understand that") == 1
    assert BREATH in town.ben.last
    await town.ben.says("No, none of these")
    assert LEG in town.ben.last
    await town.ben.says("1")
    await town.ben.says("YES!!")
    await town.ben.says("I cannot get to the shops")

    assert "That is all for today" in town.ben.last
    assert BREATH not in shown(town.ben.phone)
    assert {(one.level, one.reason) for one in await concerns_of(town, "Ben")} == {("help", "words"), ("help", "food")}
    assert (await checkins_of(town, enrolment))[0].state == "done"


@pytest.mark.parametrize("shows", [True, False])
async def test_promise_6_what_is_not_understood_is_read_by_somebody_who_may(town: TestTown, shows: bool) -> None:
    await town.is_home("Ben", shows=shows)
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.says("my arm has gone all numb")
    reader, other = (town.amara, town.elif_) if shows else (town.elif_, town.amara)
    assert "“my arm has gone all numb”" in reader.last and "I have it" in reader.buttons
    assert "numb" not in shown(other.phone)
    assert "999" in shown(town.ben.phone) and BREATH in town.ben.last

    await town.ben.says("since this morning")
    assert "numb" in reader.last and "since this morning" in reader.last
    assert len(await concerns_of(town, "Ben")) == 1, "one worry, not one for each line"


async def test_promise_6_a_typed_red_answer_is_red_and_the_same_update_twice_is_answered_once(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.says("ok")
    await town.ben.says("chest pain")
    assert town.ben.heard("Phone 999 now.") == 1 and "Ben needs somebody now" in town.amara.last
    assert LEG not in shown(town.ben.phone)


async def test_promise_2_stop_beats_every_question(town: TestTown) -> None:
    enrolment = await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.says("stop")
    assert {one.state.value for one in await checkins_of(town, enrolment)} == {"cleared"}


async def test_words_that_answer_nothing_at_the_door_go_to_their_champion(town: TestTown) -> None:
    await town.is_home("Ben", backup="")
    await town.joins("Ben")
    await town.is_asked("Ben")
    await town.ben.says("Could you bring my newspaper?")
    assert "Could you bring my newspaper?" in shown(town.amara.phone)
    await town.ben.says("later")
    assert "I will ask again at about" in town.ben.last


async def test_a_question_with_free_words_is_kept_and_read(town: TestTown) -> None:
    await town.is_home("Ben", days_ago=28, shows=True)
    await town.passes(minutes=1)
    if "Not today" not in town.ben.buttons:
        await town.is_asked("Ben")
    for words in ("yes", "no, none of these", "no", "yes", "yes"):
        await town.ben.says(words)
    assert "type it here" in town.ben.last
    await town.ben.says("My sister visits on Sunday, so do not ring then.")
    assert "That is all for today" in town.ben.last
    assert "My sister visits on Sunday" in town.amara.last
