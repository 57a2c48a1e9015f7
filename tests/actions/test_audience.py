"""What is planned for whom, on both databases."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.actions import broadcasts, starting
from bot.actions.audience import Draft
from bot.domain.broadcasts import Phase
from bot.domain.deliveries import State
from bot.store import broadcasts as broadcast_store
from bot.store import deliveries as delivery_store
from bot.store.schema import broadcasts as broadcast_table
from tests.cast import TestTown, opened_test_town


async def _reasons(town: TestTown, draft: Draft, **later: float) -> dict[str, list[str]]:
    start = town.runtime.now() + timedelta(**later) if later else None
    found = await broadcasts.preview(town.runtime, await town.id_of("Amara"), draft, start)
    return found.audience.reasons()


async def test_promise_3_and_8_planning_on_both_databases(database_url: str) -> None:
    async with opened_test_town(database_url) as town:
        await town.is_ready()
        draft = Draft(1, "falls", {})
        assert await _reasons(town, Draft(1, "nothing-of-the-kind", {})) == {
            "no_translation": ["Ben", "Dalia", "Chidi"]
        }
        assert await _reasons(town, Draft(1, "flu-jab", {})) == {"unfinished": ["Ben", "Dalia", "Chidi"]}
        filled = {"who": "older", "where": "x" * 3600, "day": "2026-12-03", "start": "10:00"}
        assert await _reasons(town, Draft(1, "flu-jab", filled)) == {"too_long": ["Ben", "Dalia", "Chidi"]}

        await town.sends("loneliness")
        loneliness = Draft(1, "loneliness", {})
        assert "same_topic" in await _reasons(town, loneliness)
        assert "capped" in await _reasons(town, draft)
        assert "capped" not in await _reasons(town, draft, days=7), "caps are counted at the time it would go out"
        assert "same_topic" not in await _reasons(town, loneliness, days=31)


async def test_promise_8_words_are_not_sent_after_the_day_of_their_review_not_even_from_the_queue(
    town: TestTown,
) -> None:
    await town.is_ready()
    review = town.runtime.catalogue.templates["loneliness", "en"].review_by
    evening = town.clock.now().astimezone(ZoneInfo("Europe/London"))
    evening = evening.replace(year=review.year, month=review.month, day=review.day, hour=19, minute=5)
    await town.clock.advance_to(evening)
    reasons = await _reasons(town, Draft(1, "loneliness", {}))
    assert reasons == {"too_late": ["Ben", "Dalia", "Chidi"]}


async def test_promise_4_a_start_that_comes_much_too_late_ends_as_missed_for_everybody(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.amara.taps("Send now (3)")
    town.clock.jump(timedelta(days=2))
    await town.settle()
    async with town.runtime.database.read() as tx:
        rows = await delivery_store.of_broadcast(tx, 1)
        broadcast = await broadcast_store.by_id(tx, 1)
    assert {(row.state, row.reason) for row in rows} == {(State.MISSED, "too_late")}
    assert broadcast is not None
    assert broadcast.state is Phase.FINISHED
    assert town.ben.heard("it is Amara") == 0
    assert any("their day was over before it could come" in one for one in town.amara.sees)


async def test_promise_3_starting_twice_writes_each_row_once(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.amara.taps("Send now (3)")
    await town.clock.advance(61)
    await starting.start_due(town.runtime)
    async with town.runtime.database.write() as tx:  # as if the change of state had been lost
        await tx.execute(broadcast_table.update().values(state=Phase.WAITING))
    await starting.start_due(town.runtime)
    await town.settle()
    async with town.runtime.database.read() as tx:
        assert len(await delivery_store.of_broadcast(tx, 1)) == 3
    assert town.ben.heard("it is Amara") == 1
