"""`first-mile …`: what an operator can do from a terminal."""

import asyncio
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot import config
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.errors import Misconfigured

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> None:
    """The entry point: one place where a fault of settings or files becomes sentences and exit status 2."""
    try:
        app()
    except Misconfigured as error:
        _list_faults(error.faults)
        sys.exit(2)


def _list_faults(faults: list[str]) -> None:
    err.print("First Mile cannot start:" if len(faults) == 1 else f"First Mile cannot start, {len(faults)} faults:")
    for fault in faults:
        err.print(f"  - {fault}", markup=False)


def _settings_to_run() -> Settings:
    """Settings and messages together: every fault of both at once."""
    faults: list[str] = []
    try:
        settings = config.load()
    except Misconfigured as error:
        faults += error.faults
        raise Misconfigured(faults) from None
    from bot.actions.checking import check_messages

    faults += config.missing_for_run(settings)
    faults += [str(finding) for finding in check_messages(settings.messages_dir, _today())[0]]
    if faults:
        raise Misconfigured(faults)
    return settings


def _today() -> date:
    return SystemClock().now().date()


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
    asyncio.run(running.run(settings, frozenset({part}) if part else running.EVERYTHING))


@app.command()
def check() -> None:
    """Say whether settings and message files can work, without starting. Exit status 1 when they cannot."""
    from bot.actions.checking import check_messages

    faults: list[str] = []
    folder = config.ROOT / "messages"
    try:
        settings = config.load()
        folder = settings.messages_dir
        faults += config.missing_for_run(settings)
    except Misconfigured as error:
        faults += error.faults
    found, warnings = check_messages(folder, _today())
    _report_check(faults, [str(one) for one in found], [str(one) for one in warnings])
    sys.exit(1 if faults or found else 0)


def _report_check(settings: list[str], faults: list[str], warnings: list[str]) -> None:
    for title, lines in (("Settings", settings), ("Message files", faults), ("Warnings", warnings)):
        if lines:
            out.print(f"[bold]{title}[/bold]")
        for line in lines:
            out.print(f"  - {line}", markup=False)
    if not settings and not faults:
        out.print("Everything can work." if not warnings else "Everything can work; please read the warnings.")


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
