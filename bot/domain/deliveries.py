"""One outgoing message to one person: its states, keys, lanes, and what an attempt can come to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum


class State(StrEnum):
    """Where a delivery stands. Telegram reports neither delivered nor read, so neither is here."""

    QUEUED = "queued"  # waits for its time
    SENDING = "sending"  # handed to Telegram at this moment
    SENT = "sent"  # Telegram took it
    FAILED = "failed"  # Telegram will not take it; the reason says why
    CLEARED = "cleared"  # no longer needed
    SUPPRESSED = "suppressed"  # the person has not said yes, has stopped, or has had enough
    MISSED = "missed"  # too late to make sense
    UNCERTAIN = "uncertain"  # it may have arrived; nobody can know


OPEN = (State.QUEUED, State.SENDING)
ARRIVED_MAYBE = (State.SENDING, State.SENT, State.UNCERTAIN)


class Lane(IntEnum):
    """Who goes first when everybody wants to. Promise 10."""

    TALK = 0  # replies, relayed messages and alerts
    CHECKIN = 1
    BROADCAST = 2


class Kind(StrEnum):
    """What a delivery is for; decides its lane, its consent and what happens after an unknowable send."""

    BROADCAST = "broadcast"
    CORRECTION = "correction"  # the notice that a broadcast was corrected
    RELAY = "relay"  # a resident's words to the person who answers
    ANSWER = "answer"  # that person's words back
    NOTICE = "notice"  # something a resident has to know: a cover's name, a closed circle
    WORK = "work"  # something a champion or coordinator has to do
    PROGRESS = "progress"  # a message being edited while a broadcast runs
    CHECKIN = "checkin"  # the neutral first notification of a check-in, its reminder, the closing
    CARE = "care"  # what became of a concern, to the person it is about
    ALERT = "alert"  # a red concern, to whoever has to act; at any hour
    TIDY = "tidy"  # an edit or a deletion of something already sent


class Method(StrEnum):
    SEND = "send"
    COPY = "copy"
    EDIT = "edit"
    DELETE = "delete"


LANES = {
    Kind.BROADCAST: Lane.BROADCAST,
    Kind.CORRECTION: Lane.CHECKIN,
    Kind.RELAY: Lane.TALK,
    Kind.ANSWER: Lane.TALK,
    Kind.NOTICE: Lane.CHECKIN,
    Kind.WORK: Lane.TALK,
    Kind.PROGRESS: Lane.CHECKIN,
    Kind.TIDY: Lane.CHECKIN,
    Kind.CHECKIN: Lane.CHECKIN,
    Kind.CARE: Lane.TALK,
    Kind.ALERT: Lane.TALK,
}

MOST_ATTEMPTS = 8  # of an edit or deletion that nobody can know about
LONGEST_PAUSE = timedelta(minutes=5)
LEASE = timedelta(seconds=60)  # longer than the slowest call: connecting, sending and waiting for the answer take 50 s


def broadcast_key(broadcast_id: int, person_id: int) -> str:
    """Unique for ever: a person can have one copy of a broadcast. Promise 3."""
    return f"broadcast:{broadcast_id}:{person_id}"


# What became of one attempt. The gateway sorts every error of the wire into one of these.


@dataclass(frozen=True)
class Sent:
    message_id: int | None = None


@dataclass(frozen=True)
class NotSent:
    """It certainly did not arrive (no connection); trying again is safe."""

    why: str


@dataclass(frozen=True)
class Unknown:
    """It may have arrived; trying again may be a second copy."""

    why: str


@dataclass(frozen=True)
class Throttled:
    """Telegram asks the whole token to be quiet for so many seconds."""

    retry_after: float


@dataclass(frozen=True)
class Unreachable:
    """The person blocked the bot, left Telegram, or never opened it. `why`: a reason key."""

    why: str


@dataclass(frozen=True)
class Refusal:
    """Telegram will never take this message. `broken`: the message itself is at fault, not the person."""

    why: str
    broken: bool = False


@dataclass(frozen=True)
class Down:
    """Nothing can be sent at all (the token is wrong or revoked)."""

    why: str


Outcome = Sent | NotSent | Unknown | Throttled | Unreachable | Refusal | Down


@dataclass(frozen=True)
class Attempt:
    """One try at a delivery. `number`: 1 for the first. `doubts`: how many before it ended without our knowing."""

    kind: Kind
    method: Method
    number: int
    doubts: int = 0


@dataclass(frozen=True)
class Record:
    """What is written down after an attempt. `due_at` is set when the row goes back into the queue.

    `counts`: False when it was no attempt at all. `doubt`: it may have arrived.
    """

    state: State
    reason: str = ""
    due_at: datetime | None = None
    counts: bool = True
    doubt: bool = False


def after(outcome: Outcome, attempt: Attempt, now: datetime) -> Record:
    """The rule of promises 3 and 4: what an attempt's outcome makes of the delivery."""
    match outcome:
        case Sent():
            return Record(State.SENT)
        case NotSent(why):  # safe to try until it is too late, which the gate decides
            return Record(State.QUEUED, why, now + pause_after(attempt.number))
        case Unknown(why):
            return after_unknown(why, attempt, now)
        case Throttled(seconds):
            return Record(State.QUEUED, "throttled", now + timedelta(seconds=seconds), counts=False)
        case Unreachable(why) | Refusal(why):
            return Record(ended_as(State.FAILED, attempt.doubts), why)
        case Down(why):
            return Record(State.QUEUED, why, now + timedelta(seconds=30), counts=False)


def after_unknown(why: str, attempt: Attempt, now: datetime) -> Record:
    """A broadcast is not repeated by itself. Words between people and alerts are repeated once, edits freely."""
    if attempt.method in (Method.EDIT, Method.DELETE):
        if attempt.number >= MOST_ATTEMPTS:
            return Record(State.FAILED, why)
        return Record(State.QUEUED, why, now + pause_after(attempt.number))
    if attempt.kind in (Kind.BROADCAST, Kind.CORRECTION) or attempt.doubts:
        return Record(State.UNCERTAIN, why, doubt=True)
    return Record(State.QUEUED, why, now + timedelta(seconds=5), doubt=True)


def pause_after(attempts: int) -> timedelta:
    """Before the next try: 2 seconds, 4, 8 … 5 minutes."""
    return min(LONGEST_PAUSE, timedelta(seconds=2 ** min(attempts, 10)))


def ended_as(state: State, doubts: int) -> State:
    """What may have arrived never ends as something that says it did not."""
    return State.UNCERTAIN if doubts and state is not State.SENT else state
