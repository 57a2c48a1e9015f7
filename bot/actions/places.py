"""The place at the desk: coordinators change it as whole versions over the file, and can go back to any of them."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import catalogue as catalogue_actions
from bot.actions import notices
from bot.actions import people as people_actions
from bot.catalogue.findings import Finding
from bot.catalogue.place_edit import data_of
from bot.catalogue.place_file import FILE_NAME, parse_place
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import machine
from bot.store import people as people_store
from bot.store import places as store
from bot.store.places import PlaceEdit

MOST_LISTED = 30


@dataclass(frozen=True)
class Standing:
    """What counts now. `edit_id`: 0 while it is the file. `file`: the text that came with the program."""

    edit_id: int
    text: str
    file: str
    history: list[tuple[PlaceEdit, str]]


@dataclass(frozen=True)
class Result:
    """What became of saving. `faults`: why it was not saved. `newer`: what somebody else saved meanwhile."""

    saved: bool
    faults: list[Finding] = field(default_factory=list)
    newer: str = ""


@dataclass(frozen=True)
class Roles:
    """`coordinators`: (Telegram id, first name or empty). `champions`: how many there are."""

    coordinators: list[tuple[int, str]]
    champions: int


async def standing(runtime: Runtime, coordinator_id: int) -> Standing:
    file = (runtime.catalogue.directory / FILE_NAME).read_text(encoding="utf-8")
    async with runtime.database.read() as tx:
        await _only_coordinators(tx, coordinator_id)
        edit, history = await store.newest(tx), await store.history(tx, MOST_LISTED)
    counts = edit is not None and bool(edit.source)
    return Standing(edit.id if edit else 0, edit.source if edit and counts else file, file, history)


async def save(runtime: Runtime, coordinator_id: int, over_id: int, text: str) -> Result:
    """Let this text count from now on. `over_id`: the version it was made from; a newer one is never overwritten.

    Every other coordinator is told at once: what stands there decides which number somebody dials.
    """
    place, faults = parse_place(text)
    if place is None:
        return Result(False, faults)
    now = runtime.now()
    async with runtime.database.write() as tx:
        await _only_coordinators(tx, coordinator_id)
        newest = await store.newest(tx)
        if (newest.id if newest else 0) != over_id:
            return Result(False, newer=newest.source if newest and newest.source else "file")
        edit_id = await store.add(tx, text, coordinator_id, now)
        await machine.note(tx, now, coordinator_id, "place_changed", f"place:{edit_id}")
        await _tell_others(tx, runtime, coordinator_id, edit_id)
    await catalogue_actions.refresh(runtime)
    return Result(True)


async def go_back(runtime: Runtime, coordinator_id: int, edit_id: int) -> None:
    """Let an older version count again, or the file (0). Raises NotFound without such a version, or a broken one."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        await _only_coordinators(tx, coordinator_id)
        old = await store.by_id(tx, edit_id) if edit_id else None
        if edit_id and (old is None or not old.source or parse_place(old.source)[0] is None):
            raise NotFound("desk_settings.no_version")
        made = await store.add(tx, old.source if old else "", coordinator_id, now)
        await machine.note(tx, now, coordinator_id, "place_changed_back", f"place:{edit_id}")
        await _tell_others(tx, runtime, coordinator_id, made)
    await catalogue_actions.refresh(runtime)


async def _tell_others(tx: AsyncConnection, runtime: Runtime, author_id: int, edit_id: int) -> None:
    author = await people_store.by_id(tx, author_id)
    for person in await people_actions.coordinators(tx):
        if person.id != author_id:
            key = f"place-changed:{edit_id}:{person.id}"
            await notices.to_worker(
                tx, runtime, person, key, "desk_settings.changed_notice", names=(author_id,), name=author.name
            )


async def _only_coordinators(tx: AsyncConnection, person_id: int) -> None:
    if Role.COORDINATOR not in await people_store.roles_of(tx, person_id):
        raise NotAllowed("errors.coordinators_only")


def numbers_differ(one: str, other: str) -> bool:
    """Whether the emergency numbers of two texts are not the same."""
    return bool(data_of(one).get("emergency") != data_of(other).get("emergency"))


async def roles(runtime: Runtime, coordinator_id: int) -> Roles:
    """Who has which task. Coordinators are named in COORDINATOR_IDS; one who has never written has no name yet."""
    async with runtime.database.read() as tx:
        await _only_coordinators(tx, coordinator_id)
        known = {one.telegram_id: one.name for one in await people_store.with_role(tx, Role.COORDINATOR)}
        champions = await people_store.with_role(tx, Role.CHAMPION)
    named = sorted(runtime.settings.coordinator_ids)
    return Roles([(one, known.get(one, "")) for one in named], len(champions))
