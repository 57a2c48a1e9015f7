from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.actions import heartbeats
from bot.runtime import Runtime
from bot.web import health
from bot.web.server import application
from tests.web.conftest import browser


async def ready(runtime: Runtime, *extra: str) -> tuple[int, dict[str, object]]:
    async with browser(application(health.routes(runtime, lambda: list(extra)))) as page:
        answer = await page.get("/readyz")
        return answer.status_code, answer.json()


async def beat(runtime: Runtime) -> None:
    await heartbeats.beat(runtime, "sender")
    await heartbeats.beat(runtime, "clock")


async def test_it_is_alive_even_when_nothing_works(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "health", broken)
    async with browser(application(health.routes(runtime))) as page:
        answer = await page.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_it_is_ready_while_sender_and_clock_beat(runtime: Runtime) -> None:
    await beat(runtime)
    assert await ready(runtime) == (200, {"ready": True, "troubles": [], "warnings": []})


async def test_before_anything_has_run_it_is_not_ready_and_says_why(runtime: Runtime) -> None:
    status, answer = await ready(runtime)
    assert status == 503
    assert answer["troubles"] == ["the sender has not run yet", "the clock has not run yet"]


async def test_a_part_that_fell_silent_is_named(runtime: Runtime) -> None:
    await beat(runtime)
    runtime.clock.jump(timedelta(minutes=5))  # type: ignore[attr-defined]
    await heartbeats.beat(runtime, "clock")
    status, answer = await ready(runtime)
    assert (status, answer["ready"]) == (503, False)
    assert answer["troubles"] == ["the sender has not run since 2026-10-05 09:00:00 UTC"]


async def test_a_tick_that_fails_is_named_although_the_clock_beats(runtime: Runtime) -> None:
    await heartbeats.expect(runtime, {"concerns.escalate": timedelta(seconds=2), "care.tidy": timedelta(hours=1)})
    runtime.clock.jump(timedelta(minutes=3))  # type: ignore[attr-defined]
    await beat(runtime)
    status, answer = await ready(runtime)
    assert (status, answer["ready"]) == (503, False)
    assert answer["troubles"] == ["the tick concerns.escalate has not succeeded since 2026-10-05 09:00:00 UTC"]
    await heartbeats.succeeded(runtime, {"concerns.escalate": runtime.now()})
    assert (await ready(runtime))[0] == 200


async def test_what_this_process_knows_of_itself_counts_too(runtime: Runtime) -> None:
    await beat(runtime)
    status, answer = await ready(runtime, "another program fetches this bot's updates")
    assert (status, answer["troubles"]) == (503, ["another program fetches this bot's updates"])


async def test_broken_message_files_are_told_but_the_work_goes_on(runtime: Runtime, messages: Path) -> None:
    await beat(runtime)
    (messages / "prevention" / "tea.en.md").write_text("no front matter")
    runtime.shelf.replace(runtime.catalogue.reload())
    status, answer = await ready(runtime)
    assert (status, answer["ready"], answer["troubles"]) == (200, True, [])
    assert "tea.en.md" in str(answer["warnings"])


async def test_without_the_database_it_is_not_ready(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "health", broken)
    status, answer = await ready(runtime)
    assert (status, answer["troubles"]) == (503, [health.DATABASE_DOWN])
    assert "disk full" not in str(answer)


async def test_answers_are_not_kept_by_anything_on_the_way(runtime: Runtime) -> None:
    async with browser(application(health.routes(runtime))) as page:
        for path in ("/healthz", "/readyz"):
            assert (await page.get(path)).headers["Cache-Control"] == "no-store"


async def broken(runtime: Runtime) -> heartbeats.Health:
    raise OperationalError("SELECT", {}, Exception("disk full"))
