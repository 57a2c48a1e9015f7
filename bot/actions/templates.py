"""Template versions: files and edits become immutable rows, coordinators of this place read and approve them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.actions import people as people_actions
from bot.domain.approvals import Obstacle, Usable, may_approve, obstacle
from bot.domain.deliveries import Kind, State
from bot.domain.errors import NotFound, NotNow, Refused
from bot.domain.hours import local
from bot.domain.place import Place
from bot.domain.template_states import is_news
from bot.domain.templates import SOURCE_LANGUAGE, Template, in_season
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store
from bot.store import drafts as draft_store
from bot.store import machine
from bot.store import people as people_store
from bot.store import templates as store
from bot.store.templates import Mark, Version

Key = tuple[str, str]
LONGEST_WHY = 500  # characters of the reason of a "no"


@dataclass(frozen=True)
class Library:
    """What may be sent here today, and why the rest may not. Keys are (topic, language)."""

    usable: dict[Key, Usable]
    obstacles: dict[Key, Obstacle]

    def topics(self, month: int, reads: str = SOURCE_LANGUAGE) -> list[Usable]:
        """One usable version a topic to choose from, those in season first, then by title.

        In the language that the champion `reads` if there is one, else in the source language.
        """
        best: dict[str, Usable] = {}
        for (topic, language), usable in self.usable.items():
            known = best.get(topic)
            if known is None or _nearer(language, known.template.language, reads):
                best[topic] = usable
        return sorted(best.values(), key=lambda one: (not _special(one, month), one.template.title))

    def obstacle_to(self, topic: str) -> Obstacle | None:
        """Why nothing of a topic may be sent, None when something may. What the source text lacks counts first."""
        if any(one == topic for one, _ in self.usable):
            return None
        against = {language: why for (one, language), why in self.obstacles.items() if one == topic}
        if SOURCE_LANGUAGE in against:
            return against[SOURCE_LANGUAGE]
        return next(iter(against.values()), Obstacle.REMOVED)

    def version_for(self, topic: str, language: str) -> Usable | None:
        return self.usable.get((topic, language))


def _nearer(language: str, known: str, reads: str) -> bool:
    order = (reads, SOURCE_LANGUAGE)
    return language in order and (known not in order or order.index(language) < order.index(known))


def _special(usable: Usable, month: int) -> bool:
    """In season now; a topic for the whole year is not special in any month."""
    return bool(usable.template.season) and in_season(usable.template, month)


def template_of(runtime: Runtime, version: Version) -> Template | None:
    """A version's text, read; None when it no longer passes the rules."""
    return runtime.shelf.read(version.source, f"{version.topic}.{version.language}.md")


async def sync(runtime: Runtime) -> int:
    """Write down what the files say now. Returns how many versions are new; coordinators are told of them.

    A file that comes back with the same words is the version it was, and who approved it still stands. An edit made at
    the desk wins until the file itself changes.
    """
    now = runtime.now()
    templates = runtime.catalogue.templates
    async with runtime.database.write() as tx:
        await store.one_at_a_time(tx)
        known = await store.marks(tx)
        fresh = [one for one in templates.values() if await _took_in(tx, one, known.get(one.key, []), now)]
        for topic, language in _gone(known, templates.keys() | _broken(runtime)):
            await store.retire(tx, topic, language, now, "file")
        if fresh:
            await _tell_coordinators(tx, runtime, fresh, now)
        await library(tx, runtime)  # from here on titles are known
        return len(fresh)


async def _took_in(tx: AsyncConnection, one: Template, known: list[Mark], now: datetime) -> bool:
    """Whether a file is a new version. What a coordinator took out of use stays out until the file itself changes."""
    if is_news(one.digest, known):
        return await store.add(tx, one.topic, one.language, one.digest, one.source_text, "file", None, now) is not None
    if known[-1].retired_at is not None and known[-1].retired_why != "desk":
        await store.revive(tx, one.topic, one.language)
    return False


