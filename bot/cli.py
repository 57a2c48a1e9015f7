"""`first-mile …`: what an operator can do from a terminal."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot import config
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.errors import Misconfigured

app = typer.Typer(
    help="First Mile: messages from people you know. Begin with: first-mile try",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

REPORT = "Please report it, with what the same command says when LOG_LEVEL=DEBUG is set."


def main() -> None:
    """The entry point: one place where a fault becomes sentences. Exit status 2: settings, files, database; 1: ours."""
    try:
        app(prog_name="first-mile")
    except Misconfigured as error:
        _list_faults(error.faults)
        sys.exit(2)
    except Exception as error:
        known = _of_the_machine(error)
        _list_faults([known or f"A fault in First Mile itself: {type(error).__name__}: {error}. {REPORT}"])
        if not known and config.wants_details():
            _log_in_full(error)
        sys.exit(2 if known else 1)


def _list_faults(faults: list[str]) -> None:
    err.print("First Mile cannot go on:" if len(faults) == 1 else f"First Mile cannot go on, {len(faults)} faults:")
    for fault in faults:
        err.print(f"  - {fault}", markup=False)


def _of_the_machine(error: Exception) -> str:
    """A sentence for what only the operator can put right: the database, a disk; empty for everything else."""
    from sqlalchemy.exc import InterfaceError, OperationalError

    if isinstance(error, OperationalError | InterfaceError):
        said = str(error.orig).strip().partition("\n")[0]
        return f"DATABASE_URL: the database cannot be used ({said}). Check the address, and that the server is running."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}. Check that it is there and that this account may use it."
    return ""


def _log_in_full(error: Exception) -> None:
    import structlog

    from bot import logs

    logs.configure("ERROR", json=not sys.stderr.isatty())
    structlog.get_logger("bot").error("stopped by a fault", exc_info=error)


def _settings_to_run() -> Settings:
    """Settings and messages together: every fault of both at once."""
    faults = config.faults()
    found, _ = _messages()
    if faults or found:
        raise Misconfigured([*faults, *found])
    return config.load()


def _messages() -> tuple[list[str], list[str]]:
    """(faults, warnings) of the message files, one line each; of the shipped ones when settings cannot be read."""
    from bot.actions.checking import check_messages

    found, warnings = check_messages(_messages_folder(), SystemClock().now().date())
    return [str(one) for one in found], [str(one) for one in warnings]


def _messages_folder() -> Path:
    try:
        return config.load().messages_dir
    except Misconfigured:
        return config.ROOT / "messages"


@app.command(name="try")
def try_(
    port: Annotated[int, typer.Option(help="where the page with the phones is served")] = 8080,
    tour: Annotated[bool, typer.Option(help="play the whole story here and print it, without a browser")] = False,
) -> None:
    """Try it without a token: the real bot, and phones in your browser."""
    from bot import logs, trying

    logs.configure("ERROR" if tour else "WARNING", json=False)
    if tour:
        sys.exit(asyncio.run(trying.tour(out)))
    asyncio.run(trying.serve(port, out))


@app.command()
def run() -> None:
    """Everything in one process: what you want unless you know better."""
    _run(None)


@app.command()
def web() -> None:
    """Only the part that hears people (webhook or polling), answers them, and serves pages."""
    _run("web")


@app.command()
def sender() -> None:
    """Only the part that sends what waits; a second one stands by."""
    _run("sender")


@app.command()
def clock() -> None:
    """Only the part that notices that a time has come; a second one stands by."""
    _run("clock")


def _run(part: str | None) -> None:
    settings = _settings_to_run()
    from bot import logs, running

    logs.configure(settings.log_level, json=not sys.stderr.isatty())
    try:
        asyncio.run(running.run(settings, frozenset({part}) if part else running.EVERYTHING))
    except Misconfigured:
        raise
    except Exception as error:
        _log_in_full(error)  # nobody was watching: the log is where it will be looked for
        raise


@app.command()
def check() -> None:
    """Say whether settings and message files can work, without starting. Exit status 1 when they cannot."""
    faults, (found, warnings) = config.faults(), _messages()
    _report_check(faults, found, warnings)
    _report_plans()
    sys.exit(1 if faults or found else 0)


def _report_check(settings: list[str], faults: list[str], warnings: list[str]) -> None:
    for title, lines in (("Settings", settings), ("Message files", faults), ("Warnings", warnings)):
        if lines:
            out.print(f"[bold]{title}[/bold]")
        for line in lines:
            out.print(f"  - {line}", markup=False)
    if not settings and not faults:
        out.print("Settings and messages can work." + (" Please read the warnings." if warnings else ""))


def _report_plans() -> None:
    """What each check-in plan asks of a person, and how long a worry can wait at most."""
    from bot.actions.checking import plan_figures

    for plan, lines in plan_figures(_messages_folder()).items():
        out.print(f"[bold]Plan {plan}[/bold]")
        for line in lines:
            out.print(f"  - {line}", markup=False)


@app.command()
def migrate() -> None:
    """Bring the database up to date (every start does this by itself)."""
    from bot.store.database import Database

    async def bring_up_to_date(url: str) -> None:
        database = Database(url)
        await database.migrate()
        await database.close()

    settings = config.load()
    asyncio.run(bring_up_to_date(settings.database_url))
    out.print(f"The database is up to date: {_without_password(settings.database_url)}")


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"{head.partition('://')[0]}://…@{tail}" if at else url


@app.command()
def backup(file: Path) -> None:
    """Copy the database to FILE while everything runs, and check the copy."""
    from bot.actions import backup as actions

    summary = actions.backup(config.load().database_url, file)
    out.print(str(summary), markup=False)


@app.command()
def restore(file: Path) -> None:
    """Put a backup back. What was waiting to be sent then is not sent as if nothing had happened."""
    from bot.actions import backup as actions

    summary = actions.restore(file, config.load().database_url, SystemClock().now())
    out.print(str(summary), markup=False)


@app.command()
def settle() -> None:
    """After PostgreSQL's own tool has restored a database: make sure that nothing old is sent again."""
    from bot.actions import backup as actions
    from bot.store.database import Database

    async def settle_database(url: str) -> str:
        database = Database(url)
        await database.migrate()
        settled = await actions.settle(database, SystemClock().now())
        await database.close()
        return str(settled)

    out.print(asyncio.run(settle_database(config.load().database_url)), markup=False)
