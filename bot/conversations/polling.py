"""Updates fetched by long poll: stored, and only then acknowledged by asking for the next."""

from typing import Any

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.actions import updates as actions
from bot.runtime import Runtime

ALLOWED = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
LONG_POLL = 25  # seconds; Telegram allows 50
MOST_PAUSE = 30.0

_log = structlog.get_logger(__name__)


class Polling:
    """One poller for a token. `trouble` says in a word why nothing arrives, empty while all is well."""

    def __init__(self, runtime: Runtime, bot: ExtBot[Any]) -> None:
        self._runtime, self._bot = runtime, bot
        self._offset: int | None = None
        self._pause = 1.0
        self.trouble = ""

    async def run(self) -> None:
        while True:
            try:
                await self.step(LONG_POLL)
                self._pause, self.trouble = 1.0, ""
            except TimedOut:
                continue
            except TelegramError as error:
                await self._wait(error)

    async def step(self, long_poll: int = 0) -> int:
        """Fetch once and store. Returns how many updates came."""
        updates = await self._bot.get_updates(self._offset, timeout=long_poll, allowed_updates=ALLOWED)
        if updates:
            await actions.receive(self._runtime, [update.to_dict() for update in updates])
            self._offset = updates[-1].update_id + 1
        return len(updates)

    async def _wait(self, error: TelegramError) -> None:
        self.trouble = type(error).__name__
        if isinstance(error, InvalidToken):
            _log.error("Telegram does not know this token: copy BOT_TOKEN again from @BotFather")
        elif isinstance(error, Conflict):
            _log.error("another program fetches this bot's updates: stop it, or remove its webhook")
        else:
            _log.warning("updates cannot be fetched at the moment", said=str(error))
        pause = float(error._retry_after.total_seconds()) if isinstance(error, RetryAfter) else self._pause
        await self._runtime.clock.sleep(pause)
        self._pause = min(MOST_PAUSE, self._pause * 2)
