"""Waking hours: when somebody may be written to. Pure functions of (hours, instant), right across clock changes.

Source: promise 5. Local times are turned into UTC instants here and nowhere else.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Hours:
    """A person's waking hours: from `start` (inclusive) to `end` (exclusive), local wall time in `zone`."""

    zone: str
    start: time = time(9)
    end: time = time(19)

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"waking hours must start before they end, not {self.start} to {self.end}")


def local(instant: datetime, zone: str) -> datetime:
    """The wall clock in `zone` at a UTC `instant`."""
    return instant.astimezone(ZoneInfo(zone))


def at_local(day: date, wall: time, zone: str) -> datetime:
    """The UTC instant of a local wall time.

    A time that does not exist (clocks go forward) becomes the first instant after the gap;
    one that comes twice (clocks go back) means the first of the two.
    """
    naive = datetime.combine(day, wall)
    instant = naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == naive:
        return instant
    # In the gap, fold=0 uses the offset of before, so the result lies after the gap by as much as `naive`
    # lies inside it; fold=1 uses the offset of after and lies before the gap. The gap ends in between.
    before = naive.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    return _first_after_gap(before, instant, zone)


def _first_after_gap(low: datetime, high: datetime, zone: str) -> datetime:
    offset = low.astimezone(ZoneInfo(zone)).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(ZoneInfo(zone)).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def is_awake(hours: Hours, instant: datetime) -> bool:
    wall = local(instant, hours.zone).time().replace(tzinfo=None)
    return hours.start <= wall < hours.end


def next_awake(hours: Hours, instant: datetime) -> datetime:
    """`instant` itself inside waking hours, otherwise the next moment they begin."""
    if is_awake(hours, instant):
        return instant
    today = local(instant, hours.zone).date()
    for days in range(3):
        morning = at_local(today + timedelta(days=days), hours.start, hours.zone)
        if morning >= instant and is_awake(hours, morning):
            return morning
    return _slow_next_awake(hours, instant)


def _slow_next_awake(hours: Hours, instant: datetime) -> datetime:
    """Waking hours that a clock change swallows whole, or a day that a zone skips: look minute by minute."""
    moment = instant
    for _ in range(4 * 24 * 60):
        moment += timedelta(minutes=1)
        if is_awake(hours, moment):
            return moment
    raise ValueError(f"no waking moment within four days of {instant} for {hours}")


def end_of_day(day: date, zone: str) -> datetime:
    """The instant the local day is over."""
    return at_local(day + timedelta(days=1), time(0), zone)
