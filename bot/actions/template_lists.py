"""Every topic with its words in each language: where they stand, what stands against them, and how they are used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions.templates import Key, Library, library, template_of
from bot.actions.templates import writers as writers_of
from bot.domain.approvals import Obstacle, may_approve
from bot.domain.errors import NotFound
from bot.domain.hours import local
from bot.domain.template_states import Stage, is_due, is_topic
from bot.domain.templates import SOURCE_LANGUAGE, Template, is_overdue, is_stale
from bot.runtime import Runtime
from bot.store import drafts as draft_store
from bot.store import people as people_store
from bot.store import template_figures as figures
from bot.store import templates as store
from bot.store.drafts import Draft
from bot.store.template_figures import Use
from bot.store.templates import Version

YEAR = timedelta(days=365)
COUNTED_FOR = timedelta(minutes=10)
FEW = 5
"""Smaller numbers of people are not shown: they would tell of somebody."""


@dataclass(frozen=True)
class Words:
    """One topic in one language. `newest`: its newest version; `in_use`: the approved one that may be sent, or could
    but for `obstacle`."""

    topic: str
    language: str
    stage: Stage
    newest: Version | None = None
    template: Template | None = None
    in_use: Version | None = None
    obstacle: Obstacle | None = None
    draft: Draft | None = None
    is_due: bool = False
    is_overdue: bool = False
    is_outdated: bool = False


@dataclass(frozen=True)
class Topic:
    """`helpful`: how many in 100 found it helpful, None when too few got it or said so."""

    topic: str
    title: str
    words: dict[str, Words]
    use: Use = field(default_factory=Use)

    @property
    def helpful(self) -> int | None:
        return None if min(self.use.sent, self.use.helpful) < FEW else round(100 * self.use.helpful / self.use.sent)

    @property
    def first(self) -> Words:
        return self.words.get(SOURCE_LANGUAGE) or next(iter(self.words.values()))


@dataclass(frozen=True)
class _Seen:
    """What was read at once for all topics."""

    versions: dict[Key, list[Version]]
    retired: dict[Key, Version]
    drafts: dict[Key, Draft]
    shelf: Library


async def topics(runtime: Runtime, reads: str = SOURCE_LANGUAGE) -> list[Topic]:
    """Every topic that has a version or a draft, by title in the language that the coordinator `reads`."""
    async with runtime.database.read() as tx:
        seen = await _seen(tx, runtime)
        use = await _use(tx, runtime)
    names = sorted({topic for topic, _ in (*seen.versions, *seen.retired, *seen.drafts)})
    found = [_topic(runtime, seen, name, reads, use.get(name, Use())) for name in names]
    return sorted(found, key=lambda one: (one.title.casefold(), one.topic))


async def _use(tx: AsyncConnection, runtime: Runtime) -> dict[str, Use]:
    """Counted anew every 10 minutes: it walks through every message of a year."""
    now, known = runtime.now(), runtime.shelf.use
    if known is None or now - known[0] > COUNTED_FOR:
        runtime.shelf.use = known = (now, await figures.use(tx, now - YEAR))
    return known[1]


async def _seen(tx: AsyncConnection, runtime: Runtime) -> _Seen:
    versions: dict[Key, list[Version]] = {}
    for one in await store.current(tx):
        versions.setdefault((one.topic, one.language), []).append(one)
    retired = {(one.topic, one.language): one for one in await store.retired(tx)}
    drafts = {(one.topic, one.language): one for one in await draft_store.all_open(tx)}
    return _Seen(versions, retired, drafts, await library(tx, runtime))


def _topic(runtime: Runtime, seen: _Seen, topic: str, reads: str, use: Use) -> Topic:
    day = local(runtime.now(), runtime.place.zone).date()
    others = {language for one, language in (*seen.versions, *seen.retired, *seen.drafts) if one == topic}
    languages = [*runtime.place.languages, *sorted(others - {*runtime.place.languages})]
    words = {language: _words(runtime, seen, (topic, language), day) for language in languages}
    titles = {language: one.template.title for language, one in words.items() if one.template}
    title = titles.get(reads) or titles.get(SOURCE_LANGUAGE) or next(iter(titles.values()), topic)
    return Topic(topic, title, words, use)


def _words(runtime: Runtime, seen: _Seen, key: Key, day: date) -> Words:
    draft, versions = seen.drafts.get(key), seen.versions.get(key, [])
    if not versions:
        gone = seen.retired.get(key)
        stage = Stage.RETIRED if gone else Stage.DRAFT if draft else Stage.MISSING
        return Words(*key, stage, gone, template_of(runtime, gone) if gone else None, draft=draft)
    newest, usable, against = versions[-1], seen.shelf.usable.get(key), seen.shelf.obstacles.get(key)
    approved = [one for one in versions if one.approved]
    template = template_of(runtime, newest)
    return Words(
        *key,
        _stage(newest, usable is not None),
        newest,
        template,
        approved[-1] if approved else None,
        against,
        draft,
        template is not None and is_due(template, day),
        template is not None and is_overdue(template, day),
        _is_outdated(runtime, seen.versions, template),
    )


def _stage(newest: Version, usable: bool) -> Stage:
    if newest.approved is None:
        return Stage.IN_REVIEW if newest.origin == "edit" else Stage.WAITING
    if not newest.approved:
        return Stage.REFUSED
    return Stage.PUBLISHED if usable else Stage.BLOCKED


def _is_outdated(runtime: Runtime, versions: Mapping[Key, list[Version]], template: Template | None) -> bool:
    """Whether the source text in use is another than the one that this was translated from."""
    if template is None or template.language == SOURCE_LANGUAGE:
        return False
    sources = versions.get((template.topic, SOURCE_LANGUAGE), [])
    approved = [one for one in sources if one.approved] or sources
    source = template_of(runtime, approved[-1]) if approved else None
    return source is not None and is_stale(template, source)


@dataclass(frozen=True)
class Page:
    """One topic in one language, with everything that was ever said. `names`: first names by person id."""

    topic: Topic
    words: Words
    history: list[Version]
    names: dict[int, str]
    may_approve: bool

    @property
    def outdated(self) -> list[str]:
        """Languages whose words were translated from an earlier text."""
        return [language for language, one in self.topic.words.items() if one.is_outdated]


async def page(runtime: Runtime, reader_id: int, topic: str, language: str, reads: str) -> Page:
    """Raises NotFound for what nobody has begun to write. `reader_id`: who looks, and may or may not approve."""
    if not is_topic(topic):
        raise NotFound("templates.gone")
    found = next((one for one in await topics(runtime, reads) if one.topic == topic), None)
    if found is None or language not in found.words:
        raise NotFound("templates.gone")
    async with runtime.database.read() as tx:
        history = await store.history(tx, topic, language)
        ids = {one for version in history for one in (version.author_id, version.approved_by) if one}
        people = [await people_store.find(tx, one) for one in sorted(ids)]
        writers = await writers_of(tx, history[0]) if history else set()
    names = {person.id: person.name for person in people if person}
    return Page(found, found.words[language], history, names, may_approve(reader_id, *writers))


async def version_pair(runtime: Runtime, topic: str, language: str, version_id: int) -> tuple[Version, Version | None]:
    """A version of this topic and language, and the one before it. Raises NotFound."""
    async with runtime.database.read() as tx:
        history = await store.history(tx, topic, language, 1000)
    for number, one in enumerate(history):
        if one.id == version_id and not topic.startswith(store.PLAN):
            return one, history[number + 1] if number + 1 < len(history) else None
    raise NotFound("templates.gone")
