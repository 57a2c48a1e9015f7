"""`messages/checkins/<plan>.toml` into the days and questions of a Plan: every fault at once, each with its line."""

import re
from dataclasses import dataclass
from typing import Any

from bot.catalogue.findings import Finding
from bot.catalogue.toml_file import TomlFile
from bot.catalogue.toml_values import Values
from bot.domain.plans import REASONS, Answer, Change, Day, Level, Plan, Question, Silence
from bot.domain.sayings import Saying, saying

_TOP = (
    "nation",
    "source",
    "source_checked_on",
    "review_by",
    "author",
    "time_of_day",
    "not_after_hours",
    "closing_day",
    "every_time",
    "silence",
    "days",
    "questions",
)
_SILENCE = ("reminder_hours", "amber_after", "last_question_after")
_QUESTION = ("answers", "free_text")
_ANSWER = ("answer", "concern", "emergency", "next", "ends", "reason", "change")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class ReadPlan:
    """A plan without words yet, as far as it could be read, and what is wrong with the file."""

    plan: Plan
    file: TomlFile
    faults: tuple[Finding, ...]


def read_plan(plan_id: str, file: TomlFile, digest: str) -> ReadPlan:
    """Look at `faults` before using the plan."""
    top = Values(file, file.data)
    top.unknown(_TOP, saying("kind.plan"))
    plan = Plan(
        id=plan_id,
        nation=top.words("nation"),
        source=top.words("source"),
        source_checked_on=top.day("source_checked_on"),
        review_by=top.day("review_by"),
        author=top.words("author"),
        time_of_day=top.clock("time_of_day"),
        not_after_hours=top.whole("not_after_hours", 24),
        days=_days(top.child("days")),
        closing_day=top.whole("closing_day"),
        questions=_questions(top.child("questions")),
        silence=_silence(top.child("silence")),
        words={},
        required=top.names("every_time"),
        file_digest=digest,
        file=file.shown,
    )
    return ReadPlan(plan, file, tuple(sorted(set(top.faults))))


def line_of(file: TomlFile, at: tuple[str, ...]) -> int:
    """The line of a place in a plan file or in a words file, as far as it can be found."""
    if len(at) == 3 and at[0] == "questions":
        return file.line_with(".".join(at[:2]), rf"\banswer\s*=\s*[\"']{re.escape(at[2])}[\"']")
    return file.line(".".join(at))


def _silence(table: Values) -> Silence:
    table.unknown(_SILENCE, saying("kind.silence"))
    usual = Silence()
    return Silence(**{name: table.whole(name, getattr(usual, name)) for name in _SILENCE})


def _days(table: Values) -> tuple[Day, ...]:
    days = []
    for name in table.table:
        if name.isdecimal() and name.isascii():
            days.append(Day(int(name), table.names(name)))
        else:
            table.fault(name, saying("day_number", name=name))
    return tuple(days)


def _questions(table: Values) -> dict[str, Question]:
    found = {}
    for name in table.table:
        if not _NAME.fullmatch(name):
            table.fault(name, saying("name", name=name))
        found[name] = _question(name, table.child(name))
    return found


def _question(name: str, table: Values) -> Question:
    table.unknown(_QUESTION, saying("kind.question"))
    listed = table.table.get("answers", [])
    if not isinstance(listed, list):
        table.fault("answers", saying("answers", question=name))
        listed = []
    answers = [answer for number, one in enumerate(listed, 1) if (answer := _answer(table, number, one))]
    return Question(name, tuple(answers), table.yes("free_text"))


class _OneAnswer(Values):
    """The settings of one answer, which stand on a line of their own between the brackets."""

    line = 1

    def fault(self, name: str, what: Saying) -> None:
        self.faults.append(Finding(self.file.shown, self.line, what))


def _answer(question: Values, number: int, listed: Any) -> Answer | None:
    name = listed.get("answer") if isinstance(listed, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        question.fault("answers", saying("answer_name", number=number))
        return None
    one = _OneAnswer(question.file, listed, question.under, question.faults)
    one.line = line_of(question.file, (*question.under.split("."), name))
    one.unknown(_ANSWER, saying("kind.answer"))
    concern, change = one.one_of("concern", Level), one.one_of("change", Change)
    return Answer(
        id=name,
        concern=Level(concern) if concern else None,
        emergency=one.words("emergency", required=False),
        next=one.words("next", required=False),
        ends=one.yes("ends"),
        reason=one.one_of("reason", REASONS),
        change=Change(change) if change else None,
    )
