"""What of a plan somebody has to have seen before they say yes to it, and where on a walk each part stands."""

from bot.domain.plan_walks import TYPED, Walker, answered, day_of, last_raised, left
from bot.domain.plans import LOUD, Plan

HELLO, THANKS, CLOSING = "hello", "thanks", "closing"


def question(question_id: str) -> str:
    return f"question:{question_id}"


def emergency(number: str) -> str:
    return f"emergency:{number}"


def on_screen(plan: Plan, walker: Walker) -> set[str]:
    """The parts that this step of a walk shows. Raises Lost."""
    if day_of(plan, walker) is None:
        return {CLOSING}
    queue, alarm = left(plan, walker), _alarm(plan, walker)
    stage = HELLO if not walker.begun else question(queue[0]) if queue else THANKS
    return {stage, emergency(alarm)} if alarm else {stage}


def _alarm(plan: Plan, walker: Walker) -> str:
    """The number whose fixed words appear at once, or nothing."""
    raised = last_raised(plan, walker)
    if raised is None or raised.answer is None or raised.level not in LOUD:
        return ""
    return raised.answer.emergency


def ways(plan: Plan) -> dict[str, Walker]:
    """Each part that a walk can show, in the order in which it comes up, with the shortest way there."""
    found: dict[str, Walker] = {}
    for place in range(len(plan.days) + 1):
        _look_around(plan, Walker(place=place), found)
    return found


def _look_around(plan: Plan, start: Walker, found: dict[str, Walker]) -> None:
    """Every step that can come on one day; a second way to the same questions shows nothing new."""
    waiting, known = [start], set()
    while waiting:
        walker = waiting.pop(0)
        shown = on_screen(plan, walker)
        for part in sorted(shown):
            found.setdefault(part, walker)
        state = (walker.begun, left(plan, walker), tuple(sorted(shown)))
        if state not in known:
            known.add(state)
            waiting += _next(plan, walker)


def _next(plan: Plan, walker: Walker) -> list[Walker]:
    if day_of(plan, walker) is None:
        return []
    if not walker.begun:
        return [Walker(walker.tier, walker.place, True)]
    queue = left(plan, walker)
    if not queue:
        return []
    asked = plan.questions[queue[0]]
    answers = [one.id for one in asked.answers] + ([TYPED] if asked.free_text else [])
    return [answered(walker, asked.id, one) for one in answers]
