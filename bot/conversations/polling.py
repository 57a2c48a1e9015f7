"""Updates fetched by long poll: stored, and only then acknowledged by asking for the next."""

from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from bot.actions import updates as actions
from bot.runtime import Runtime

ALLOWED = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
LONG_POLL = 25  # seconds; Telegram allows 50
MOST_PAUSE = 30.0
PATIENCE = 60.0  # seconds without Telegram before that is a trouble to be told

TOKEN = "Telegram does not know this token: copy BOT_TOKEN again from @BotFather and restart"
CONFLICT = "another program fetches this bot's updates: stop it, or remove its webhook"
AWAY = "updates cannot be fetched from Telegram: see whether this machine can reach it"
NOT_STORED = "updates cannot be stored: see whether the database runs and the disk is not full"

_log = structlog.get_logger(__name__)


class Polling:
    """One poller for a token. `trouble` says in a sentence why nothing arrives, empty while all is well.

    `request`: the client for long polls. It is used below the library, which would read the updates first: one that
    it cannot read would then hold up all others, and what it does not know yet would not be stored as it came.
    `wake`: called when something has been stored.
    """

    def __init__(self, runtime: Runtime, bot: ExtBot[Any], request: BaseRequest, wake: Callable[[], None]) -> None:
        self._runtime, self._bot, self._request, self._wake = runtime, bot, request, wake
        self._offset: int | None = None
        self._pause = 1.0
        self._well_at = runtime.clock.monotonic()
        self.trouble = ""

    async def run(self) -> None:
        while True:
            try:
                await self.step(LONG_POLL)
            except (TelegramError, SQLAlchemyError, OSError) as error:
                await self._wait(error)
            else:
                self._pause, self.trouble, self._well_at = 1.0, "", self._runtime.clock.monotonic()

    async def step(self, long_poll: int = 0) -> int:
        """Fetch once and store. Returns how many updates came."""
        updates = await self._fetch(long_poll)
        if updates:
            await actions.receive(self._runtime, updates)
            self._wake()
            self._offset = updates[-1]["update_id"] + 1
        return len(updates)

    async def _fetch(self, long_poll: int) -> list[dict[str, Any]]:
        asked = {"offset": self._offset, "timeout": long_poll, "allowed_updates": ALLOWED}
        given = [RequestParameter.from_input(name, value) for name, value in asked.items() if value is not None]
        patience = (self._request.read_timeout or 10.0) + long_poll
        answer: Any = await self._request.post(
            f"{self._bot.base_url}/getUpdates", RequestData(given), read_timeout=patience
        )
        return list(answer)

    async def _wait(self, error: Exception) -> None:
        found = self._trouble(error)
        if found and found != self.trouble:
            _log.error(found, said=type(error).__name__)
        else:
            _log.warning("updates cannot be fetched at the moment", said=type(error).__name__)
        self.trouble = found
        pause = float(error._retry_after.total_seconds()) if isinstance(error, RetryAfter) else self._pause
        await self._runtime.clock.sleep(pause)
        self._pause = 1.0 if isinstance(error, TimedOut) else min(MOST_PAUSE, self._pause * 2)

    def _trouble(self, error: Exception) -> str:
        """A connection that fails once is no trouble; one that has failed for a while is."""
        if isinstance(error, InvalidToken):
            return TOKEN
        if isinstance(error, Conflict):
            return CONFLICT
        if not isinstance(error, TelegramError):
            return NOT_STORED
        return AWAY if self._runtime.clock.monotonic() - self._well_at > PATIENCE else ""
