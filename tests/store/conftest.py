from collections.abc import AsyncIterator

import pytest

from bot.store.database import Database
from tests.bare import Bare, opened_bare
from tests.virtual import START


@pytest.fixture
async def database(tables_url: str) -> AsyncIterator[Database]:
    """Nothing in it but its tables."""
    made = Database(tables_url, durable=False)
    yield made
    await made.close()


@pytest.fixture
async def bare(tables_url: str) -> AsyncIterator[Bare]:
    async with opened_bare(tables_url, START, "Ben", "Dalia") as made:
        yield made
