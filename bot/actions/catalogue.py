"""Files that change while the bot runs: read again, and the last good version of a broken one stays."""

import asyncio
import hashlib
from collections.abc import Collection
from pathlib import Path

import structlog

from bot.actions import notices, plans, templates
from bot.actions import people as people_actions
from bot.catalogue.phrases import said_safely
from bot.domain.hours import local
from bot.runtime import Runtime
from bot.store import places as place_store

MOST_SHOWN = 5
_log = structlog.get_logger(__name__)


def stamp(directory: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes whenever a file does."""
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return tuple((str(path), (stat := path.stat()).st_mtime_ns, stat.st_size) for path in files)


async def reload(runtime: Runtime) -> bool:
    """Read the files again if one has changed; new words ask to be approved. Returns whether anything had."""
    if not runtime.catalogue.directory.is_dir():  # being replaced at this moment, or unmounted: not a reason to forget
        return False
    before = {str(fault) for fault in runtime.catalogue.faults}
    if not await refresh(runtime):
        return False
    await templates.sync(runtime)
    await plans.sync(runtime)
    await announce(runtime, before)
    return True


async def refresh(runtime: Runtime) -> bool:
    """Only read them again, with the place as edited: what a process does that leaves the rest to the clock."""
    async with runtime.database.read() as tx:
        edit = await place_store.newest(tx)
    files = await asyncio.to_thread(stamp, runtime.catalogue.directory)
    current = (files, edit.id if edit else 0)
    if current == runtime.shelf.stamp:
        return False
    fresh = await asyncio.to_thread(runtime.catalogue.reload, edit.source if edit else "")
    runtime.shelf.replace(fresh)
    runtime.shelf.stamp = current
    return True


async def announce(runtime: Runtime, known: Collection[str] = ()) -> None:
    """Tell coordinators of broken files, apart from those they know of. The same faults are told once a day."""
    fresh = [fault for fault in runtime.catalogue.faults if str(fault) not in known]
    if not fresh:
        return
    _log.error("message files are broken; their last good versions stay in use", faults=[str(fault) for fault in fresh])
    day = local(runtime.now(), runtime.place.zone).date()
    digest = hashlib.sha256("\n".join(map(str, fresh)).encode()).hexdigest()[:16]
    async with runtime.database.write() as tx:
        for person in await people_actions.coordinators(tx):
            shown = [said_safely(fault, person.language) for fault in fresh[:MOST_SHOWN]]
            more = max(0, len(fresh) - MOST_SHOWN)
            key = f"broken:{person.id}:{digest}:{day}"
            await notices.to_worker(tx, runtime, person, key, "templates.broken_files", faults=shown, more=more)
