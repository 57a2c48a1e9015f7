"""What an error of the wire means for the message that met it. Sorted here and nowhere else."""

import httpx
from telegram import error as tg

from bot.delivery.pacing import seconds_of
from bot.domain.deliveries import (
    Down,
    Method,
    NotSent,
    Outcome,
    Refusal,
    Sent,
    Throttled,
    Unknown,
    Unreachable,
)

# Pieces of Telegram's texts in lower case (the library changes the case of what it passes on); the first match counts.
_NOBODY_THERE = {
    "deactivated": "account_gone",
    "blocked": "blocked",
    "initiate conversation": "never_opened",
    "chat not found": "never_opened",
    "user not found": "never_opened",
    "peer_id_invalid": "never_opened",
    "chat_write_forbidden": "blocked",
    "have no rights to send": "blocked",
}
_TARGET_LOST = {
    "message to edit not found": "message_gone",
    "message to delete not found": "message_gone",
    "message to copy not found": "message_gone",
    "message to forward not found": "message_gone",
    "replied not found": "message_gone",
    "replied message not found": "message_gone",
    "message_id_invalid": "message_gone",
    "message identifier": "message_gone",
    "can't be deleted": "too_old",
    "can't be edited": "too_old",
    "not modified": "unchanged",
}
_BROKEN = {
    "too long": "too_long",
    "too_long": "too_long",
    "entity too large": "too_long",
    "is empty": "empty",
    "must be non-empty": "empty",
    "entities": "malformed",
    "entity": "malformed",
    "markup": "malformed",
    "button": "malformed",
    "keyboard": "malformed",
    "url": "malformed",
    "encoded in utf-8": "malformed",
}
_ALREADY_SO = {Method.EDIT: "not modified", Method.DELETE: "message to delete not found"}
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def sort(error: Exception, method: Method = Method.SEND) -> Outcome:
    """The one place where an error becomes an outcome. Texts are matched in any case.

    | error                                       | outcome                                        |
    |---------------------------------------------|------------------------------------------------|
    | RetryAfter (429)                            | Throttled(seconds)                             |
    | Forbidden (403): user is deactivated        | Unreachable("account_gone")                    |
    | Forbidden: can't initiate conversation      | Unreachable("never_opened")                    |
    | Forbidden: blocked, kicked, anything else   | Unreachable("blocked")                         |
    | BadRequest (400): chat or user not found    | Unreachable("never_opened")                    |
    | BadRequest: user deactivated / blocked      | Unreachable("account_gone" / "blocked")        |
    | EDIT: message is not modified               | Sent: it reads like that already               |
    | DELETE: message to delete not found         | Sent: it is gone already                       |
    | BadRequest: message to … not found          | Refusal("message_gone")                        |
    | BadRequest: can't be edited / deleted       | Refusal("too_old")                             |
    | BadRequest: too long, empty, entities, …    | Refusal("too_long", "empty", "malformed"; broken) |
    | 413 Request Entity Too Large                | Refusal("too_long", broken)                    |
    | any other BadRequest                        | Refusal("refused")                             |
    | ChatMigrated                                | Refusal("migrated")                            |
    | InvalidToken (401, 404), EndPointNotFound   | Down("token")                                  |
    | Conflict (409)                              | Down("conflict")                               |
    | TimedOut, NetworkError from Connect*, Pool*, proxy | NotSent("no_connection")                |
    | any other TimedOut                          | Unknown("timed_out")                           |
    | any other NetworkError: 5xx, ReadError, …   | Unknown("network")                             |
    | any other TelegramError (unreadable answer) | Unknown("unreadable_answer")                   |
    | anything else (a fault of ours)             | Unknown("unforeseen")                          |
    """
    match error:
        case tg.RetryAfter():
            return Throttled(seconds_of(error))
        case tg.Forbidden():
            return Unreachable(_found(_NOBODY_THERE, error) or "blocked")
        case tg.InvalidToken() | tg.EndPointNotFound():
            return Down("token")
        case tg.Conflict():
            return Down("conflict")
        case tg.ChatMigrated():
            return Refusal("migrated")
        case tg.BadRequest():  # before NetworkError, which it is a kind of
            return _bad_request(error, method)
        case tg.NetworkError():
            return _network(error)
        case tg.TelegramError():
            return Unknown("unreadable_answer")
    return Unknown("unforeseen")


def _bad_request(error: tg.BadRequest, method: Method) -> Outcome:
    if method in _ALREADY_SO and _ALREADY_SO[method] in error.message.lower():
        return Sent()
    if why := _found(_NOBODY_THERE, error):
        return Unreachable(why)
    if why := _found(_TARGET_LOST, error):
        return Refusal(why)
    if why := _found(_BROKEN, error):
        return Refusal(why, broken=True)
    return Refusal("refused")


def _network(error: tg.NetworkError) -> Outcome:
    if isinstance(error.__cause__, _NEVER_LEFT):
        return NotSent("no_connection")
    if isinstance(error, tg.TimedOut):
        return Unknown("timed_out")
    if error.message.lower().startswith("request entity too large"):
        return Refusal("too_long", broken=True)
    return Unknown("network")


def _found(texts: dict[str, str], error: tg.TelegramError) -> str | None:
    said = error.message.lower()
    return next((why for text, why in texts.items() if text in said), None)
