"""Check-in plans: drafts until a coordinator of this place has walked through them in chat and approved them."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.actions import people as people_actions
from bot.catalogue import plan_html
from bot.domain.approvals import may_approve
from bot.domain.errors import NotFound, NotNow, Refused
from bot.domain.hours import local
from bot.domain.plans import Plan, Words
from bot.domain.templates import SOURCE_LANGUAGE
from bot.runtime import Runtime
from bot.store import machine
from bot.store import templates as store
from bot.store.templates import Version


@dataclass(frozen=True)
class Waiting:
    """A version with its plan; the plan has the words of this one language."""

    version: Version
    plan: Plan

    @property
    def language(self) -> str:
        return self.version.language

    @property
    def words(self) -> Words:
        return self.plan.words[self.version.language]


def topic(plan_id: str) -> str:
    return store.PLAN + plan_id


def is_plan(version_topic: str) -> bool:
    return version_topic.startswith(store.PLAN)


def source_of(runtime: Runtime, plan: Plan, language: str) -> str:
    """What is kept of a version: both files, word for word."""
    folder = runtime.catalogue.directory
    words = (folder / plan.words[language].file).read_text(encoding="utf-8")
    return json.dumps({"plan": (folder / plan.file).read_text(encoding="utf-8"), "words": {language: words}})


async def sync(runtime: Runtime) -> int:
    """Write down what the plan files say now; a change of the plan asks again for every language."""
    async with runtime.database.write() as tx:
        return await _sync(tx, runtime, runtime.now())


async def _sync(tx: AsyncConnection, runtime: Runtime, now: datetime) -> int:
    newest = {(one.topic, one.language): one for one in await store.all_versions(tx, plans=True)}
    fresh = 0
    for plan in runtime.catalogue.plans.values():
        for language in plan.words:
            known = newest.pop((topic(plan.id), language), None)
            if known is None or known.digest != plan.digest(language):
                source, digest = source_of(runtime, plan, language), plan.digest(language)
                await store.add(tx, topic(plan.id), language, digest, source, "file", None, now)
                fresh += 1
    for left, language in newest:
        if left.removeprefix(store.PLAN) not in runtime.catalogue.plans:
            await store.retire(tx, left, language, now)
    if fresh:
        for person in await people_actions.coordinators(tx):
            button = notices.button(runtime, person.language, "buttons.read_now", "plan:list")
            key = f"plans-to-read:{person.id}:{int(now.timestamp())}"
            await notices.to_worker(tx, runtime, person, key, "plans.new_versions", [[button]], count=fresh)
    return fresh


def plan_of(runtime: Runtime, version: Version) -> Plan | None:
    """A version's plan, read; None when it no longer passes the rules."""
    texts = json.loads(version.source)
    return runtime.shelf.read_plan(version.topic.removeprefix(store.PLAN), texts["plan"], texts["words"])


async def every(runtime: Runtime) -> list[Waiting]:
    """The newest version of each plan and language, English first."""
    async with runtime.database.read() as tx:
        newest = {(one.topic, one.language): one for one in await store.all_versions(tx, plans=True)}
    found = [Waiting(one, plan) for one in newest.values() if (plan := plan_of(runtime, one))]
    return sorted(found, key=lambda one: (one.language != SOURCE_LANGUAGE, one.language, one.plan.id))


async def waiting(runtime: Runtime) -> list[Waiting]:
    """Those of the newest versions that nobody has decided about."""
    return [one for one in await every(runtime) if one.version.approved is None]


async def get(runtime: Runtime, version_id: int) -> Waiting:
    async with runtime.database.read() as tx:
        version = await store.by_id(tx, version_id)
    plan = plan_of(runtime, version) if version and is_plan(version.topic) else None
    if version is None or plan is None:
        raise NotFound("plans.gone")
    return Waiting(version, plan)


async def usable(tx: AsyncConnection, runtime: Runtime, plan_id: str) -> Plan:
    """The approved plan with the words of every approved language; raises NotNow when nobody may be put on it."""
    found = await _approved(tx, runtime, plan_id)
    today = local(runtime.now(), runtime.place.zone).date()
    if found is None:
        raise NotNow("plans.not_approved")
    if found.is_overdue(today):
        raise NotNow("plans.overdue")
    if not found.suits(runtime.place.nation):
        raise NotNow("plans.other_nation", nation=found.nation)
    return found


