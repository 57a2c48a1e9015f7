"""One message to one circle: its life, and the times that bind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.hours import at_local, end_of_day, local


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


def not_after(starts_at: datetime, dates: Sequence[date], zone: str) -> datetime:
    """The last moment the message makes sense: a day after its start, or the end of the earliest date it names."""
    limits = [starts_at + LASTS] + [end_of_day(day, zone) for day in dates]
    return max(starts_at, min(limits))


def tomorrow_morning(now: datetime, zone: str, wall: time = time(10)) -> datetime:
    return at_local(local(now, zone).date() + timedelta(days=1), wall, zone)


def seconds_needed(recipients: int, per_second: float) -> int:
    """About how long the sending takes."""
    return -(-recipients // max(1, int(per_second * 0.9)))
