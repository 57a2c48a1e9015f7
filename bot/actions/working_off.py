"""Thousands fall due at once: they are worked off in short transactions, and between two rows others get a turn.

A SQLite statement runs where it is asked (`bot/store/quick.py`), so a transaction of many rows would otherwise hold
the event loop from its first row to its last, and with it every reply and every message.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.runtime import Runtime

AT_ONCE = 10  # rows a transaction: whoever wants to write waits for no longer
REST = 1.0  # of the time a transaction took, until the next: whoever sends or answers has at least half of it
LONGEST = 1.5  # seconds a pass; the next tick goes on. One that never came to its end would look as if it stood still
_log = structlog.get_logger(__name__)


class HasId(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=HasId)


@dataclass(frozen=True)
class Work(Generic[Row]):
    """`due`: the first so many rows. `do`: what to do about one; it is no longer due then. `give_up`: when that fails.

    All of them are safe to repeat.
    """

    name: str
    due: Callable[[AsyncConnection, int], Awaitable[Sequence[Row]]]
    do: Callable[[AsyncConnection, Row], Awaitable[None]]
    give_up: Callable[[AsyncConnection, Row], Awaitable[None]]


@dataclass
class _Pass:
    """Ids of the rows that had their turn, and of those that are due in spite of it: they wait for the next tick."""

    done: set[int] = field(default_factory=set)
    stuck: set[int] = field(default_factory=set)


async def work_off(runtime: Runtime, work: Work[Row]) -> int:
    """What is due, for LONGEST seconds. Returns how many that were. One bad row stops no other.

    Raises OperationalError and InterfaceError when the database is away: that is no fault of a row.
    """
    async with runtime.database.read() as tx:  # asked every few seconds, and mostly there is nothing to write
        if not await work.due(tx, 1):
            return 0
    so_far, began = _Pass(), runtime.clock.monotonic()
    latest = began
    while await _slice(runtime, work, so_far) and runtime.clock.monotonic() - began < LONGEST:
        await runtime.clock.sleep(REST * (runtime.clock.monotonic() - latest))
        latest = runtime.clock.monotonic()
    return len(so_far.done)


async def _slice(runtime: Runtime, work: Work[Row], so_far: _Pass) -> bool:
    """The next few; False after the last."""
    wanted, rows = AT_ONCE + len(so_far.stuck), list[Row]()
    try:
        async with runtime.database.write() as tx:
            rows = list(await work.due(tx, wanted))
            for row in _fresh(rows, so_far):
                await work.do(tx, row)
                await runtime.clock.sleep(0)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        _log.exception("some could not be done together; trying one by one", work=work.name)
        await _one_by_one(runtime, work, _fresh(rows, so_far))
    so_far.stuck |= {row.id for row in rows if row.id in so_far.done}
    so_far.done |= {row.id for row in rows}
    return len(rows) == wanted


def _fresh(rows: Sequence[Row], so_far: _Pass) -> list[Row]:
    return [row for row in rows if row.id not in so_far.done]


async def _one_by_one(runtime: Runtime, work: Work[Row], rows: Sequence[Row]) -> None:
    for row in rows:
        try:
            async with runtime.database.write() as tx:
                await work.do(tx, row)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            _log.exception("one could not be done", work=work.name, row=row.id)
            await _given_up(runtime, work, row)


async def _given_up(runtime: Runtime, work: Work[Row], row: Row) -> None:
    try:
        async with runtime.database.write() as tx:
            await work.give_up(tx, row)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        _log.exception("one could not even be given up; the next tick tries again", work=work.name, row=row.id)
