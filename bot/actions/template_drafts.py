"""Words that are being written at the desk: kept, never written over by somebody else's, and sent to a second person.

A draft is one text for a topic and language. Whoever saves says on which save they began (`serial`); on an old one
nothing is overwritten: both texts are kept, and the person chooses.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.actions import people as people_actions
from bot.actions.templates import Key, template_of
from bot.catalogue.edit_checks import Checked, check
from bot.catalogue.front_matter import MOST_CHARACTERS
from bot.catalogue.template_file import digest_of
from bot.catalogue.template_writing import same_words
from bot.domain.errors import NotFound, NotNow, Refused
from bot.domain.hours import local
from bot.domain.template_states import is_topic
from bot.domain.templates import SOURCE_LANGUAGE, Template
from bot.runtime import Runtime
from bot.store import drafts as store
from bot.store import machine
from bot.store import templates as version_store
from bot.store.drafts import Draft
from bot.store.templates import Version


@dataclass(frozen=True)
class Desktop:
    """What lies on the desk for one topic and language.

    `newest`: the newest version, retired or not. `source`: the version that a translation is made from, and its text.
    """

    topic: str
    language: str
    draft: Draft | None
    newest: Version | None
    source: Version | None
    source_template: Template | None
    kept: list[Draft]

    @property
    def text(self) -> str:
        """What goes on being written: the draft, or else the newest version."""
        return self.draft.source if self.draft else self.newest.source if self.newest else ""

    @property
    def file(self) -> str:
        return f"{self.topic}.{self.language}.md"


@dataclass(frozen=True)
class Saved:
    """`draft`: what goes on being written now, None when it was sent to review or dropped meanwhile.

    `aside`: this text, kept beside it because somebody else had saved first.
    """

    draft: Draft | None
    aside: Draft | None = None


async def desktop(runtime: Runtime, topic: str, language: str) -> Desktop:
    """Raises NotFound unless both could be words of this place."""
    if not is_topic(topic) or language not in runtime.place.languages:
        raise NotFound("templates.gone")
    async with runtime.database.read() as tx:
        return await _desktop(tx, runtime, topic, language)


async def _desktop(tx: AsyncConnection, runtime: Runtime, topic: str, language: str) -> Desktop:
    draft = await store.opened(tx, topic, language)
    newest = await version_store.history(tx, topic, language, 1)
    source, template = await _source(tx, runtime, topic) if language != SOURCE_LANGUAGE else (None, None)
    kept = await store.kept(tx, topic, language)
    return Desktop(topic, language, draft, newest[0] if newest else None, source, template, kept)


async def _source(tx: AsyncConnection, runtime: Runtime, topic: str) -> tuple[Version | None, Template | None]:
    """What translations are made from: the approved source text, or the newest one before anything was approved."""
    versions = [one for one in await version_store.current(tx) if (one.topic, one.language) == (topic, SOURCE_LANGUAGE)]
    approved = [one for one in versions if one.approved]
    for version in [*reversed(approved), *reversed(versions)]:
        template = template_of(runtime, version)
        if template is not None:
            return version, template
    return None, None


def checked(runtime: Runtime, on: Desktop, text: str) -> Checked:
    """Every fault and warning of a text at its place."""
    today = local(runtime.now(), runtime.place.zone).date()
    return check(text, on.file, runtime.place, on.source_template, today)


async def save(
    runtime: Runtime, person_id: int, key: Key, text: str, serial: int, *, keep: bool = False, quietly: bool = False
) -> Saved:
    """Keep a text. `serial`: the save it was begun on, 0 for none. `keep`: what it replaces stays readable, too.

    `quietly`: saved by the page itself while somebody types; no line of the audit trail for each.
    """
    await desktop(runtime, *key)
    if len(text) > MOST_CHARACTERS:
        raise Refused("desk_templates.too_long", most=MOST_CHARACTERS)
    async with runtime.database.write() as tx:
        await version_store.one_at_a_time(tx)
        draft = await store.opened(tx, *key)
        if (draft.serial if draft else 0) == serial:
            saved = await _keep(tx, runtime, person_id, key, text, draft, keep=keep)
            if not quietly:
                await machine.note(tx, runtime.now(), person_id, "template_draft_saved", f"draft:{saved.id}")
            return Saved(saved)
        if draft is not None and same_words(draft.source, text):
            return Saved(draft)
        aside = await _add(tx, runtime, person_id, key, text, serial, store.ASIDE, draft.base_id if draft else None)
        await machine.note(tx, runtime.now(), person_id, "template_draft_kept_aside", f"draft:{aside.id}")
        return Saved(draft, aside)


async def _keep(
    tx: AsyncConnection, runtime: Runtime, person_id: int, key: Key, text: str, draft: Draft | None, *, keep: bool
) -> Draft:
    """A text on top of the draft. Somebody else's stays as an earlier one."""
    if draft is not None and draft.author_id == person_id and not keep:
        await store.change(tx, draft.id, source=text, serial=draft.serial + 1, saved_at=runtime.now())
        return await _get(tx, draft.id)
    if draft is not None:
        await store.change(tx, draft.id, state=store.EARLIER)
        serial, base = draft.serial + 1, draft.base_id
    else:
        newest = await version_store.history(tx, *key, 1)
        # Never a number that an old page still holds.
        serial, base = await store.last_serial(tx, *key) + 1, newest[0].id if newest else None
    return await _add(tx, runtime, person_id, key, text, serial, store.OPEN, base)


