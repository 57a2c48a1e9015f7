"""The HTTP below python-telegram-bot, in one thin file: another client, or HTTP/2, is a change here only."""

import logging
import re
import sys
from collections.abc import Iterable
from importlib.util import find_spec

import httpx
from telegram.request import BaseRequest, HTTPXRequest

_KEEP_ALIVE = 4.0  # shorter than common servers' 5 s, or a request meets a connection that is just being closed
_TOKEN = re.compile(r"\b\d{5,}:[A-Za-z0-9_-]{16,}")
_IN_ADDRESS = re.compile(r"(/bot)\d+:[^/\s\"'?]+")
_LOUD = ("httpx", "httpcore")

# httpcore tries to import this at every lock it makes, several times a call. Where it is not installed, saying so here
# once saves a search through all folders each time: 7 in 100 of the processor time of a broadcast.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]


def requests(connections: int = 32) -> tuple[BaseRequest, BaseRequest]:
    """One request object for sending and one for getUpdates.

    The client slows down badly with more than about 50 calls in flight, hence HTTP/1.1 and a small pool. The pool
    is shared by deliveries and direct replies: keep fewer deliveries in flight than there are connections.
    """
    # python-telegram-bot adds the length of the long poll to the read timeout of getUpdates.
    return _client(connections, read_timeout=20.0), _client(2, read_timeout=10.0)


def _client(connections: int, read_timeout: float) -> BaseRequest:
    return HTTPXRequest(
        connections,
        read_timeout=read_timeout,
        write_timeout=20.0,
        connect_timeout=5.0,
        pool_timeout=5.0,
        httpx_kwargs={"limits": httpx.Limits(max_connections=connections, keepalive_expiry=_KEEP_ALIVE)},
    )


def addresses(root: str) -> tuple[str, str]:
    """`base_url` and `base_file_url` for the library, from TELEGRAM_API_URL (the root before `/bot<token>/`)."""
    root = root.rstrip("/")
    return f"{root}/bot", f"{root}/file/bot"


class Redaction(logging.Filter):
    """Takes bot tokens out of whatever is logged, tracebacks included. Put it on every handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redacted(record.exc_text)
        return True


def redacted(text: str) -> str:
    return _TOKEN.sub("<token>", _IN_ADDRESS.sub(r"\1<token>", text))


def keep_tokens_out_of_logs(handlers: Iterable[logging.Handler]) -> None:
    """The HTTP client logs every address, and with it the token, at INFO. Call once the handlers are in place."""
    redaction = Redaction()
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger(name).addFilter(redaction)
    for handler in handlers:
        handler.addFilter(redaction)
