"""The logs of the whole program; here because whoever runs the server reads them."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from bot import logs

Lines = Callable[[], list[str]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield lambda: capsys.readouterr().err.splitlines()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    structlog.reset_defaults()


def fail(error: Exception) -> None:
    try:
        raise error
    except Exception:
        structlog.get_logger("bot.part").exception("a tick failed", tick="sweep")


def only(lines: list[str]) -> dict[str, Any]:
    (line,) = lines
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def test_an_event_is_one_line_for_people(lines: Lines) -> None:
    logs.configure("INFO", json=False)
    structlog.get_logger("bot.part").warning("something odd", count=3, said="two\nlines")
    (line,) = lines()
    assert line.endswith("Z warning  something odd  count=3  said=two\\nlines")


def test_an_event_is_one_json_object_for_machines(lines: Lines) -> None:
    logs.configure("INFO", json=True)
    structlog.get_logger("bot.part").info("something", count=3)
    found = only(lines())
    assert (found["event"], found["level"], found["logger"], found["count"]) == ("something", "info", "bot.part", 3)


def test_libraries_speak_in_the_same_lines(lines: Lines) -> None:
    logs.configure("INFO", json=True)
    logging.getLogger("some.library").warning("took %d s", 3)
    assert only(lines())["event"] == "took 3 s"


def test_a_traceback_is_within_the_json_and_indented_for_people(lines: Lines) -> None:
    logs.configure("INFO", json=True)
    fail(RuntimeError("odd"))
    assert "RuntimeError: odd" in only(lines())["exception"]
    logs.configure("INFO", json=False)
    fail(RuntimeError("odd"))
    first, *below = lines()
    assert first.endswith("a tick failed  tick=sweep")
    assert all(line.startswith("    ") for line in below)


def test_what_is_below_the_level_is_not_written(lines: Lines) -> None:
    logs.configure("WARNING", json=False)
    structlog.get_logger("bot.part").info("small talk")
    logging.getLogger("some.library").info("small talk")
    assert lines() == []


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_addresses_of_requests_are_not_written(lines: Lines, level: str) -> None:
    logs.configure(level, json=False)
    logging.getLogger("httpx").info("POST https://api.telegram.org/bot123:abc/sendMessage")
    assert lines() == []


@pytest.mark.parametrize("as_json", [True, False])
def test_redaction_reaches_values_libraries_and_tracebacks(lines: Lines, as_json: bool) -> None:
    logs.configure("INFO", json=as_json, redact=[lambda line: line.replace("12345:token", "<token>")])
    structlog.get_logger("bot.part").warning("odd", said="12345:token")
    logging.getLogger("some.library").warning("at /bot12345:token/getMe")
    fail(RuntimeError("at /bot12345:token/getMe"))
    written = "\n".join(lines())
    assert "12345:token" not in written
    assert written.count("<token>") >= 3


@pytest.mark.parametrize("as_json", [True, False])
def test_tokens_are_taken_out_without_being_asked(lines: Lines, as_json: bool) -> None:
    token = "7012345678:AAH-x_9sEcReTsEcReTsEcReTsEcReTsEc"
    logs.configure("INFO", json=as_json)
    fail(RuntimeError(f"The token `{token}` was rejected at https://api.telegram.org/bot{token}/getMe"))
    written = "\n".join(lines())
    assert "SEcReT".lower() not in written.lower()
    assert "/bot<token>/getMe" in written


@pytest.mark.parametrize("as_json", [True, False])
def test_promise_9_what_people_write_never_gets_into_the_logs(lines: Lines, as_json: bool) -> None:
    logs.configure("INFO", json=as_json)
    structlog.get_logger("bot.part").warning("odd", body="my secret", payload={"text": "my secret"})
    fail(OperationalError("INSERT INTO replies VALUES (?, ?)", ("my secret] in [brackets", 2), Exception("locked")))
    written = "\n".join(lines())
    assert "my secret" not in written
    assert "brackets" not in written
    assert "locked" in written


def test_configured_twice_an_event_is_written_once(lines: Lines) -> None:
    logs.configure("INFO", json=False)
    logs.configure("INFO", json=False)
    structlog.get_logger("bot.part").warning("odd")
    assert len(lines()) == 1
