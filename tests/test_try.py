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
        goal = town.now() + timedelta(days=2)
        await town.turn_to(goal)
        assert goal <= town.now() < goal + timedelta(minutes=5)
        async with httpx.AsyncClient(base_url=server.url) as visitor:
            assert (await visitor.get("/")).headers["location"] == "/try/"
            assert "First Mile" in (await visitor.get("/try/")).text
            assert (await visitor.get("/healthz")).status_code == 200
        server.should_exit = True
        for work in works[:-1]:
            work.cancel()
        await asyncio.wait(works, timeout=5)


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
