"""`first-mile run`, and the same in three processes: which parts run, and how they stop."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.app import REPLIES_SHARE, App, opened, prepare, run_clock
from bot.clock import SystemClock
from bot.config import Settings
from bot.conversations.polling import ALLOWED
from bot.web import health, metrics, webhook
from bot.web.server import Server, application

WEB, SENDER, CLOCK = "web", "sender", "clock"
EVERYTHING = frozenset({WEB, SENDER, CLOCK})

_log = structlog.get_logger(__name__)


async def run(settings: Settings, parts: frozenset[str] = EVERYTHING) -> None:
    """Work until told to stop (SIGTERM or Ctrl-C), then finish what is under way."""
    async with opened(settings, SystemClock(), share=_share(parts)) as app:
        server = Server(application(web_routes(app)), settings.host, settings.port) if WEB in parts else None
        if server:
            server.bind()
        await prepare(app)
        works = [*_parts(app, parts), *([server.serve()] if server else [])]
        if WEB in parts:
            await _receive_updates(app, settings)
        await until_stopped(works, server)


def _share(parts: frozenset[str]) -> float:
    """Of the token's rate: all of it, unless answers and deliveries leave from two processes."""
    if parts == EVERYTHING:
        return 1.0
    return REPLIES_SHARE if WEB in parts else 1 - REPLIES_SHARE


def _parts(app: App, parts: frozenset[str]) -> list[Coroutine[Any, Any, None]]:
    works: list[Coroutine[Any, Any, None]] = []
    if WEB in parts:
        works.append(app.inbox.run())
        if not app.runtime.settings.uses_webhook:
            works.append(app.polling.run())
    if SENDER in parts:
        works.append(app.sender.run())
    if CLOCK in parts:
        works.append(run_clock(app))
    return works


async def _receive_updates(app: App, settings: Settings) -> None:
    """Webhook when PUBLIC_URL is set; otherwise long polls, for which a webhook must be gone."""
    if settings.uses_webhook:
        secret = webhook.secret_for(settings, app.runtime.secret)
        url = f"{settings.public_url}/telegram/webhook"
        await app.bot.set_webhook(url, allowed_updates=ALLOWED, secret_token=secret)
    else:
        await app.bot.delete_webhook()


def web_routes(app: App) -> list[Any]:
    runtime = app.runtime
    secret = webhook.secret_for(runtime.settings, runtime.secret)
    return [
        *webhook.routes(runtime, secret, app.inbox.wake),
        *health.routes(runtime, lambda: [app.polling.trouble] if app.polling.trouble else []),
        *metrics.routes(runtime, lambda: {"permits": app.pacer.permits, "throttled": app.pacer.throttled}),
    ]


async def until_stopped(works: list[Coroutine[Any, Any, None]], server: Server | None = None) -> None:
    """Run all of it; the first failure, a signal, or the end of one of them stops the rest."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
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


async def _wind_down(tasks: list[asyncio.Task[None]], server: Server | None) -> None:
    """Each part gets to finish what it holds; the web server ends by itself."""
    _log.info("stopping")
    for task in reversed(tasks[:-1] if server else tasks):
        task.cancel()
    await asyncio.wait(tasks, timeout=30)
