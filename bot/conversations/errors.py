"""What happens when an answer fails.

| what was raised                  | what the person hears                | what becomes of the update          |
|----------------------------------|--------------------------------------|-------------------------------------|
| Refused (ours)                   | its phrase                           | done                                |
| the person blocked the bot       | nothing; they are marked unreachable | done                                |
| a reply that may have arrived    | perhaps the reply                    | done; it is not said twice          |
| no connection, throttled, token, | the answer, as soon as it is back    | keeps its place for an hour, then   |
| database away                    |                                      | is kept and shown                   |
| anything else (a fault of ours)  | in the end: that it did not work     | tried four times, then kept, shown  |
"""

from typing import Any

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from telegram import Update
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application, CallbackContext, ExtBot

from bot.actions import people
from bot.runtime import Runtime

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


def is_of_the_line(error: BaseException) -> bool:
    """Whether Telegram or the database could not be reached, which is no fault of the update."""
    if isinstance(error, BadRequest):  # a kind of NetworkError to the library, but Telegram did answer
        return False
    of_telegram = NetworkError | RetryAfter | InvalidToken | Conflict
    return isinstance(error, of_telegram | OperationalError | InterfaceError | PoolTimeout | OSError)


async def apologize(runtime: Runtime, bot: ExtBot[Any], chat_id: int) -> None:
    """Whoever was not answered is told so, rather than left waiting."""
    if chat_id <= 0:  # a group, where the bot keeps silent, or nobody
        return
    visitor = await people.known(runtime, chat_id)
    language = visitor.language if visitor else runtime.place.default_language
    try:
        await bot.send_message(chat_id, runtime.plain(language, "errors.fault"))
    except TelegramError as error:
        _log.info("nor could that be said", said=str(error))
