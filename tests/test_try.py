"""`first-mile try`: the town of the page begins in daytime, starts empty, and ends at once when told."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot import trying
from bot.config import ROOT
from bot.simulator.phones import Phone
from bot.town import Town

ZONE = "Europe/London"


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2026, 12, 1, 3, 0, tzinfo=UTC), datetime(2026, 12, 1, 10, 0, tzinfo=UTC)),
        (datetime(2026, 12, 1, 9, 0, tzinfo=UTC), datetime(2026, 12, 1, 9, 0, tzinfo=UTC)),
        (datetime(2026, 12, 1, 16, 59, tzinfo=UTC), datetime(2026, 12, 1, 16, 59, tzinfo=UTC)),
        (datetime(2026, 12, 1, 17, 0, tzinfo=UTC), datetime(2026, 12, 2, 10, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), datetime(2026, 7, 2, 9, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 20, 0, tzinfo=UTC), datetime(2026, 10, 25, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_try_begins_in_daytime(now: datetime, begins: datetime) -> None:
    assert trying.daytime(now, ZONE) == begins


async def test_the_town_starts_empty_and_its_clock_can_be_turned(tmp_path: Path) -> None:
    database = tmp_path / "try.db"
    database.write_text("what an earlier try left behind")
    async with trying.opened_try(0, database) as (town, server):
        works = [asyncio.create_task(work) for work in (*trying.running_parts(town), server.serve())]
        await server.started()
        elif_ = await _coordinator(town)
        goal = town.now() + timedelta(days=2)
        await town.turn_to(goal)
        await asyncio.sleep(1)  # the sender looks at the clock after it was turned
        assert not [one for one in elif_.history if "stood still" in one.text], "a turned clock raises no alarm"
        assert goal <= town.now() < goal + timedelta(minutes=5)
        async with httpx.AsyncClient(base_url=server.url) as visitor:
            assert (await visitor.get("/")).headers["location"] == "/try/"
            assert "First Mile" in (await visitor.get("/try/")).text
            assert (await visitor.get("/healthz")).status_code == 200
        server.should_exit = True
        for work in works[:-1]:
            work.cancel()
        await asyncio.wait(works, timeout=5)


async def _coordinator(town: Town) -> Phone:
    """The bot of the page works by itself: each of its answers is waited for."""
    elif_ = town.phone("Elif")
    elif_.types("/start")
    await _reads(town, elif_, "If you say yes")
    elif_.taps("Yes, write to me")
    await _reads(town, elif_, "You are a coordinator")
    return elif_


async def _reads(town: Town, phone: Phone, words: str) -> None:
    version = -1
    async with asyncio.timeout(20):
        while phone.last is None or words not in phone.last.text:
            version = await town.telegram.wait_change(version)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_at_once_and_cleanly_with_an_open_page(tmp_path: Path, told: signal.Signals) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "try", "--port", "0",
        cwd=tmp_path, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert program.stdout is not None
    said = (await asyncio.wait_for(program.stdout.readline(), 30)).decode()
    address = next(word for word in said.split() if word.startswith("http"))
    async with httpx.AsyncClient() as visitor, visitor.stream("GET", f"{address}events") as page:
        await anext(page.aiter_lines())
        program.send_signal(told)
        _, errors = await asyncio.wait_for(program.communicate(), 10)
    assert (program.returncode, "Traceback" in errors.decode()) == (0, False)
