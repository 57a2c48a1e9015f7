"""`first-mile run`, and the same in three processes: which parts run, and how they stop."""

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from starlette.applications import Starlette
from telegram.error import BadRequest, TelegramError

from bot.app import REPLIES_SHARE, RETRY, App, follow_files, opened, prepare, run_clock
from bot.clock import SystemClock
from bot.config import Settings
from bot.conversations.polling import ALLOWED
from bot.domain.errors import Misconfigured
from bot.web import coordinators, health, metrics, webhook
from bot.web.server import Server, application

WEB, SENDER, CLOCK = "web", "sender", "clock"
EVERYTHING = frozenset({WEB, SENDER, CLOCK})
LONGEST_END = 30  # seconds for everything under way to be finished after we were told to stop
Works = list[Coroutine[Any, Any, None]]

_log = structlog.get_logger(__name__)


async def run(settings: Settings, parts: frozenset[str] = EVERYTHING) -> None:
    """Work until told to stop (SIGTERM or Ctrl-C), then finish what is under way. Raises Misconfigured."""
    pages = application([], https=settings.public_url.startswith("https://"))
    server = Server(pages, settings.host, settings.port) if WEB in parts else None
    if server:
        server.bind()  # a busy port is told before anybody waits for Telegram
    try:
        async with opened(settings, SystemClock(), share=_share(parts)) as app:
            await _get_ready(app, parts, pages, lambda: server is not None and server.should_exit)
            set_aside_what_stays()
            await until_stopped([*_parts(app, parts), *([server.serve()] if server else [])], server)
    finally:
        if server:
            server.close()


async def _get_ready(app: App, parts: frozenset[str], pages: Starlette, closing: Callable[[], bool]) -> None:
    await prepare(app)
    if WEB in parts:
        pages.routes.extend(web_routes(app, closing))
        await _receive_updates(app)


def set_aside_what_stays() -> None:
    """Modules, messages and everything else that was made at the start stay until the end.

    Looking through all of them for garbage, now and then, held the loop for 130 ms.
    """
    gc.collect()
    gc.freeze()


def _share(parts: frozenset[str]) -> float:
    """Of the token's rate: all of it, unless answers and deliveries leave from two processes."""
    if parts == EVERYTHING:
        return 1.0
    return REPLIES_SHARE if WEB in parts else 1 - REPLIES_SHARE


def _parts(app: App, parts: frozenset[str]) -> Works:
    works: Works = []
    if WEB in parts:
        works.append(app.inbox.run())
        if not app.runtime.settings.uses_webhook:
            works.append(app.polling.run())
    if SENDER in parts:
        works.append(app.sender.run())
    works.append(run_clock(app) if CLOCK in parts else follow_files(app))
    return works


async def _receive_updates(app: App) -> None:
    """Tell Telegram how updates shall come; wait for it when it cannot be reached."""
    while True:
        try:
            await _tell_telegram(app)
            return
        except BadRequest as error:
            raise Misconfigured([_not_taken(app.runtime.settings.public_url, error)]) from None
        except TelegramError as error:
            _log.warning("Telegram cannot be told yet how updates shall come; trying again", said=str(error))
            await app.runtime.clock.sleep(RETRY)


async def _tell_telegram(app: App) -> None:
    """Webhook when PUBLIC_URL is set; otherwise long polls, for which a webhook must be gone."""
    settings = app.runtime.settings
    if not settings.uses_webhook:
        await app.bot.delete_webhook()
        return
    secret = webhook.secret_for(settings, app.runtime.secret)
    await app.bot.set_webhook(f"{settings.public_url}{webhook.PATH}", allowed_updates=ALLOWED, secret_token=secret)


def _not_taken(public_url: str, error: BadRequest) -> str:
    return (
        f"PUBLIC_URL: Telegram does not take {public_url} for its calls (“{error}”). It must begin with https://, "
        "on port 443, 80, 88 or 8443. Leave it empty to fetch updates instead."
    )


def web_routes(app: App, closing: Callable[[], bool] = lambda: False) -> list[Any]:
    """`closing`: tells that the server wants to stop, so that open streams end at once."""
    runtime = app.runtime
    secret = webhook.secret_for(runtime.settings, runtime.secret)
    return [
        *webhook.routes(runtime, secret, app.inbox.wake),
        *health.routes(runtime, lambda: [app.polling.trouble] if app.polling.trouble else []),
        *coordinators.routes(runtime, closing),
        *metrics.routes(runtime, lambda: {"permits": app.pacer.permits, "throttled": app.pacer.throttled}),
    ]


async def until_stopped(works: Works, server: Server | None = None) -> None:
    """Run all of it; the first failure, a signal, or the end of one of them stops the rest.

    `server`: serves in the last of the works. A second signal ends the program at once.
    """
    stop = asyncio.Event()
    _on_signals(stop)
    tasks = [asyncio.create_task(work) for work in works]
    waiting = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        if server:
            server.should_exit = True
        await _wind_down(tasks, server)
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()):
            raise error


def _on_signals(stop: asyncio.Event) -> None:
    """Set `stop` at the first SIGINT or SIGTERM, and leave the second to do what it does everywhere."""
    loop = asyncio.get_running_loop()

    def told() -> None:
        stop.set()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told)


async def _wind_down(tasks: list[asyncio.Task[None]], server: Server | None) -> None:
    """Each part gets to finish what it holds; the web server ends by itself."""
    _log.info("stopping")
    for task in reversed(tasks[:-1] if server else tasks):
        task.cancel()
    await asyncio.wait(tasks, timeout=LONGEST_END)
