"""Gaps of the rota, and check-ins that could not be asked."""

from datetime import timedelta

from bot.actions import checkins, oncall, plans
from bot.domain.errors import NotFound
from bot.domain.rota import Gap
from tests.cast import TestTown
from tests.conversations.test_checkins import checkins_of, concerns_of
from tests.conversations.test_oncall import rota


async def test_a_turn_taken_over_fills_a_gap(town: TestTown) -> None:
    await town.has_coordinator()
    rota(town)
    now = town.runtime.now()
    await oncall.take_over(town.runtime, await town.id_of("Elif"), now + timedelta(hours=8))
    async with town.runtime.database.read() as tx:
        (gap,) = await oncall.rota_gaps(tx, town.runtime)
        assert await oncall.rota_gaps(tx, town.runtime) == [gap]
    assert gap == Gap(now + timedelta(hours=8), now + timedelta(days=7))


async def test_promise_6_one_bad_row_stops_no_other_and_a_human_hears_of_it(town: TestTown, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    ben = await town.is_home("Ben")
    dalia = await town.is_home("Dalia", plan="keeping-company")
    read = plans.usable_or_last

    async def broken(tx, runtime, plan_id):  # type: ignore[no-untyped-def]
        if plan_id == "home-from-hospital":
            raise NotFound("plans.gone")
        return await read(tx, runtime, plan_id)

    monkeypatch.setattr(plans, "usable_or_last", broken)
    due = max([(await checkins_of(town, who))[0].due_at for who in (ben, dalia)])
    town.clock.jump(due - town.clock.now() + timedelta(seconds=1))
    await checkins.ask_due(town.runtime)
    assert (await checkins_of(town, ben))[0].state == "late"
    assert (await checkins_of(town, dalia))[0].state == "asked"
    assert {one.reason for one in await concerns_of(town, "Ben")} == {"not_asked"}