async def _add(
    tx: AsyncConnection,
    runtime: Runtime,
    person_id: int,
    key: Key,
    text: str,
    serial: int,
    state: str,
    base: int | None,
) -> Draft:
    values = {"topic": key[0], "language": key[1], "serial": serial, "source": text, "state": state, "base_id": base}
    return await _get(tx, await store.add(tx, **values, author_id=person_id, saved_at=runtime.now()))


async def _get(tx: AsyncConnection, draft_id: int) -> Draft:
    found = await store.by_id(tx, draft_id)
    if found is None:
        raise NotFound("templates.gone")
    return found


async def drop(runtime: Runtime, person_id: int, key: Key, serial: int) -> None:
    """Give a draft up; its words can still be read. Raises NotNow when somebody has saved since."""
    async with runtime.database.write() as tx:
        draft = await _this(tx, key, serial)
        for one in await store.kept(tx, *key, 1000):
            if one.state == store.EARLIER and one.version_id is None:
                await store.change(tx, one.id, state=store.DROPPED)
        await store.change(tx, draft.id, state=store.DROPPED)
        await machine.note(tx, runtime.now(), person_id, "template_draft_dropped", f"draft:{draft.id}")


async def _this(tx: AsyncConnection, key: Key, serial: int) -> Draft:
    draft = await store.opened(tx, *key)
    if draft is None or draft.serial != serial:
        raise NotNow("desk_templates.changed_meanwhile")
    return draft


async def submit(runtime: Runtime, person_id: int, key: Key, serial: int) -> int:
    """Make a version of a draft and ask the other coordinators to read it. Returns the version.

    Raises Refused while there is a fault or nothing has changed, NotNow when somebody has saved since.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        await version_store.one_at_a_time(tx)
        draft = await _this(tx, key, serial)
        on = await _desktop(tx, runtime, *key)
        if checked(runtime, on, draft.source).template is None:
            raise Refused("desk_templates.has_faults")
        digest = digest_of(draft.source)
        if on.newest and on.newest.digest == digest and on.newest.retired_at is None:
            raise Refused("desk_templates.nothing_changed")
        version_id = await version_store.add(tx, *key, digest, draft.source, "edit", draft.author_id, now)
        if version_id is None:
            raise NotNow("desk_templates.changed_meanwhile")
        await store.submit(tx, draft, version_id)
        await _ask_others(tx, runtime, person_id, version_id)
        await machine.note(tx, now, person_id, "template_sent_to_review", f"version:{version_id}")
        return version_id


async def _ask_others(tx: AsyncConnection, runtime: Runtime, person_id: int, version_id: int) -> None:
    for person in await people_actions.coordinators(tx):
        if person.id != person_id:
            button = notices.button(runtime, person.language, "buttons.read_now", f"approve:read:{version_id}")
            key = f"to-read:{person.id}:version:{version_id}"
            await notices.to_worker(tx, runtime, person, key, "templates.new_versions", [[button]], count=1)


async def restore_version(runtime: Runtime, person_id: int, version_id: int) -> Draft:
    """A new draft with the words of an earlier version; what was being written stays readable."""
    async with runtime.database.read() as tx:
        version = await version_store.by_id(tx, version_id)
    if version is None or version.topic.startswith(version_store.PLAN):
        raise NotFound("templates.gone")
    return await _restore(runtime, person_id, (version.topic, version.language), version.source, version_id)


async def restore_draft(runtime: Runtime, person_id: int, draft_id: int) -> Draft:
    """Go on with a text that was kept aside."""
    async with runtime.database.write() as tx:
        kept = await _get(tx, draft_id)
        if kept.version_id is None and kept.state != store.OPEN:  # whoever wrote it writes on in what comes of it
            await store.change(tx, draft_id, state=store.EARLIER)
    return await _restore(runtime, person_id, (kept.topic, kept.language), kept.source, kept.base_id)


async def _restore(runtime: Runtime, person_id: int, key: Key, text: str, base_id: int | None) -> Draft:
    await desktop(runtime, *key)
    async with runtime.database.write() as tx:
        await version_store.one_at_a_time(tx)
        draft = await _keep(tx, runtime, person_id, key, text, await store.opened(tx, *key), keep=True)
        await store.change(tx, draft.id, base_id=base_id)
        await machine.note(tx, runtime.now(), person_id, "template_words_restored", f"draft:{draft.id}")
        return await _get(tx, draft.id)


async def source_then(runtime: Runtime, topic: str, translated_from: str) -> Version | None:
    """The version of the source text that a translation was made from; None when it is not known (any more)."""
    if not translated_from:
        return None
    async with runtime.database.read() as tx:
        history = await version_store.history(tx, topic, SOURCE_LANGUAGE, 1000)
    return next((one for one in history if one.digest.startswith(translated_from)), None)


async def get_kept(runtime: Runtime, draft_id: int) -> Draft:
    async with runtime.database.read() as tx:
        return await _get(tx, draft_id)
