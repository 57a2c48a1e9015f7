"""The simulator's page: phones side by side in the browser. The application mounts these routes at /try.

GET  /                       the page; static files under /static
GET  /state?since=VERSION    everything as JSON; 204 when nothing changed since
GET  /events                 server-sent events: what changed
GET  /phones/ID/media/MSG    an attachment that was really uploaded
POST /phones                 a new phone: {"name", "language"}
POST /phones/ID/PRESS        types · taps · opens · photo · voice · blocks · unblocks (pages_phones.py)
POST /clock                  {"turn": a name in pages_clock.TURNS, or "due"} or {"to": "2026-12-01T10:00"}

Faults come back as {"error": sentence}. Listens wherever the application binds it, which is 127.0.0.1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.simulator import pages_clock, pages_events, pages_phones, pages_snapshot
from bot.simulator.pages_clock import ClockFace
from bot.simulator.pages_guard import Refused, body, guarded
from bot.simulator.phones import Media
from bot.simulator.telegram import Telegram

__all__ = ["ClockFace", "routes"]

HERE = Path(__file__).parent
STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def routes(
    telegram: Telegram,
    clock_face: ClockFace,
    *,
    captions: Mapping[int, str] | None = None,
    closing: Callable[[], bool] = lambda: False,
) -> list[BaseRoute]:
    """The page over this simulated Telegram, to be mounted under any path.

    `captions` says what stands under a phone's name by user id, such as "champion"; it may change while it is
    shown. `closing` tells that the server wants to stop, so that open streams end at once and not by their own time.
    """
    page = Page(telegram, clock_face, captions if captions is not None else {}, closing)
    get, post = ["GET"], ["POST"]
    return [
        Route("/", guarded(page.shown), methods=get),
        Route("/static/{name}", guarded(page.static), methods=get),
        Route("/state", guarded(page.state), methods=get),
        Route("/events", guarded(page.events), methods=get),
        Route("/phones/{user_id:int}/media/{message_id:int}", guarded(page.media), methods=get),
        Route("/phones", guarded(page.add_phone), methods=post),
        Route("/phones/{user_id:int}/{press:str}", guarded(page.press), methods=post),
        Route("/clock", guarded(page.turn), methods=post),
    ]


@dataclass(frozen=True)
class Page:
    telegram: Telegram
    face: ClockFace
    captions: Mapping[int, str] = field(default_factory=dict)
    closing: Callable[[], bool] = lambda: False

    async def shown(self, request: Request) -> Response:
        return FileResponse(HERE / "views" / "try.html", media_type="text/html")

    async def static(self, request: Request) -> Response:
        path = HERE / "static" / request.path_params["name"]
        if path.suffix not in STATIC_TYPES or not path.is_file():
            raise Refused(f"There is no file {path.name} here.", 404)
        return FileResponse(path, media_type=STATIC_TYPES[path.suffix])

    async def state(self, request: Request) -> Response:
        version = self.telegram.version
        if request.query_params.get("since") == str(version):
            return Response(status_code=204)
        news = self._difference().news()
        return Response(f'{{"version": {version}, {str(news)[1:]}', media_type="application/json")

    async def events(self, request: Request) -> Response:
        stream = pages_events.stream(self.telegram, self._difference(), self.closing)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    def _difference(self) -> pages_events.Difference:
        return pages_events.Difference(self.telegram, self.face, self.captions)

    async def media(self, request: Request) -> Response:
        phone = pages_phones.find(self.telegram, request.path_params["user_id"])
        for message in phone.messages:
            if message.message_id == request.path_params["message_id"] and message.media:
                return _attachment(message.media)
        raise Refused("There is no such attachment on this phone.", 404)

    async def add_phone(self, request: Request) -> Response:
        return JSONResponse({"id": pages_phones.add(self.telegram, await body(request))}, 201)

    async def press(self, request: Request) -> Response:
        where = request.path_params
        result = pages_phones.press(self.telegram, where["user_id"], where["press"], await body(request))
        return JSONResponse({"ok": True, "result": result})

    async def turn(self, request: Request) -> Response:
        """Answers when the clock has arrived and everything due on the way is done; `came` says on whose phones."""
        when = await pages_clock.goal(self.face, await body(request))
        if self.face.turning:
            raise Refused("The clock is being turned already: wait until it has arrived.", 409)
        before = pages_clock.counted(self.telegram)
        await self.face.turn_to(when)
        came = pages_clock.came(self.telegram, before)
        return JSONResponse({"ok": True, "clock": pages_clock.shown(self.face), "came": came})


def _attachment(sent: Media) -> Response:
    """Pictures are shown; anything else is only ever downloaded, so that no upload can run as a page."""
    if not sent.content:
        raise Refused("This attachment is only a label: nothing was uploaded.", 404)
    picture = pages_snapshot.picture_type(sent.content)
    name = quote(sent.file_name or "attachment")
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store"}
    headers["Content-Disposition"] = f"{'inline' if picture else 'attachment'}; filename*=UTF-8''{name}"
    return Response(sent.content, media_type=picture or "application/octet-stream", headers=headers)
