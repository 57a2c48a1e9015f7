"""Every way through a check-in, walked: what is asked, where it ends, and whether it ends at all."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.domain.plans import LOUD, Answer, Change, Day, Plan, after

MOST_SITUATIONS = 5_000


class Endless(Exception):
    """A path that does not end: an answer leads back to a question asked before."""

    def __init__(self, day: int, question: str, answer: str) -> None:
        super().__init__(f"day {day}: “{answer}” of “{question}” leads back")
        self.day, self.question, self.answer = day, question, answer


class Tangled(Exception):
    """More situations than anybody could look through."""

    def __init__(self, day: int) -> None:
        super().__init__(f"day {day} can go more than {MOST_SITUATIONS} ways")
        self.day = day


@dataclass(frozen=True)
class Situation:
    """Somewhere in a check-in: what is left to ask (the first is on the screen), and what was asked before."""

    queue: tuple[str, ...]
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Early:
    """An answer ends the check-in while these questions of the day were never asked; loud ones and stop may."""

    question: str
    answer: str
    unasked: frozenset[str]


@dataclass
class Walk:
    """What was met on all ways through one day. `longest`: the most questions one person can be asked."""

    day: int
    asked: set[str] = field(default_factory=set)
    longest: int = 0
    early: set[Early] = field(default_factory=set)


def walk(plan: Plan, day: Day) -> Walk:
    """All ways through a day. Raises Endless, Tangled. What does not exist is left out (the proof names it).

    Situations are walked, not paths: 12 questions of 4 answers have 16 million paths, but 13 situations.
    """
    met, start = Walk(day.number), Situation(_existing(plan, tuple(dict.fromkeys(day.questions))))
    waiting, seen = [start], {start}
    while waiting:
        here = waiting.pop()
        met.longest = max(met.longest, len(here.asked))
        met.asked |= here.asked
        for answer, there in _onward(plan, day, here):
            _note_early(met, start, here, answer, there)
            if there not in seen:
                seen.add(there)
                waiting.append(there)
        if len(seen) > MOST_SITUATIONS:
            raise Tangled(day.number)
    return met


def _existing(plan: Plan, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in names if one in plan.questions)


def _onward(plan: Plan, day: Day, here: Situation) -> Iterator[tuple[Answer | None, Situation]]:
    if not here.queue:
        return
    question = plan.questions[here.queue[0]]
    asked = here.asked | {question.id}
    if not question.answers:
        yield None, Situation(here.queue[1:], asked)
    for answer in question.answers:
        if answer.next in asked and not answer.ends:
            raise Endless(day.number, question.id, answer.id)
        yield answer, Situation(_existing(plan, after(plan, here.queue, answer)), asked)


def _note_early(met: Walk, start: Situation, here: Situation, answer: Answer | None, there: Situation) -> None:
    if answer is None or not answer.ends or answer.concern in LOUD or answer.change is Change.STOP:
        return
    if unasked := frozenset(start.queue) - there.asked:
        met.early.add(Early(here.queue[0], answer.id, unasked))
