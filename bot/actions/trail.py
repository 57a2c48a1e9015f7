"""The audit trail at the desk: who did what when, to look through and to take along."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import NotAllowed
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import machine, subjects
from bot.store import people as people_store
from bot.store import trail as store
from bot.store.trail import Deed, Wanted

PER_PAGE = 50
MOST_EXPORTED = 100_000  # lines
# A spreadsheet takes a cell that begins so for a formula; source: OWASP, "CSV Injection".
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Trail:
    """One page of it. `older`: the id to ask for what came before, None at the end. `names`: of subjects."""

    deeds: list[Deed]
    older: int | None
    actors: Mapping[int, str]
    names: Mapping[str, str]


async def read(runtime: Runtime, coordinator_id: int, wanted: Wanted, about: str = "") -> Trail:
    """`about`: a subject; of a person also their check-ins and the concerns about them."""
    async with runtime.database.read() as tx:
        await _only_coordinators(tx, coordinator_id)
        deeds = await store.read(tx, await _about(tx, wanted, about), PER_PAGE + 1)
        older = deeds[PER_PAGE - 1].id if len(deeds) > PER_PAGE else None
        shown = deeds[:PER_PAGE]
        names = await subjects.names(tx, {about, *(one.subject for one in shown)})
        return Trail(shown, older, await store.actors(tx), names)


async def _about(tx: AsyncConnection, wanted: Wanted, about: str) -> Wanted:
    noun, number = subjects.parted(about)
    if noun == "person" and number is not None:
        return replace(wanted, about=tuple(await subjects.of_person(tx, number)))
    return replace(wanted, about=(about,) if about else ())


async def export(runtime: Runtime, coordinator_id: int, wanted: Wanted, about: str = "") -> bytes:
    """The lines as CSV in UTF-8, which spreadsheets know by its mark; taking them along is a line itself."""
    async with runtime.database.write() as tx:
        await _only_coordinators(tx, coordinator_id)
        wanted = await _about(tx, replace(wanted, before=None), about)
        deeds = await store.read(tx, wanted, MOST_EXPORTED)
        await machine.note(tx, runtime.now(), coordinator_id, "audit_exported")
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["at", "who", "person", "what", "subject"])
    for one in deeds:
        at = one.at.isoformat(timespec="seconds")
        lines.writerow([at, _cell(one.actor), one.actor_id or "", _cell(one.what), _cell(one.subject)])
    return out.getvalue().encode("utf-8-sig")


def _cell(words: str) -> str:
    return f"'{words}" if words.startswith(FORMULA) else words


async def _only_coordinators(tx: AsyncConnection, person_id: int) -> None:
    if Role.COORDINATOR not in await people_store.roles_of(tx, person_id):
        raise NotAllowed("errors.coordinators_only")
