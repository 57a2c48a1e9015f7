from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.catalogue.catalogue import Catalogue
from bot.config import load
from bot.runtime import Runtime, Shelf
from bot.store.database import Database
from tests.virtual import VirtualClock

PLACE = Path(__file__).parents[2] / "messages" / "place.toml"


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    folder = tmp_path / "messages"
    (folder / "phrases").mkdir(parents=True)
    (folder / "prevention").mkdir()
    (folder / "place.toml").write_text(PLACE.read_text())
    (folder / "phrases" / "en.toml").write_text('[people]\nwelcome = "Hello {{ name }}"\nstop = ["stop"]\n')
    return folder


@pytest.fixture
async def runtime(tmp_path: Path, messages: Path) -> AsyncIterator[Runtime]:
    url = f"sqlite:///{tmp_path}/web.db"
    database = Database(url, durable=False)
    await database.migrate()
    settings = load(_env_file=None, database_url=url, messages_dir=messages)
    yield Runtime(settings, database, Shelf(Catalogue.open(messages)), VirtualClock(), b"x" * 32, "FirstMileBot")
    await database.close()


def browser(app: Starlette) -> httpx.AsyncClient:
    """Speaks to an application without a socket; a page that fails is seen as a browser sees it."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://bot.example")
