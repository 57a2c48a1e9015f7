"""What looking for due check-ins costs when nothing is due: on a small place, and on one a hundred times as large."""

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.actions import checkins, escalating, owning, silences
from bot.runtime import Runtime

REPEATS = 300
Sweep = Callable[[Runtime], Awaitable[object]]
SWEEPS: Mapping[str, Sweep] = {
    "asking": checkins.ask_due,
    "reminding": checkins.remind,
    "noticing silence": silences.notice,
    "escalating": escalating.escalate,
    "asking who has a concern": owning.remind,
}


@dataclass(frozen=True)
class Compared:
    """Medians in seconds."""

    small: float
    large: float

    @property
    def ratio(self) -> float:
        return self.large / self.small


async def compared(small: Runtime, large: Runtime) -> dict[str, Compared]:
    """By sweep. The two take turns, so that a machine that is busy for a while slows both."""
    return {name: await _compared(sweep, small, large) for name, sweep in SWEEPS.items()}


async def _compared(sweep: Sweep, small: Runtime, large: Runtime) -> Compared:
    times = [(await _timed(sweep, small), await _timed(sweep, large)) for _ in range(REPEATS)]
    return Compared(*(statistics.median(column) for column in zip(*times, strict=True)))


async def _timed(sweep: Sweep, runtime: Runtime) -> float:
    began = time.perf_counter()
    await sweep(runtime)
    return time.perf_counter() - began
