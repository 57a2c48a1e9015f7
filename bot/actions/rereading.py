"""Words in use that somebody has to read again: soon, by now, or because the text they were translated from changed."""

from dataclasses import dataclass
from datetime import date

from bot.actions import plans, template_lists
from bot.actions.plans import Waiting
from bot.actions.template_lists import Words
from bot.domain.hours import local
from bot.domain.template_states import SOON
from bot.domain.templates import SOURCE_LANGUAGE
from bot.runtime import Runtime

ORDER = ("overdue", "outdated", "due")


@dataclass(frozen=True)
class Reading:
    """`what`: overdue, outdated or due. `path`: its page at the desk, without /desk."""

    title: str
    language: str
    what: str
    path: str


async def wanted(runtime: Runtime, reads: str) -> list[Reading]:
    """Messages and plans that are in use, the most urgent first; titles in the language that a coordinator `reads`."""
    found = [*await _messages(runtime, reads), *await _plans(runtime)]
    return sorted(found, key=lambda one: (ORDER.index(one.what), one.title.casefold(), one.language))


async def _messages(runtime: Runtime, reads: str) -> list[Reading]:
    return [
        Reading(topic.title, words.language, what, f"/templates/{topic.topic}/{words.language}")
        for topic in await template_lists.topics(runtime, reads)
        for words in topic.words.values()
        if words.in_use and (what := _of_words(words))
    ]


def _of_words(words: Words) -> str:
    states = {"overdue": words.is_overdue, "outdated": words.is_outdated, "due": words.is_due}
    return next((what for what in ORDER if states[what]), "")


async def _plans(runtime: Runtime) -> list[Reading]:
    found = await plans.every(runtime)
    why = of_plans(runtime, found)
    return [
        Reading(one.words.title, one.language, what, f"/plans/{one.version.id}")
        for one in found
        if one.version.approved and (what := why.get(one.version.id))
    ]


def of_plans(runtime: Runtime, found: list[Waiting]) -> dict[int, str]:
    """Why a version of a plan has to be read again, by its id. `found`: the newest of every plan and language."""
    today = local(runtime.now(), runtime.place.zone).date()
    source = {one.plan.id: one for one in found if one.language == SOURCE_LANGUAGE}
    why = {one.version.id: _of_plan(one, source.get(one.plan.id), today) for one in found}
    return {version_id: what for version_id, what in why.items() if what}


def _of_plan(one: Waiting, source: Waiting | None, today: date) -> str:
    if one.plan.is_overdue(today):
        return "overdue"
    if source is not None and plans.is_stale(source.plan, one.plan, one.language):
        return "outdated"
    return "due" if one.plan.review_by - today <= SOON else ""
