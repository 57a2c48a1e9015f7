"""A plan is proved, not only parsed: every path of every day is walked before anybody is asked anything.

Each rule yields faults with the place in the plan they are about, so that the catalogue can say file and line.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.concerns import AMBER_WITHIN, RED_WITHIN
from bot.domain.place import Place
from bot.domain.plans import LOUD, Endless, Level, Path, Plan, paths


@dataclass(frozen=True)
class Fault:
    """`at`: the keys that lead to the place, ("questions", "leg", "yes"); `language`: in which words file, if any."""

    rule: str
    at: tuple[str, ...]
    message: str
    remedy: str
    language: str = ""


@dataclass(frozen=True)
class Figures:
    """What a coordinator reads before approving. Times: from what happened until a human has been told, at most."""

    contacts: int
    questions: int
    longest_path: int
    red_within: timedelta
    amber_within: timedelta
    silence_within: timedelta


Rule = Callable[[Plan, Place], Iterator[Fault]]


def prove(plan: Plan, place: Place) -> list[Fault]:
    """Every fault of a plan; an empty list is the proof."""
    return [fault for rule in RULES for fault in rule(plan, place)]


def every_path_ends(plan: Plan, place: Place) -> Iterator[Fault]:
    for day in plan.days:
        try:
            walked: Sequence[Path] = list(paths(plan, day))
        except Endless as endless:
            yield Fault(
                "endless",
                ("questions", endless.question),
                f"on day {endless.day} the answers lead back to “{endless.question}”, so the check-in never ends",
                "Change the “next” that leads there",
            )
        else:
            if not walked or not day.questions:
                message = f"day {day.number} asks nothing"
                yield Fault("empty_day", ("days", str(day.number)), message, "Give it one to four questions")


def every_answer_leads_somewhere(plan: Plan, place: Place) -> Iterator[Fault]:
    for day in plan.days:
        for name in day.questions:
            if name not in plan.questions:
                message = f"day {day.number} asks “{name}”, which is not among the questions"
                yield Fault("unknown_question", ("days", str(day.number)), message, f"Add [questions.{name}]")
    for question in plan.questions.values():
        for answer in question.answers:
            if answer.next and answer.next not in plan.questions:
                message = f"“{answer.next}” comes next after “{answer.id}”, but there is no such question"
                at = ("questions", question.id, answer.id)
                yield Fault("unknown_next", at, message, "Name a question that exists, or leave “next” out")


def nothing_is_unreachable(plan: Plan, place: Place) -> Iterator[Fault]:
    reached = {name for day in plan.days for name in day.questions}
    reached |= {answer.next for question in plan.questions.values() for answer in question.answers if answer.next}
    for name in plan.questions:
        if name not in reached:
            message = f"“{name}” is never asked"
            yield Fault("unreachable", ("questions", name), message, "Put it into a day, or take it out")


def every_question_can_be_answered(plan: Plan, place: Place) -> Iterator[Fault]:
    """By tapping and by typing: labels must differ from each other, also by their numbers."""
    for question in plan.questions.values():
        if not question.free_text and len(question.answers) < 2:
            message = f"“{question.id}” has fewer than two answers"
            yield Fault("no_choice", ("questions", question.id), message, "Give it at least two, or free_text = true")
        for language, words in plan.words.items():
            labels = [words.answers.get((question.id, one.id), "").casefold() for one in question.answers]
            doubled = {label for label in labels if label and labels.count(label) > 1}
            for label in sorted(doubled):
                message = f"two answers of “{question.id}” read “{label}”, so a typed one cannot be told apart"
                yield Fault("same_words", ("questions", question.id), message, "Give them different words", language)


def every_red_answer_is_safe(plan: Plan, place: Place) -> Iterator[Fault]:
    """Promise 6: emergency wording at once and a concern; and nothing more is asked after it."""
    for question in plan.questions.values():
        for answer in question.answers:
            at = ("questions", question.id, answer.id)
            if answer.concern in LOUD and not answer.emergency:
                message = f"“{answer.id}” is {answer.concern.value}, but shows no emergency number"
                yield Fault("red_without_number", at, message, 'Add emergency = "life_in_danger"')
            if answer.emergency and answer.emergency not in place.emergency:
                message = f"there is no number “{answer.emergency}” in place.toml"
                yield Fault("unknown_number", at, message, f"Use one of: {', '.join(sorted(place.emergency))}")
            if answer.emergency and answer.concern not in LOUD:
                message = f"“{answer.id}” shows an emergency number but raises no red concern"
                yield Fault("number_without_red", at, message, 'Add concern = "red"')
            if answer.concern is Level.RED and not answer.ends:
                message = f"after “{answer.id}” more is asked; nothing may stand between a person and the number"
                yield Fault("red_goes_on", at, message, "Add ends = true")


def free_text_is_heard(plan: Plan, place: Place) -> Iterator[Fault]:
    for question in plan.questions.values():
        if question.free_text and question.answers:
            message = f"“{question.id}” is free text and has answers as well"
            yield Fault("text_and_answers", ("questions", question.id), message, "Keep one of the two")


def every_word_exists(plan: Plan, place: Place) -> Iterator[Fault]:
    for language, words in plan.words.items():
        for question in plan.questions.values():
            if not words.questions.get(question.id):
                message = f"“{question.id}” has no words in {language}"
                yield Fault("no_words", ("questions", question.id), message, "Write its text", language)
            for answer in question.answers:
                if not words.answers.get((question.id, answer.id)):
                    message = f"the answer “{answer.id}” of “{question.id}” has no words in {language}"
                    yield Fault("no_words", ("questions", question.id), message, "Write its label", language)
        for name in words.questions:
            if name not in plan.questions:
                message = f"“{name}” has words, but the plan does not ask it"
                yield Fault("stray_words", ("questions", name), message, "Take it out, or correct its name", language)


def reader_deadline_and_urgent_are_stated(plan: Plan, place: Place) -> Iterator[Fault]:
    """Peers 3b.9: who reads the answers, by when, and what to do if it is urgent."""
    for language, words in plan.words.items():
        for name in ("reader", "deadline", "urgent", "hello", "thanks", "closing", "title", "summary"):
            if not getattr(words, name):
                message = f"“{name}” is empty in {language}"
                yield Fault("not_stated", (name,), message, "A person has to read this; write it", language)


def the_ladder_ends_in_a_human(plan: Plan, place: Place) -> Iterator[Fault]:
    silence = plan.silence
    if not 1 <= silence.amber_after <= silence.last_question_after:
        message = "silence has to become amber before the last question is asked"
        yield Fault("ladder", ("silence",), message, "amber_after must be from 1 to last_question_after")
    if silence.last_question_after > 4 or silence.reminder_hours > 12:
        message = "so much silence would go unnoticed for too long"
        remedy = "At most 4 check-ins until the last question, and a reminder within 12 hours"
        yield Fault("ladder", ("silence",), message, remedy)


def required_questions_stand_in_every_day(plan: Plan, place: Place) -> Iterator[Fault]:
    for name in plan.required:
        for day in plan.days:
            if name not in day.questions:
                message = f"day {day.number} does not ask “{name}”, which has to be asked every time"
                yield Fault("required", ("days", str(day.number)), message, f"Add “{name}” to its questions")


def days_are_in_order(plan: Plan, place: Place) -> Iterator[Fault]:
    numbers = [day.number for day in plan.days]
    if not numbers:
        yield Fault("no_days", ("days",), "there is no day on which anything is asked", "Add at least one [[days]]")
    if numbers != sorted(set(numbers)):
        yield Fault("day_order", ("days",), "the days are not in order, or one comes twice", "Sort them, each once")
    if numbers and plan.closing_day <= numbers[-1]:
        message = f"the closing on day {plan.closing_day} is not after the last check-in on day {numbers[-1]}"
        yield Fault("closing_day", ("closing_day",), message, "Choose a later day")


RULES: tuple[Rule, ...] = (
    days_are_in_order,
    every_path_ends,
    every_answer_leads_somewhere,
    nothing_is_unreachable,
    every_question_can_be_answered,
    every_red_answer_is_safe,
    free_text_is_heard,
    every_word_exists,
    reader_deadline_and_urgent_are_stated,
    the_ladder_ends_in_a_human,
    required_questions_stand_in_every_day,
)


def figures(plan: Plan) -> Figures:
    """The figures of a proved plan. Silence: the longest gap between the check-ins that have to be missed."""
    walked = [path for day in plan.days for path in paths(plan, day)]
    return Figures(
        contacts=len(plan.days) + 1,
        questions=len(plan.questions),
        longest_path=max((len(path.steps) for path in walked), default=0),
        red_within=RED_WITHIN,
        amber_within=AMBER_WITHIN,
        silence_within=_longest_silence(plan),
    )


def _longest_silence(plan: Plan) -> timedelta:
    """From the last sign of life to the amber concern: so many check-ins missed, wherever in the plan they fall.

    The gap before the first missed one is counted too: the answer may have come just after the one before it.
    """
    numbers = [0, *(day.number for day in plan.days)]
    misses = plan.silence.amber_after
    spans = [
        numbers[min(start + misses, len(numbers) - 1)] - numbers[start]
        for start in range(max(1, len(numbers) - misses))
    ]
    return timedelta(days=max(spans)) + timedelta(hours=plan.not_after_hours)
