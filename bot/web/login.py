"""The door of the desk: a link from the chat, a Mini App, and the way out.

Programs that preview links fetch them: a look must not use one up, or let anybody in. A press does.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.actions import desk as door
from bot.domain.errors import Refused
from bot.runtime import Runtime
from bot.web import rendering
from bot.web.desk import COOKIE, ROOT, Desk, Pages, TooLarge, came_from_here, counted, forget, outside, remember

BROWSERS = (
    ("Telegram", "Telegram"),
    ("Firefox", "Firefox"),
    ("Edg", "Edge"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip
MOST_SIGNED = 8192  # characters
MOST_SENT = 20_000  # bytes from somebody whom nobody knows yet
Way = Callable[[Runtime, str, str, str], Awaitable[str]]  # (runtime, what lets in, device, old session) -> new session


def routes(runtime: Runtime) -> list[BaseRoute]:
    entrance, pages = Entrance(runtime), Pages(runtime)
    return [
        Route(f"{ROOT}/enter", entrance.shown, methods=["GET"]),
        Route(f"{ROOT}/enter", entrance.entered, methods=["POST"]),
        Route(f"{ROOT}/app", entrance.app, methods=["GET"]),
        Route(f"{ROOT}/app", entrance.app_entered, methods=["POST"]),
        pages.does("/leave", leave),
        pages.does("/leave-everywhere", leave_everywhere),
    ]


class Entrance:
    """The pages for whoever is not in yet."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def shown(self, request: Request) -> Response:
        """The link was opened: a page with one button."""
        link = request.query_params.get("link", "")
        return self._page(request, "enter.html", {"link": link})

    async def app(self, request: Request) -> Response:
        """The Mini App: a script hands over what Telegram signed, which stands behind the # of the address."""
        return self._page(request, "enter_app.html", {})

    def _page(self, request: Request, view: str, values: dict[str, object]) -> Response:
        first = request.headers.get("accept-language", "")[:2].lower()
        languages = self._runtime.place.languages
        language = first if first in languages else languages[0]
        return HTMLResponse(rendering.plain_page(self._runtime, language, view, values), headers=rendering.HEADERS)

    async def entered(self, request: Request) -> Response:
        return await self._sent(request, "link", door.enter)

    async def app_entered(self, request: Request) -> Response:
        return await self._sent(request, "signed", door.enter_signed)

    async def _sent(self, request: Request, field: str, way: Way) -> Response:
        """What a stranger sent, as long as it is no more than the forms of these pages can hold."""
        small = Request(request.scope, counted(request.receive, MOST_SENT))
        try:
            async with small.form(max_files=0, max_fields=4, max_part_size=MOST_SENT) as form:
                return await self._enter(request, str(form.get(field, ""))[:MOST_SIGNED], way)
        except TooLarge:
            return outside(self._runtime, request, "desk.too_large", 413)

    async def _enter(self, request: Request, what: str, way: Way) -> Response:
        if not came_from_here(request):
            return outside(self._runtime, request, "desk.link_over", 403)
        try:
            old = request.cookies.get(COOKIE, "")
            token = await way(self._runtime, what, device(request.headers.get("user-agent", "")), old)
        except Refused as refusal:
            return outside(self._runtime, request, refusal.phrase, 403)
        response = RedirectResponse(f"{ROOT}/", 303, rendering.HEADERS)
        remember(response, self._runtime, token)
        return response


async def leave(desk: Desk) -> Response:
    """Out, from this browser."""
    await door.leave(desk.runtime, desk.id, desk.seat.session.id)
    return _out(desk)


async def leave_everywhere(desk: Desk) -> Response:
    """Out, from every browser: for a phone that was lost."""
    await door.leave(desk.runtime, desk.id)
    return _out(desk)


def _out(desk: Desk) -> Response:
    response = outside(desk.runtime, desk.request, "desk.left", 200, desk.language)
    forget(response)
    return response


def device(user_agent: str) -> str:
    """The kind of browser in two words, as far as it says."""
    found = [next((name for mark, name in kinds if mark in user_agent), "") for kinds in (BROWSERS, SYSTEMS)]
    return ", ".join(part for part in found if part) or "?"
