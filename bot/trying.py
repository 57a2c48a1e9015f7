"""What `first-mile try` does: the town in a browser, or the tour in a terminal."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.app import run_clock
from bot.domain.errors import Misconfigured
from bot.running import until_stopped, web_routes
from bot.simulator import pages
from bot.simulator.clock import TurnableClock
from bot.simulator.tour import STORY, Step, play
from bot.town import CAPTIONS, Town, opened_town, try_settings
from bot.web.server import Server, application

DATABASE = Path("data/try.db")
DAY_ENDS = 17  # the hour, by the clock of the place, from which a try begins on the next morning
TOUR_BEGINS = datetime(2026, 12, 1, 10, tzinfo=UTC)  # always the same Tuesday, so that every tour goes alike


async def serve(port: int, out: Console, database: Path = DATABASE) -> None:
    """The page with the phones, until Ctrl-C or SIGTERM. Raises Misconfigured when the port is taken."""
    async with opened_try(port, database) as (town, server):
        await until_stopped([*running_parts(town), _announce(server, out), server.serve()], server)


@asynccontextmanager
async def opened_try(port: int, database: Path) -> AsyncIterator[tuple[Town, Server]]:
    """The town of the page, and its server bound to the port (0: a free one); nothing runs yet."""
    app = application([])
    server = Server(app, "127.0.0.1", port)
    _bind(server)  # before the database is emptied: it belongs to the try that holds the port
    try:
        start_afresh(database)
        clock = TurnableClock(running=True)

        async def turn(when: datetime) -> None:
            clock.turn_to(when)

        async with opened_town(try_settings(database, port=server.port), clock, turn) as town:
            town.polls, town.hurry = False, lambda: hurried(clock, 0.2)
            clock.turn_to(daytime(town.now(), town.zone))
            app.router.routes.extend(_routes(town, lambda: server.should_exit))
            yield town, server
    finally:
        server.close()


def _bind(server: Server) -> None:
    try:
        server.bind()
    except Misconfigured:
        taken = f"--port: port {server.port} of this computer is taken, or may not be used. Choose another"
        raise Misconfigured([f"{taken}: first-mile try --port {server.port + 1} (or make try PORT=…)."]) from None


def daytime(now: datetime, zone: str) -> datetime:
    """Now, or ten in the morning for whoever tries it at night: the first message would wait until then."""
    local = now.astimezone(ZoneInfo(zone))
    if 9 <= local.hour < DAY_ENDS:
        return now
    day = local.date() + timedelta(days=local.hour >= DAY_ENDS)
    return datetime.combine(day, time(10), local.tzinfo)


def running_parts(town: Town) -> list[Coroutine[Any, Any, None]]:
    """What `first-mile run` has running too, all in this process."""
    return [town.app.polling.run(), town.app.inbox.run(), town.app.sender.run(), run_clock(town.app)]


def start_afresh(database: Path) -> None:
    """Every try begins with an empty place."""
    for leftover in database.parent.glob(f"{database.name}*"):
        leftover.unlink()


def _routes(town: Town, closing: Callable[[], bool]) -> list[BaseRoute]:
    async def home(request: Request) -> Response:
        return RedirectResponse("/try/")

    phones = Mount("/try", routes=pages.routes(town.telegram, town, captions=CAPTIONS, closing=closing))
    return [Route("/", home), phones, *web_routes(town.app, closing)]


async def _announce(server: Server, out: Console) -> None:
    await server.started()
    out.print(f"Open [bold]{server.url}/try/[/bold] in your browser. Ctrl-C ends it.")
    await asyncio.Event().wait()


async def tour(out: Console, story: Sequence[Step] = STORY) -> int:
    """The whole story, printed; 0 when everything was as it should be."""
    with tempfile.TemporaryDirectory(prefix="first-mile-") as folder:
        clock = TurnableClock(TOUR_BEGINS)

        async def turn(when: datetime) -> None:
            clock.turn_to(when)

        async with opened_town(try_settings(Path(folder) / "tour.db"), clock, turn) as town, hurried(clock, 1.0):
            return await play(town, out, story)


@asynccontextmanager
async def hurried(clock: TurnableClock, seconds: float) -> AsyncIterator[None]:
    """Time flies, by so many seconds in each hundredth of a real one: nobody waits for Telegram's limits.

    Only while somebody sleeps, so a clock that is otherwise still does not run away from those who work.
    """

    async def hurry() -> None:
        while True:
            await asyncio.sleep(0.01)
            if clock.next_wake() is not None:
                clock.turn(seconds)

    task = asyncio.create_task(hurry())
    try:
        yield
    finally:
        task.cancel()
