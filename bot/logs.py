"""Logs: one line an event, from this program and its libraries alike, on standard error.

Events are short fixed sentences with a few named values. What people write never gets in: values under the names of
WORDS are taken out, and so are the parameters that a database error likes to print.
"""

import logging
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

WORDS = frozenset({"body", "text", "words", "payload", "name", "first_name", "last_name", "username", "phone"})
# They tell every request, or every start and stop, at INFO.
QUIET = ("httpx", "httpcore", "uvicorn", "apscheduler", "alembic", "telegram", "aiosqlite", "asyncio", "PIL")

_TOKEN = re.compile(r"\b(bot)?\d{5,}:[A-Za-z0-9_-]{16,}")
_PARAMETERS = re.compile(r"\[parameters: .*\]")


def without_tokens(line: str) -> str:
    """Bot tokens stand in every address of the Bot API, and in what libraries say about them."""
    return _TOKEN.sub(r"\1<token>", line)


def configure(level: str, *, json: bool, redact: Sequence[Callable[[str], str]] = (without_tokens,)) -> None:
    """Set up structlog and the standard library's logging, for the whole process; calling again replaces it.

    level: DEBUG, INFO, WARNING or ERROR. json: one JSON object a line, for machines; otherwise a line for people,
    below which a traceback follows indented. redact: what every finished line goes through, tracebacks included.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(_json() if json else [_for_people], redact))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), logging.WARNING))
    _configure_structlog()


def _configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _common() -> list[Processor]:
    """What our events and the libraries' both go through."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper("iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _without_words,
    ]


def _json() -> list[Processor]:
    return [structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Redacts the finished line: a filter on the handler would see our events before they are text."""

    def __init__(self, renderers: list[Processor], redact: Sequence[Callable[[str], str]]) -> None:
        processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers]
        super().__init__(processors=processors, foreign_pre_chain=_common())
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for take_out in self._redact:
            line = take_out(line)
        return line


def _without_words(logger: Any, method: str, event: EventDict) -> EventDict:
    """Named values that hold what people wrote, and parameters of SQL, are not for logs (promise 9)."""
    for key, value in event.items():
        if key in WORDS:
            event[key] = "(not logged)"
        elif isinstance(value, str):
            event[key] = _PARAMETERS.sub("[parameters: not logged]", value)
    return event


def _for_people(logger: Any, method: str, event: EventDict) -> str:
    """`2026-11-01T09:00:00Z warning  what happened  key=value`; line ends within values are written as \\n."""
    time, level = str(event.pop("timestamp"))[:19], event.pop("level")
    said, trace = _one_line(event.pop("event")), str(event.pop("exception", "") or event.pop("stack", ""))
    values = "".join(f"  {key}={_one_line(value)}" for key, value in event.items() if key != "logger")
    below = "".join(f"\n    {line}" for line in trace.splitlines())
    return f"{time}Z {level:<8} {said}{values}{below}"


def _one_line(value: object) -> str:
    return str(value).strip().replace("\r", "\\r").replace("\n", "\\n")
