"""A walk through a plan, as a person would meet it, with a turned clock. Where somebody stands is in the address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from bot.actions import plan_preview as preview
from bot.actions import plan_reading
from bot.actions import plans as actions
from bot.actions.plans import Waiting
from bot.domain.errors import NotFound
from bot.domain.hours import at_local, local
from bot.domain.plan_parts import on_screen
from bot.domain.plan_walks import (
    TYPED,
    Lost,
    Raised,
    Walker,
    answered,
    day_of,
    last_raised,
    left,
    onward,
    silence,
    unanswered,
)
from bot.domain.plans import LOUD, Tier
from bot.domain.templates import SOURCE_LANGUAGE
from bot.web.desk import Desk

LONGEST = 2000  # characters of the steps in an address


@dataclass(frozen=True)
class Choice:
    """A button on the pretended phone, and where it leads."""

    label: str
    address: str


async def walk(desk: Desk) -> Response:
    each = await actions.get(desk.runtime, desk.number())
    walker = _read(desk)
    try:
        page = _shown(desk, each, walker)
        await plan_reading.shown(desk.runtime, desk.id, each.version.id, on_screen(each.plan, walker))
        left = await plan_reading.unseen(desk.runtime, desk.id, each.version.id, each.plan)
    except (Lost, KeyError):
        raise NotFound("desk_plans.lost") from None
    unseen = [Choice(_name(desk, each, part), _address(each, way)) for part, way in left.items()]
    return desk.show("plan_walk.html", **page, unseen=unseen, unseen_count=len(unseen))


def _name(desk: Desk, each: Waiting, part: str) -> Markup:
    """What a part is called in a list of those that were not shown yet: a question by its words."""
    kind, _, which = part.partition(":")
    if kind == "question":
        return Markup(preview.said(desk.runtime, each, each.words.questions[which]))
    return desk.say(f"desk_plans.part_{kind}")


def _read(desk: Desk) -> Walker:
    """Where the address says that somebody stands; nonsense is found out by the plan."""
    steps = [tuple(step.partition(":")[::2]) for step in desk.asked("said")[:LONGEST].split(".") if step]
    return Walker(
        tier=Tier.HIGH if desk.asked("tier") == Tier.HIGH else Tier.USUAL,
        place=_count(desk.asked("place")),
        begun=desk.asked("begun") == "yes",
        said=tuple((question, answer) for question, answer in steps),
        missed=_count(desk.asked("missed")),
    )


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _address(each: Waiting, walker: Walker) -> str:
    steps = ".".join(f"{question}:{answer}" for question, answer in walker.said)
    fields = {"tier": walker.tier.value, "place": walker.place, "begun": "yes" if walker.begun else "", "said": steps}
    return f"/desk/plans/{each.version.id}/walk?{urlencode({**fields, 'missed': walker.missed})}"


def _shown(desk: Desk, each: Waiting, walker: Walker) -> dict[str, Any]:
    day = day_of(each.plan, walker)
    queue, raised = left(each.plan, walker), last_raised(each.plan, walker)
    at = _moment(desk, each, day.number if day else each.plan.closing_day)
    stage = "closing" if day is None else "hello" if not walker.begun else "question" if queue else "thanks"
    foreign = each.language != SOURCE_LANGUAGE
    return {
        "each": each,
        "foreign": foreign,
        "language_name": desk.runtime.plain(each.language, "language.name"),
        "stage": stage,
        "day": day.number if day else each.plan.closing_day,
        "at": at,
        "bubbles": _bubbles(desk, each, queue, stage),
        "choices": _choices(desk, each, walker, queue, stage),
        "free_text": stage == "question" and each.plan.questions[queue[0]].free_text,
        "raised": raised,
        "alarm": _alarm(desk, each, raised),
        "silence": silence(each.plan, walker).value if stage == "hello" else "",
        "reminder": preview.said(desk.runtime, each, each.words.reminder),
        "reminder_at": at + timedelta(hours=each.plan.silence.reminder_hours),
        "unanswered": _address(each, unanswered(walker)),
        "next": _address(each, onward(walker)) if stage == "thanks" else "",
        "other_tier": _address(each, Walker(Tier.HIGH if walker.tier is Tier.USUAL else Tier.USUAL)),
        "tier": walker.tier.value,
        "missed": walker.missed,
        "verdict": _address(each, Walker(walker.tier, len(each.plan.days))),
        "again": _address(each, Walker(walker.tier)),
    }


def _moment(desk: Desk, each: Waiting, day: int) -> datetime:
    """When it would come to somebody who comes home today."""
    zone = desk.runtime.place.zone
    home = local(desk.runtime.now(), zone).date()
    return at_local(home + timedelta(days=day), each.plan.time_of_day, zone)


def _bubbles(desk: Desk, each: Waiting, queue: tuple[str, ...], stage: str) -> list[Markup]:
    words, runtime = each.words, desk.runtime
    sources = {
        "hello": [words.hello],
        "question": [words.questions[queue[0]]] if queue else [],
        "thanks": [words.thanks, words.reader, words.deadline, words.urgent],
        "closing": [words.closing],
    }
    return [Markup(preview.said(runtime, each, source)) for source in sources[stage]]


def _choices(desk: Desk, each: Waiting, walker: Walker, queue: tuple[str, ...], stage: str) -> list[Choice]:
    if stage == "hello":
        yes = desk.runtime.plain(each.language, "buttons.checkin_now")
        begun = Walker(walker.tier, walker.place, True, (), walker.missed)
        return [Choice(yes, _address(each, begun))]
    if stage != "question":
        return []
    question = each.plan.questions[queue[0]]
    made = [
        Choice(each.words.answers[question.id, one.id], _address(each, answered(walker, question.id, one.id)))
        for one in question.answers
    ]
    if question.free_text:
        made.append(Choice(desk.plain("desk_plans.typed"), _address(each, answered(walker, question.id, TYPED))))
    return made


def _alarm(desk: Desk, each: Waiting, raised: Raised | None) -> Markup | None:
    """The fixed wording that is shown at once."""
    if raised is None or raised.answer is None or not raised.answer.emergency or raised.level not in LOUD:
        return None
    return Markup(preview.said(desk.runtime, each, each.words.emergency[raised.answer.emergency]))
