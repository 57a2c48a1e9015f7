"""What happens when an answer fails.

| what was raised                  | what the person hears                | what becomes of the update        |
|----------------------------------|--------------------------------------|-----------------------------------|
| Refused (ours)                   | its phrase                           | done                              |
| the person blocked the bot       | nothing; they are marked unreachable | done                              |
| a reply that may have arrived    | perhaps the reply                    | done; it is not said twice        |
| no connection, throttled, broken | nothing yet                          | tried again, four times in all    |
| anything else (a fault of ours)  | nothing yet                          | tried again, then kept and shown  |
"""

from typing import Any

import structlog
from telegram import Update
from telegram.ext import Application, CallbackContext

_log = structlog.get_logger(__name__)
_KEY = "failures"


async def remember(update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
    """Keep what a handler raised, so that the inbox can decide about the update."""
    if isinstance(update, Update) and context.error is not None:
        context.application.bot_data.setdefault(_KEY, {})[update.update_id] = context.error
    else:
        _log.error("an error outside an update", exc_info=context.error)


def failure_of(application: "Application[Any, Any, Any, Any, Any, Any]", update_id: int) -> BaseException | None:
    """What handling this update raised, if it did; forgotten once asked."""
    failure = application.bot_data.get(_KEY, {}).pop(update_id, None)
    return failure if isinstance(failure, BaseException) else None
