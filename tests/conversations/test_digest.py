"""The morning's digest, and the dead man's alarm."""

from datetime import timedelta

import httpx
import pytest

from bot import ticks
from bot.actions import digests, heartbeats, watching
from bot.config import Misconfigured, load
from bot.store import machine
from bot.store import people as people_store
from tests.cast import TestTown
from tests.conversations.test_concerns import red


async def test_every_morning_coordinators_read_what_is_open_and_how_old(town: TestTown) -> None:
    await town.has_coordinator()
    assert town.elif_.heard("Good morning") == 0, "nobody is looked after here"
    await town.is_home("Ben")
    await town.is_home("Dalia")
    before = town.elif_.heard("Good morning")
    await red(town)
    await town.amara.taps("I have it")
    await town.amara.taps("I have spoken to them")
    await town.turns_to(town.clock.now() + timedelta(hours=23, minutes=30))
    digest = next(one for one in reversed(town.elif_.sees) if "Good morning" in one)
    assert "Still open: 1. Nobody has taken: 0." in digest and "Ben, red, 22 hours, somebody has it" in digest
    assert "Check-ins today: 2" in digest or "Check-ins today: 1" in digest
    assert town.elif_.heard("Good morning") == before + 2, "today's and tomorrow's, each once"
    await town.passes(hours=3)
    digest = next(one for one in reversed(town.elif_.sees) if "Good morning" in one)
    await town.passes(hours=21)
    digest = next(one for one in reversed(town.elif_.sees) if "Good morning" in one)
    assert "No answer since yesterday: Dalia" in digest


async def test_promise_6_a_clock_that_stands_still_is_told_once_and_not_by_the_clock(town: TestTown) -> None:
    await town.has_coordinator()
    began = town.runtime.now()
    assert await watching.look(town.runtime, began) == 0
    town.clock.jump(timedelta(minutes=3))
    assert await watching.look(town.runtime, began) == 1
    assert await watching.look(town.runtime, began) == 0, "once for each silence"
    await town.town.app.sender.drain()
    assert "The clock has stood still since" in town.elif_.last

    await heartbeats.beat(town.runtime, "clock")
    assert await watching.look(town.runtime, began) == 0
    town.clock.jump(timedelta(minutes=3))
    assert await watching.look(town.runtime, began) == 1


async def test_the_sender_looks_whether_the_clock_still_runs(town: TestTown) -> None:
    await town.has_coordinator()
    async with town.runtime.database.write() as tx:
        await machine.beat(tx, "clock", town.runtime.now())
    town.clock.jump(timedelta(minutes=5))
    await town.town.app.sender._watch_the_clock()
    await town.town.app.sender.drain()
    assert "The clock has stood still since" in town.elif_.last


async def test_a_watcher_outside_is_called_and_its_absence_harms_nobody(town: TestTown) -> None:
    called = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(str(request.url))
        return httpx.Response(200 if len(called) == 1 else 500)

    transport = httpx.MockTransport(answer)
    assert not await ticks.ping(town.runtime, transport) and not called
    for part in ("sender", "clock"):
        await heartbeats.beat(town.runtime, part)
    object.__setattr__(town.runtime.settings, "heartbeat_url", "https://watch.example/ping/1")
    assert await ticks.ping(town.runtime, transport)
    assert not await ticks.ping(town.runtime, transport)
    object.__setattr__(town.runtime.settings, "heartbeat_url", "")
    assert called == ["https://watch.example/ping/1"] * 2


def test_the_watcher_is_called_over_https_only() -> None:
    with pytest.raises(Misconfigured, match="HEARTBEAT_URL: this must begin with https://"):
        load(_env_file=None, heartbeat_url="http://watch.example")


async def test_a_digest_names_the_first_and_counts_the_others(town: TestTown, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram takes no message of thousands of names, and a coordinator would then read nothing at all."""
    monkeypatch.setattr(digests, "MOST_MISSED", 1)
    await town.is_home("Ben")
    await town.is_home("Dalia")
    await town.passes(days=3)
    digests_read = [one for one in town.elif_.sees if "No answer since yesterday" in one]
    assert digests_read and "No answer since yesterday: Ben, and 1 more." in digests_read[0]


async def test_the_digest_counts_todays_check_ins_also_when_they_were_asked_already(town: TestTown) -> None:
    await town.has_coordinator()
    await town.is_home("Ben", days_ago=1)  # it is 10am, and day 1 of the plan is today
    await town.passes(minutes=1)
    async with town.runtime.database.read() as tx:
        person = await people_store.by_id(tx, await town.id_of("Elif"))
        sums = await digests._sums(tx, town.runtime, person, town.runtime.now())
    assert sums.due == 1


async def test_whoever_nobody_could_reach_is_named_in_the_morning(town: TestTown) -> None:
    await town.is_home("Ben", named="", backup="")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.says("My cat has run away, and I cannot look for her")
    await town.elif_.taps("I have it")
    for words in ("Close it", "I could not reach them", "Nothing to add"):
        await town.elif_.taps(words)
    await town.turns_to(town.clock.now() + timedelta(hours=23, minutes=30))
    digest = next(one for one in reversed(town.elif_.sees) if "Good morning" in one)
    assert "Closed since yesterday because nobody could reach them: Ben. Please ring again." in digest
