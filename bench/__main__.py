"""`python -m bench …`: each command prints a table, and ends 1 naming every bar that was missed."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Annotated, Any

import typer
from rich.console import Console

from bench import broadcast as broadcast_run
from bench import checkins as checkins_run
from bench import crash as crash_run
from bench import desk as desk_run
from bench import idle as idle_run
from bench import stop as stop_run
from bench.bars import Bar, told
from bench.processes import Failed

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
out = Console(highlight=False)

COUNTED = (
    "“Calls Telegram counted” are all that use up its allowance of 30 a second: the broadcast, those refused because "
    "of a block, edits of the progress message, answers to the people who ask meanwhile."
)
Recipients = Annotated[int, typer.Option(min=10, help="people in the circle")]


def end_on_sigterm() -> None:
    """As Ctrl-C does, also where a shell has put us into the background: every program of the run is ended first."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))


def finish(title: str, run: Coroutine[Any, Any, list[Bar]], note: str = "") -> None:
    """Run it, print it, end with its exit status."""
    end_on_sigterm()
    try:
        sys.exit(told(title, asyncio.run(run), out, note))
    except Failed as failure:
        out.print(f"Missed: the run could not be finished: {failure}", markup=False)
        sys.exit(1)


@app.callback()
def main() -> None:
    """Load, crash and idle runs."""


@app.command()
def broadcast(
    recipients: Recipients = 3000,
    blocked: Annotated[float, typer.Option(min=0, max=0.9, help="share of them who have blocked the bot")] = 0.03,
    latency_ms: Annotated[float, typer.Option(min=0, help="to Telegram and back")] = 80,
    burst: Annotated[int | None, typer.Option(min=3, help="a server that tolerates only so many at once")] = None,
    busy: Annotated[bool, typer.Option("--busy", help="keep every core busy with something else")] = False,
) -> None:
    """One broadcast to many while others ask for /help: throughput, losses, how long a command waits."""
    wanted = broadcast_run.Wanted(recipients, blocked, latency_ms, burst, busy)
    title = f"Broadcast to {recipients}" + (f", burst {burst}" if burst else "") + (", busy machine" if busy else "")
    finish(title, broadcast_run.run(wanted), COUNTED)


@app.command()
def checkins(
    enrolled: Annotated[int, typer.Option(min=100, help="people whose adding is timed")] = 100_000,
    open_rows: Annotated[int, typer.Option("--open", min=100, help="check-ins that wait for their time")] = 1_000_000,
    due: Annotated[int, typer.Option(min=10, help="check-ins that fall due at one instant")] = 10_000,
    latency_ms: Annotated[float, typer.Option(min=0, help="to Telegram and back")] = 80,
) -> None:
    """Check-ins by the hundred thousand: adding, restart, looking while nothing is due, very many due at once."""
    wanted = checkins_run.Wanted(enrolled, open_rows, due, latency_ms)
    title = f"{enrolled} people on a plan, {open_rows} check-ins open, {due} due at once"
    finish(title, checkins_run.run(wanted, out), checkins_run.NOTE)


@app.command()
def crash(
    recipients: Recipients = 600,
    kills: Annotated[int, typer.Option(min=1, help="how often the bot is killed")] = 4,
    latency_ms: Annotated[float, typer.Option(min=0, help="to Telegram and back")] = 80,
) -> None:
    """kill -9 in the middle, several times, and start again."""
    finish(
        f"{kills} kills in a broadcast to {recipients}", crash_run.run(recipients, kills, latency_ms), crash_run.NOTE
    )


@app.command()
def stop(
    recipients: Recipients = 600,
    latency_ms: Annotated[float, typer.Option(min=0, help="to Telegram and back")] = 80,
) -> None:
    """/stop by many people in the middle of a broadcast."""
    finish(f"/stop in a broadcast to {recipients}", stop_run.run(recipients, latency_ms))


@app.command()
def idle(
    recipients: Recipients = 3000,
    seconds: Annotated[float, typer.Option(min=1, help="how long to watch")] = 30,
) -> None:
    """The bot at rest: CPU and memory."""
    finish("At rest", idle_run.run(recipients, seconds))


@app.command()
def desk(
    residents: Annotated[int, typer.Option(min=100, help="people in circles of 50")] = 10_000,
    broadcasts: Annotated[int, typer.Option(min=10, help="each to one circle")] = 1_000,
) -> None:
    """Every page of the coordinators' desk: how long the server takes, and how large it is."""
    finish(f"The desk with {residents} residents and {broadcasts} broadcasts", desk_run.run(residents, broadcasts))


if __name__ == "__main__":
    app()
