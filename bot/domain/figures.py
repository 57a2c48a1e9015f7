"""The figures of a proved plan: what a coordinator reads before approving it.

Silence, the longest time from the last sign of life until a human has been told
---------------------------------------------------------------------------------
A sign of life is an answer, at the earliest the moment a check-in was sent; before the first one, coming home counts,
at the earliest the beginning of day 0. Missing is noticed when the time to answer is over (`not_after_hours`). So for
a last answer on day `a` and a human told of the miss on day `b`, the time is (b - a) days and `not_after_hours`, and
before the first check-in the time of day as well. `b` is the first day, of those after `a`, on which `after_miss`
does not say NOTHING; the maximum over every `a` is the figure. The reminder shortens nothing: it asks the person, not
a human. Less often (`silence_fewer`), `b` is the next of every other check-in, in any tier. A clock change can add an
hour, and somebody who chose a time outside their waking hours the night.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta

from bot.domain.checkins import Silent, after_miss, also_when_fewer, is_last
from bot.domain.concerns import AMBER_WITHIN, RED_WITHIN, longest_wait
from bot.domain.paths import walk
from bot.domain.place import Place
from bot.domain.plans import Plan, Tier


@dataclass(frozen=True)
class Figures:
    """What a plan asks of a person, and the longest times until a human knows.

    Alerts are written in the transaction of the answer; `…_taken` is the deadline of the first one who is told.
    `amber_taken` is working time, `amber_clock` what that can be on the clock over the worst nights and holidays of
    place.toml.
    """

    contacts: int
    questions: int
    longest_path: int
    red_taken: timedelta
    amber_taken: timedelta
    amber_clock: timedelta
    silence_usual: timedelta
    silence_high: timedelta
    silence_fewer: timedelta


def figures(plan: Plan, place: Place) -> Figures:
    """The figures of a plan without faults. Raises what `paths.walk` does for one that has some."""
    silent = {tier: max((span for _, span in _silences(plan, tier)), default=timedelta(0)) for tier in Tier}
    return Figures(
        contacts=len(plan.days) + 1,
        questions=len(plan.questions),
        longest_path=max((walk(plan, day).longest for day in plan.days), default=0),
        red_taken=RED_WITHIN,
        amber_taken=AMBER_WITHIN,
        amber_clock=longest_wait(AMBER_WITHIN, place.working),
        silence_usual=silent[Tier.USUAL],
        silence_high=silent[Tier.HIGH],
        silence_fewer=max(_silences_when_fewer(plan), default=timedelta(0)),
    )


def _silences(plan: Plan, tier: Tier) -> Iterator[tuple[int, timedelta]]:
    """(day of the first miss, time until a human is told) for a last answer before each check-in."""
    days = [day.number for day in plan.days]
    for first in range(len(days)):
        told = _told_on(plan, tier, days[first:])
        since = timedelta(days=days[first - 1]) if first else -_into_the_day(plan.time_of_day)
        yield days[first], timedelta(days=told, hours=plan.not_after_hours) - since


def _told_on(plan: Plan, tier: Tier, days: list[int]) -> int:
    """The day of the check-in whose miss a human is told of, when all of `days` are missed."""
    for missed, day in enumerate(days, start=1):
        what = after_miss(plan.silence, tier, day, missed, False, last=is_last(plan, day))
        if what is not Silent.NOTHING:
            return day
    return days[-1]


def _silences_when_fewer(plan: Plan) -> Iterator[timedelta]:
    """Every other check-in comes, and one miss is enough. The wish for it may have come after any answer."""
    days = [day.number for day in plan.days]
    for first in range(len(days)):
        asked = next((place_in for place_in in range(first, len(days)) if also_when_fewer(place_in)), None)
        if asked is not None:
            since = timedelta(days=days[first - 1]) if first else -_into_the_day(plan.time_of_day)
            yield timedelta(days=days[asked], hours=plan.not_after_hours) - since


def _into_the_day(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute)