async def usable_or_last(tx: AsyncConnection, runtime: Runtime, plan_id: str) -> Plan:
    """For somebody who is on the plan already: neither an overdue review nor a later “No” leaves them alone.

    Only words that a coordinator has approved at some time are ever said, never a fresh edit (promise 8).
    """
    found = await _approved(tx, runtime, plan_id) or _together(runtime, await store.once_approved(tx, topic(plan_id)))
    if found is None:
        raise NotFound("plans.gone")
    return found


async def _approved(tx: AsyncConnection, runtime: Runtime, plan_id: str) -> Plan | None:
    standing = [one for one in await store.all_versions(tx, plans=True) if one.topic == topic(plan_id) and one.approved]
    return _together(runtime, standing)


def _together(runtime: Runtime, versions: list[Version]) -> Plan | None:
    """The newest of these in English, with the words of the languages that fit it."""
    by_language = {one.language: plan for one in versions if (plan := plan_of(runtime, one))}
    source = by_language.get(SOURCE_LANGUAGE) or next(iter(by_language.values()), None)
    if source is None:
        return None
    fitting = {
        language: plan.words[language]
        for language, plan in by_language.items()
        if plan.file_digest == source.file_digest and not is_stale(source, plan, language)
    }
    return replace(source, words=fitting)


def is_stale(source: Plan, plan: Plan, language: str) -> bool:
    """Whether the words of `plan` were translated from other English words than those of `source`."""
    english = source.words.get(SOURCE_LANGUAGE)
    return (
        language != SOURCE_LANGUAGE and english is not None and plan.words[language].translated_from != english.version
    )


async def approved_plans(runtime: Runtime) -> list[Plan]:
    async with runtime.database.read() as tx:
        found = [await _approved(tx, runtime, plan_id) for plan_id in runtime.catalogue.plans]
    return [one for one in found if one]


async def decide(runtime: Runtime, coordinator_id: int, version_id: int, approves: bool, reads_language: bool) -> None:
    """A coordinator has walked through every word and says yes or no to this version (promise 8). Safe to repeat."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        version = await _newest_version(tx, version_id)
        if not may_approve(coordinator_id, version.author_id):
            raise Refused("templates.own_words")
        if version.approved is not None and version.approved == approves:
            return
        if approves and version.language != SOURCE_LANGUAGE and not reads_language:
            raise Refused("templates.must_read_language")
        await store.decide(tx, version_id, coordinator_id, approves, reads_language, now)
        verdict = "plan_approved" if approves else "plan_refused"
        await machine.note(tx, now, coordinator_id, verdict, f"version:{version_id}")


async def _newest_version(tx: AsyncConnection, version_id: int) -> Version:
    """Raises NotFound for something else, NotNow when newer words have come."""
    version = await store.by_id(tx, version_id)
    if version is None or not is_plan(version.topic):
        raise NotFound("plans.gone")
    same = [one for one in await store.all_versions(tx, plans=True) if one.topic == version.topic]
    if version_id != max((one.id for one in same if one.language == version.language), default=0):
        raise NotNow("plans.newer_version")
    return version


def say(runtime: Runtime, plan: Plan, language: str, what: str, *, name: str, named: str = "") -> str:
    """A sentence of the plan in the person's language, or in the first that is approved, as Telegram HTML."""
    spoken = language if language in plan.words else next(iter(plan.words))
    return plan_html(getattr(plan.words[spoken], what), spoken, runtime.place, name=name, named=named)


def question_text(runtime: Runtime, plan: Plan, language: str, question: str, *, name: str, named: str) -> str:
    spoken = language if language in plan.words else next(iter(plan.words))
    return plan_html(plan.words[spoken].questions[question], spoken, runtime.place, name=name, named=named)


def emergency_text(runtime: Runtime, plan: Plan, language: str, number: str, *, name: str, named: str) -> str:
    """The fixed words of an emergency number; approved with the plan."""
    spoken = language if language in plan.words else next(iter(plan.words))
    return plan_html(plan.words[spoken].emergency[number], spoken, runtime.place, name=name, named=named)
