"""The clock on the simulator's page: what it shows, and where it may be turned to."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.simulator.pages_guard import Refused

FURTHEST = timedelta(days=400)
"""How far one turn may go: a year and a little; further is a slip of the finger."""


class ClockFace(Protocol):
    """The place's clock as the page needs it. The application owns it and steps through what falls due."""

    @property
    def zone(self) -> str:
        """The IANA name of the place's time zone."""

    @property
    def turning(self) -> bool:
        """True while `turn_to` is under way."""

    def now(self) -> datetime:
        """The instant it is in the simulated place, in UTC."""

    async def turn_to(self, when: datetime) -> None:
        """Go forward to `when` (aware, UTC), doing everything due on the way, in order; then return."""


def shown(face: ClockFace) -> dict[str, Any]:
    """The clock as JSON: `now` is to the minute, so that equal answers mean nothing to redraw."""
    now = face.now().astimezone(ZoneInfo(face.zone))
    return {"now": now.replace(second=0, microsecond=0).isoformat(), "zone": face.zone, "turning": face.turning}


def _hour(now: datetime) -> datetime:
    return (now.astimezone(UTC) + timedelta(hours=1)).astimezone(now.tzinfo)


def _tomorrow(now: datetime) -> datetime:
    return datetime.combine(now.date() + timedelta(days=1), time(10), now.tzinfo)


def _week(now: datetime) -> datetime:
    # Arithmetic on a zoned datetime keeps the wall clock, so seven days across a DST change stay at this time of day.
    return now + timedelta(days=7)


TURNS: dict[str, Callable[[datetime], datetime]] = {"hour": _hour, "tomorrow": _tomorrow, "week": _week}
"""Each takes the local time of the place and gives the local time to turn to."""


def goal(face: ClockFace, sent: dict[str, Any]) -> datetime:
    """The instant (UTC) that `{"turn": hour | tomorrow | week}` or `{"to": ISO 8601}` asks for.

    A `to` without an offset is the place's own time. Refuses the past, and more than FURTHEST ahead.
    """
    now = face.now().astimezone(ZoneInfo(face.zone))
    when = (_turned(now, sent) if "turn" in sent else _absolute(now, sent.get("to"))).astimezone(UTC)
    if when <= now:
        raise Refused("The clock only goes forward: choose a later date and time.")
    if when - now > FURTHEST:
        raise Refused(f"That is too far: at most {FURTHEST.days} days at once.")
    return when


def _turned(now: datetime, sent: dict[str, Any]) -> datetime:
    turn = TURNS.get(str(sent["turn"]))
    if turn is None:
        raise Refused(f"“turn” must be one of: {', '.join(TURNS)}.")
    return turn(now)


def _absolute(now: datetime, written: object) -> datetime:
    try:
        when = datetime.fromisoformat(str(written))
        return (when if when.tzinfo else when.replace(tzinfo=now.tzinfo)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("“to” must be a date and time such as 2026-12-01T10:00.") from None
