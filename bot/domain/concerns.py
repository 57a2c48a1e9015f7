"""A worry reaches a human (promise 6): levels, deadlines, and the ladder that never ends in nobody."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.hours import at_local, local
from bot.domain.plans import LOUD, SAFEGUARDING, Level

RED_WITHIN = timedelta(minutes=15)
AMBER_WITHIN = timedelta(hours=4)  # working hours
SPOKEN_AFTER = timedelta(minutes=30)
CALLED_AFTER = timedelta(minutes=10)
EVERY_DAY = frozenset(range(7))


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
    """When somebody works on what is not red. `days`: 0 is Monday. `holidays`: local days on which nobody does.

    `end` is after `start`, except that an `end` of midnight means the end of the day.
    """

    zone: str
    start: time = time(9)
    end: time = time(17)
    days: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.holidays

    def span(self, day: date) -> tuple[datetime, datetime]:
        """The UTC instants at which a working day begins and ends."""
        ends_on = day + timedelta(days=1) if self.end == time(0) else day
        return at_local(day, self.start, self.zone), at_local(ends_on, self.end, self.zone)


LONGEST_WAIT = 30  # days: after so long without working time somebody is told anyway


def add_working_time(start: datetime, span: timedelta, hours: WorkingHours) -> datetime:
    """The instant at which so much working time has passed since `start`.

    A calendar with next to no working time counts as one that works round the clock: a worry must never fail to be
    recorded because of a mistake in place.toml, and too early is the safe side.
    """
    left, day = span, local(start, hours.zone).date()
    for number in range(LONGEST_WAIT):
        opens, closes = hours.span(day + timedelta(days=number))
        begin = max(start, opens)
        if hours.works_on(day + timedelta(days=number)) and begin < closes:
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
    return start + span


def deadline(level: Level, told_at: datetime, hours: WorkingHours) -> datetime:
    """By when whoever was told has to say: I have it."""
    if level in LOUD:
        return told_at + RED_WITHIN
    return add_working_time(told_at, AMBER_WITHIN, hours)


def asked_after(level: Level, moment: datetime, hours: WorkingHours) -> datetime:
    """When whoever has it is asked whether they have spoken to them; so long after that somebody else is told.

    A quarter of an hour is too short for a call with somebody who is ill, so it is twice the time to say "I have it".
    """
    return moment + SPOKEN_AFTER if level in LOUD else deadline(level, moment, hours)


def longest_wait(span: timedelta, hours: WorkingHours) -> timedelta:
    """The most clock time that so much working time can take: told at the worst moment of the listed holidays."""
    return max(add_working_time(moment, span, hours) - moment for moment in _worst_moments(hours))


_ANY_WEEK = date(2026, 1, 12)  # a Monday; which one does not matter


def _worst_moments(hours: WorkingHours) -> Iterator[datetime]:
    """The end of each day of a plain week, and of the days before each holiday."""
    for weekday in range(7):
        yield hours.span(_ANY_WEEK + timedelta(days=weekday))[1]
    for holiday in hours.holidays:
        for before in range(7):
            yield hours.span(holiday - timedelta(days=before))[1]


def first_rung(reason: str) -> Rung:
    """Who is told first. Whom somebody is afraid of may be the very person they named: a coordinator hears that."""
    return Rung.COORDINATOR if reason == SAFEGUARDING else LADDER[0]


def next_rung(rung: Rung) -> Rung:
    """Who is told when nobody has answered in time; the top rung repeats until somebody does."""
    place = LADDER.index(rung)
    return LADDER[min(place + 1, len(LADDER) - 1)]


def worst(levels: Iterable[Level]) -> Level | None:
    """The most urgent of several."""
    order = list(Level)
    return min(levels, key=order.index, default=None)
