"""Telegram calls us: an update is stored, and only then acknowledged (promise 4)."""

import hmac
import json
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.actions import updates
from bot.config import Settings
from bot.runtime import Runtime

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST = 1 << 20  # bytes; real updates stay far below
RETRY_AFTER = 5  # seconds until Telegram shall try again
_LARGEST_ID = 2**63

_log = structlog.get_logger(__name__)


def secret_for(settings: Settings, secret_key: bytes) -> str:
    """What Telegram shall say with every call: the setting, or one derived from the key, the same at every start."""
    return settings.webhook_secret or hmac.digest(secret_key, b"telegram webhook", "sha256").hex()


def routes(runtime: Runtime, secret: str, wake: Callable[[], None]) -> list[Route]:
    """`wake` is called after each stored update, so that the inbox need not wait for its next look."""
    if not secret:
        raise ValueError("an empty secret would let everybody in")

    async def called(request: Request) -> Response:
        if not _knows(secret, request):
            _log.warning("a call to the webhook without the right secret was refused")
            return Response(status_code=403)
        update = _update(await _body(request))
        if update is None:
            return _nonsense("the body is not an update of at most 1 MB")
        return await _stored(runtime, update, wake)

    return [Route(PATH, called, methods=["POST"])]


def _knows(secret: str, request: Request) -> bool:
    return hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode())


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is too long: no more than the limit is ever held."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)


def _update(body: bytes | None) -> dict[str, Any] | None:
    try:
        update = json.loads(body or b"")
    except (ValueError, RecursionError):
        return None
    number = update.get("update_id") if isinstance(update, dict) else None
    # type(), not isinstance: True is an int to Python.
    return update if type(number) is int and 0 <= number < _LARGEST_ID else None


async def _stored(runtime: Runtime, update: dict[str, Any], wake: Callable[[], None]) -> Response:
    try:
        await updates.receive(runtime, [update])
    except (SQLAlchemyError, OSError) as error:
        _log.error("an update could not be stored; Telegram will bring it again", error=type(error).__name__)
        return Response(status_code=503, headers={"Retry-After": str(RETRY_AFTER)})
    except (LookupError, TypeError, ValueError) as error:  # a chat without a number, half a character
        return _nonsense(f"what it says cannot be read ({type(error).__name__})")
    wake()
    return Response(status_code=200)


def _nonsense(why: str) -> Response:
    _log.warning("a call to the webhook was not understood", why=why)
    return Response(status_code=400)
