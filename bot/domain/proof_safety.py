"""What makes a plan safe (promise 6): red answers, words that are heard, silence, and what is asked every time."""

from collections.abc import Iterator

from bot.domain.paths import Endless, Tangled, walk
from bot.domain.place import Place
from bot.domain.plan_faults import Fault, Rule
from bot.domain.plans import LOUD, Answer, Change, Level, Plan, Question
from bot.domain.sayings import saying

LIFE_IN_DANGER = "life_in_danger"
MOST_MISSES = 4
LATEST_REMINDER = 12


def every_red_answer_is_safe(plan: Plan, place: Place) -> Iterator[Fault]:
    """The emergency wording at once and a concern; and nothing more is asked after it."""
    for question in plan.questions.values():
        for answer in question.answers:
            yield from _number_of(question, answer, place)
            if answer.concern in LOUD and not answer.ends:
                yield Fault(saying("red_goes_on", answer=answer.id), ("questions", question.id, answer.id))


def _number_of(question: Question, answer: Answer, place: Place) -> Iterator[Fault]:
    at = ("questions", question.id, answer.id)
    if answer.concern in LOUD and not answer.emergency:
        level, number = answer.concern.value, _usual_number(answer)
        yield Fault(saying("red_without_number", answer=answer.id, level=level, number=number), at)
    elif answer.emergency and answer.emergency not in place.emergency:
        known = ", ".join(sorted(place.emergency))
        yield Fault(saying("unknown_number", number=answer.emergency, known=known), at)
    elif answer.emergency and answer.concern not in LOUD:
        yield Fault(saying("number_without_red", answer=answer.id), at)
    elif answer.concern is Level.RED and answer.emergency != LIFE_IN_DANGER:
        yield Fault(saying("red_other_number", answer=answer.id, number=LIFE_IN_DANGER), at)


def _usual_number(answer: Answer) -> str:
    return LIFE_IN_DANGER if answer.concern is Level.RED else "urgent_advice"


def reasons_belong_to_concerns(plan: Plan, place: Place) -> Iterator[Fault]:
    for question in plan.questions.values():
        for answer in question.answers:
            if answer.reason and answer.concern is None:
                yield Fault(saying("reason_alone", answer=answer.id), ("questions", question.id, answer.id))


def free_text_is_heard(plan: Plan, place: Place) -> Iterator[Fault]:
    """Typed words always raise `FREE_TEXT`; buttons beside them would let somebody think that they were sent."""
    for question in plan.questions.values():
        if question.free_text and question.answers:
            yield Fault(saying("text_and_answers", question=question.id), ("questions", question.id))


def silence_reaches_a_human(plan: Plan, place: Place) -> Iterator[Fault]:
    """The ladder never ends in nobody."""
    silence = plan.silence
    if not 1 <= silence.amber_after < silence.last_question_after:
        yield Fault(saying("ladder"), ("silence", "amber_after"))
    if silence.last_question_after > MOST_MISSES:
        too_many = saying("ladder_long", count=silence.last_question_after, most=MOST_MISSES)
        yield Fault(too_many, ("silence", "last_question_after"))
    if not 1 <= silence.reminder_hours <= LATEST_REMINDER:
        outside = saying("reminder_hours", hours=silence.reminder_hours, latest=LATEST_REMINDER)
        yield Fault(outside, ("silence", "reminder_hours"))


def stop_means_stop(plan: Plan, place: Place) -> Iterator[Fault]:
    """Promise 2: nothing more is asked of somebody who has just said that they want no more."""
    for question in plan.questions.values():
        for answer in question.answers:
            if answer.change is Change.STOP and not answer.ends:
                yield Fault(saying("stop_goes_on", answer=answer.id), ("questions", question.id, answer.id))


def required_questions_are_always_asked(plan: Plan, place: Place) -> Iterator[Fault]:
    for name in plan.required:
        if name not in plan.questions:
            yield Fault(saying("required.unknown", question=name), ("every_time",))
            continue
        for day in plan.days:
            if name not in day.questions:
                left_out = saying("required.left_out", day=day.number, question=name)
                yield Fault(left_out, ("days", str(day.number)))


def nothing_ends_too_early(plan: Plan, place: Place) -> Iterator[Fault]:
    """Only a loud answer may end a check-in before the questions of every time have been asked."""
    for day in plan.days:
        try:
            early = walk(plan, day).early
        except (Endless, Tangled):
            continue
        for one in sorted(early, key=lambda found: (found.question, found.answer, sorted(found.unasked))):
            for name in sorted(one.unasked & set(plan.required)):
                too_early = saying("ends_early", day=day.number, answer=one.answer, question=name)
                yield Fault(too_early, ("questions", one.question, one.answer))


RULES: tuple[Rule, ...] = (
    every_red_answer_is_safe,
    reasons_belong_to_concerns,
    free_text_is_heard,
    silence_reaches_a_human,
    stop_means_stop,
    required_questions_are_always_asked,
    nothing_ends_too_early,
)
