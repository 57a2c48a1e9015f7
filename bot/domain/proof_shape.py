"""The shape of a plan: days in order, every path ends, every answer leads somewhere, nothing is unreachable."""

from collections.abc import Iterator
from itertools import pairwise

from bot.domain.paths import Endless, Tangled, Walk, walk
from bot.domain.place import Place
from bot.domain.plan_faults import Fault, Rule
from bot.domain.plans import Answer, Day, Plan, Question
from bot.domain.sayings import saying

MOST_A_DAY = 4


def days_are_in_order(plan: Plan, place: Place) -> Iterator[Fault]:
    numbers = [day.number for day in plan.days]
    if not numbers:
        yield Fault(saying("no_days"), ("days",))
    if numbers != sorted(set(numbers)):
        yield Fault(saying("day_order"), ("days",))
    if numbers and plan.closing_day <= max(numbers):
        yield Fault(saying("closing_day", day=plan.closing_day, last=max(numbers)), ("closing_day",))


def one_check_in_at_a_time(plan: Plan, place: Place) -> Iterator[Fault]:
    """Also: the reminder comes before it is too late to answer."""
    numbers = sorted({day.number for day in plan.days})
    for first, second in pairwise(numbers):
        if plan.not_after_hours > (second - first) * 24:
            most = (second - first) * 24
            yield Fault(saying("overlap", first=first, second=second, most=most), ("not_after_hours",))
    if plan.silence.reminder_hours >= plan.not_after_hours:
        yield Fault(saying("reminder_late"), ("silence", "reminder_hours"))


def one_to_four_questions_a_day(plan: Plan, place: Place) -> Iterator[Fault]:
    for day in plan.days:
        at, asked = ("days", str(day.number)), len(day.questions)
        if not asked:
            yield Fault(saying("empty_day", day=day.number), at)
        if asked > MOST_A_DAY:
            yield Fault(saying("long_day", day=day.number, count=asked, most=MOST_A_DAY), at)
        for name in sorted({one for one in day.questions if day.questions.count(one) > 1}):
            yield Fault(saying("asked_twice", day=day.number, question=name), at)


def every_path_ends(plan: Plan, place: Place) -> Iterator[Fault]:
    for day in plan.days:
        try:
            walk(plan, day)
        except Endless as endless:
            back = saying("endless", day=endless.day, answer=endless.answer)
            yield Fault(back, ("questions", endless.question, endless.answer))
        except Tangled:
            yield Fault(saying("tangled", day=day.number), ("days", str(day.number)))


def every_answer_leads_somewhere(plan: Plan, place: Place) -> Iterator[Fault]:
    for day in plan.days:
        for name in day.questions:
            if name not in plan.questions:
                unknown = saying("unknown_question", day=day.number, question=name)
                yield Fault(unknown, ("days", str(day.number)))
    for question in plan.questions.values():
        for answer in question.answers:
            yield from _next_of(plan, question, answer)


def _next_of(plan: Plan, question: Question, answer: Answer) -> Iterator[Fault]:
    at = ("questions", question.id, answer.id)
    if answer.next and answer.next not in plan.questions:
        yield Fault(saying("unknown_next", next=answer.next, answer=answer.id), at)
    if answer.next and answer.ends:
        yield Fault(saying("ends_and_next", answer=answer.id), at)


def nothing_is_unreachable(plan: Plan, place: Place) -> Iterator[Fault]:
    walks = [(day, walked) for day in plan.days if (walked := _walked(plan, day))]
    reached = {name for _, walked in walks for name in walked.asked}
    # A day that does not end was reported; what it asks counts as asked.
    reached |= {name for day in plan.days if not _walked(plan, day) for name in plan.questions}
    for name in plan.questions:
        if name not in reached:
            yield Fault(saying("unreachable", question=name), ("questions", name))
    for day, walked in walks:
        for name in day.questions:
            if name in reached and name not in walked.asked:
                yield Fault(saying("hidden", day=day.number, question=name), ("days", str(day.number)))


def _walked(plan: Plan, day: Day) -> Walk | None:
    try:
        return walk(plan, day)
    except (Endless, Tangled):
        return None


def every_question_has_a_choice(plan: Plan, place: Place) -> Iterator[Fault]:
    for question in plan.questions.values():
        at, ids = ("questions", question.id), [one.id for one in question.answers]
        if not question.free_text and len(ids) < 2:
            yield Fault(saying("no_choice", question=question.id), at)
        for doubled in sorted({one for one in ids if ids.count(one) > 1}):
            yield Fault(saying("answer_twice", question=question.id, answer=doubled), (*at, doubled))


RULES: tuple[Rule, ...] = (
    days_are_in_order,
    one_check_in_at_a_time,
    one_to_four_questions_a_day,
    every_path_ends,
    every_answer_leads_somewhere,
    nothing_is_unreachable,
    every_question_has_a_choice,
)
