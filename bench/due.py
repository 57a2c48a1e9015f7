"""Thousands of check-ins due at one instant: the real bot and sender, and people who ask for help meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from bench import homes
from bench.askers import Askers
from bench.figures import Pace, pace
from bench.ledger import Ledger, Row, balance
from bench.places import opened, url_of
from bench.processes import Bot, Failed, Usage, simulator
from bench.scene import ASKERS, CHAMPION_ID, COORDINATOR_ID, FIRST_ASKER_ID, FIRST_ID
from bench.stage import Stage
from bench.watched import Gap, gaps_in
from bot.domain.deliveries import Kind, State
from bot.runtime import Runtime
from bot.store.schema import deliveries, people

HELLO = "I have a few short questions for you"  # stands in every first message: the words by which copies are counted
LOOK = 0.5  # seconds between looks at how far it is
HEAD_START = 5.0  # seconds from the bot's being ready until everything falls due at once
SLOWEST_PER_SECOND = 10  # below this a run is given up
LATE = timedelta(minutes=1)


@dataclass(frozen=True)
class Result:
    """restart: seconds from starting the program to a decision about a check-in that fell due before.

    decided, sent: seconds after the due time, one for each check-in. deciding, sending: when the loop gave nobody a
    turn, until the last decision and until the last message.
    """

    restart: float
    decided: list[float]
    sent: list[float]
    deciding: list[Gap]
    sending: list[Gap]
    ledger: Ledger
    refused: int
    pace: Pace
    askers: Askers
    usage: Usage


@dataclass(frozen=True)
class _Scene:
    folder: Path
    stage: Stage
    runtime: Runtime
    settings: dict[str, Any]

    @property
    def gaps(self) -> Path:
        return self.folder / "gaps.jsonl"

    @property
    def askers(self) -> list[int]:
        """People who are on no plan."""
        return list(range(FIRST_ASKER_ID, FIRST_ASKER_ID + ASKERS))


async def run(folder: Path, name: str, due: int, latency_ms: float) -> Result:
    """On the database `name` in `folder`."""
    async with _scene(folder, name, due, latency_ms) as one:
        restart = await _restart(one)
        return await _at_once(one, due, restart)


@asynccontextmanager
async def _scene(folder: Path, name: str, due: int, latency_ms: float) -> AsyncIterator[_Scene]:
    url = url_of(folder, name)
    async with (
        opened(url) as runtime,
        simulator(folder, latency_ms) as address,
        httpx.AsyncClient(base_url=address, timeout=60) as client,
    ):
        stage = Stage(client)
        await stage.people(FIRST_ID, 2 * due)  # not everybody's first check-in can fall due: some are asked already
        await stage.phone(CHAMPION_ID, "Amara")
        await stage.phone(COORDINATOR_ID, "Elif")
        await stage.people(FIRST_ASKER_ID, ASKERS)
        settings = {"telegram_api_url": address, "database_url": url, "coordinator_ids": COORDINATOR_ID}
        yield _Scene(folder, stage, runtime, settings)


async def _restart(one: _Scene) -> float:
    before = one.runtime.now()
    await homes.fall_due(one.runtime, list((await homes.chosen(one.runtime, 1)).values()), before - LATE)
    bot, began = Bot(one.folder, **one.settings), time.monotonic()
    try:
        await bot.start()
        while not await _count(one.runtime, before, deliveries.c.created_at):
            if time.monotonic() - began > 60:
                raise Failed("a check-in that was due was not decided about within 60 seconds of the start.")
            await asyncio.sleep(0.05)
        return time.monotonic() - began
    finally:
        bot.end()


async def _at_once(one: _Scene, wanted: int, restart: float) -> Result:
    bot = Bot(one.folder, program=("-m", "bench.watched", str(one.gaps)), **one.settings)
    usage, askers = Usage(), Askers(one.stage, one.askers)
    await one.stage.forget()
    due = await homes.chosen(one.runtime, wanted, besides=1)
    try:
        await bot.start()
        at = one.runtime.now() + timedelta(seconds=HEAD_START)
        await homes.fall_due(one.runtime, list(due.values()), at)
        tasks = [asyncio.create_task(usage.watch(bot.pid)), asyncio.create_task(askers.run())]
        await _all_ended(one.runtime, at, len(due))
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    finally:
        bot.end()
    return await _result(one, at, list(due), restart, askers, usage)


async def _all_ended(runtime: Runtime, at: datetime, wanted: int) -> None:
    """What is not over by the end of our patience is counted as lost by whoever looks at the rows."""
    until = time.monotonic() + HEAD_START + 60 + wanted / SLOWEST_PER_SECOND
    while time.monotonic() < until and await _count(runtime, at, deliveries.c.done_at) < wanted:  # noqa: ASYNC110
        await asyncio.sleep(LOOK)


async def _count(runtime: Runtime, since: datetime, column: Any) -> int:
    """First messages of check-ins that were written since then, and in which this column is filled."""
    query = select(func.count(column)).where(deliveries.c.kind == Kind.CHECKIN, deliveries.c.created_at >= since)
    async with runtime.database.read() as tx:
        return int((await tx.execute(query)).scalar_one())


async def _result(
    one: _Scene, at: datetime, due: Sequence[int], restart: float, askers: Askers, usage: Usage
) -> Result:
    rows = await _rows(one.runtime, at)
    decided = [(row.created_at - at).total_seconds() for row in rows]
    sent = [(row.done_at - at).total_seconds() for row in rows if row.done_at]
    counts = await one.stage.counts(HELLO)
    copies = {chat_id: number for chat_id, number in counts.chats.items() if chat_id in set(due)}
    booked = [Row(row.telegram_id, State(row.state), row.reason) for row in rows]
    began = at.timestamp()
    return Result(
        restart,
        decided,
        sent,
        gaps_in(one.gaps, began, began + max(decided, default=0.0) + 1),
        gaps_in(one.gaps, began, began + max(sent, default=0.0)),
        balance(booked, copies, due),
        counts.refused,
        pace(counts.arrivals, set(due)),
        askers,
        usage,
    )


async def _rows(runtime: Runtime, since: datetime) -> list[Any]:
    columns = (deliveries.c.created_at, deliveries.c.done_at, deliveries.c.state, deliveries.c.reason)
    query = select(*columns, people.c.telegram_id).join(people, people.c.id == deliveries.c.person_id)
    query = query.where(deliveries.c.kind == Kind.CHECKIN, deliveries.c.created_at >= since)
    async with runtime.database.read() as tx:
        return list(await tx.execute(query))
