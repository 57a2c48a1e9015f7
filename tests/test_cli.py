"""`first-mile …` in a terminal: sentences instead of tracebacks, and exit statuses."""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from bot import cli, config

RUN = {"BOT_TOKEN": "123456:for-a-test", "COORDINATOR_IDS": "1"}
Says = Callable[..., tuple[int, str]]
COMMANDS = ("try", "run", "web", "sender", "clock", "check", "migrate", "backup", "restore")


@pytest.fixture(autouse=True)
def empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder without .env, and no setting from outside."""
    monkeypatch.chdir(tmp_path)
    for name in config.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers  # a command sets up logs for its own process; these are ours
    root.setLevel(level)
    structlog.reset_defaults()


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """(exit status, what it said) of a command, through the real entry point."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["first-mile", *words])
        cli.main()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out + said.err


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Says:
    def say(*words: str, **settings: str) -> tuple[int, str]:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        return told(capsys, *words)

    return say


def test_help_names_every_command_and_where_to_begin() -> None:
    shown = CliRunner().invoke(cli.app, ["--help"])
    assert shown.exit_code == 0
    assert all(f" {name} " in shown.output for name in COMMANDS)
    assert "first-mile try" in shown.output


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str) -> None:
    assert CliRunner().invoke(cli.app, [name, "--help"]).exit_code == 0


def test_an_unknown_command_is_refused_with_2(says: Says) -> None:
    status, said = says("dance")
    assert (status, "No such command" in said) == (2, True)


def test_check_finds_nothing_wrong_with_what_is_shipped(says: Says) -> None:
    status, said = says("check", **RUN)
    assert (status, "can work" in said) == (0, True)


def test_check_tells_every_wrong_and_missing_setting_at_once(says: Says) -> None:
    status, said = says("check", BOT_TOKEN="nonsense", COORDINATOR_IDS="x, 2", PORT="99999", PUBLIC_URL="elm.example")
    assert status == 1
    for name in ("BOT_TOKEN:", "COORDINATOR_IDS:", "PORT:", "PUBLIC_URL:"):
        assert said.count(name) == 1
    assert "from 1 to 65535" in said


def test_check_shows_broken_files_with_file_and_line(says: Says, tmp_path: Path) -> None:
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "place.toml").write_text('name = "Elm Park"\nzone = "Nowhere/At all"\n')
    status, said = says("check", MESSAGES_DIR=str(tmp_path / "messages"), **RUN)
    assert (status, "place.toml:2" in said) == (1, True)


def test_check_says_that_a_folder_is_missing(says: Says) -> None:
    status, said = says("check", MESSAGES_DIR="/nowhere", **RUN)
    assert (status, "/nowhere" in said and "MESSAGES_DIR" in said) == (1, True)


def test_run_refuses_with_every_fault_of_settings_and_files_and_2(says: Says, tmp_path: Path) -> None:
    (tmp_path / "messages").mkdir()
    status, said = says("run", MESSAGES_DIR=str(tmp_path / "messages"))
    assert status == 2
    assert all(words in said for words in ("BOT_TOKEN:", "COORDINATOR_IDS:", "place.toml"))
    assert "Traceback" not in said


def test_settings_come_from_an_env_file_too(says: Says, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BOT_TOKEN=123456:for-a-test\nCOORDINATOR_IDS=\n")
    status, said = says("check")
    assert (status, "COORDINATOR_IDS:" in said, "BOT_TOKEN:" in said) == (1, True, False)


def test_migrate_makes_the_database_and_hides_passwords(says: Says, tmp_path: Path) -> None:
    outcome = CliRunner().invoke(cli.app, ["migrate"], env={"DATABASE_URL": f"sqlite:///{tmp_path}/new/place.db"})
    assert (outcome.exit_code, (tmp_path / "new" / "place.db").exists()) == (0, True)
    assert cli._without_password("postgresql://sam:secret@db/place") == "postgresql://…@db/place"


def test_a_database_that_is_away_is_a_sentence(says: Says) -> None:
    status, said = says("migrate", DATABASE_URL="postgresql://sam:secret@127.0.0.1:1/place")
    assert status == 2
    assert "DATABASE_URL: the database cannot be used" in said
    assert "secret" not in said
    assert "Traceback" not in said


def test_a_backup_of_nothing_is_a_sentence(says: Says, tmp_path: Path) -> None:
    status, said = says("backup", str(tmp_path / "copy.db"))
    assert (status, "Traceback" in said, "database" in said) == (2, False, True)


def test_a_fault_of_our_own_is_a_sentence_with_1(says: Says, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[str]:
        raise RuntimeError("a screw is loose")

    monkeypatch.setattr(config, "faults", broken)
    status, said = says("check")
    assert (status, "a screw is loose" in said, "Traceback" in said) == (1, True, False)


def test_a_busy_port_is_a_sentence_and_nothing_is_emptied(says: Says, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "try.db").write_text("the town of another try")
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        status, said = says("try", "--port", str(port))
    assert (status, f"port {port}" in said, f"--port {port + 1}" in said) == (2, True, True)
    assert (tmp_path / "data" / "try.db").read_text() == "the town of another try"


def test_python_dash_m_bot_is_the_same_program(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(config.ROOT)}
    shown = subprocess.run([sys.executable, "-m", "bot", "--help"], env=env, capture_output=True, text=True, check=True)
    assert "first-mile" in shown.stdout
