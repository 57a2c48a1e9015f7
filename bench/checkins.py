"""A hundred thousand people on a plan: adding, starting again, looking while nothing is due, ten thousand at once."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import due
from bench.bars import Bar, shown
from bench.due import Result
from bench.figures import percentile
from bench.homes import count_open
from bench.one_job_each import Jobs, measured_apart
from bench.places import Place, people_for, place, url_of
from bench.sweeps import Compared, compared
from bench.watched import Gap

SMALL = 10_000  # open check-ins of the place that the large one is compared with
LONGEST_BLOCK = 50  # milliseconds in which the loop may give nobody a turn
ADDED_PER_SECOND = 1000
DECIDED_PER_SECOND = 100  # three times what Telegram lets us send: sending never waits for a decision
SENT_PER_SECOND = 29
TICK = 5  # seconds for the tick to come, and for the last message to be on its way
JOBS, JOBS_IN_A_TABLE = 100_000, 5_000

NOTE = (
    "“Blocked”: the loop gave nobody a turn. What of it was neither its own work nor spent without a core, it waited "
    "for a lock or the disk. On a busy machine it says as much about the machine. The large place is on a busy day: 1 "
    "of 5 people was asked and has not answered, 1 of 100 has a worry that somebody was told of."
)


@dataclass(frozen=True)
class Wanted:
    """enrolled: people whose adding is timed. open: check-ins that wait in the large place. due: at one instant."""

    enrolled: int = 100_000
    open: int = 1_000_000
    due: int = 10_000
    latency_ms: float = 80


@dataclass(frozen=True)
class Found:
    adding: float
    one_more: float
    open: int
    sweeps: dict[str, Compared]
    due: Result


async def run(wanted: Wanted, out: Console) -> list[Bar]:
    """Prints the table beside one job for each check-in; gives the bars of ours."""
    with tempfile.TemporaryDirectory(prefix="first-mile-bench-") as name:
        folder = Path(name)
        found = await _measured(folder, wanted, out)
        out.print("Measuring one APScheduler job for each check-in …")
        memory = await measured_apart(JOBS, min(wanted.due, JOBS))
        table = await measured_apart(JOBS_IN_A_TABLE, min(wanted.due, JOBS_IN_A_TABLE // 2), url_of(folder, "jobs"))
    out.print(_beside(wanted, found, memory, table))
    return bars(wanted, found)


async def _measured(folder: Path, wanted: Wanted, out: Console) -> Found:
    everybody = max(wanted.enrolled, people_for(wanted.open))
    out.print(f"Adding {everybody} people …")
    async with (
        place(folder, "small", people_for(SMALL), 0) as small,
        place(folder, "large", everybody, wanted.enrolled) as large,
    ):
        rows, sweeps = await _swept(small, large)
    out.print(f"{wanted.due} check-ins fall due at once: about {wanted.due // SENT_PER_SECOND} seconds at that pace …")
    result = await due.run(folder, "large", wanted.due, wanted.latency_ms)
    return Found(large.adding, large.one_more, rows, sweeps, result)


async def _swept(small: Place, large: Place) -> tuple[int, dict[str, Compared]]:
    return await count_open(large.runtime), await compared(small.runtime, large.runtime)


def bars(wanted: Wanted, found: Found) -> list[Bar]:
    return [*_at_rest(wanted, found), *_lateness(wanted, found.due), *_blocks(found.due), *_books(found.due)]


def _at_rest(wanted: Wanted, found: Found) -> list[Bar]:
    sweeps = [
        Bar(f"looking: {name}, {one.small * 1000:.2f} ms and {one.large * 1000:.2f} ms", one.ratio, "times", at_most=2)
        for name, one in found.sweeps.items()
    ]
    return [
        Bar(f"adding {wanted.enrolled} people", found.adding, "s", at_most=wanted.enrolled / ADDED_PER_SECOND),
        Bar("planning one person's check-ins, in a transaction", found.one_more * 1000, "ms"),
        Bar("check-ins open", found.open, "rows"),
        *sweeps,
        Bar("from the start of the program to a decision about what was due", found.due.restart, "s", at_most=15),
    ]


def _lateness(wanted: Wanted, result: Result) -> list[Bar]:
    # Whoever asks for something meanwhile is answered first (promise 10), out of what Telegram lets us send.
    leaving = wanted.due + len(result.askers.waits)
    decided, sent = wanted.due / DECIDED_PER_SECOND + TICK, leaving / SENT_PER_SECOND + TICK
    return [
        Bar(f"{wanted.due} due at once: decided about, half of them within", percentile(result.decided, 0.5), "s"),
        Bar("… decided about, 99 of 100 within", percentile(result.decided, 0.99), "s", at_most=decided),
        Bar("sent, half of them within", percentile(result.sent, 0.5), "s"),
        Bar("… sent, 99 of 100 within", percentile(result.sent, 0.99), "s", at_most=sent),
        Bar("calls Telegram counted", result.pace.per_second, "a second", at_least=SENT_PER_SECOND),
    ]


def _blocks(result: Result) -> list[Bar]:
    deciding, sending = _longest(result.deciding), _longest(result.sending)
    return [
        Bar("blocked at most, while deciding", deciding.seconds * 1000, "ms", at_most=LONGEST_BLOCK),
        Bar("… of which its own work", deciding.worked * 1000, "ms"),
        Bar("… of which without a core", deciding.queued * 1000, "ms"),
        Bar("blocked at most, until the last was sent", sending.seconds * 1000, "ms", at_most=LONGEST_BLOCK),
        Bar("… of which its own work", sending.worked * 1000, "ms"),
        Bar("… of which without a core", sending.queued * 1000, "ms"),
        Bar(f"… how often above {LONGEST_BLOCK} ms", _above(result.sending), "times"),
        Bar("the most own work in one block", max((gap.worked for gap in result.sending), default=0.0) * 1000, "ms"),
    ]


def _longest(gaps: Sequence[Gap]) -> Gap:
    return max(gaps, key=lambda gap: gap.seconds, default=Gap(0.0, 0.0, 0.0))


def _above(gaps: Sequence[Gap]) -> int:
    return sum(1 for gap in gaps if gap.seconds * 1000 > LONGEST_BLOCK)


def _books(result: Result) -> list[Bar]:
    waits, ledger = result.askers.waits, result.ledger
    return [
        Bar("refused with 429", result.refused, "calls", at_most=0),
        Bar("uncertain", ledger.uncertain, "people", at_most=0),
        Bar("lost", len(ledger.lost), "people", at_most=0),
        Bar("twice", len(ledger.twice), "people", at_most=0),
        Bar("on a phone but not booked", len(ledger.unbooked), "people", at_most=0),
        Bar("commands answered meanwhile", len(waits), "", at_least=1),
        Bar("a command's answer, half of them within", percentile(waits, 0.5), "s"),
        Bar("… a command's answer, 99 of 100 within", percentile(waits, 0.99), "s", at_most=0.5),
        Bar("the bot's CPU time", result.usage.cpu, "s"),
        Bar("the bot's memory at most", result.usage.memory / 2**20, "MiB", at_most=300),
    ]


def _beside(wanted: Wanted, found: Found, memory: Jobs, table: Jobs) -> Table:
    """A process that only keeps jobs, beside the whole bot that keeps rows, asks the gate and sends."""
    columns = ("", "rows (ours)", "jobs in memory", "jobs in a table")
    beside = Table(*columns, title="Beside one APScheduler job for each check-in")
    result, jobs = found.due, (memory, table)
    rows = wanted.enrolled * found.open // people_for(found.open)
    lines: list[tuple[str, float, list[float]]] = [
        ("check-ins added", rows, [one.jobs for one in jobs]),
        ("adding, s", found.adding, [one.adding for one in jobs]),
        ("to add again after a restart", 0, [memory.jobs, 0]),
        ("due at once", wanted.due, [one.due for one in jobs]),
        ("… of which came to something", len(result.decided), [one.ran for one in jobs]),
        ("late by at most, 99 of 100, s", percentile(result.decided, 0.99), [one.late_p99 for one in jobs]),
        ("blocked at most, ms", _longest(result.deciding).seconds * 1000, [one.blocked * 1000 for one in jobs]),
        ("memory, MiB", result.usage.memory / 2**20, [one.memory / 2**20 for one in jobs]),
    ]
    for name, ours, theirs in lines:
        beside.add_row(name, *(shown(float(value)) for value in (ours, *theirs)))
    return beside
