"""A check-in plan: days, questions, answers, what raises a concern. Data, never code; no score and no trend.

A check-in of a day asks its questions in order. An answer may put one more question next, or end the check-in early;
an answer that raises a concern never hides the rest unless it is loud, where nothing may stand between the person and
the emergency number.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from bot.domain.templates import ANY_NATION, SOURCE_LANGUAGE, TRANSLATION_DIGITS


class Level(StrEnum):
    """How urgent a concern is. Source: clinical brief 1.3 and 4.1; the wording of each is public and fixed."""

    RED = "red"  # emergency number at once, a human within 15 minutes
    URGENT = "urgent"  # 111 or the surgery today, a human within 15 minutes
    AMBER = "amber"  # a human within 4 working hours
    HELP = "help"  # practical help, a human within 4 working hours


LOUD = (Level.RED, Level.URGENT)
FREE_TEXT = Level.HELP
"""What typed words raise where a question asks for them: whoever gets the concern has to read them, by a deadline."""
SAFEGUARDING = "safeguarding"
REASONS = frozenset({SAFEGUARDING})
"""What a plan may file a concern under, besides the question it comes from."""


class Tier(StrEnum):
    """How soon silence is taken seriously. HIGH: lives alone, frail, or nobody looks in."""

    USUAL = "usual"
    HIGH = "high"


class Change(StrEnum):
    """A wish about the check-ins themselves, obeyed at once."""

    FEWER = "fewer"
    STOP = "stop"


@dataclass(frozen=True)
class Answer:
    """One button. `next`: a question asked before the rest. `ends`: the check-in is over after it.

    `emergency`: the key of the number in place.toml that is shown at once, with the words of that key.
    `reason`: what its concern is filed under, when that is not the question itself (see `REASONS`).
    """

    id: str
    concern: Level | None = None
    emergency: str = ""
    next: str = ""
    ends: bool = False
    reason: str = ""
    change: Change | None = None


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
    """What no answer leads to. `reminder_hours` inside waking hours; the counts are check-ins missed in a row.

    For somebody of the high tier one is enough on any day (decision 24).
    """

    reminder_hours: int = 6
    amber_after: int = 2
    last_question_after: int = 3


@dataclass(frozen=True)
class Words:
    """Everything a person reads, in one language: Jinja sources, labels by (question, answer) as plain text.

    `hello` and `reminder` arrive before anybody has tapped, `closing` may: none says anything of a stay in hospital.
    `emergency`: the fixed words of each number that an answer of the plan shows. `typed`: other ways to type an
    answer, by (question, answer); `own_typed`: those of them written for that one question. `digest`: of the file;
    `translated_from`: the first digits of the English one.
    """

    language: str
    title: str
    summary: str
    hello: str
    reminder: str
    reader: str
    deadline: str
    urgent: str
    thanks: str
    closing: str
    questions: Mapping[str, str]
    answers: Mapping[tuple[str, str], str]
    emergency: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    own_typed: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    author: str = ""
    translated_from: str = ""
    digest: str = ""
    file: str = ""

    @property
    def version(self) -> str:
        """What a translator writes into `translated_from`."""
        return self.digest[:TRANSLATION_DIGITS]


SENTENCES = ("hello", "reminder", "reader", "deadline", "urgent", "thanks", "closing")
"""The parts of `Words` that a person reads around the questions."""


@dataclass(frozen=True)
class Plan:
    """One file of `messages/checkins/` with its words by language. `file_digest`: of the plan file alone."""

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
    file_digest: str = ""
    file: str = ""

    def day(self, number: int) -> Day:
        """Raises KeyError when nothing is asked on that day."""
        for one in self.days:
            if one.number == number:
                return one
        raise KeyError(number)

    def spoken(self, language: str) -> Words:
        """The words in a language, or in the first there is."""
        return self.words.get(language) or next(iter(self.words.values()))

    def digest(self, language: str) -> str:
        """The version that is approved: 64 hex digits over the plan and its words. Raises KeyError without words."""
        return hashlib.sha256(f"{self.file_digest}\n{self.words[language].digest}".encode()).hexdigest()

    def is_stale(self, language: str) -> bool:
        """Whether these words were translated from other English words than the present ones. Raises KeyError."""
        source = self.words.get(SOURCE_LANGUAGE)
        if source is None or language == SOURCE_LANGUAGE:
            return False
        return self.words[language].translated_from != source.version

    def is_overdue(self, today: date) -> bool:
        """Whether the day by which somebody should have read it again has passed (promise 8)."""
        return today > self.review_by

    def suits(self, nation: str) -> bool:
        """Whether it was written for this nation: numbers and services differ."""
        return self.nation == ANY_NATION or self.nation.casefold() == nation.casefold()


def after(plan: Plan, queue: tuple[str, ...], answer: Answer) -> tuple[str, ...]:
    """The questions that are left after answering the first of `queue`."""
    if answer.ends:
        return ()
    rest = queue[1:]
    return (answer.next, *(one for one in rest if one != answer.next)) if answer.next else rest


def level_of(question: Question, answer: Answer | None) -> Level | None:
    """What an answer raises; no `answer` stands for the typed words of a free text question."""
    if answer is None:
        return FREE_TEXT if question.free_text else None
    return answer.concern


def reason_of(question: Question, answer: Answer | None) -> str:
    """What the concern of an answer is filed under: a key of `REASONS`, or the question's id."""
    return (answer.reason if answer else "") or question.id
