"""A check-in plan: days, questions, answers, what raises a concern. Data, never code; no score and no trend.

A check-in of a day asks its questions in order. An answer may put one more question next, or end the check-in early;
an answer that raises a concern never hides the rest unless it is red, where nothing may stand between the person and
the emergency number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum


class Level(StrEnum):
    """How urgent a concern is. Source: clinical brief 1.3 and 4.1; the wording of each is public and fixed."""

    RED = "red"  # emergency number at once, a human within 15 minutes
    URGENT = "urgent"  # 111 or the surgery today, a human within 15 minutes
    AMBER = "amber"  # a human within 4 working hours
    HELP = "help"  # practical help, a human within 4 working hours


LOUD = (Level.RED, Level.URGENT)


class Tier(StrEnum):
    """How soon silence is taken seriously. HIGH: lives alone, frail, or nobody looks in."""

    USUAL = "usual"
    HIGH = "high"


@dataclass(frozen=True)
class Answer:
    """One button. `next`: a question asked before the rest. `ends`: the check-in is over after it.

    `emergency`: the key of the number in place.toml that is shown at once.
    """

    id: str
    concern: Level | None = None
    emergency: str = ""
    next: str = ""
    ends: bool = False


@dataclass(frozen=True)
class Question:
    """`free_text`: the answer is typed words, which a human always reads; it then has no answers to tap."""

    id: str
    answers: tuple[Answer, ...]
    free_text: bool = False

    def answer(self, answer_id: str) -> Answer:
        """Raises KeyError when there is none."""
        for one in self.answers:
            if one.id == answer_id:
                return one
        raise KeyError(answer_id)


@dataclass(frozen=True)
class Day:
    """The check-in so many days after coming home; day 0 is the day itself."""

    number: int
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Silence:
    """What no answer leads to. `reminder_hours` inside waking hours; the counts are check-ins missed in a row."""

    reminder_hours: int = 6
    amber_after: int = 2
    last_question_after: int = 3
    high_tier_days: int = 3
    """A first miss up to this day is amber at once for somebody of the high tier."""


@dataclass(frozen=True)
class Words:
    """Everything a person reads, in one language: texts by question, labels by (question, answer)."""

    language: str
    title: str
    summary: str
    hello: str
    reader: str
    deadline: str
    urgent: str
    thanks: str
    closing: str
    questions: Mapping[str, str]
    answers: Mapping[tuple[str, str], str]
    typed: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Other ways to type an answer, by (question, answer)."""


@dataclass(frozen=True)
class Plan:
    """One file of `messages/checkins/` with its words by language."""

    id: str
    nation: str
    source: str
    source_checked_on: date
    review_by: date
    author: str
    time_of_day: time
    not_after_hours: int
    days: tuple[Day, ...]
    closing_day: int
    questions: Mapping[str, Question]
    silence: Silence
    words: Mapping[str, Words]
    required: tuple[str, ...] = ()
    """Questions that stand in every check-in (leg and breath: clots come up to 90 days after a stay)."""

    def day(self, number: int) -> Day:
        """Raises KeyError when nothing is asked on that day."""
        for one in self.days:
            if one.number == number:
                return one
        raise KeyError(number)


@dataclass(frozen=True)
class Step:
    question: str
    answer: str
    concern: Level | None


@dataclass(frozen=True)
class Path:
    """One way through a check-in, from its first question to its end."""

    day: int
    steps: tuple[Step, ...]


def after(plan: Plan, queue: tuple[str, ...], answer: Answer) -> tuple[str, ...]:
    """The questions that are left after answering the first of `queue`."""
    if answer.ends:
        return ()
    rest = queue[1:]
    return (answer.next, *(one for one in rest if one != answer.next)) if answer.next else rest


LONGEST_PATH = 12


class Endless(Exception):
    """A path that does not end: answers lead back to a question asked before."""

    def __init__(self, day: int, question: str) -> None:
        super().__init__(f"day {day}: “{question}” comes round again")
        self.day, self.question = day, question


def paths(plan: Plan, day: Day) -> Iterator[Path]:
    """Every way through a day. Raises Endless; a question that does not exist is left out (the proof names it)."""
    yield from _walk(plan, day.number, tuple(one for one in day.questions if one in plan.questions), ())


def _walk(plan: Plan, day: int, queue: tuple[str, ...], steps: tuple[Step, ...]) -> Iterator[Path]:
    if not queue:
        yield Path(day, steps)
        return
    question = plan.questions[queue[0]]
    if any(step.question == question.id for step in steps) or len(steps) >= LONGEST_PATH:
        raise Endless(day, question.id)
    if question.free_text or not question.answers:
        yield from _walk(plan, day, queue[1:], (*steps, Step(question.id, "", None)))
        return
    for answer in question.answers:
        left = tuple(one for one in after(plan, queue, answer) if one in plan.questions)
        yield from _walk(plan, day, left, (*steps, Step(question.id, answer.id, answer.concern)))
