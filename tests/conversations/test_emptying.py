"""A question about somebody's health does not stay on the screen, whoever ends it (promise 9)."""

import pytest

from bot.actions import assisting, course, enrolling, planning, postponing, present
from bot.domain.checkins import Course
from bot.domain.plans import Tier
from tests.cast import TestTown
from tests.conversations.test_checkins import BREATH, checkins_of, shown


async def _is_asked(town: TestTown) -> int:
    await town.is_ready()
    number = await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    assert BREATH in shown(town.ben.phone)
    return number


def _reads_no_question(town: TestTown) -> bool:
    return BREATH not in shown(town.ben.phone) and "These questions are over" in shown(town.ben.phone)


@pytest.mark.parametrize("how", [Course.STOPPED, Course.DIED, Course.CANCELLED])
async def test_promise_9_the_question_goes_when_a_coordinator_ends_the_check_ins(town: TestTown, how: Course) -> None:
    number = await _is_asked(town)
    await course.end(town.runtime, await town.id_of("Elif"), number, how)
    await town.settle()
    assert _reads_no_question(town)


async def test_promise_9_the_question_goes_when_they_are_back_in_hospital(town: TestTown) -> None:
    number = await _is_asked(town)
    await course.back_in_hospital(town.runtime, await town.id_of("Elif"), number)
    await town.settle()
    assert _reads_no_question(town)


async def test_promise_9_the_question_goes_when_nobody_answers_it(town: TestTown) -> None:
    await _is_asked(town)
    await town.passes(days=1, minutes=5)
    assert _reads_no_question(town)


async def test_promise_9_the_question_goes_when_somebody_has_phoned(town: TestTown) -> None:
    await _is_asked(town)
    await postponing.answered_elsewhere(town.runtime, await town.id_of("Amara"), await town.id_of("Ben"))
    await town.settle()
    assert _reads_no_question(town)


async def test_promise_9_a_question_that_came_to_the_screen_too_late_goes_as_well(town: TestTown) -> None:
    number = await _is_asked(town)
    [asked, *_] = await checkins_of(town, number)
    assert asked.message_id
    await course.end(town.runtime, await town.id_of("Elif"), number, Course.STOPPED)
    await town.settle()
    late = next(one.message_id for one in town.ben.phone.messages if one.from_bot)
    await present.shown(town.runtime, asked.id, late)
    await town.settle()
    assert "These questions are over" in next(one.text for one in town.ben.phone.messages if one.message_id == late)


async def test_promise_9_the_question_goes_from_the_phone_of_a_volunteer(town: TestTown) -> None:
    await town.is_ready()
    await town.approves_plans()
    amara_id, elif_id = await town.id_of("Amara"), await town.id_of("Elif")
    home_on, plan = planning.today(town.runtime), "home-from-hospital"
    number = await assisting.enrol(
        town.runtime, elif_id, "Edna", amara_id, plan, home_on, Tier.USUAL, enrolling.PURPOSES
    )
    await town.passes(days=1)
    await town.amara.taps("Start the questions")
    assert BREATH in shown(town.amara.phone)
    await course.back_in_hospital(town.runtime, elif_id, number)
    await town.settle()
    assert BREATH not in shown(town.amara.phone)
