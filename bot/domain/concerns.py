"""A worry reaches a human (promise 6): levels, deadlines, and the ladder that never ends in nobody."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.hours import at_local, local
from bot.domain.plans import LOUD, Level

RED_WITHIN = timedelta(minutes=15)
AMBER_WITHIN = timedelta(hours=4)  # working hours
CALLED_AFTER = timedelta(minutes=10)


class Phase(StrEnum):
    """Where a concern stands."""

    OPEN = "open"  # nobody has said: I have it
    OWNED = "owned"  # somebody has it
    CLOSED = "closed"  # with an outcome


class Outcome(StrEnum):
    """How a concern was closed."""

    FINE = "fine"
    HELPED = "helped"
    SENT_ON = "sent_on"
    CALLED_111 = "called_111"
    CALLED_999 = "called_999"
    NOT_REACHED = "not_reached"


class Rung(StrEnum):
    """Who is told, one after the other; after the last it begins again with everybody."""

    NAMED = "named"
    BACKUP = "backup"
    COORDINATOR = "coordinator"
    EVERYBODY = "everybody"


LADDER = (Rung.NAMED, Rung.BACKUP, Rung.COORDINATOR, Rung.EVERYBODY)


@dataclass(frozen=True)
class WorkingHours:
    """When somebody works on what is not red. `days`: 0 is Monday. `holidays`: local days on which nobody does."""

    zone: str
    start: time = time(9)
    end: time = time(17)
    days: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.holidays


LONGEST_WAIT = 30  # days: a calendar with no working day in a month is a mistake, not a rule


def add_working_time(start: datetime, span: timedelta, hours: WorkingHours) -> datetime:
    """The instant at which so much working time has passed since `start`. Raises ValueError for a calendar without."""
    left, moment = span, start
    for _ in range(LONGEST_WAIT):
        day = local(moment, hours.zone).date()
        opens, closes = at_local(day, hours.start, hours.zone), at_local(day, hours.end, hours.zone)
        if hours.works_on(day) and moment < closes:
            begin = max(moment, opens)
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
        moment = at_local(day + timedelta(days=1), time(0), hours.zone)
    raise ValueError("no working time within a month: check working days and holidays in place.toml")


def deadline(level: Level, told_at: datetime, hours: WorkingHours) -> datetime:
    """By when whoever was told has to say: I have it."""
    if level in LOUD:
        return told_at + RED_WITHIN
    return add_working_time(told_at, AMBER_WITHIN, hours)


def next_rung(rung: Rung) -> Rung:
    """Who is told when nobody has answered in time; the top rung repeats until somebody does."""
    place = LADDER.index(rung)
    return LADDER[min(place + 1, len(LADDER) - 1)]


def worst(levels: list[Level]) -> Level | None:
    """The most urgent of several."""
    order = list(Level)
    return min(levels, key=order.index) if levels else None
