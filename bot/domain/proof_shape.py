"""The shape of a plan: days in order, every path ends, every answer leads somewhere, nothing is unreachable."""

from collections.abc import Iterator
from itertools import pairwise

from bot.domain.paths import Endless, Tangled, Walk, walk
from bot.domain.place import Place
from bot.domain.plan_faults import Fault, Rule
from bot.domain.plans import Answer, Day, Plan, Question

MOST_A_DAY = 4


def days_are_in_order(plan: Plan, place: Place) -> Iterator[Fault]:
    numbers = [day.number for day in plan.days]
    if not numbers:
        yield Fault(
            "no_days", ("days",), "There is no day on which anything is asked", 'Write below [days]: 1 = ["breath"]'
        )
    if numbers != sorted(set(numbers)):
        yield Fault("day_order", ("days",), "The days are not in order", "Sort them, each day once")
    if numbers and plan.closing_day <= max(numbers):
        message = f"The closing on day {plan.closing_day} is not after the last check-in on day {max(numbers)}"
        yield Fault("closing_day", ("closing_day",), message, "Choose a later day")


def one_check_in_at_a_time(plan: Plan, place: Place) -> Iterator[Fault]:
    """Also: the reminder comes before it is too late to answer."""
    numbers = sorted({day.number for day in plan.days})
    for first, second in pairwise(numbers):
        if plan.not_after_hours > (second - first) * 24:
            message = f"The check-in of day {first} could still be answered when day {second} begins"
            at = ("not_after_hours",)
            yield Fault("overlap", at, message, f"Write at most not_after_hours = {(second - first) * 24}")
    if plan.silence.reminder_hours >= plan.not_after_hours:
        message = "The reminder comes after the time to answer is over"
        remedy = "Make reminder_hours smaller than not_after_hours"
        yield Fault("reminder_late", ("silence", "reminder_hours"), message, remedy)


def one_to_four_questions_a_day(plan: Plan, place: Place) -> Iterator[Fault]:
    for day in plan.days:
        at, asked = ("days", str(day.number)), len(day.questions)
        if not asked:
            yield Fault("empty_day", at, f"Day {day.number} asks nothing", "Give it one to four questions")
        if asked > MOST_A_DAY:
            message = f"Day {day.number} asks {asked} questions, {MOST_A_DAY} are enough for one day"
            yield Fault("long_day", at, message, "Move some to another day")
        for name in sorted({one for one in day.questions if day.questions.count(one) > 1}):
            yield Fault("asked_twice", at, f"Day {day.number} asks “{name}” twice", "Take one of the two out")


def every_path_ends(plan: Plan, place: Place) -> Iterator[Fault]:
    for day in plan.days:
        try:
            walk(plan, day)
        except Endless as endless:
            message = f"On day {endless.day}, “{endless.answer}” leads back to a question that was asked before"
            at = ("questions", endless.question, endless.answer)
            yield Fault("endless", at, message, "Change its “next”, or the order of the questions of that day")
        except Tangled:
            message = f"Day {day.number} branches so much that its paths cannot be walked"
            yield Fault("tangled", ("days", str(day.number)), message, "Use fewer “next”")


def every_answer_leads_somewhere(plan: Plan, place: Place) -> Iterator[Fault]:
    for day in plan.days:
        for name in day.questions:
            if name not in plan.questions:
                message = f"Day {day.number} asks “{name}”, which is not among the questions"
                at = ("days", str(day.number))
                yield Fault("unknown_question", at, message, f"Add [questions.{name}], or correct the name")
    for question in plan.questions.values():
        for answer in question.answers:
            yield from _next_of(plan, question, answer)


def _next_of(plan: Plan, question: Question, answer: Answer) -> Iterator[Fault]:
    at = ("questions", question.id, answer.id)
    if answer.next and answer.next not in plan.questions:
        message = f"“{answer.next}” comes next after “{answer.id}”, but there is no such question"
        yield Fault("unknown_next", at, message, "Name a question that exists, or leave “next” out")
    if answer.next and answer.ends:
        message = f"“{answer.id}” ends the check-in, and also has a next question"
        yield Fault("ends_and_next", at, message, "Keep “ends” or “next”, not both")


def nothing_is_unreachable(plan: Plan, place: Place) -> Iterator[Fault]:
    walks = [(day, walked) for day in plan.days if (walked := _walked(plan, day))]
    reached = {name for _, walked in walks for name in walked.asked}
    # A day that does not end was reported; what it asks counts as asked.
    reached |= {name for day in plan.days if not _walked(plan, day) for name in plan.questions}
    for name in plan.questions:
        if name not in reached:
            at = ("questions", name)
            yield Fault("unreachable", at, f"“{name}” is never asked", "Put it into a day, or take it out")
    for day, walked in walks:
        for name in day.questions:
            if name in reached and name not in walked.asked:
                message = f"Day {day.number} never comes to “{name}”: every answer before it ends the check-in"
                at = ("days", str(day.number))
                yield Fault("hidden", at, message, "Put it earlier, or let an answer go on")


def _walked(plan: Plan, day: Day) -> Walk | None:
    try:
        return walk(plan, day)
    except (Endless, Tangled):
        return None


def every_question_has_a_choice(plan: Plan, place: Place) -> Iterator[Fault]:
    for question in plan.questions.values():
        at, ids = ("questions", question.id), [one.id for one in question.answers]
        if not question.free_text and len(ids) < 2:
            message = f"“{question.id}” has fewer than 2 answers"
            yield Fault("no_choice", at, message, "Give it at least 2, or write free_text = true")
        for doubled in sorted({one for one in ids if ids.count(one) > 1}):
            message = f"“{question.id}” has the answer “{doubled}” twice"
            yield Fault("answer_twice", (*at, doubled), message, "Take one of the two out")


RULES: tuple[Rule, ...] = (
    days_are_in_order,
    one_check_in_at_a_time,
    one_to_four_questions_a_day,
    every_path_ends,
    every_answer_leads_somewhere,
    nothing_is_unreachable,
    every_question_has_a_choice,
)
