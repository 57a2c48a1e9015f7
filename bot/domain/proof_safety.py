"""What makes a plan safe (promise 6): red answers, words that are heard, silence, and what is asked every time."""

from collections.abc import Iterator

from bot.domain.paths import Endless, Tangled, walk
from bot.domain.place import Place
from bot.domain.plan_faults import Fault, Rule
from bot.domain.plans import LOUD, Answer, Change, Level, Plan, Question

LIFE_IN_DANGER = "life_in_danger"
MOST_MISSES = 4
LATEST_REMINDER = 12


def every_red_answer_is_safe(plan: Plan, place: Place) -> Iterator[Fault]:
    """The emergency wording at once and a concern; and nothing more is asked after it."""
    for question in plan.questions.values():
        for answer in question.answers:
            yield from _number_of(question, answer, place)
            if answer.concern in LOUD and not answer.ends:
                message = f"After “{answer.id}” more is asked; nothing may stand between a person and the number"
                yield Fault("red_goes_on", ("questions", question.id, answer.id), message, "Add ends = true")


def _number_of(question: Question, answer: Answer, place: Place) -> Iterator[Fault]:
    at = ("questions", question.id, answer.id)
    if answer.concern in LOUD and not answer.emergency:
        message = f"“{answer.id}” is {answer.concern.value}, but shows no emergency number"
        yield Fault("red_without_number", at, message, f'Add emergency = "{_usual_number(answer)}"')
    elif answer.emergency and answer.emergency not in place.emergency:
        message = f"There is no number “{answer.emergency}” in place.toml"
        yield Fault("unknown_number", at, message, f"Use one of: {', '.join(sorted(place.emergency))}")
    elif answer.emergency and answer.concern not in LOUD:
        message = f"“{answer.id}” shows an emergency number, but does not tell a human at once"
        yield Fault("number_without_red", at, message, 'Add concern = "red" or concern = "urgent"')
    elif answer.concern is Level.RED and answer.emergency != LIFE_IN_DANGER:
        message = f"“{answer.id}” is red, but shows another number than the one for a life in danger"
        yield Fault("red_other_number", at, message, f'Write emergency = "{LIFE_IN_DANGER}", or make it urgent')


def _usual_number(answer: Answer) -> str:
    return LIFE_IN_DANGER if answer.concern is Level.RED else "urgent_advice"


def reasons_belong_to_concerns(plan: Plan, place: Place) -> Iterator[Fault]:
    for question in plan.questions.values():
        for answer in question.answers:
            if answer.reason and answer.concern is None:
                message = f"“{answer.id}” has a reason, but raises no concern, so nobody would hear of it"
                at = ("questions", question.id, answer.id)
                yield Fault("reason_alone", at, message, 'Add concern = "amber", or take the reason out')


def free_text_is_heard(plan: Plan, place: Place) -> Iterator[Fault]:
    """Typed words always raise `FREE_TEXT`; buttons beside them would let somebody think that they were sent."""
    for question in plan.questions.values():
        at = ("questions", question.id)
        if question.free_text and question.answers:
            message = f"“{question.id}” is free text and has answers as well"
            yield Fault("text_and_answers", at, message, "Keep one of the two")


def silence_reaches_a_human(plan: Plan, place: Place) -> Iterator[Fault]:
    """The ladder never ends in nobody."""
    silence = plan.silence
    if not 1 <= silence.amber_after < silence.last_question_after:
        message = "Somebody has to be told of the silence before the last question is asked"
        remedy = "Make amber_after smaller than last_question_after, and at least 1"
        yield Fault("ladder", ("silence", "amber_after"), message, remedy)
    if silence.last_question_after > MOST_MISSES:
        message = f"{silence.last_question_after} check-ins could be missed before the last question is asked"
        at = ("silence", "last_question_after")
        yield Fault("ladder_long", at, message, f"Write at most {MOST_MISSES}")
    if not 1 <= silence.reminder_hours <= LATEST_REMINDER:
        message = f"The reminder comes after {silence.reminder_hours} hours"
        at = ("silence", "reminder_hours")
        yield Fault("reminder_hours", at, message, f"Write a number from 1 to {LATEST_REMINDER}")


def stop_means_stop(plan: Plan, place: Place) -> Iterator[Fault]:
    """Promise 2: nothing more is asked of somebody who has just said that they want no more."""
    for question in plan.questions.values():
        for answer in question.answers:
            if answer.change is Change.STOP and not answer.ends:
                message = f"After “{answer.id}”, which stops the check-ins, more is asked"
                yield Fault("stop_goes_on", ("questions", question.id, answer.id), message, "Add ends = true")


def required_questions_are_always_asked(plan: Plan, place: Place) -> Iterator[Fault]:
    for name in plan.required:
        if name not in plan.questions:
            message = f"“{name}” has to be asked every time, but is not among the questions"
            yield Fault("required", ("every_time",), message, f"Add [questions.{name}], or correct the name")
            continue
        for day in plan.days:
            if name not in day.questions:
                message = f"Day {day.number} does not ask “{name}”, which has to be asked every time"
                yield Fault("required", ("days", str(day.number)), message, f"Add “{name}” to its questions")


def nothing_ends_too_early(plan: Plan, place: Place) -> Iterator[Fault]:
    """Only a loud answer may end a check-in before the questions of every time have been asked."""
    for day in plan.days:
        try:
            early = walk(plan, day).early
        except (Endless, Tangled):
            continue
        for one in sorted(early, key=lambda found: (found.question, found.answer, sorted(found.unasked))):
            for name in sorted(one.unasked & set(plan.required)):
                message = f"On day {day.number}, “{one.answer}” ends the check-in before “{name}” was asked"
                at = ("questions", one.question, one.answer)
                yield Fault("ends_early", at, message, "Take “ends” out, or ask this question last")


RULES: tuple[Rule, ...] = (
    every_red_answer_is_safe,
    reasons_belong_to_concerns,
    free_text_is_heard,
    silence_reaches_a_human,
    stop_means_stop,
    required_questions_are_always_asked,
    nothing_ends_too_early,
)
