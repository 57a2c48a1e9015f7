"""`python -m bench.one_job_each JOBS DUE [DATABASE_URL]`: one APScheduler job for each check-in, DUE of them at once.

What the product does not do, measured beside what it does. Jobs lie in memory, or in the library's own table when a
database is named. They do nothing but note the time; real ones would also read a person, write a row and send. Prints
one line of JSON.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from bench.figures import percentile
from bench.processes import Failed, environment
from bench.watched import Gap, watch

AHEAD = timedelta(days=1)  # where jobs wait that are not due in the run
PATIENCE = 120.0  # seconds until a run is given up
LOOK = 0.1

_ran: list[float] = []  # a job in a table must be a function of a module, found by its name


@dataclass(frozen=True)
class Jobs:
    """Seconds; memory in bytes. ran: of `due` jobs. blocked: the longest time in which the loop gave nobody a turn."""

    jobs: int
    due: int
    adding: float
    ran: int
    late_p99: float
    blocked: float
    memory: int


async def note_time(due: float) -> None:
    """`due`: seconds of the wall clock."""
    _ran.append(time.time() - due)


async def measured(jobs: int, due: int, database_url: str = "") -> Jobs:
    store = SQLAlchemyJobStore(database_url) if database_url else MemoryJobStore()
    scheduler = AsyncIOScheduler(jobstores={"default": store}, timezone=UTC)
    scheduler.start()
    adding = _add(scheduler, jobs - due, AHEAD)
    patience = 2 + 3 * adding
    adding += _add(scheduler, due, timedelta(seconds=patience))
    gaps: list[Gap] = []
    watching = asyncio.create_task(watch(gaps))
    await _until_all_ran(due, patience + PATIENCE)
    watching.cancel()
    scheduler.shutdown(wait=False)
    blocked = max((gap.seconds for gap in gaps), default=0.0)
    return Jobs(jobs, due, adding, len(_ran), percentile(_ran, 0.99), blocked, psutil.Process().memory_info().rss)


def _add(scheduler: Any, jobs: int, ahead: timedelta) -> float:
    """Seconds. The grace is endless: at the library's usual one second most of these would be dropped."""
    began, at = time.perf_counter(), datetime.now(UTC) + ahead
    for _ in range(jobs):
        scheduler.add_job(note_time, DateTrigger(at), [at.timestamp()], misfire_grace_time=None)
    return time.perf_counter() - began


async def _until_all_ran(due: int, patience: float) -> None:
    for _ in range(int(patience / LOOK)):
        await asyncio.sleep(LOOK)
        if len(_ran) >= due:
            return


async def measured_apart(jobs: int, due: int, database_url: str = "") -> Jobs:
    """The same in a process of its own."""
    arguments = [sys.executable, "-m", "bench.one_job_each", str(jobs), str(due)] + [database_url] * bool(database_url)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*arguments, env=environment(), stdout=pipe)
    said, _ = await process.communicate()
    if process.returncode:
        raise Failed("one job for each check-in could not be measured; the reason stands above.")
    return Jobs(**json.loads(said))


def main(jobs: str, due: str, database_url: str = "") -> None:
    print(json.dumps(asdict(asyncio.run(measured(int(jobs), int(due), database_url)))))


if __name__ == "__main__":
    from bench import one_job_each  # by its real name, so that jobs in a table are found again

    one_job_each.main(*sys.argv[1:])
