"""Rows of check-ins: what a day of coming home makes of a plan, and that asking twice does nothing twice."""

from datetime import date, timedelta

import pytest

from bot.actions import course, discharging, enrolling, planning
from bot.domain.checkins import Course, Stage
from bot.domain.errors import NotFound, NotNow, Refused
from bot.domain.people import Purpose
from bot.domain.plans import Tier
from bot.store import checkins as store
from bot.store.checkins import CheckIn
from tests.cast import TestTown, opened_test_town


async def _rows(town: TestTown, number: int) -> list[CheckIn]:
    async with town.runtime.database.read() as tx:
        return await store.of_enrolment(tx, number)


async def test_promise_3_beginning_or_moving_twice_leaves_one_row_a_day(database_url: str) -> None:
    async with opened_test_town(database_url) as town:
        number = await town.is_home("Ben", named="", backup="")
        ben = await town.id_of("Ben")
        keys = [one.key for one in await _rows(town, number)]
        await enrolling.begin(town.runtime, ben, number)
        await course.move_home(town.runtime, ben, number, planning.today(town.runtime))
        assert [one.key for one in await _rows(town, number)] == keys
        assert len(set(keys)) == 9
        await course.back_in_hospital(town.runtime, ben, number)
        await course.back_in_hospital(town.runtime, ben, number)
        assert {one.state for one in await _rows(town, number)} == {Stage.CLEARED}
        await course.home_again(town.runtime, ben, number, planning.today(town.runtime))
        with pytest.raises(NotNow):
            await course.home_again(town.runtime, ben, number, planning.today(town.runtime))
        planned = [one for one in await _rows(town, number) if one.state is Stage.PLANNED]
        assert [one.cycle for one in planned] == [2] * 9
        await course.end(town.runtime, ben, number, Course.STOPPED)
        await course.end(town.runtime, ben, number, Course.STOPPED)
        with pytest.raises(Refused):
            await enrolling.begin(town.runtime, ben, number)


async def test_promise_5_a_day_that_is_over_makes_no_late_check_in(town: TestTown) -> None:
    number = await town.is_home("Ben", named="", backup="", days_ago=5)
    assert [one.day for one in await _rows(town, number)] == [7, 10, 14, 21, 28, 30]
    with pytest.raises(Refused):
        await discharging.outlook(town.runtime, "home-from-hospital", date(2026, 8, 1))
    with pytest.raises(NotNow):
        await discharging.outlook(town.runtime, "no-such-plan", planning.today(town.runtime))


async def test_promise_1_nothing_begins_without_the_yes_to_check_ins(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves_plans()
    await town.ben.says("/start")
    await town.dalia.says("/start")
    ben, dalia, elif_id = [await town.id_of(name) for name in ("Ben", "Dalia", "Elif")]
    today = planning.today(town.runtime)
    card = await enrolling.discharge(town.runtime, elif_id, "home-from-hospital", today, Tier.USUAL, "en")
    token = card.link.partition("start=h_")[2]
    await enrolling.open_card(town.runtime, token, ben)
    with pytest.raises(Refused):
        await enrolling.begin(town.runtime, ben, card.enrolment_id)
    await enrolling.consent(town.runtime, ben, card.enrolment_id, Purpose.CHECKINS, True, "home-1")
    with pytest.raises(NotNow):
        await enrolling.open_card(town.runtime, token, dalia)
    for purpose in (Purpose.CHECKINS, Purpose.PHONE):
        with pytest.raises(NotFound):
            await enrolling.consent(town.runtime, dalia, card.enrolment_id, purpose, True, "home-1")
    with pytest.raises(NotFound):
        await enrolling.consent(town.runtime, ben, card.enrolment_id, Purpose.WORK, True, "home-1")
    town.clock.jump(timedelta(days=14, seconds=1))  # too old at once, also before a tick has put it away
    with pytest.raises(NotNow):
        await enrolling.begin(town.runtime, ben, card.enrolment_id)
    assert card.never == []
    assert timedelta(days=14) == enrolling.CARD_LASTS
