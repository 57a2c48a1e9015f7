from collections.abc import AsyncIterator

import pytest

from bot.store.database import Database
from tests.bare import Bare, opened_bare
from tests.virtual import START


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database of each kind with its tables."""
    made = Database(database_url, durable=False)
    await made.migrate()
    yield made
    await made.close()


@pytest.fixture
async def bare(database_url: str) -> AsyncIterator[Bare]:
    async with opened_bare(database_url, START, "Ben", "Dalia") as made:
        yield made
