from collections.abc import Callable
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from bot.actions import heartbeats, updates
from bot.domain.deliveries import Kind, Lane
from bot.runtime import Runtime
from bot.store import deliveries as store
from bot.store.deliveries import New
from bot.store.schema import people
from bot.web import metrics
from bot.web.metrics import Pace
from bot.web.server import application
from tests.web.conftest import browser

Numbers = dict[tuple[str, str], float]


async def shown(runtime: Runtime, pace: Callable[[], Pace] = metrics.still) -> str:
    async with browser(application(metrics.routes(runtime, pace))) as page:
        answer = await page.get("/metrics")
        assert answer.status_code == 200
        return answer.text


def numbers(text: str) -> Numbers:
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, ",".join(sample.labels.values())): sample.value for sample in samples}


async def queue(runtime: Runtime, minutes_ago: int) -> None:
    due = runtime.now() - timedelta(minutes=minutes_ago)
    person = {"id": 1, "telegram_id": 555001, "name": "Zuleikha", "language": "en", "created_at": due}
    row = New("broadcast:1:1", 1, Kind.BROADCAST, due, due + timedelta(days=1), body="Secret words")
    async with runtime.database.write() as tx:
        await tx.execute(insert(people).values(person))
        await store.put(tx, [row], due)


async def test_what_waits_is_counted_by_lane_and_state(runtime: Runtime) -> None:
    await queue(runtime, minutes_ago=3)
    found = numbers(await shown(runtime))
    assert found["first_mile_deliveries_open", "broadcast,queued"] == 1
    assert found["first_mile_deliveries_open", "talk,queued"] == 0
    assert found["first_mile_deliveries_oldest_due_seconds", "broadcast"] == 180
    assert found["first_mile_deliveries_oldest_due_seconds", "talk"] == 0


async def test_what_is_due_only_later_has_not_waited(runtime: Runtime) -> None:
    await queue(runtime, minutes_ago=-60)
    assert numbers(await shown(runtime))["first_mile_deliveries_oldest_due_seconds", "broadcast"] == 0


async def test_the_inbox_is_counted(runtime: Runtime) -> None:
    await updates.receive(runtime, [{"update_id": 1}, {"update_id": 2}])
    found = numbers(await shown(runtime))
    assert found["first_mile_inbox_updates", "waiting"] == 2
    assert found["first_mile_inbox_updates", "dead"] == 0


async def test_a_part_that_has_never_run_has_no_age(runtime: Runtime) -> None:
    await heartbeats.beat(runtime, "sender")
    runtime.clock.jump(timedelta(seconds=30))  # type: ignore[attr-defined]
    found = numbers(await shown(runtime))
    assert found["first_mile_heartbeat_age_seconds", "sender"] == 30
    assert ("first_mile_heartbeat_age_seconds", "clock") not in found
    assert found["first_mile_broken_files", ""] == 0


async def test_permits_and_429s_come_from_whoever_paces(runtime: Runtime) -> None:
    found = numbers(await shown(runtime, lambda: {"permits": {Lane.TALK: 3}, "throttled": 1}))
    assert found["first_mile_permits_total", "talk"] == 3
    assert found["first_mile_permits_total", "broadcast"] == 0
    assert found["first_mile_throttled_total", ""] == 1


async def test_promise_9_nothing_in_it_is_about_a_person(runtime: Runtime) -> None:
    await queue(runtime, minutes_ago=1)
    text = await shown(runtime)
    assert not [word for word in ("Zuleikha", "555001", "Secret", "person") if word in text]


async def test_without_the_database_there_are_no_numbers(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(runtime: Runtime) -> heartbeats.Health:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(heartbeats, "health", broken)
    async with browser(application(metrics.routes(runtime))) as page:
        assert (await page.get("/metrics")).status_code == 503
