"""Hazards of time and machines: what waits too long, falls silent, comes back from a backup (docs/safety.md)."""

import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import httpx

from bot import ticks
from bot.actions import backup, heartbeats
from tests.cast import TestTown, opened_test_town
from tests.conversations.test_checkins import NO_BREATH, checkins_of, concerns_of, presses, shown
from tests.conversations.test_enrolment import ALL_YES, _card, opens


async def test_promise_6_a_worry_that_companions_leave_lying_reaches_coordinators_in_8_working_hours(
    town: TestTown,
) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")  # Tuesday, 10am in London
    for label in ("Yes, now is good", NO_BREATH, "No", "No, some are missing"):
        await town.ben.taps(label)
    await town.passes(hours=23, minutes=10)
    digest = next(one for one in reversed(town.elif_.sees) if "Good morning" in one)
    assert re.search(r"Ben, amber, \d+ hours, nobody has it", digest), "the morning's digest names it before that"
    assert "would like a ring" not in shown(town.elif_.phone)
    await town.passes(hours=1)  # Wednesday, 10am: 4 hours of Amara's, 4 of Sanjay's
    assert "Ben would like a ring" in town.elif_.last


async def test_an_old_answer_button_counts_for_nothing_days_later(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    yesterday = town.ben.phone.last
    assert yesterday is not None
    data = yesterday.buttons[1][0].data
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await presses(town.ben, yesterday, data)
    assert town.ben.heard("Phone 999 now.") == 0 and "Ben needs" not in shown(town.amara.phone)
    assert await concerns_of(town, "Ben") == []
    assert town.ben.buttons == [NO_BREATH, "Yes, I do"], "the question of today stands there"


async def test_the_most_urgent_worry_stands_first_and_rings_at_night_however_many_wait(town: TestTown) -> None:
    for name in ("Ben", "Dalia", "Chidi"):
        await town.is_home(name, named="", backup="")
    await town.is_asked("Ben")
    for who in (town.ben, town.dalia):
        for label in ("Yes, now is good", NO_BREATH, "No", "No, some are missing"):
            await who.taps(label)
    await town.chidi.taps("Yes, now is good")
    await town.passes(hours=9, minutes=5)  # past the waking hours
    evening = town.elif_.heard("would like a ring")
    await town.passes(hours=5)  # midnight in London
    assert town.elif_.heard("would like a ring") == evening, "what is not loud waits for the morning"
    await town.chidi.taps("Yes, I do")
    assert "Chidi needs somebody now" in town.elif_.last
    await town.elif_.says("/concerns")
    assert [label.split(" ")[0] for label in town.elif_.buttons] == ["Chidi", "Ben", "Dalia"]
    assert "red" in town.elif_.buttons[0]


async def test_a_watcher_outside_hears_nothing_while_the_sender_stands_still(town: TestTown) -> None:
    called: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(str(request.url))
        return httpx.Response(200)

    object.__setattr__(town.runtime.settings, "heartbeat_url", "https://watch.example/ping/1")
    transport = httpx.MockTransport(answer)
    for part in ("sender", "clock"):
        await heartbeats.beat(town.runtime, part)
    assert await ticks.ping(town.runtime, transport)
    town.clock.jump(timedelta(minutes=3))
    await heartbeats.beat(town.runtime, "clock")
    assert not await ticks.ping(town.runtime, transport), "alerts would not go out, whoever runs the clock"
    assert len(called) == 1


async def test_nobody_begins_once_the_only_coordinator_cannot_be_reached(town: TestTown) -> None:
    link = await _card(town)
    await opens(town.ben, link, *ALL_YES, "10am", "Nobody")
    await town.elif_.says("/stop")
    await town.ben.taps("Yes, begin")
    assert "Sorry, we cannot begin today" in town.ben.last
    await town.passes(days=2)
    assert "Is now a good time?" not in shown(town.ben.phone)


async def test_promise_6_a_last_coordinator_who_stops_is_told_to_the_watcher_outside(town: TestTown) -> None:
    await town.is_home("Ben")
    object.__setattr__(town.runtime.settings, "heartbeat_url", "https://watch.example/ping/1")
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    for part in ("sender", "clock"):
        await heartbeats.beat(town.runtime, part)
    assert await ticks.ping(town.runtime, transport)
    await town.elif_.says("/stop")
    assert not await ticks.ping(town.runtime, transport)
    warnings = (await heartbeats.health(town.runtime)).warnings()
    assert any("no coordinator can be reached" in one for one in warnings)


async def test_promise_3_after_a_restore_what_was_asked_before_is_not_asked_again(tmp_path: Path) -> None:
    url, copy = f"sqlite:///{tmp_path}/town.db", tmp_path / "copy.db"
    async with opened_test_town(url) as town:
        enrolment = await town.is_home("Ben")
        await town.is_asked("Ben")
        await town.ben.taps("Not today")
        backup.backup(url, copy)
        hellos = town.ben.heard("Is now a good time?")
        await town.passes(minutes=5)
        before = town
    with sqlite3.connect(tmp_path / "town.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    backup.restore(copy, url, before.clock.now())
    async with opened_test_town(url, before=before) as town:
        await town.settle()
        await town.passes(minutes=30)
        assert town.ben.heard("Is now a good time?") == hellos
        rows = {one.day: one.state.value for one in await checkins_of(town, enrolment)}
        assert rows[1] == "cleared" and rows[2] == "planned"
