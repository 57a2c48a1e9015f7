"""Somebody asks by /home to be asked after: until a coordinator says yes or no it is told of again."""

from datetime import UTC, datetime

from bot.actions import requests
from tests.cast import TestTown
from tests.conversations.test_checkins import shown

AGAIN = "still has no answer"


async def _asks(town: TestTown) -> None:
    await town.is_ready()
    await town.approves_plans()
    await town.turns_to(datetime(2026, 10, 9, 10, tzinfo=UTC))  # a Friday, eleven o'clock in London
    await town.ben.says("/home")
    await town.ben.taps("Yes, please ask for me")
    assert town.elif_.heard("Ben asks for check-ins at home") == 1


async def test_promise_6_a_request_that_lies_is_told_again_after_four_working_hours_then_daily(town: TestTown) -> None:
    await _asks(town)
    await town.passes(hours=3, minutes=50)
    assert town.elif_.heard(AGAIN) == 0
    await town.passes(minutes=20)
    assert town.elif_.heard(AGAIN) == 1
    assert "Ben asked for check-ins at home on" in town.elif_.last
    await town.passes(days=2)
    assert town.elif_.heard(AGAIN) == 1, "nobody works at the weekend"
    await town.passes(days=1)
    assert town.elif_.heard(AGAIN) == 2
    await requests.remind(town.runtime)
    await town.passes(days=1)
    assert town.elif_.heard(AGAIN) == 3


async def test_promise_6_a_request_stands_in_the_digest_until_it_is_decided(town: TestTown) -> None:
    await _asks(town)
    await town.passes(days=1)
    digest = next(one for one in reversed(town.elif_.sees) if "Good morning" in one)
    assert "waiting for your yes or no" in digest
    assert "- Ben, since 21 hours" in digest or "- Ben, since 22 hours" in digest, digest


async def test_a_request_that_was_decided_is_told_of_no_more(town: TestTown) -> None:
    await _asks(town)
    await town.elif_.taps("Look at it")
    await town.elif_.taps("Not possible here")
    await town.passes(days=4)
    assert AGAIN not in shown(town.elif_.phone)
