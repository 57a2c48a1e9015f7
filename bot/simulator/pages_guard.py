"""What stands before every page of the simulator: who may act, what a browser may load, and how a fault is told."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Handler = Callable[[Request], Awaitable[Response]]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class Refused(Exception):
    """A request that cannot be done. `sentence` says what, where and what to do; `status` is the HTTP status."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


def guarded(handler: Handler) -> Handler:
    """The handler with its faults told as `{"error": sentence}` and the security headers on every answer."""

    async def answer(request: Request) -> Response:
        try:
            if request.method not in ("GET", "HEAD"):
                refuse_strangers(request)
            response = await handler(request)
        except Refused as refused:
            response = JSONResponse({"error": refused.sentence}, refused.status)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def refuse_strangers(request: Request) -> None:
    """Only this page may act: another site open in the same browser must not press its buttons.

    Sec-Fetch-Site is the browser's own word and is believed first; behind a forwarding proxy the Host header
    is not the one the browser saw, so Origin is compared with it only when that word is missing.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        same = site in ("same-origin", "none")
    else:
        same = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not same:
        raise Refused("Refused: only the simulator's own page may do this. Open it and press there.", 403)
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise Refused("Send this as JSON with Content-Type: application/json.", 415)


async def body(request: Request) -> dict[str, Any]:
    """The JSON object that was sent."""
    try:
        sent = await request.json()
    except ValueError:
        raise Refused("The body is not readable as JSON.") from None
    if not isinstance(sent, dict):
        raise Refused("The body must be a JSON object.")
    return sent


def text(sent: dict[str, Any], name: str, *, at_most: int, optional: bool = False) -> str:
    """A text of 1 to `at_most` characters (0 when optional)."""
    value = sent.get(name, "" if optional else None)
    if not isinstance(value, str) or not (optional or value.strip()):
        raise Refused(f"“{name}” is missing: send a text.")
    if len(value) > at_most:
        raise Refused(f"“{name}” is too long: {len(value)} characters, at most {at_most}.")
    return value


def whole_number(sent: dict[str, Any], name: str, *, at_most: int) -> int:
    """A whole number from 1 to `at_most`."""
    value = sent.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= at_most:
        raise Refused(f"“{name}” must be a whole number from 1 to {at_most}.")
    return value
