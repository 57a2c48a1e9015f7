"""A plan as a coordinator reads it before saying yes: what it asks, how long until a human knows, every word of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.actions.plans import Waiting
from bot.catalogue import plan_html, safe
from bot.catalogue.fields import show_date, show_span, show_time
from bot.domain.figures import figures
from bot.domain.plans import FREE_TEXT, Level, Question
from bot.runtime import Runtime


@dataclass(frozen=True)
class Branch:
    """One answer in the picture. `label`: empty for typed words. `next`: the text of a question it puts first.

    `source`: the label that it is translated from.
    """

    id: str
    label: str
    level: Level | None
    next: str = ""
    ends: bool = False
    source: str = ""


@dataclass(frozen=True)
class Box:
    """One question in the picture. `source`: the text that it is translated from."""

    id: str
    text: str
    branches: tuple[Branch, ...]
    source: str = ""


def about(runtime: Runtime, one: Waiting, language: str) -> str:
    """The figures and where the plan comes from, as Telegram HTML in the reader's language."""
    plan, found = one.plan, figures(one.plan, runtime.place)

    def span(length: timedelta) -> str:
        return show_span(length, language)

    def day(value: date) -> str:
        return f"{show_date(value, language)} {value.year}"

    return runtime.say(
        language,
        "plans.about",
        title=one.words.title,
        summary=one.words.summary,
        number=one.version.number,
        language=runtime.plain(one.language, "language.name"),
        author=one.words.author or plan.author,
        source=plan.source,
        checked=day(plan.source_checked_on),
        review=day(plan.review_by),
        nation=plan.nation,
        check_ins=len(plan.days),
        last_day=plan.days[-1].number,
        closing_day=plan.closing_day,
        time=show_time(plan.time_of_day, language),
        answer_hours=span(timedelta(hours=plan.not_after_hours)),
        questions=found.questions,
        longest=found.longest_path,
        red=span(found.red_taken),
        amber=span(found.amber_taken),
        amber_clock=span(found.amber_clock),
        silence=span(found.silence_usual),
        silence_high=span(found.silence_high),
        silence_fewer=span(found.silence_fewer),
    )


def said(runtime: Runtime, one: Waiting, source: str) -> str:
    """A text of the plan with examples in it, as a person would get it: Telegram HTML."""
    name, named = (runtime.plain(one.language, f"plans.example_{key}") for key in ("name", "named"))
    return safe(plan_html(source, one.language, runtime.place, name=name, named=named))


def boxes(runtime: Runtime, one: Waiting, names: tuple[str, ...], source: Waiting | None = None) -> list[Box]:
    """These questions with where each answer leads. `source`: what `one` is translated from, to stand beside it."""
    return [_box(runtime, one, one.plan.questions[name], source) for name in names]


def followers(one: Waiting) -> tuple[str, ...]:
    """Questions that stand in no day: they follow an answer."""
    listed = {name for day in one.plan.days for name in day.questions}
    return tuple(name for name in one.plan.questions if name not in listed)


def _box(runtime: Runtime, one: Waiting, question: Question, source: Waiting | None) -> Box:
    words = said(runtime, one, one.words.questions[question.id])
    english = said(runtime, source, source.words.questions.get(question.id, "")) if source else ""
    return Box(question.id, words, tuple(_branches(runtime, one, question, source)), english)


def _branches(runtime: Runtime, one: Waiting, question: Question, source: Waiting | None) -> Iterator[Branch]:
    for answer in question.answers:
        label = one.words.answers[question.id, answer.id]
        follows = said(runtime, one, one.words.questions[answer.next]) if answer.next else ""
        english = source.words.answers.get((question.id, answer.id), "") if source else ""
        yield Branch(answer.id, label, answer.concern, follows, answer.ends, english)
    if question.free_text:
        yield Branch("", "", FREE_TEXT)
