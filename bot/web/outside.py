"""Pages for somebody who is not in at the desk, and for what fails before anybody's page can be made."""

from collections.abc import Awaitable, Callable, Sequence

import structlog
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.runtime import Runtime
from bot.web import rendering as views
from bot.web.bodies import LARGEST_TYPED, LONGEST_FIELD, MOST_FIELDS, TooLarge, counted
from bot.web.typed import Typed, typed

_log = structlog.get_logger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]


def unbroken(runtime: Runtime, endpoint: Endpoint) -> Endpoint:
    """Whatever fails before or behind a page is told on a page, too."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except HTTPException as error:  # what was sent cannot be read as a form
            return outside(runtime, request, "desk.form_strange", error.status_code)
        except Exception:
            _log.exception("a page of the desk failed", path=request.url.path)
            return outside(runtime, request, "desk.broken", 500)

    return answered


def outside(
    runtime: Runtime, request: Request, key: str, status: int, language: str = "", *, words: Sequence[Typed] = ()
) -> Response:
    """A page for somebody who is not in, in the language of their browser. `words`: what they had typed."""
    first = request.headers.get("accept-language", "")[:2].lower()
    language = language or (first if first in runtime.place.languages else runtime.place.languages[0])
    html = views.plain_page(
        runtime, language, "outside.html", {"why": Markup(runtime.say(language, key)), "words": words}
    )
    return HTMLResponse(html, status, views.HEADERS)


async def in_vain(runtime: Runtime, request: Request) -> Response:
    """Somebody pressed a button, and their session had ended: what they had typed is theirs to copy."""
    words = await _typed_outside(request)
    return outside(runtime, request, "desk.typed_in_vain" if words else "desk.pressed_in_vain", 401, words=words)


async def _typed_outside(request: Request) -> list[Typed]:
    """Nothing when the form came from elsewhere: a stranger's words have no place on our page."""
    if not came_from_here(request):
        return []
    small = Request(request.scope, counted(request.receive, LARGEST_TYPED))
    try:
        async with small.form(max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD) as form:
            return typed(form)
    except (TooLarge, HTTPException):
        return []


def came_from_here(request: Request) -> bool:
    return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
