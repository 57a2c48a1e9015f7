"""Somebody walks through a plan to see what a person would see: nobody is asked, nothing is written, time is turned."""

from dataclasses import dataclass, replace

from bot.domain.checkins import Silent, after_miss, is_last
from bot.domain.plans import Answer, Day, Level, Plan, Question, Tier, after, level_of

TYPED = ""
"""Stands for typed words where an answer's id would stand."""


@dataclass(frozen=True)
class Walker:
    """Where somebody stands. `place`: which check-in, counted from 0; after the last one comes the closing.

    `said`: the (question, answer) of this check-in so far. `missed`: check-ins in a row without an answer. `begun`:
    whether the first notification was tapped.
    """

    tier: Tier = Tier.USUAL
    place: int = 0
    begun: bool = False
    said: tuple[tuple[str, str], ...] = ()
    missed: int = 0


@dataclass(frozen=True)
class Raised:
    """An answer that made somebody be told."""

    question: Question
    answer: Answer | None
    level: Level


class Lost(Exception):
    """These are not steps of this plan: it was changed, or somebody wrote the address by hand."""


def day_of(plan: Plan, walker: Walker) -> Day | None:
    """The check-in where they stand; None at the closing. Raises Lost."""
    if not 0 <= walker.place <= len(plan.days):
        raise Lost
    return plan.days[walker.place] if walker.place < len(plan.days) else None


def left(plan: Plan, walker: Walker) -> tuple[str, ...]:
    """The questions still to ask, the first is on the screen. Raises Lost."""
    day = day_of(plan, walker)
    queue = day.questions if day else ()
    for question_id, answer_id in walker.said:
        if not queue or queue[0] != question_id:
            raise Lost
        answer = _answer(plan.questions[question_id], answer_id)
        queue = queue[1:] if answer is None else after(plan, queue, answer)
    return queue


def _answer(question: Question, answer_id: str) -> Answer | None:
    """None for typed words. Raises Lost."""
    if answer_id == TYPED and question.free_text:
        return None
    try:
        return question.answer(answer_id)
    except KeyError:
        raise Lost from None


def last_raised(plan: Plan, walker: Walker) -> Raised | None:
    """Who the answer just given makes somebody tell; None when nobody. Raises Lost."""
    left(plan, walker)
    if not walker.said:
        return None
    question = plan.questions[walker.said[-1][0]]
    answer = _answer(question, walker.said[-1][1])
    level = level_of(question, answer)
    return Raised(question, answer, level) if level else None


def answered(walker: Walker, question_id: str, answer_id: str) -> Walker:
    return replace(walker, begun=True, said=(*walker.said, (question_id, answer_id)), missed=0)


def onward(walker: Walker) -> Walker:
    """To the next check-in."""
    return replace(walker, place=walker.place + 1, begun=False, said=())


def silence(plan: Plan, walker: Walker) -> Silent:
    """What it leads to when this check-in is not answered. Raises Lost."""
    day = day_of(plan, walker)
    if day is None:
        raise Lost
    return after_miss(plan.silence, walker.tier, day.number, walker.missed + 1, False, last=is_last(plan, day.number))


def unanswered(walker: Walker) -> Walker:
    """To the next check-in, this one not answered."""
    return replace(onward(walker), missed=walker.missed + 1)
