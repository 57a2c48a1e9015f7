"""Who is on call: turns by day of the week and time, days on which a turn does not hold, and the gaps with nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.hours import local

LOOK_AHEAD = timedelta(days=7)
QUARTER = timedelta(minutes=15)
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True)
class Turn:
    """`days`: 0 is Monday. `start` to `end` in local time; an `end` not after `start` lies on the next day.

    So 22:00 to 08:00 on Friday ends on Saturday morning, and 00:00 to 00:00 is the whole day. `who`: Telegram ids, or
    none for every coordinator. `off`: days on which the turn does not begin.
    """

    days: frozenset[int] = EVERY_DAY
    start: time = time(0)
    end: time = time(0)
    who: frozenset[int] = frozenset()
    off: frozenset[date] = frozenset()

    def covers(self, wall: datetime) -> bool:
        """Whether a local wall time lies in this turn."""
        today, clock = wall.date(), wall.time().replace(tzinfo=None)
        if self.start < self.end:
            return self._begins_on(today) and self.start <= clock < self.end
        yesterday = today - timedelta(days=1)
        return (self._begins_on(today) and clock >= self.start) or (self._begins_on(yesterday) and clock < self.end)

    def _begins_on(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.off


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
    """From `start` to `end`, aware UTC instants, nobody is on call."""

    start: datetime
    end: datetime


def gaps(turns: Iterable[Turn], coordinators: frozenset[int], zone: str, now: datetime) -> list[Gap]:
    """The spans of the coming week in which nobody is on call, to the minute, in order."""
    listed, until = list(turns), now + LOOK_AHEAD
    edges = [*sorted(edge for edge in _edges(listed, zone, now) if now < edge < until), until]
    found, start = list[Gap](), now
    for end in edges:
        if not on_call(listed, coordinators, zone, start):
            if found and found[-1].end == start:
                found[-1] = Gap(found[-1].start, end)
            else:
                found.append(Gap(start, end))
        start = end
    return found


def _edges(turns: list[Turn], zone: str, now: datetime) -> set[datetime]:
    """When a turn can begin or end. The quarters are for clock changes, which fall on one everywhere."""
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    quarters = {quarter + number * QUARTER for number in range(LOOK_AHEAD // QUARTER + 1)}
    today = local(now, zone).date()
    days = [today + timedelta(days=number) for number in range(-1, LOOK_AHEAD.days + 2)]
    walls = {wall for turn in turns for wall in (turn.start, turn.end)}
    return quarters | {edge for day in days for wall in walls for edge in _both(day, wall, zone)}


def _both(day: date, wall: time, zone: str) -> tuple[datetime, datetime]:
    """A wall time comes twice when clocks go back; else the two are the same, or lie about the hour that is skipped."""
    naive = datetime.combine(day, wall, tzinfo=ZoneInfo(zone))
    return naive.astimezone(UTC), naive.replace(fold=1).astimezone(UTC)
