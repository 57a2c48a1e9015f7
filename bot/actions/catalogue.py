"""Files that change while the bot runs: read again, and the last good version of a broken one stays."""

import asyncio
from pathlib import Path

import structlog

from bot.actions import notices, templates
from bot.actions import people as people_actions
from bot.runtime import Runtime

_log = structlog.get_logger(__name__)


def stamp(directory: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes whenever a file does."""
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return tuple((str(path), (stat := path.stat()).st_mtime_ns, stat.st_size) for path in files)


async def reload(runtime: Runtime) -> bool:
    """Read the files again if one has changed; new words ask to be approved. Returns whether anything had."""
    current = await asyncio.to_thread(stamp, runtime.catalogue.directory)
    if current == runtime.shelf.stamp:
        return False
    before = {str(fault) for fault in runtime.catalogue.faults}
    runtime.shelf.replace(await asyncio.to_thread(runtime.catalogue.reload))
    runtime.shelf.stamp = current
    await templates.sync(runtime)
    fresh = [fault for fault in map(str, runtime.catalogue.faults) if fault not in before]
    if fresh:
        _log.error("message files are broken; their last good versions stay in use", faults=fresh)
        await _tell(runtime, fresh)
    return True


async def _tell(runtime: Runtime, faults: list[str]) -> None:
    async with runtime.database.write() as tx:
        for person in await people_actions.coordinators(tx):
            key = f"broken:{person.id}:{hash(tuple(faults)) & 0xFFFFFFFF:x}:{int(runtime.now().timestamp())}"
            await notices.to_worker(tx, runtime, person, key, "templates.broken_files", faults=faults[:5])
