"""What is live at the desk: a stream that says "something changed", upon which the page fetches itself again.

One process cannot see what another wrote, so a page also looks by itself from time to time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.runtime import Runtime
from bot.web.desk import ROOT, Desk, Pages
from bot.web.rendering import STATIC

LOOK_EVERY = 10.0  # seconds between looks when nothing was written here
REST = 3.0  # seconds between two news at least: a broadcast writes many rows a second
BLINK = 0.5  # seconds at most until a stream notices that the server closes
STREAM_SECONDS = 25.0  # a stream ends by itself and the browser comes back: an open one would hold up the end
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Pulse:
    """Wakes everybody who watches when this process has written something."""

    def __init__(self, runtime: Runtime) -> None:
        self._watching: set[asyncio.Event] = set()
        runtime.database.on_commit(self._beat)

    def _beat(self) -> None:
        for one in self._watching:
            one.set()

    async def stream(self, closing: Callable[[], bool]) -> AsyncIterator[str]:
        """Server-sent events until STREAM_SECONDS have passed, the server closes, or the reader goes away."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()
        ends = loop.time() + STREAM_SECONDS
        self._watching.add(changed)
        try:
            yield "retry: 1000\n\n"
            while loop.time() < ends and not closing():
                changed.clear()
                yield f"data: {'news' if await _within(changed, LOOK_EVERY, closing) else 'look'}\n\n"
                await _within(asyncio.Event(), REST, closing)
        finally:
            self._watching.discard(changed)


async def _within(event: asyncio.Event, seconds: float, closing: Callable[[], bool]) -> bool:
    """Whether the event came in time; gives up early when the server closes."""
    ends = asyncio.get_running_loop().time() + seconds
    while not closing() and (left := ends - asyncio.get_running_loop().time()) > 0:
        try:
            async with asyncio.timeout(min(left, BLINK)):
                return await event.wait()
        except TimeoutError:
            continue
    return False


def routes(runtime: Runtime, closing: Callable[[], bool] = lambda: False) -> list[BaseRoute]:
    """GET /desk/live: the stream; GET /desk/static/NAME: style and script."""
    pulse = Pulse(runtime)

    async def live(desk: Desk) -> Response:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(pulse.stream(closing), media_type="text/event-stream", headers=headers)

    return [Pages(runtime).shows("/live", live, used=False), Route(f"{ROOT}/static/{{name}}", _static, methods=["GET"])]


async def _static(request: Request) -> Response:
    path = STATIC / request.path_params["name"]
    if path.parent != STATIC or path.suffix not in TYPES or not path.is_file():
        return PlainTextResponse("404 Not Found\n", 404)
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(path, media_type=TYPES[path.suffix], headers=kept)
