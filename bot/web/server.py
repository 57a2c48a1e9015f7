"""The web server: one Starlette application, and uvicorn as a task in the loop that runs everything else."""

import asyncio
import errno
import logging
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.domain.errors import Misconfigured

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
# Not for other names of the same domain: what else a place runs there is its own affair.
ONLY_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}
GRACE = 2  # seconds an open page may delay the end; without it an event stream keeps the program alive for ever

_log = structlog.get_logger(__name__)


def application(routes: Sequence[BaseRoute], *, https: bool = False) -> Starlette:
    """All pages of the program. A page that sets one of HEADERS itself keeps its own value.

    `https`: people reach it so, and their browsers shall never try anything else.
    """
    headers = {**HEADERS, **(ONLY_HTTPS if https else {})}

    async def broken(request: Request, error: Exception) -> Response:
        return _broken(request, error, headers)

    handlers = {HTTPException: _refused, Exception: broken}
    return Starlette(routes=routes, middleware=[Middleware(SecurityHeaders, headers)], exception_handlers=handlers)


class SecurityHeaders:
    """Not Starlette's BaseHTTPMiddleware: that one holds back event streams and hides disconnects."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                _secure(MutableHeaders(scope=message), self._headers)
            await send(message)

        await self._app(scope, receive, send_secured if scope["type"] == "http" else send)


def _secure(headers: MutableHeaders, wanted: Mapping[str, str]) -> None:
    for name, value in wanted.items():
        headers.setdefault(name, value)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _plain(error.status_code, dict(error.headers or {}))


def _broken(request: Request, error: Exception, headers: Mapping[str, str]) -> Response:
    """Starlette answers from outside every middleware here, so the headers are put on once more."""
    _log.error("a page failed", path=request.url.path, error=type(error).__name__)
    response = _plain(500)
    _secure(response.headers, headers)
    return response


def _plain(status: int, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{status} {HTTPStatus(status).phrase}\n", status, headers)


class Server:
    """`bind` takes the port, `serve` works until `should_exit` or cancellation, `started` waits until it does.

    host, port: where to listen; port 0 takes a free one, and `port` tells which after `bind`.
    """

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 8080) -> None:
        self.host, self.port = host, port
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
        self._uvicorn = _Uvicorn(config)
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def should_exit(self) -> bool:
        """True once the end was asked for; endless streams look at it."""
        return self._uvicorn.should_exit

    @should_exit.setter
    def should_exit(self, value: bool) -> None:
        self._uvicorn.should_exit = value

    def bind(self) -> None:
        """Take the port, so that a busy one is known before anything else starts. Raises Misconfigured."""
        if self._socket is None:
            self._socket = _listening(self.host, self.port)
            self.port = self._socket.getsockname()[1]

    async def serve(self) -> None:
        """Answer browsers. Leaves signals to the program; ends within GRACE seconds, open streams or not."""
        self.bind()
        sockets = [self._socket] if self._socket else []
        try:
            await self._uvicorn.serve(sockets)
        except asyncio.CancelledError:
            self.should_exit = True
            await self._uvicorn.shutdown(sockets)
            raise
        finally:
            self.close()

    async def started(self) -> None:
        """Returns when pages are served."""
        await self._uvicorn.listening.wait()

    def close(self) -> None:
        """Let go of the port, for a server that was bound and will not serve after all."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class _Uvicorn(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        logging.getLogger("uvicorn.error").addFilter(_worth_telling)
        self.servers = []
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The program handles signals itself: uvicorn would take SIGTERM away from everything else."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


def _worth_telling(record: logging.LogRecord) -> bool:
    """An open stream that is cut off at the end is no error, though uvicorn tells it as two, with a traceback."""
    cut_off = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut_off and not str(record.msg).startswith("Cancel %s running task")


def _listening(host: str, port: int) -> socket.socket:
    made: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(2048)  # now, not when pages are served: until then two programs could both hold the port
        return made
    except OSError as error:
        if made is not None:
            made.close()
        raise Misconfigured([_sentence(host, port, error)]) from None


def _sentence(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"PORT: another program already listens on port {port} of {host}. "
            "Stop that program, or set PORT to another number."
        )
    if error.errno == errno.EACCES:
        return f"PORT: this account may not listen on port {port}. Set PORT to a number above 1023."
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST: this machine has no address {host}. Set HOST to 127.0.0.1, or to 0.0.0.0 for all its addresses."
    return f"HOST and PORT: listening on port {port} of {host} is not possible ({error.strerror}). Set others."