def _gone(known: dict[Key, list[Mark]], here: Collection[Key]) -> list[Key]:
    """Whose file is gone. What was edited at the desk does not need one."""
    newest = {key: marks[-1] for key, marks in known.items()}
    return [key for key, one in newest.items() if one.retired_at is None and one.origin == "file" and key not in here]


def _broken(runtime: Runtime) -> set[Key]:
    """Files that cannot be read now: their versions stay."""
    names = [finding.file.rpartition("/")[2].split(".") for finding in runtime.catalogue.faults]
    return {(name[0], name[1]) for name in names if len(name) == 3}


async def _tell_coordinators(tx: AsyncConnection, runtime: Runtime, fresh: list[Template], now: datetime) -> None:
    for person in await people_actions.coordinators(tx):
        button = notices.button(runtime, person.language, "buttons.read_now", "approve:list")
        key = f"to-read:{person.id}:{fresh[0].version}:{int(now.timestamp())}"
        await notices.to_worker(tx, runtime, person, key, "templates.new_versions", [[button]], count=len(fresh))


async def library(tx: AsyncConnection, runtime: Runtime) -> Library:
    """For each topic and language: the newest approved version if nothing stands against it today."""
    today = local(runtime.now(), runtime.place.zone).date()
    approved: dict[Key, Usable] = {}
    obstacles: dict[Key, Obstacle] = {}
    unread: dict[Key, str] = {}
    for version in await store.current(tx):
        key = (version.topic, version.language)
        template = template_of(runtime, version)
        if version.approved and template is not None:
            approved[key] = Usable(version.id, template)
            obstacles.pop(key, None)
        elif key not in approved:
            obstacles[key] = _undecided(version)
            unread |= {key: template.title} if template is not None else {}
    titles = {key: one.template.title for key, one in approved.items()}
    runtime.shelf.titles = {**runtime.shelf.titles, **unread, **titles}
    return _sorted_out(approved, obstacles, runtime.place, today)


def _undecided(version: Version) -> Obstacle:
    if version.approved:
        return Obstacle.UNREADABLE
    if version.approved is None:
        return Obstacle.SECOND_READER if version.author_id else Obstacle.NOT_READ
    return Obstacle.REFUSED


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


async def newest(runtime: Runtime) -> list[Version]:
    """The newest version of each topic and language, English first."""
    async with runtime.database.read() as tx:
        found = {(one.topic, one.language): one for one in await store.current(tx)}
        readable = [one for one in found.values() if template_of(runtime, one)]
        return sorted(readable, key=lambda one: (one.language != SOURCE_LANGUAGE, one.language, one.topic))


async def waiting(runtime: Runtime) -> list[Version]:
    """Those of the newest versions that nobody has decided about."""
    return [one for one in await newest(runtime) if one.approved is None]


async def waiting_for(runtime: Runtime, reader_id: int) -> tuple[list[Version], list[Version]]:
    """What waits for a decision: (what this reader may decide about, what they wrote a part of themselves)."""
    mine, others = list[Version](), list[Version]()
    undecided = await waiting(runtime)
    async with runtime.database.read() as tx:
        for one in undecided:
            is_ours = one.origin != "file"  # a shipped file has no author among us
            written = is_ours and not may_approve(reader_id, *await writers(tx, one))
            (others if written else mine).append(one)
    return mine, others


async def get(runtime: Runtime, version_id: int) -> tuple[Version, Template]:
    async with runtime.database.read() as tx:
        version = await store.by_id(tx, version_id)
        template = template_of(runtime, version) if version else None
        if version is None or template is None:
            raise NotFound("templates.gone")
        return version, template


