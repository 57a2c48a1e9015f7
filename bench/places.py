"""A small place and a large one: databases full of people who are on a plan."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import homes
from bench.processes import Failed
from bench.scene import CHAMPION_ID, COORDINATOR_ID, FIRST_ID
from bench.seed import Plan, runtime_on, seed
from bot.config import load
from bot.runtime import Runtime
from bot.store import people as people_store
from bot.store.database import Database

ROWS_EACH = 9  # the check-ins of the plan, and its closing
ONE_MORE = 200  # people of whom we time one by one what it takes to plan their check-ins


@dataclass(frozen=True)
class Place:
    """adding: seconds for those who were added by the clock. one_more: median seconds for planning one's check-ins."""

    runtime: Runtime
    adding: float
    one_more: float


def url_of(folder: Path, name: str) -> str:
    return f"sqlite:///{folder}/{name}.db"


def people_for(rows: int) -> int:
    """How many must be on a plan for so many check-ins to be open, less those that the busy day ends."""
    return math.ceil(rows / ROWS_EACH / (1 - 1 / (ROWS_EACH * homes.ASKED_EACH * homes.LOST_EACH)))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Runtime]:
    """The actions' view of a database that is seeded already."""
    database = Database(url)
    try:
        yield await runtime_on(load(_env_file=None, database_url=url), database)
    finally:
        await database.close()


@asynccontextmanager
async def place(folder: Path, name: str, residents: int, timed: int) -> AsyncIterator[Place]:
    """So many people on a plan, on a busy day. `timed`: how many of them are added by the clock."""
    url = url_of(folder, name)
    settings = load(_env_file=None, database_url=url, coordinator_ids=str(COORDINATOR_ID))
    await seed(settings, Plan(residents, FIRST_ID, CHAMPION_ID, COORDINATOR_ID))
    async with opened(url) as runtime:
        await homes.approve_plan(runtime, await _id(runtime, COORDINATOR_ID))
        crowd = await homes.residents(runtime, (CHAMPION_ID, COORDINATOR_ID))
        named_id = await _id(runtime, CHAMPION_ID)
        adding = await homes.enrol(runtime, crowd[:timed], named_id)
        await homes.enrol(runtime, crowd[timed:], named_id)
        one_more = await homes.planned_one_by_one(runtime, ONE_MORE)
        await homes.busy_day(runtime)
        yield Place(runtime, adding, one_more)


async def _id(runtime: Runtime, telegram_id: int) -> int:
    async with runtime.database.read() as tx:
        found = await people_store.by_telegram(tx, telegram_id)
    if found is None:
        raise Failed(f"nobody has the Telegram id {telegram_id}.")
    return found.id
