"""`python -m bench.watched FILE`: `first-mile run` with one more task in its loop that notices when nobody gets a turn.

Each silence of the loop is one line of FILE, written when the program ends.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from bot import config, logs, running

LOOK = 0.005  # seconds between looks
SCHEDULED = Path("/proc/thread-self/schedstat")
SHORTEST = 0.01  # seconds: shorter silences are not kept


@dataclass(frozen=True)
class Gap:
    """The loop gave nobody a turn for `seconds` until `at` (seconds of the wall clock).

    `worked`: how much of it the loop's own thread was computing. `queued`: how much of it it was ready to, and had no
    core. The rest it waited for the disk, or for another thread.
    """

    at: float
    seconds: float
    worked: float
    queued: float = 0.0


async def watch(gaps: list[Gap]) -> None:
    """Until cancelled."""
    while True:
        began, worked, queued = time.monotonic(), time.thread_time(), _queued()
        await asyncio.sleep(LOOK)
        late = time.monotonic() - began - LOOK
        if late >= SHORTEST:
            gaps.append(Gap(time.time(), late, time.thread_time() - worked, _queued() - queued))


def _queued() -> float:
    """Seconds that this thread has been ready and had no core, as Linux counts; 0 elsewhere."""
    try:
        return int(SCHEDULED.read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def gaps_in(file: Path, since: float, until: float) -> list[Gap]:
    """What a program that has ended noticed between two moments of the wall clock."""
    lines: Iterable[str] = file.read_text().splitlines()
    found = [Gap(**json.loads(line)) for line in lines]
    return [gap for gap in found if since <= gap.at - gap.seconds and gap.at <= until]


async def _run(gaps: list[Gap]) -> None:
    watching = asyncio.create_task(watch(gaps))
    try:
        await running.run(config.load())
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


def main(file: Path) -> None:
    gaps: list[Gap] = []
    logs.configure("WARNING", json=True)
    try:
        asyncio.run(_run(gaps))
    finally:
        file.write_text("".join(json.dumps(asdict(gap)) + "\n" for gap in gaps))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
