"""People: who they are to us, what they agreed to, and the one gate that decides whether they may be written to."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.deliveries import Kind, State
from bot.domain.hours import Hours, next_awake
from bot.domain.place import Caps


class Role(StrEnum):
    RESIDENT = "resident"
    CHAMPION = "champion"
    COORDINATOR = "coordinator"


class Purpose(StrEnum):
    """What a person said yes to; each is asked, recorded and withdrawn by itself. Promise 1."""

    BROADCASTS = "broadcasts"  # messages from one circle's champion
    WORK = "work"  # being written to as a champion or coordinator
    CHECKINS = "checkins"  # being asked how they are, and their health answers being kept
    TELL_NAMED = "tell_named"  # their named person may be told that they would like a ring
    SEE_ANSWERS = "see_answers"  # their named person may also see the answers
    PHONE = "phone"  # a volunteer may phone
    ANSWERS = "answers"  # the answer to what they asked, and nothing else


# Somebody who spoke to the bot so recently is awake and waiting: an answer to them is no disturbance.
IN_CONVERSATION = timedelta(minutes=60)
# One copy of a topic is enough for so long, whoever sends it.
SAME_TOPIC = timedelta(days=30)
MINUTES = 24 * 60  # of a day
SHORTEST_DAY = 4 * 60  # minutes: with fewer waking hours hardly anything could be sent
LONGEST_PAUSE = timedelta(days=366)
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Standing:
    """Everything `may_send` asks about a person, read in the transaction that sends."""

    hours: Hours
    stopped: bool = False
    unreachable: bool = False
    paused_until: datetime | None = None
    spoke_at: datetime | None = None
    purposes: frozenset[Purpose] = frozenset()
    circles: frozenset[int] = frozenset()
    """Circles they are a member of and have said yes to."""


@dataclass(frozen=True)
class Heard:
    """What a person has had so far, across all circles."""

    week: int = 0
    month: int = 0
    same_topic: bool = False


@dataclass(frozen=True)
class Wish:
    """A message that wants to go out."""

    kind: Kind
    not_after: datetime
    circle_id: int | None = None
    quiet: bool = False
    """An edit or deletion: nothing rings, so hours and consent do not matter."""
    over_soft_cap: bool = False
    heard: Heard = field(default_factory=Heard)


@dataclass(frozen=True)
class Go:
    pass


@dataclass(frozen=True)
class Wait:
    until: datetime


@dataclass(frozen=True)
class Never:
    state: State
    reason: str


Verdict = Go | Wait | Never


def may_send(wish: Wish, person: Standing, caps: Caps, now: datetime) -> Verdict:
    """The one gate (promise 2), asked at planning and again at the moment of sending.

    Order matters: what the person decided beats what we counted, and both beat the hour.
    """
    refusal = _unreachable(person) or (None if wish.quiet else _consent(wish, person) or _capped(wish, caps))
    if refusal:
        return refusal
    moment = now if wish.quiet else _earliest(wish, person, now)
    if moment > wish.not_after:
        paused = person.paused_until is not None and person.paused_until > wish.not_after
        return Never(State.SUPPRESSED, "paused") if paused else Never(State.MISSED, "too_late")
    return Go() if moment <= now else Wait(moment)


def _unreachable(person: Standing) -> Never | None:
    return Never(State.SUPPRESSED, "unreachable") if person.unreachable else None


def _consent(wish: Wish, person: Standing) -> Never | None:
    if wish.kind is Kind.ANSWER and Purpose.ANSWERS in person.purposes:
        return None
    if person.stopped:
        return Never(State.SUPPRESSED, "stopped")
    return None if _agreed(wish, person) else Never(State.SUPPRESSED, "no_consent")


def _agreed(wish: Wish, person: Standing) -> bool:
    """Promise 1: the yes that this kind of message needs."""
    if wish.kind in (Kind.WORK, Kind.RELAY, Kind.PROGRESS, Kind.ALERT):
        return Purpose.WORK in person.purposes
    if wish.kind in (Kind.CHECKIN, Kind.CARE):
        return Purpose.CHECKINS in person.purposes
    if wish.kind in (Kind.BROADCAST, Kind.CORRECTION, Kind.NOTICE):
        return wish.circle_id in person.circles
    return wish.kind is Kind.ANSWER and bool(person.purposes)


def _capped(wish: Wish, caps: Caps) -> Never | None:
    if wish.kind is not Kind.BROADCAST:
        return None
    if wish.heard.same_topic:
        return Never(State.SUPPRESSED, "same_topic")
    weekly = caps.hard_per_week if wish.over_soft_cap else caps.per_week
    if wish.heard.month >= caps.per_month or wish.heard.week >= max(weekly, 0):
        hard = wish.heard.month >= caps.per_month or wish.heard.week >= caps.hard_per_week
        return Never(State.SUPPRESSED, "capped_hard" if hard else "capped")
    return None


def _earliest(wish: Wish, person: Standing, now: datetime) -> datetime:
    """The first moment at or after now inside waking hours, and after a pause they asked for."""
    if wish.kind is Kind.ALERT:  # whoever takes this on was told that red comes at any hour, and agreed
        return now
    if wish.kind in _CONVERSATION and in_conversation(person, now):
        return now
    moment = now
    if person.paused_until and wish.kind in (Kind.BROADCAST, Kind.CORRECTION, Kind.NOTICE):
        moment = max(moment, person.paused_until)
    return next_awake(person.hours, moment)


_CONVERSATION = (Kind.RELAY, Kind.ANSWER, Kind.WORK, Kind.PROGRESS, Kind.CARE)


def in_conversation(person: Standing, now: datetime) -> bool:
    return person.spoke_at is not None and now - person.spoke_at <= IN_CONVERSATION
