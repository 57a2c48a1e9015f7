"""Stored updates, one chat in order, handed to the handlers. Nothing is lost when a handler fails."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram import Update as TelegramUpdate
from telegram.ext import Application

from bot.actions import updates as actions
from bot.conversations import errors
from bot.runtime import Runtime
from bot.store.updates import Update

IDLE = 0.5  # seconds between looks when nothing wakes us
AT_ONCE = 16
RENEW = actions.LEASE.total_seconds() / 3
FINISH = 10.0  # seconds that are left to what is being answered when we are told to stop

_log = structlog.get_logger(__name__)
AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class Inbox:
    def __init__(self, runtime: Runtime, application: AnyApplication) -> None:
        self._runtime, self._application = runtime, application
        self._woken = asyncio.Event()
        self._busy: dict[asyncio.Task[None], int] = {}

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; what is being answered then is finished first."""
        keeper = asyncio.create_task(self._keep_leases(), name="inbox leases")
        try:
            while True:
                try:
                    if not await self.step():
                        await self._rest()
                except Exception:  # the database may be away for a moment
                    _log.exception("the inbox stumbled")
                    await self._runtime.clock.sleep(IDLE)
        finally:
            if self._busy:
                await asyncio.wait(self._busy, timeout=FINISH)
            keeper.cancel()
            await asyncio.wait({keeper})

    async def _keep_leases(self) -> None:
        """An answer may wait long for its turn at Telegram: nobody else shall begin it again meanwhile."""
        while True:
            await self._runtime.clock.sleep(RENEW)
            if self._busy:
                await self._seen_through(lambda: actions.renew(self._runtime, list(self._busy.values())))

    async def _rest(self) -> None:
        self._woken.clear()
        waits = [asyncio.ensure_future(self._woken.wait()), asyncio.ensure_future(self._runtime.clock.sleep(IDLE))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def step(self) -> bool:
        """Start work on whatever waits; a slow chat holds up nobody but itself."""
        if len(self._busy) >= AT_ONCE:
            await asyncio.wait(self._busy, return_when=asyncio.FIRST_COMPLETED)
        taken = await actions.take(self._runtime, AT_ONCE - len(self._busy))
        for update in taken:
            task = asyncio.create_task(self._work(update), name=f"update {update.update_id}")
            self._busy[task] = update.update_id
            task.add_done_callback(self._done)
        return bool(taken)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.pop(task, None)
        self._woken.set()

    async def _work(self, update: Update) -> None:
        error = await self._answer(update)
        if error is None:
            await self._seen_through(lambda: actions.finish(self._runtime, update))
        else:
            await self._seen_through(lambda: self._failed(update, error))

    async def _failed(self, update: Update, error: BaseException) -> None:
        innocent = errors.is_of_the_line(error)
        buried = await (actions.wait if innocent else actions.fail)(self._runtime, update, type(error).__name__)
        if innocent and not buried:
            _log.warning("an answer has to wait", update_id=update.update_id, error=type(error).__name__)
            return
        _log.error("an update could not be answered", update_id=update.update_id, buried=buried, exc_info=error)
        if buried:
            await errors.apologize(self._runtime, self._application.bot, update.chat_id)

    async def _seen_through(self, work: Callable[[], Awaitable[object]]) -> None:
        """Until it is done: an answer that was given must not be given again because the database was away."""
        while True:
            try:
                await work()
                return
            except Exception:
                _log.exception("the inbox could not write")
                await self._runtime.clock.sleep(IDLE)

    async def _answer(self, update: Update) -> BaseException | None:
        """python-telegram-bot swallows what handlers raise; the error handler keeps it for us."""
        try:
            parsed = TelegramUpdate.de_json(update.payload, self._application.bot)
            await self._application.process_update(parsed)
        except Exception as error:
            return error
        return errors.failure_of(self._application, update.update_id)

    async def drain(self) -> int:
        """Answer everything that waits; for tests and the turned clock."""
        done = 0
        while True:
            if await self.step():
                done += 1
            elif self._busy:
                await asyncio.wait(self._busy)
            else:
                return done
