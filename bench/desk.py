"""Every page of the desk with 10,000 residents and 1,000 broadcasts: how long the server takes, and how large it is.

The pages are those that the desk really has: read off its routes, one of each kind.
"""

import random
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.routing import BaseRoute, Route

from bench.bars import Bar
from bench.desk_rows import Size, fill
from bench.processes import Failed
from bot import running
from bot.actions import desk as door
from bot.actions import people as people_actions
from bot.actions import plan_reading
from bot.actions import plans as plan_actions
from bot.actions import templates as template_actions
from bot.app import open_catalogue
from bot.clock import SystemClock
from bot.config import load
from bot.domain.plan_parts import ways
from bot.domain.templates import SOURCE_LANGUAGE
from bot.runtime import Runtime, Shelf
from bot.store.database import Database
from bot.web import coordinators
from bot.web.desk import COOKIE
from bot.web.server import application

COORDINATOR = 1001
TIMES = 15
SLOWEST_MS, LARGEST_KB = 100, 200
# Not pages: what never ends, what is a picture, what only lets in, what only the browser that made a card is shown.
NO_PAGES = re.compile(
    r"/desk(/(live|static|enter|app|charts)\b.*|.*\.png|/checkins/\{id:int\}/card|/people/invitation|/\{rest:path\}|)$"
)
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def pages_of(routes: Iterable[BaseRoute], ids: Mapping[str, object]) -> list[str]:
    """The address of every page, parameters filled in. `ids`: by the fixed part before and the name, concerns.id.

    Raises KeyError for a parameter that nobody has said: a new page is never left out.
    """
    found = []
    for route in routes:
        if isinstance(route, Route) and "GET" in (route.methods or ()) and not NO_PAGES.match(route.path):
            found.append(filled(route.path, ids))
    return found


def filled(path: str, ids: Mapping[str, object]) -> str:
    """The address of one route; as in `pages_of`."""
    parts, fixed = [], ""
    for part in path.split("/"):
        parameter = PARAMETER.fullmatch(part)
        parts.append(str(ids[f"{fixed}.{parameter[1]}"]) if parameter else part)
        fixed = fixed if parameter else part
    return "/".join(parts)


async def run(residents: int, broadcasts: int) -> list[Bar]:
    async with place(Size(residents, broadcasts)) as (runtime, client, ids):
        bars = []
        for path in pages_of(coordinators.routes(runtime), ids):
            taken, size = await _measured(client, path)
            bars.append(Bar(f"{path}: 95 of 100", taken, "ms", at_most=SLOWEST_MS))
            bars.append(Bar(f"{path}: size", size / 1024, "KB", at_most=LARGEST_KB))
        return bars


async def _measured(client: httpx.AsyncClient, path: str) -> tuple[float, int]:
    """(milliseconds that 95 of 100 stay below, bytes). Raises Failed when the page is not there."""
    times, size = [], 0
    for _ in range(TIMES + 1):
        begun = time.perf_counter()
        answer = await client.get(path)
        times.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise Failed(f"{path} answered {answer.status_code}.")
        size = len(answer.content)
    return statistics.quantiles(times[1:], n=20)[-1], size  # the first compiles the view


class FirstLook(httpx.AsyncBaseTransport):
    """Every look is the first one: nothing that was counted for an earlier one is kept."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._runtime.shelf.use = None
        server = application(coordinators.routes(self._runtime))
        return await httpx.ASGITransport(server).handle_async_request(request)


@asynccontextmanager
async def place(size: Size) -> AsyncIterator[tuple[Runtime, httpx.AsyncClient, dict[str, object]]]:
    """A place of that size, Elif's browser at its desk, and the ids of one of each kind."""
    with tempfile.TemporaryDirectory(prefix="first-mile-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'desk.db'}"
        settings = load(_env_file=None, bot_token="1:bench", coordinator_ids={COORDINATOR}, database_url=url)
        database = Database(url)
        await database.migrate()
        try:
            runtime = Runtime(
                settings, database, Shelf(open_catalogue(settings)), SystemClock(), b"x" * 32, "FirstMileBot"
            )
            await _open(runtime)
            async with database.write() as tx:
                ids = await fill(tx, size, runtime.now(), random.Random(7))
            async with database.write() as tx:
                await tx.execute(text("ANALYZE"))
            token = await _let_in(runtime)
            running.set_aside_what_stays()  # as the program does when it has started
            cookies = {COOKIE: token}
            async with httpx.AsyncClient(
                transport=FirstLook(runtime), base_url="http://desk.bench", cookies=cookies
            ) as client:
                yield runtime, client, ids
        finally:
            await database.close()


async def _open(runtime: Runtime) -> None:
    """A coordinator, and everything approved."""
    await template_actions.sync(runtime)
    await plan_actions.sync(runtime)
    elif_ = await people_actions.meet(runtime, COORDINATOR, "Elif", "en")
    await people_actions.agree_to_work(runtime, elif_.id, "bench")
    for version in await template_actions.waiting(runtime):
        if version.language == SOURCE_LANGUAGE:
            await template_actions.decide(runtime, elif_.id, version.id, True, reads_language=True)
    for one in await plan_actions.waiting(runtime):
        if one.version.language == SOURCE_LANGUAGE:
            await plan_reading.shown(runtime, elif_.id, one.version.id, ways(one.plan))
            await plan_actions.decide(runtime, elif_.id, one.version.id, True, reads_language=True)


async def _let_in(runtime: Runtime) -> str:
    async with runtime.database.read() as tx:
        elif_ = await _elif(tx)
    link = await door.open_link(runtime, elif_)
    return await door.enter(runtime, link.partition("link=")[2], "bench")


async def _elif(tx: AsyncConnection) -> int:
    found: int = (await tx.execute(text("SELECT id FROM people WHERE telegram_id = 1001"))).scalar_one()
    return found
