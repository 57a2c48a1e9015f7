"""What every run begins with: a simulated Telegram, a seeded database, phones, and the bot."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.champion import Champion
from bench.processes import Bot, simulator
from bench.seed import Plan, seed
from bench.stage import Stage
from bot.config import load

FIRST_ID = 1_000_000
CHAMPION_ID, COORDINATOR_ID = 900_001, 900_002
FIRST_ASKER_ID, ASKERS = 800_000, 40


@dataclass
class Scene:
    stage: Stage
    bot: Bot
    champion: Champion
    recipients: range
    database: Path

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.database}"

    @property
    def askers(self) -> list[int]:
        """People outside the circle."""
        return list(range(FIRST_ASKER_ID, FIRST_ASKER_ID + ASKERS))


@asynccontextmanager
async def scene(recipients: int, latency_ms: float = 0, burst: int | None = None) -> AsyncIterator[Scene]:
    """Everybody is there and the bot is ready to be started; all of it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="first-mile-bench-") as name:
        folder = Path(name)
        database = folder / "bench.db"
        url = f"sqlite:///{database}"
        plan = Plan(recipients, FIRST_ID, CHAMPION_ID, COORDINATOR_ID)
        await seed(load(_env_file=None, database_url=url, coordinator_ids=str(COORDINATOR_ID)), plan)
        async with simulator(folder, latency_ms, burst) as address, httpx.AsyncClient(base_url=address) as client:
            stage = Stage(client)
            await stage.people(FIRST_ID, recipients)
            await stage.phone(CHAMPION_ID, "Amara")
            await stage.phone(COORDINATOR_ID, "Elif")
            await stage.people(FIRST_ASKER_ID, ASKERS)
            bot = Bot(folder, telegram_api_url=address, database_url=url, coordinator_ids=COORDINATOR_ID)
            try:
                yield Scene(stage, bot, Champion(stage, CHAMPION_ID), plan.ids(), database)
            finally:
                bot.end()
