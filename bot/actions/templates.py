"""Template versions: files and edits become immutable rows, coordinators of this place read and approve them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.actions import people as people_actions
from bot.domain.approvals import Obstacle, Usable, may_approve, obstacle
from bot.domain.errors import NotFound, NotNow, Refused
from bot.domain.hours import local
from bot.domain.place import Place
from bot.domain.templates import SOURCE_LANGUAGE, Template, in_season
from bot.runtime import Runtime
from bot.store import machine
from bot.store import templates as store
from bot.store.templates import Version

Key = tuple[str, str]


@dataclass(frozen=True)
class Library:
    """What may be sent here today, and why the rest may not. Keys are (topic, language)."""

    usable: dict[Key, Usable]
    obstacles: dict[Key, Obstacle]

    def topics(self, month: int) -> list[Usable]:
        """One usable version a topic to choose from, those in season first, then by title."""
        sources: dict[str, Usable] = {}
        for (topic, language), usable in self.usable.items():
            if language == SOURCE_LANGUAGE or topic not in sources:
                sources[topic] = usable
        return sorted(sources.values(), key=lambda one: (not _special(one, month), one.template.title))

    def version_for(self, topic: str, language: str) -> Usable | None:
        return self.usable.get((topic, language))


def _special(usable: Usable, month: int) -> bool:
    """In season now; a topic for the whole year is not special in any month."""
    return bool(usable.template.season) and in_season(usable.template, month)


def template_of(runtime: Runtime, version: Version) -> Template | None:
    """A version's text, read; None when it no longer passes the rules."""
    return runtime.shelf.read(version.source, f"{version.topic}.{version.language}.md")


async def sync(runtime: Runtime) -> int:
    """Write down what the files say now. Returns how many versions are new; coordinators are told of them."""
    now = runtime.now()
    templates = runtime.catalogue.templates
    broken = {finding.file for finding in runtime.catalogue.faults}
    async with runtime.database.write() as tx:
        newest: dict[Key, Version] = {}
        for version in await store.all_versions(tx):
            newest[version.topic, version.language] = version
        fresh = [one for key, one in templates.items() if key not in newest or newest[key].digest != one.digest]
        for one in fresh:
            await store.add(tx, one.topic, one.language, one.digest, one.source_text, "file", None, now)
        for topic, language in newest.keys() - templates.keys():
            if not any(file.endswith(f"{topic}.{language}.md") for file in broken):
                await store.retire(tx, topic, language, now)
        if fresh:
            await _tell_coordinators(tx, runtime, fresh)
        return len(fresh)


async def _tell_coordinators(tx: AsyncConnection, runtime: Runtime, fresh: list[Template]) -> None:
    digest = "-".join(sorted(one.digest[:8] for one in fresh))[:200]
    for person in await people_actions.coordinators(tx):
        button = notices.button(runtime, person.language, "buttons.read_now", "approve:list")
        key = f"to-read:{person.id}:{digest}"
        await notices.to_worker(tx, runtime, person, key, "templates.new_versions", [[button]], count=len(fresh))


async def library(tx: AsyncConnection, runtime: Runtime) -> Library:
    """For each topic and language: the newest approved version if nothing stands against it today."""
    today = local(runtime.now(), runtime.place.zone).date()
    approved: dict[Key, Usable] = {}
    obstacles: dict[Key, Obstacle] = {}
    for version in await store.all_versions(tx):
        key = (version.topic, version.language)
        template = template_of(runtime, version)
        if version.approved and template is not None:
            approved[key] = Usable(version.id, template)
            obstacles.pop(key, None)
        elif key not in approved:
            obstacles[key] = Obstacle.NOT_READ if version.approved is None else Obstacle.REFUSED
    return _sorted_out(approved, obstacles, runtime.place, today)


def _sorted_out(approved: dict[Key, Usable], obstacles: dict[Key, Obstacle], place: Place, today: date) -> Library:
    usable: dict[Key, Usable] = {}
    for (topic, language), one in sorted(approved.items(), key=lambda item: item[0][1] != SOURCE_LANGUAGE):
        source = approved.get((topic, SOURCE_LANGUAGE))
        against = obstacle(one.template, place.nation, today, source.template if source else None)
        if against is None:
            usable[topic, language] = one
        else:
            obstacles[topic, language] = against
    return Library(usable, obstacles)


async def open_library(runtime: Runtime) -> Library:
    async with runtime.database.read() as tx:
        return await library(tx, runtime)


async def waiting(runtime: Runtime) -> list[Version]:
    """The newest version of each topic and language that nobody has decided about; English first."""
    async with runtime.database.read() as tx:
        newest = {(one.topic, one.language): one for one in await store.all_versions(tx)}
        undecided = [one for one in newest.values() if one.approved is None and template_of(runtime, one)]
        return sorted(undecided, key=lambda one: (one.language != SOURCE_LANGUAGE, one.language, one.topic))


async def get(runtime: Runtime, version_id: int) -> tuple[Version, Template]:
    async with runtime.database.read() as tx:
        version = await store.by_id(tx, version_id)
        template = template_of(runtime, version) if version else None
        if version is None or template is None:
            raise NotFound("templates.gone")
        return version, template


async def decide(runtime: Runtime, coordinator_id: int, version_id: int, approves: bool, reads_language: bool) -> None:
    """A coordinator has read the exact message and says yes or no to this version (promise 8)."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        version = await store.by_id(tx, version_id)
        if version is None:
            raise NotFound("templates.gone")
        if not may_approve(coordinator_id, version.author_id):
            raise Refused("templates.own_words")
        if version.approved is not None and version.approved == approves:
            return
        newest = {(one.topic, one.language): one.id for one in await store.all_versions(tx)}
        if newest.get((version.topic, version.language)) != version_id:
            raise NotNow("templates.newer_version")
        if approves and version.language != SOURCE_LANGUAGE and not reads_language:
            raise Refused("templates.must_read_language")
        await store.decide(tx, version_id, coordinator_id, approves, reads_language, now)
        verdict = "template_approved" if approves else "template_refused"
        await machine.note(tx, now, coordinator_id, verdict, f"version:{version_id}")
