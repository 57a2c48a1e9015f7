"""What time it is, and how to wait. Everything that needs either is handed a Clock.

The domain never reads one: it is told `now`. Tests and the simulator bring clocks of their own that can be turned.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Instants are aware datetimes in UTC; spans are seconds."""

    def now(self) -> datetime:
        """The instant it is, for people: due times, waking hours, records."""

    def monotonic(self) -> float:
        """Seconds that never jump, for machines: pacing and leases within one process."""

    async def sleep(self, seconds: float) -> None:
        """Wait so long by `monotonic`."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
