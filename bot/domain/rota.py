"""Who is on call: turns by day of the week and time, exceptions by date, and the gaps where nobody is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.domain.hours import local

EVERYBODY = "everybody"
LOOK_AHEAD = timedelta(days=7)
STEP = timedelta(minutes=15)


@dataclass(frozen=True)
class Turn:
    """`days`: 0 is Monday. `start` to `end` in local time; an `end` of midnight means the end of the day.

    `who`: Telegram ids, or none for every coordinator.
    """

    days: frozenset[int]
    start: time
    end: time
    who: frozenset[int] = frozenset()

    def covers(self, wall: datetime) -> bool:
        if wall.weekday() not in self.days or wall.time() < self.start:
            return False
        return self.end == time(0) or wall.time() < self.end


def on_call(turns: Iterable[Turn], coordinators: frozenset[int], zone: str, instant: datetime) -> frozenset[int]:
    """Telegram ids of those on call at an instant, of the coordinators who can be reached."""
    wall = local(instant, zone)
    found: frozenset[int] = frozenset()
    for turn in turns:
        if turn.covers(wall):
            found |= (turn.who or coordinators) & coordinators
    return found


@dataclass(frozen=True)
class Gap:
    start: datetime
    end: datetime


def gaps(turns: Iterable[Turn], coordinators: frozenset[int], zone: str, now: datetime) -> list[Gap]:
    """The spans of the coming week in which nobody is on call, in quarters of an hour."""
    listed, found, moment = list(turns), list[Gap](), now
    while moment < now + LOOK_AHEAD:
        if not on_call(listed, coordinators, zone, moment):
            if found and found[-1].end == moment:
                found[-1] = Gap(found[-1].start, moment + STEP)
            else:
                found.append(Gap(moment, moment + STEP))
        moment += STEP
    return found
