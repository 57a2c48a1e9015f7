"""The arithmetic of a run: pure functions on what was measured."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Arrival = tuple[float, str, int]
"""Monotonic seconds, method, chat: one call that Telegram counts and let through."""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share (0 to 1) of all values do not exceed. NaN without values."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(frozen=True)
class Pace:
    """How fast a broadcast went, over the seconds from its first message to its last.

    counted: every call that Telegram counts (messages, those refused because of a block, edits, answers to others).
    broadcasts: those of them that were the broadcast itself. The first message opens the span and is not counted:
    31 messages at 30 a second take one second.
    """

    seconds: float = 0.0
    counted: int = 0
    broadcasts: int = 0

    @property
    def per_second(self) -> float:
        return self.counted / self.seconds if self.seconds else math.nan

    @property
    def broadcasts_per_second(self) -> float:
        return self.broadcasts / self.seconds if self.seconds else math.nan


def pace(arrivals: Iterable[Arrival], recipients: Collection[int]) -> Pace:
    """`recipients`: chats that got nothing but the broadcast."""
    calls = sorted(arrivals)
    times = [at for at, _, chat_id in calls if chat_id in recipients]
    if len(times) < 2:
        return Pace()
    counted = sum(1 for at, _, _ in calls if times[0] <= at <= times[-1])
    return Pace(times[-1] - times[0], counted - 1, len(times) - 1)


def longest_gap(arrivals: Iterable[Arrival], recipients: Collection[int]) -> float:
    """The longest silence (seconds) between two messages of a broadcast."""
    times = sorted(at for at, _, chat_id in arrivals if chat_id in recipients)
    return max((later - earlier for earlier, later in pairwise(times)), default=math.nan)
