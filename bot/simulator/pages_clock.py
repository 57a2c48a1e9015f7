"""The clock on the simulator's page: what it shows, and where it may be turned to."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.simulator.pages_guard import Refused
from bot.simulator.telegram import Telegram

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

    async def next_due(self) -> datetime | None:
        """The first instant after now at which something falls due, None when nobody waits for anything."""

    async def turn_to(self, when: datetime) -> None:
        """Go forward to `when` (aware, UTC), doing everything due on the way, in order; then return."""


def shown(face: ClockFace) -> dict[str, Any]:
    """The clock as JSON: `now` is to the minute, so that equal answers mean nothing to redraw."""
    now = face.now().astimezone(ZoneInfo(face.zone))
    return {"now": now.replace(second=0, microsecond=0).isoformat(), "zone": face.zone, "turning": face.turning}


def _later(**span: float) -> Callable[[datetime], datetime]:
    """By so much real time, also where the clocks change in between."""
    return lambda now: (now.astimezone(UTC) + timedelta(**span)).astimezone(now.tzinfo)


def _tomorrow(now: datetime) -> datetime:
    return datetime.combine(now.date() + timedelta(days=1), time(10), now.tzinfo)


def _week(now: datetime) -> datetime:
    # Arithmetic on a zoned datetime keeps the wall clock, so seven days across a DST change stay at this time of day.
    return now + timedelta(days=7)


DUE = "due"
TURNS: dict[str, Callable[[datetime], datetime]] = {
    "minutes": _later(minutes=10),
    "hour": _later(hours=1),
    "hours": _later(hours=6),
    "tomorrow": _tomorrow,
    "week": _week,
}
"""Each takes the local time of the place and gives the local time to turn to; DUE asks the town instead."""


async def goal(face: ClockFace, sent: dict[str, Any]) -> datetime:
    """The instant (UTC) that `{"turn": due | minutes | hour | hours | tomorrow | week}` or `{"to": ISO 8601}` asks for.

    A `to` without an offset is the place's own time. Refuses the past, and more than FURTHEST ahead.
    """
    now = face.now().astimezone(ZoneInfo(face.zone))
    if sent.get("turn") == DUE:
        when = await _due(face)
    else:
        when = (_turned(now, sent) if "turn" in sent else _absolute(now, sent.get("to"))).astimezone(UTC)
    if when <= now:
        raise Refused("The clock only goes forward: choose a later date and time.")
    if when - now > FURTHEST:
        raise Refused(f"That is too far: at most {FURTHEST.days} days at once.")
    return when


async def _due(face: ClockFace) -> datetime:
    when = await face.next_due()
    if when is None:
        raise Refused("Nothing is due: nobody waits for anything. Any other button still turns the clock.", 409)
    return when


def _turned(now: datetime, sent: dict[str, Any]) -> datetime:
    turn = TURNS.get(str(sent["turn"]))
    if turn is None:
        raise Refused(f"“turn” must be one of: {', '.join((DUE, *TURNS))}.")
    return turn(now)


def _absolute(now: datetime, written: object) -> datetime:
    try:
        when = datetime.fromisoformat(str(written))
        return (when if when.tzinfo else when.replace(tzinfo=now.tzinfo)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("“to” must be a date and time such as 2026-12-01T10:00.") from None


Counts = dict[int, int]


def counted(telegram: Telegram) -> Counts:
    """How many messages of the bot stand on each phone, by its id."""
    return {one.user_id: sum(message.from_bot for message in one.messages) for one in telegram.phones}


def came(telegram: Telegram, before: Counts) -> list[dict[str, Any]]:
    """On whose phone there is more than before, and how much."""
    now = counted(telegram)
    more = {one.first_name: now[one.user_id] - before.get(one.user_id, 0) for one in telegram.phones}
    return [{"name": name, "count": count} for name, count in more.items() if count > 0]
