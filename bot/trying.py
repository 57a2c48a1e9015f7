"""What `first-mile try` does: the town in a browser, or the tour in a terminal."""

import asyncio
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from rich.console import Console
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.app import run_clock
from bot.running import until_stopped, web_routes
from bot.simulator import pages
from bot.simulator.clock import TurnableClock
from bot.simulator.tour import play
from bot.town import CAPTIONS, Town, opened_town, try_settings
from bot.web.server import Server, application

DATABASE = Path("data/try.db")


async def serve(port: int, out: Console) -> None:
    """The page with the phones, until Ctrl-C."""
    clock = TurnableClock(running=True)

    async def turn(when: datetime) -> None:
        clock.turn_to(when)

    start_afresh(DATABASE)
    async with opened_town(try_settings(DATABASE, port=port), clock, turn) as town:
        town.polls = False
        closing: list[Server] = []
        server = Server(application(_routes(town, lambda: closing[0].should_exit)), "127.0.0.1", port)
        closing.append(server)
        server.bind()
        works = [town.app.polling.run(), town.app.inbox.run(), town.app.sender.run(), run_clock(town.app)]
        await until_stopped([*works, _announce(server, out), server.serve()], server)


def start_afresh(database: Path) -> None:
    """Every try begins with an empty place."""
    for leftover in database.parent.glob(f"{database.name}*"):
        leftover.unlink()


def _routes(town: Town, closing: Callable[[], bool]) -> list[BaseRoute]:
    async def home(request: Request) -> Response:
        return RedirectResponse("/try/")

    phones = Mount("/try", routes=pages.routes(town.telegram, town, captions=CAPTIONS, closing=closing))
    return [Route("/", home), phones, *web_routes(town.app)]


async def _announce(server: Server, out: Console) -> None:
    await server.started()
    out.print(f"Open [bold]{server.url}/try/[/bold] in your browser. Ctrl-C ends it.")
    await asyncio.Event().wait()


async def tour(out: Console) -> int:
    """The whole story, printed; 0 when everything was as it should be."""
    with tempfile.TemporaryDirectory(prefix="first-mile-") as folder:
        clock = TurnableClock(running=True)

        async def turn(when: datetime) -> None:
            clock.turn_to(when)

        async with opened_town(try_settings(Path(folder) / "tour.db"), clock, turn) as town:
            hurry = asyncio.create_task(_hurry(clock))
            try:
                return await play(town, out)
            finally:
                hurry.cancel()


async def _hurry(clock: TurnableClock) -> None:
    """On the tour a second passes in a twentieth of one: nobody wants to wait for Telegram's limits."""
    while True:
        await asyncio.sleep(0.02)
        clock.turn(0.38)
