"""A clock that stood still finds the last check-in and the closing together; after a plan nobody looks again."""

from datetime import timedelta
from typing import Any

import pytest

from bot.actions import checkins, plans
from bot.domain.checkins import Enrolment, Stage
from bot.domain.errors import NotFound
from bot.store import checkins as store
from bot.store import enrolments as enrolment_store
from bot.store.checkins import CheckIn
from tests.actions.test_not_lost_not_repeated import as_it_is
from tests.cast import TestTown
from tests.conversations.test_checkins import concerns_of


async def is_asked_the_last(town: TestTown, *, missed: int = 0) -> tuple[CheckIn, CheckIn]:
    """Ben is asked the last questions of his plan, with so many misses before it. Returns them and the closing."""
    enrolment_id = await town.is_home("Ben", backup="")
    async with town.runtime.database.write() as tx:
        *before, last, closing = await store.of_enrolment(tx, enrolment_id)
        for one in before:
            await store.change(tx, one.id, state=Stage.DONE)
        await enrolment_store.change(tx, enrolment_id, missed=missed)
    town.clock.jump(last.due_at - town.clock.now())
    await checkins.ask_due(town.runtime)
    return last, closing


async def finds_both_late(town: TestTown, closing: CheckIn) -> None:
    town.clock.jump(closing.not_after + timedelta(hours=1) - town.clock.now())
    await checkins.ask_due(town.runtime)


async def state_of_enrolment(town: TestTown, checkin: CheckIn) -> Enrolment:
    async with town.runtime.database.read() as tx:
        found = await enrolment_store.by_id(tx, checkin.enrolment_id)
    assert found is not None
    return Enrolment(found.state)


async def test_promise_6_a_last_check_in_that_never_left_is_told(town: TestTown) -> None:
    last, closing = await is_asked_the_last(town)  # and nothing was sent any more
    await finds_both_late(town, closing)
    after = await as_it_is(town, last)
    assert after is not None and (after.state, after.reason) == (Stage.LATE, "not_arrived")
    assert [one.reason for one in await concerns_of(town, "Ben")] == ["not_arrived"]
    assert await state_of_enrolment(town, closing) is Enrolment.ENDED


async def test_promise_5_somebody_who_never_read_that_it_is_over_hears_it_from_a_human(town: TestTown) -> None:
    _, closing = await is_asked_the_last(town)
    await town.settle()
    await town.ben.taps("Yes, now is good")
    await finds_both_late(town, closing)
    await town.settle()
    if not town.elif_.heard("The check-ins of Ben are over"):
        await town.passes(hours=12)  # work does not wake a coordinator
    assert town.elif_.heard("their last message could not be sent") == 1


async def test_promise_6_a_third_silence_is_asked_about_before_the_plan_ends(town: TestTown) -> None:
    last, closing = await is_asked_the_last(town, missed=2)
    await town.settle()
    await finds_both_late(town, closing)
    assert (await as_it_is(town, last)).state is Stage.MISSED  # type: ignore[union-attr]
    assert await state_of_enrolment(town, closing) is Enrolment.ACTIVE
    await town.passes(minutes=1)
    assert town.ben.heard("Is now a good time?") == 2
    await town.passes(days=3)
    assert "human_decides" in {one.reason for one in await concerns_of(town, "Ben")}


async def test_promise_6_a_closing_with_a_fault_leaves_no_silence_undecided(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    last, closing = await is_asked_the_last(town)
    await town.settle()

    async def broken(tx: Any, runtime: Any, plan_id: str) -> Any:
        raise NotFound("plans.gone")

    monkeypatch.setattr(plans, "usable_or_last", broken)
    town.clock.jump(closing.due_at - town.clock.now())
    await checkins.ask_due(town.runtime)
    after = await as_it_is(town, last)
    assert after is not None and (after.state, after.reason) == (Stage.MISSED, "fault")
    assert {one.reason for one in await concerns_of(town, "Ben")} == {"silent"}
    assert await state_of_enrolment(town, closing) is Enrolment.ENDED
