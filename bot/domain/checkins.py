"""When somebody is asked how they are, and what follows from silence: functions of plan, day of coming home, now."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.concerns import EVERY_DAY, WorkingHours, add_working_time
from bot.domain.hours import Hours, at_local, next_awake
from bot.domain.plans import Answer, Change, Level, Plan, Question, Silence, Tier


class Enrolment(StrEnum):
    """Where one person on one plan stands."""

    INVITED = "invited"  # the card is out, nobody has opened it
    WAITING = "waiting"  # a person asked by /home; a coordinator has to confirm
    ACTIVE = "active"
    PAUSED = "paused"  # back in hospital
    ENDED = "ended"


class Course(StrEnum):
    """Why an enrolment ended, or changed."""

    DONE = "done"
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"
    DIED = "died"
    CANCELLED = "cancelled"
    FORGOTTEN = "forgotten"


class Stage(StrEnum):
    """Where one check-in stands."""

    PLANNED = "planned"
    ASKED = "asked"  # the neutral first notification is out
    OPEN = "open"  # a question is on their screen
    DONE = "done"
    MISSED = "missed"  # no answer by its not-after
    LATE = "late"  # it could not be sent in time; a human was told
    CLEARED = "cleared"  # no longer needed


@dataclass(frozen=True)
class Due:
    """One check-in of a plan in UTC instants. `never`: its time was over when the enrolment began."""

    day: int
    due_at: datetime
    not_after: datetime
    never: bool = False


def schedule(plan: Plan, home_on: date, hours: Hours, now: datetime, wall: time | None = None) -> list[Due]:
    """Every check-in and the closing message, in order.

    `home_on`: the local day of coming home, day 0. `wall`: the time of day the person chose. A time outside their
    waking hours moves to the beginning of the next ones.
    """
    return [
        _due(home_on + timedelta(days=number), number, wall or plan.time_of_day, plan.not_after_hours, hours, now)
        for number in [*(day.number for day in plan.days), plan.closing_day]
    ]


def _due(day: date, number: int, wall: time, lasts: int, hours: Hours, now: datetime) -> Due:
    due_at = next_awake(hours, at_local(day, wall, hours.zone))
    not_after = due_at + timedelta(hours=lasts)
    return Due(number, due_at, not_after, never=not_after <= now)


def reminder_at(asked_at: datetime, silence: Silence, hours: Hours) -> datetime:
    """So many hours after the question, counted while the person is awake."""
    awake = WorkingHours(hours.zone, hours.start, hours.end, EVERY_DAY)
    return next_awake(hours, add_working_time(asked_at, timedelta(hours=silence.reminder_hours), awake))


def also_when_fewer(place_in: int) -> bool:
    """Less often is every other check-in of a plan, from the first. `place_in`: which, counted from 0."""
    return place_in % 2 == 0


class Silent(StrEnum):
    """What a missed check-in leads to."""

    NOTHING = "nothing"
    AMBER = "amber"  # somebody should ring
    LAST_QUESTION = "last_question"  # one more question, then a human decides
    HUMAN_DECIDES = "human_decides"


def after_miss(
    silence: Silence,
    tier: Tier,
    day: int,
    missed_in_a_row: int,
    last_question_sent: bool,
    *,
    last: bool = False,
    fewer: bool = False,
) -> Silent:
    """Silence is never read as "fine" (promise 6). `missed_in_a_row` counts this one.

    For somebody frail or alone one missed check-in is enough, on any day: the checks lie a week apart later on.
    `fewer`: the same for somebody who is asked less often, for two would lie a month apart.
    `last`: no check-in comes after this one, so no second miss could ever tell: somebody rings at once.
    """
    if last_question_sent:
        return Silent.HUMAN_DECIDES
    if missed_in_a_row >= silence.last_question_after:
        return Silent.LAST_QUESTION
    enough = tier is Tier.HIGH or fewer or last or missed_in_a_row >= silence.amber_after
    return Silent.AMBER if enough else Silent.NOTHING


def is_last(plan: Plan, day: int) -> bool:
    """Whether a plan asks nothing more after the check-in of this day; the closing asks nothing."""
    return day >= max((one.number for one in plan.days), default=0)


LAST_QUESTION = Question(
    "last_question",
    (
        Answer("carry_on"),
        Answer("fewer", change=Change.FEWER),
        Answer("stop", change=Change.STOP, ends=True),
        Answer("ring", concern=Level.AMBER, reason="asked_for_a_ring"),
    ),
)
"""What somebody is asked who has not answered for long; its words are the bot's own, not the plan's."""
