from collections.abc import AsyncIterator

import pytest

from tests.bare import Bare, opened_bare
from tests.virtual import START


@pytest.fixture
async def bare(tables_url: str) -> AsyncIterator[Bare]:
    """A circle with three people in it, on each kind of database."""
    async with opened_bare(tables_url, START, "Ben", "Dalia", "Chidi") as made:
        yield made
