"""The composition root: builds every part, hands each what it needs, starts them, and stops them in reverse order."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, ContextTypes, ExtBot
from telegram.request import BaseRequest

from bot import ticks
from bot.actions import catalogue as catalogue_actions
from bot.actions import heartbeats, people, plans, templates
from bot.catalogue.catalogue import Catalogue
from bot.catalogue.findings import CatalogueError
from bot.clock import Clock
from bot.config import Settings
from bot.conversations import menus, routes
from bot.conversations.inbox import Inbox
from bot.conversations.polling import Polling
from bot.delivery import transport
from bot.delivery.gateway import Gateway
from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.delivery.verdicts import sort
from bot.domain.errors import Misconfigured
from bot.runtime import Runtime, Shelf
from bot.store import machine
from bot.store.database import Database

Requests = tuple[BaseRequest, BaseRequest]
AnyApplication = Application[Any, Any, Any, Any, Any, Any]
# When `web` and `sender` are processes of their own, both speak with one token: answers keep this share of its rate.
REPLIES_SHARE = 0.2
RETRY = 5.0  # seconds between attempts to reach Telegram at start
CLOCK_LEASE = timedelta(seconds=30)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class App:
    """Everything that works together for one bot."""

    runtime: Runtime
    application: AnyApplication
    pacer: Pacer
    sender: Sender
    inbox: Inbox
    polling: Polling

    @property
    def bot(self) -> ExtBot[Any]:
        bot: ExtBot[Any] = self.application.bot
        return bot


@asynccontextmanager
async def opened(
    settings: Settings,
    clock: Clock,
    requests: Requests | None = None,
    *,
    share: float = 1.0,
    catalogue: Catalogue | None = None,
) -> AsyncIterator[App]:
    """Everything built and connected, nothing running yet. Raises Misconfigured when it cannot work.

    `requests`: how to reach Telegram, for sending and for long polls; by default over HTTP. `share`: of the rate.
    `catalogue`: one that has been read already.
    """
    async with AsyncExitStack() as stack:
        shelf = Shelf(catalogue or open_catalogue(settings))
        shelf.stamp = (await asyncio.to_thread(catalogue_actions.stamp, settings.messages_dir), 0)
        database = Database(settings.database_url)
        stack.push_async_callback(database.close)
        await database.migrate()
        pacer = Pacer(clock, settings.messages_per_second * share)
        requests = requests or transport.requests()
        application = build_application(settings, pacer, requests)
        await _initialize(application, clock)
        stack.push_async_callback(application.shutdown)
        secret = await _secret(settings, database)
        runtime = Runtime(settings, database, shelf, clock, secret, str(application.bot.username))
        await catalogue_actions.refresh(runtime)  # the place as it was edited at the desk
        yield _connected(runtime, application, pacer, requests[1])


def open_catalogue(settings: Settings) -> Catalogue:
    try:
        return Catalogue.open(settings.messages_dir)
    except CatalogueError as error:
        raise Misconfigured([str(finding) for finding in error.findings]) from None


def build_application(settings: Settings, pacer: Pacer, requests: Requests) -> AnyApplication:
    base, files = transport.addresses(settings.telegram_api_url)
    sending, polling = requests
    return (
        ApplicationBuilder()
        .token(settings.bot_token)
        .base_url(base)
        .base_file_url(files)
        .request(sending)
        .get_updates_request(polling)
        .rate_limiter(pacer)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes())
        .build()
    )


async def _initialize(application: AnyApplication, clock: Clock) -> None:
    """Ask Telegram who we are; wait for it when it cannot be reached."""
    while True:
        try:
            await application.initialize()
            return
        except InvalidToken:
            raise Misconfigured(["BOT_TOKEN: Telegram does not know it. Copy it again from @BotFather."]) from None
        except TelegramError as error:
            _log.warning("Telegram cannot be reached yet; trying again", said=str(error))
            await clock.sleep(RETRY)


async def _secret(settings: Settings, database: Database) -> bytes:
    if settings.secret_key:
        return settings.secret_key.encode()
    async with database.write() as tx:
        return (await machine.secret(tx, "secret_key")).encode()


def _connected(runtime: Runtime, application: AnyApplication, pacer: Pacer, polls: BaseRequest) -> App:
    routes.register(application, runtime, sort)
    sender = Sender(runtime, pacer, Gateway(application.bot))
    inbox = Inbox(runtime, application)
    runtime.database.on_commit(sender.wake)
    return App(runtime, application, pacer, sender, inbox, Polling(runtime, application.bot, polls, inbox.wake))


async def prepare(app: App) -> None:
    """What every start does once: roles follow the settings, new words are noted, the menus of newcomers set."""
    await people.follow_settings(app.runtime)
    await templates.sync(app.runtime)
    await plans.sync(app.runtime)
    await catalogue_actions.announce(app.runtime)
    try:
        await menus.set_defaults(app.runtime, app.bot)
    except TelegramError as error:
        _log.warning("the menus could not be set", said=str(error))


async def run_clock(app: App) -> None:
    """Ring the ticks, in one process at a time."""
    holder = uuid.uuid4().hex
    scheduler = ticks.scheduler(app.runtime)
    running = False
    try:
        while True:
            held = await _holds_clock(app.runtime, holder, running)
            if held and not running:
                scheduler.start(paused=False) if not scheduler.running else scheduler.resume()
            elif running and not held:
                scheduler.pause()
            running = held
            await app.runtime.clock.sleep(10)
    finally:
        if scheduler.running:
            scheduler.shutdown(wait=False)
        try:
            await heartbeats.release(app.runtime, "clock", holder)
        except Exception:  # it runs out by itself
            _log.exception("the clock's lease could not be given back")


async def follow_files(app: App) -> None:
    """Read changed files and an edited place again, in a process that does not ring the ticks."""
    while True:
        await app.runtime.clock.sleep(10)
        try:
            await catalogue_actions.refresh(app.runtime)
        except Exception:  # the last good ones stay in use
            _log.exception("the message files could not be read again")


async def _holds_clock(runtime: Runtime, holder: str, running: bool) -> bool:
    """False as well while the database is away: nothing could be decided then."""
    try:
        held = await heartbeats.hold(runtime, "clock", holder, CLOCK_LEASE)
        if held and not running:
            await ticks.expect(runtime)
        return held
    except Exception:
        _log.exception("the clock's lease could not be renewed")
        return False
