"""Check-in plans at the desk: picture, figures, a walk as a person would, and the same approval as in the chat."""

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import plan_preview as preview
from bot.actions import plans as actions
from bot.actions import rereading
from bot.actions.plans import Waiting
from bot.domain.plans import SENTENCES
from bot.domain.templates import SOURCE_LANGUAGE
from bot.runtime import Runtime
from bot.web import plan_walk
from bot.web.desk import Desk, Pages


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.shows("/plans", listed),
        pages.shows("/plans/{id:int}", one),
        pages.shows("/plans/{id:int}/walk", plan_walk.walk),
        pages.does("/plans/{id:int}/decide", decide),
    ]


async def listed(desk: Desk) -> Response:
    """Every plan with its languages, and where each stands."""
    found: dict[str, list[Waiting]] = {}
    newest = await actions.every(desk.runtime)
    for each in newest:
        found.setdefault(each.plan.id, []).append(each)
    faults = [fault for fault in desk.runtime.catalogue.faults if "checkins/" in fault.file]
    return desk.show(
        "plans.html",
        plans=list(found.values()),
        language_of=_language_of(desk),
        faults=faults,
        reread=rereading.of_plans(desk.runtime, newest),
    )


def _language_of(desk: Desk):  # type: ignore[no-untyped-def]
    return lambda each: desk.runtime.plain(each.language, "language.name")


async def one(desk: Desk) -> Response:
    """The picture of a plan, with every word in this language; a translation stands beside its source."""
    each = await actions.get(desk.runtime, desk.number())
    source = await _source_of(desk, each)
    return desk.show(
        "plan.html",
        each=each,
        source=source,
        language_name=desk.runtime.plain(each.language, "language.name"),
        about=preview.about(desk.runtime, each, desk.language),
        days=[(day.number, preview.boxes(desk.runtime, each, day.questions, source)) for day in each.plan.days],
        followers=preview.boxes(desk.runtime, each, preview.followers(each), source),
        reread=rereading.of_plans(desk.runtime, [one for one in (each, source) if one]).get(each.version.id),
        texts=_texts(desk, each, source),
        said=None,
        was_said=desk.said(),
    )


async def _source_of(desk: Desk, each: Waiting) -> Waiting | None:
    """The English version of the same plan, for a translation."""
    if each.language == SOURCE_LANGUAGE:
        return None
    same = [one for one in await actions.every(desk.runtime) if one.plan.id == each.plan.id]
    return next((one for one in same if one.language == SOURCE_LANGUAGE), None)


def _texts(desk: Desk, each: Waiting, source: Waiting | None) -> Sequence[tuple[str, str, str]]:
    """[(key of what it is, the words, the words in English or empty)] of the sentences around the questions."""
    rows = []
    for part in SENTENCES:
        english = preview.said(desk.runtime, source, getattr(source.words, part)) if source else ""
        rows.append((part, preview.said(desk.runtime, each, getattr(each.words, part)), english))
    for number, words in each.words.emergency.items():
        english = preview.said(desk.runtime, source, source.words.emergency.get(number, "")) if source else ""
        rows.append(("emergency", preview.said(desk.runtime, each, words), english))
    return rows


async def decide(desk: Desk) -> Response:
    """Yes or no to this version: what the last button of the walk in the chat does."""
    approves = desk.given("verdict") == "yes"
    each = await actions.get(desk.runtime, desk.number())
    await actions.decide(desk.runtime, desk.id, each.version.id, approves, reads_language=approves)
    language = desk.runtime.plain(each.language, "language.name")
    said = "desk_plans.approved" if approves else "desk_plans.refused"
    return desk.go(f"/plans/{each.version.id}", said, title=each.words.title, language=language)
