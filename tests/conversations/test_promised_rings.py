"""Somebody is told who will ring them only while that is so."""

import pytest

from bot.actions import concerns
from bot.domain.concerns import Outcome
from tests.cast import TestTown
from tests.conversations.test_checkins import concerns_of, shown


async def _is_taken_at_night(town: TestTown) -> int:
    """Ben has been silent for two days; Amara says at eleven at night that she has it."""
    await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.passes(days=2, minutes=5)
    await town.turns_to(town.clock.now().replace(hour=22, minute=0))
    [worry] = await concerns_of(town, "Ben")
    await concerns.take(town.runtime, await town.id_of("Amara"), worry.id)
    await town.settle()
    assert "Amara will ring" not in shown(town.ben.phone), "Ben sleeps"
    return worry.id


async def test_promise_5_who_will_ring_is_told_in_the_morning(town: TestTown) -> None:
    await _is_taken_at_night(town)
    await town.passes(hours=11)
    assert town.ben.heard("Amara will ring you by") == 1


@pytest.mark.parametrize("how", ["closed", "passed on", "stopped"])
async def test_a_ring_that_nobody_owes_any_more_is_not_promised(town: TestTown, how: str) -> None:
    number, amara_id = await _is_taken_at_night(town), await town.id_of("Amara")
    if how == "closed":
        await concerns.close(town.runtime, amara_id, number, Outcome.FINE)
    elif how == "passed on":
        await concerns.pass_on(town.runtime, amara_id, number)
    else:
        await town.amara.says("/stop")
    await town.passes(hours=11)
    assert town.ben.heard("Amara will ring") == 0