async def decide(
    runtime: Runtime, coordinator_id: int, version_id: int, approves: bool, reads_language: bool, why: str = ""
) -> None:
    """A coordinator has read the exact message and says yes or no to this version (promise 8).

    A no to words that were approved before also takes them out of the queue. Who wrote the words is told, with `why`.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        version = await _newest_version(tx, version_id)
        wrote = await writers(tx, version)
        if not may_approve(coordinator_id, *wrote):
            raise Refused("templates.own_words")
        if version.approved is not None and version.approved == approves:
            return
        if approves and version.language != SOURCE_LANGUAGE and not reads_language:
            raise Refused("templates.must_read_language")
        await store.decide(tx, version_id, coordinator_id, approves, reads_language, now)
        if not approves:
            which = {"version_id": version_id, "kind": Kind.BROADCAST}
            await delivery_store.clear(tx, "words_withdrawn", now, state=State.SUPPRESSED, **which)
        verdict = "template_approved" if approves else "template_refused"
        await machine.note(tx, now, coordinator_id, verdict, f"version:{version_id}")
        await _tell_writers(tx, runtime, version, wrote, coordinator_id, approves, why.strip()[:LONGEST_WHY])


async def _tell_writers(
    tx: AsyncConnection, runtime: Runtime, version: Version, wrote: set[int], by: int, approves: bool, why: str
) -> None:
    """Those who wrote a part of the words and are coordinators still: what became of them."""
    reader, template = await people_store.by_id(tx, by), template_of(runtime, version)
    title = template.title if template else version.topic
    said: dict[str, Any] = {"name": reader.name, "title": title, "approved": approves}
    for person in await people_actions.coordinators(tx):
        if person.id in wrote:
            key = f"verdict:{version.id}:{person.id}:{int(runtime.now().timestamp())}"
            await notices.to_worker(tx, runtime, person, key, "templates.verdict", names=(by,), why=why, **said)


async def writers(tx: AsyncConnection, version: Version) -> set[int]:
    """Everybody who wrote a part of these words: also of those they began from, unless a second person approved them.

    None of them may approve (promise 8).
    """
    found, waiting = set[int](), [version]
    while waiting:
        one = waiting.pop()
        found |= {one.author_id} if one.author_id else set()
        found |= await draft_store.writers(tx, one.id)
        bases = [await store.by_id(tx, base) for base in await draft_store.bases(tx, one.id)]
        waiting += [base for base in bases if base is not None and not base.approved]
    return found


async def retire(runtime: Runtime, coordinator_id: int, topic: str, language: str) -> None:
    """Take the words of a topic in one language out of use; what waits in the queue with them does not go out."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        await _known(tx, topic, language)
        await store.retire(tx, topic, language, now, "desk")
        which = {"version_id": await store.ids_of(tx, topic, language), "kind": Kind.BROADCAST}
        await delivery_store.clear(tx, "words_withdrawn", now, state=State.SUPPRESSED, **which)
        await machine.note(tx, now, coordinator_id, "template_retired", f"words:{topic}.{language}")


async def bring_back(runtime: Runtime, coordinator_id: int, topic: str, language: str) -> None:
    """Put into use again what was taken out; who approved it still stands."""
    async with runtime.database.write() as tx:
        newest = await _known(tx, topic, language)
        if newest.retired_at is None:
            return
        await store.revive(tx, topic, language)
        await machine.note(tx, runtime.now(), coordinator_id, "template_brought_back", f"words:{topic}.{language}")


async def _known(tx: AsyncConnection, topic: str, language: str) -> Version:
    found = await store.history(tx, topic, language, 1)
    if not found or topic.startswith(store.PLAN):
        raise NotFound("templates.gone")
    return found[0]


async def _newest_version(tx: AsyncConnection, version_id: int) -> Version:
    """Raises unless this is the version that counts now."""
    version = await store.by_id(tx, version_id)
    newest = {(one.topic, one.language): one.id for one in await store.current(tx)}
    if version is None or (version.topic, version.language) not in newest:
        raise NotFound("templates.gone")
    if newest[version.topic, version.language] != version_id:
        raise NotNow("templates.newer_version")
    return version
