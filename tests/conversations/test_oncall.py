"""/oncall: who is on call, the gaps, and taking over."""

from dataclasses import replace
from datetime import time, timedelta

from bot.domain.rota import Turn
from tests.cast import TestTown
from tests.conversations.test_checkins import shown
from tests.conversations.test_concerns import red


def rota(town: TestTown, *turns: Turn) -> None:
    catalogue = town.runtime.catalogue
    town.runtime.shelf.replace(replace(catalogue, place=replace(catalogue.place, oncall=turns)))


async def second_coordinator(town: TestTown) -> None:
    settings = town.runtime.settings
    object.__setattr__(settings, "coordinator_ids", settings.coordinator_ids | {town.grace.phone.user_id})
    await town.grace.says("/start")
    await town.grace.taps("Yes, write to me")


async def test_the_week_its_gaps_and_taking_over(town: TestTown) -> None:
    await town.has_coordinator()
    await second_coordinator(town)
    await town.is_home("Ben", named="", backup="")
    grace = town.grace.phone.user_id
    rota(town, Turn(start=time(8), end=time(22), who=frozenset({grace})))
    await town.elif_.says("/oncall")
    assert "On call now: Grace" in town.elif_.last
    assert "Nobody is on call at these times" in town.elif_.last and "10pm" in town.elif_.last

    await red(town)
    assert "Ben needs somebody now" in town.grace.last and "Ben needs" not in shown(town.elif_.phone)

    await town.elif_.says("/oncall")
    await town.elif_.taps("I take over for 8 hours")
    assert "On call now: Elif" in town.elif_.last and "You have taken over until" in town.elif_.last
    await town.grace.taps("Pass it on")
    assert "Ben needs somebody now" in shown(town.elif_.phone)
    await town.elif_.taps("I give it back")
    assert "On call now: Grace" in shown(town.elif_.phone)

    await town.ben.says("/oncall")
    assert "Only coordinators" in town.ben.last


async def test_promise_6_in_a_gap_every_coordinator_is_told(town: TestTown) -> None:
    await town.is_home("Ben", named="", backup="")
    now = town.clock.now()
    rota(town, Turn(start=(now - timedelta(hours=2)).time(), end=(now - timedelta(hours=1)).time()))
    await red(town)
    assert "Ben needs somebody now" in town.elif_.last
    await town.elif_.says("/oncall")
    assert "Nobody is on call" in town.elif_.last


async def test_who_is_alone_on_call_reads_one_line_and_is_not_asked_to_take_over_from_herself(town: TestTown) -> None:
    await town.has_coordinator()
    await town.elif_.says("/oncall")
    assert "The next 7 days: Elif." in town.elif_.last
    assert town.elif_.buttons == []
    await second_coordinator(town)
    await town.elif_.says("/oncall")
    assert "I take over for 8 hours" in town.elif_.buttons
