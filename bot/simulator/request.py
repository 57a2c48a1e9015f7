"""The wire without sockets: python-telegram-bot believes it speaks HTTP.

    Application.builder().token(telegram.token).request(SimulatedRequest(telegram)) \
        .get_updates_request(SimulatedRequest(telegram)).updater(None).build()
"""

import json
from typing import Any

import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.simulator.faults import LineBroken, Trouble
from bot.simulator.params import Upload
from bot.simulator.telegram import Telegram

TIMEOUTS: dict[Trouble, type[httpx.TimeoutException]] = {
    Trouble.ANSWER_LOST: httpx.ReadTimeout,
    Trouble.CONNECT_TIMEOUT: httpx.ConnectTimeout,
    Trouble.POOL_TIMEOUT: httpx.PoolTimeout,
}


class SimulatedRequest(BaseRequest):
    """Raises what the library's own HTTP client would raise; a timeout is raised at once, nobody waits for it."""

    def __init__(self, telegram: Telegram, read_timeout: float | None = 5.0) -> None:
        self._telegram = telegram
        self._read_timeout = read_timeout

    @property
    def read_timeout(self) -> float | None:
        return self._read_timeout

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if "/file/bot" in url:
            return self._download(url)
        head, _, name = url.rpartition("/")
        try:
            token = head.rpartition("/bot")[2]
            status, body = await self._telegram.call(name, parameters(request_data), token=token)
        except LineBroken as broken:
            raise as_seen_by_the_caller(broken.trouble) from cause(broken.trouble)
        self._check_patience(read_timeout)
        return status, json.dumps(body).encode()

    def _download(self, url: str) -> tuple[int, bytes]:
        media = self._telegram.file(url)
        if media is None:
            return 404, b'{"ok":false,"error_code":404,"description":"Not Found"}'
        return 200, media.content

    def _check_patience(self, read_timeout: Any) -> None:
        given = self._read_timeout if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        if given is not None and self._telegram.faults.latency_ms / 1000 > given:
            raise as_seen_by_the_caller(Trouble.ANSWER_LOST) from cause(Trouble.ANSWER_LOST)


def parameters(request_data: RequestData | None) -> dict[str, Any]:
    if request_data is None:
        return {}
    # multipart_data names only files that are really uploaded; a known file's id is an ordinary parameter.
    files = {name: upload(value) for name, value in request_data.multipart_data.items()}
    return {**request_data.parameters, **files}


def upload(field: Any) -> Upload:
    name, content, mime_type = field
    raw = content if isinstance(content, bytes) else content.read()
    return Upload(name, raw.encode() if isinstance(raw, str) else raw, mime_type)


def cause(trouble: Trouble) -> httpx.HTTPError:
    if trouble in TIMEOUTS:
        return TIMEOUTS[trouble]("")
    if trouble == Trouble.CONNECT_REFUSED:
        return httpx.ConnectError("All connection attempts failed")
    return httpx.ReadError("")


def as_seen_by_the_caller(trouble: Trouble) -> NetworkError:
    if trouble == Trouble.POOL_TIMEOUT:
        return TimedOut("Pool timeout: All connections in the connection pool are occupied.")
    if trouble in TIMEOUTS:
        return TimedOut()
    error = cause(trouble)
    return NetworkError(f"httpx.{type(error).__name__}: {error}")
