"""The same Telegram over HTTP: `/bot<token>/<method>` as the real one has it, and `/sim/…` to play people.

Troubles become what a socket can do. A lost answer is never sent, a reset is a real reset; a server cannot time out
while connecting, so such a call is reset before it is read.
"""

import asyncio
import json
import socket
import struct
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.simulator.control import control_routes
from bot.simulator.faults import LineBroken, Trouble
from bot.simulator.params import Upload
from bot.simulator.telegram import Telegram

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class KnownLine(H11Protocol):
    """Leaves the connection in the request's state, so that it can be broken."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "line": transport}
        super().connection_made(transport)


def simulator_app(telegram: Telegram) -> Starlette:
    """The ASGI application; can also be mounted or driven without a socket."""

    async def call(request: Request) -> Response:
        method, token = request.path_params["method"], request.path_params["token"]
        try:
            status, body = await telegram.call(method, await sent_parameters(request), token=token)
        except LineBroken as broken:
            return await break_line(request, broken.trouble)
        return Response(json.dumps(body), status, media_type="application/json")

    async def download(request: Request) -> Response:
        media = telegram.file(request.path_params["path"])
        if media is None or request.path_params["token"] != telegram.token:
            return Response('{"ok":false,"error_code":404,"description":"Not Found"}', 404)
        return Response(media.content, media_type=media.mime_type or "application/octet-stream")

    routes = [
        Route("/bot{token}/{method}", call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", download),
        *control_routes(telegram),
    ]
    return Starlette(routes=routes)


async def sent_parameters(request: Request) -> dict[str, Any]:
    """From the query, a form, a multipart form or a JSON object; files become uploads."""
    query: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "multipart/form-data":
        async with request.form(max_part_size=60 << 20) as form:
            return query | {name: await part(value) for name, value in form.items()}
    body = await request.body()
    if kind == "application/json" and body:
        return query | dict(json.loads(body))
    return query | dict(parse_qsl(body.decode(), keep_blank_values=True))


async def part(value: UploadFile | str) -> Upload | str:
    if isinstance(value, str):
        return value
    return Upload(value.filename or "file", await value.read(), value.content_type or "application/octet-stream")


async def break_line(request: Request, trouble: Trouble) -> Response:
    """Leaves the caller waiting until it gives up, or resets the connection."""
    if trouble == Trouble.ANSWER_LOST:
        while (await request.receive())["type"] != "http.disconnect":
            pass
    elif line := getattr(request.state, "line", None):
        if sock := line.get_extra_info("socket"):
            # Closing with a linger of zero sends RST instead of FIN.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        line.abort()
    return Response(status_code=500)


def simulator_server(telegram: Telegram, *, host: str = "127.0.0.1", port: int = 8081) -> Server:
    """A uvicorn server to run with `await server.serve()`; port 0 takes a free one."""
    config = Config(
        simulator_app(telegram),
        host=host,
        port=port,
        http=KnownLine,
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
    return Server(config)
