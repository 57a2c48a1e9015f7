"""One message to one circle: its life, and the times that bind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.hours import Hours, end_of_day, next_awake


class Phase(StrEnum):
    """Where a broadcast stands."""

    WAITING = "waiting"  # confirmed; its time has not come (60 seconds to undo, or a later day)
    SENDING = "sending"  # its rows are written
    FINISHED = "finished"  # no row is open
    UNDONE = "undone"  # called back before anything went out
    STOPPED = "stopped"  # stopped in the middle; what was sent stays
    TAKEN_BACK = "taken_back"  # what was sent was deleted


UNDO = timedelta(seconds=60)
LASTS = timedelta(hours=24)
DELETABLE = timedelta(hours=48)
LONGEST_AHEAD = timedelta(days=60)
# What the sender really gets through of the rate it is allowed.
SHARE_OF_RATE = 0.9


@dataclass(frozen=True)
class Broadcast:
    id: int
    champion_id: int | None
    circle_id: int
    topic: str
    field_values: dict[str, Any]
    personal_line: str
    over_soft_cap: bool
    state: Phase
    reason: str
    created_at: datetime
    starts_at: datetime
    not_after: datetime
    finished_at: datetime | None
    correction: int
    progress_message_id: int | None
    progress_digest: str

    @property
    def was_scheduled(self) -> bool:
        """Whether its time was chosen, and not just the minute in which it can be undone."""
        return self.starts_at > self.created_at + UNDO


def not_after(starts_at: datetime, dates: Sequence[date], zone: str) -> datetime:
    """The last moment the message makes sense: a day after its start, or the end of the earliest date it names."""
    limits = [starts_at + LASTS] + [end_of_day(day, zone) for day in dates]
    return max(starts_at, min(limits))


def too_far_ahead(starts_at: datetime, now: datetime) -> bool:
    return starts_at > now + LONGEST_AHEAD


def arrivals(turns: Sequence[tuple[datetime, Hours]], per_second: float) -> list[datetime]:
    """About when each message goes out, one after the other, given from when each may and the person's waking hours.

    Whoever's day ends before their turn comes gets it the next morning.
    """
    step = timedelta(seconds=1 / max(1.0, per_second * SHARE_OF_RATE))
    moments: list[datetime] = []
    free: datetime | None = None
    for due_at, hours in sorted(turns, key=lambda turn: turn[0]):
        turn = due_at if free is None else max(free, due_at)
        moments.append(next_awake(hours, turn))
        free = turn + step
    return moments
