"""While a broadcast runs: the message that shows how far it is, and the report when no row is open any more.

Looked at every second, so a broadcast that stands still costs one small read and no write.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices, wording
from bot.actions.broadcasts import own
from bot.actions.one_by_one import one_by_one
from bot.actions.reports import Report, counted, reported
from bot.domain.broadcasts import Broadcast, Phase
from bot.domain.deliveries import OPEN, Kind, Method, State
from bot.runtime import Runtime
from bot.store import broadcasts as store
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store.deliveries import Delivery, New
from bot.store.people import Person

EVERY = timedelta(seconds=5)
EDIT_LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class _Step:
    """What there is to do about one running broadcast at this moment. `body`: its progress message, if it changes."""

    broadcast: Broadcast
    ends: bool
    body: str = ""
    digest: str = ""


async def remember_message(runtime: Runtime, champion_id: int, broadcast_id: int, message_id: int) -> None:
    """Which message in the champion's chat is edited while it runs."""
    async with runtime.database.write() as tx:
        await own(tx, champion_id, broadcast_id)
        await store.change(tx, broadcast_id, progress_message_id=message_id, progress_digest="")


async def show(runtime: Runtime) -> int:
    """Edit the progress messages that no longer say the truth, and finish what has no open row (promise 4)."""
    now = runtime.now()
    async with runtime.database.read() as tx:
        steps = [await _next_step(tx, runtime, one, now) for one in await store.sending(tx)]
    await one_by_one([step for step in steps if step], lambda step: _take(runtime, step, now))
    return len(steps)


async def _next_step(tx: AsyncConnection, runtime: Runtime, broadcast: Broadcast, now: datetime) -> _Step | None:
    ends = not await store.has_open_rows(tx, broadcast.id)
    if not ends and not await _wants_edit(tx, broadcast, now):
        return None
    state = Phase.FINISHED if ends else broadcast.state
    champion = await people_store.find(tx, broadcast.champion_id or 0)
    if champion is None or broadcast.progress_message_id is None:
        return _Step(broadcast, ends) if ends else None
    body = wording.progress(runtime, champion.language, state, await counted(tx, broadcast.id))
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    if not ends and digest == broadcast.progress_digest:
        return None
    return _Step(broadcast, ends, body, digest)


async def _wants_edit(tx: AsyncConnection, broadcast: Broadcast, now: datetime) -> bool:
    """Not while an edit waits, not more often than people can read, and not once the message is gone."""
    if broadcast.progress_message_id is None:
        return False
    last = await _last_edit(tx, broadcast)
    if last is None:
        return True
    return last.state not in (*OPEN, State.FAILED) and now - last.created_at >= EVERY


async def _last_edit(tx: AsyncConnection, broadcast: Broadcast) -> Delivery | None:
    return await delivery_store.last_of(tx, broadcast.champion_id or 0, Kind.PROGRESS, broadcast.id)


async def _take(runtime: Runtime, step: _Step, now: datetime) -> None:
    async with runtime.database.write() as tx:
        if step.ends and not await _finish(tx, runtime, step.broadcast, now):
            return
        champion = await people_store.find(tx, step.broadcast.champion_id or 0)
        if champion is not None and step.body:
            await delivery_store.put(tx, [_edit(runtime, step, champion, now)], now)
            await store.change(tx, step.broadcast.id, progress_digest=step.digest)


async def _finish(tx: AsyncConnection, runtime: Runtime, broadcast: Broadcast, now: datetime) -> bool:
    """Asked again where it is decided: never finished while a row is open."""
    await store.lock(tx, broadcast.id)
    if await store.has_open_rows(tx, broadcast.id):
        return False
    if not await store.move(tx, broadcast.id, Phase.SENDING, Phase.FINISHED, finished_at=now):
        return False
    # An edit that still waits would show older numbers.
    await delivery_store.clear(tx, "finished", now, broadcast_id=broadcast.id, kind=Kind.PROGRESS)
    done = await store.by_id(tx, broadcast.id)
    if done is not None and done.champion_id is not None:
        await _announce(tx, runtime, done, now)
    return True


async def _announce(tx: AsyncConnection, runtime: Runtime, broadcast: Broadcast, now: datetime) -> None:
    """The report, as a message of its own: an edited one makes no sound."""
    champion = await people_store.by_id(tx, broadcast.champion_id or 0)
    report = await reported(tx, broadcast, now)
    text = wording.report(runtime, champion.language, report)
    buttons = report_buttons(runtime, champion.language, report)
    key = f"report:{broadcast.id}:{broadcast.finished_at}"
    named = tuple(await delivery_store.not_reached(tx, broadcast.id))
    until = now + notices.WORK_LASTS
    row = New(key, champion.id, Kind.WORK, now, until, text, buttons, language=champion.language, names=named)
    await delivery_store.put(tx, [row], now)


def report_buttons(runtime: Runtime, language: str, report: Report) -> notices.Buttons:
    """What can still be done about a broadcast, depending on how it went and how long ago."""
    broadcast, now = report.broadcast, runtime.now()
    state, stands = broadcast.state, report.sent > report.taken_back
    again = report.uncertain and broadcast.not_after > now and state in (Phase.SENDING, Phase.FINISHED)
    wanted = [
        ("buttons.undo", "undo", state is Phase.WAITING),
        ("buttons.change_draft", "redo", state is Phase.UNDONE),
        ("buttons.stop_broadcast", "halt", state is Phase.SENDING),
        ("buttons.send_again", "again", bool(again)),
        ("buttons.correct", "correct", stands and state in (Phase.SENDING, Phase.FINISHED, Phase.STOPPED)),
        ("buttons.take_back", "takeback", report.deletable > 0),
        ("buttons.refresh", "report", True),
    ]
    return [
        [notices.button(runtime, language, phrase, f"{verb}:{broadcast.id}")] for phrase, verb, shown in wanted if shown
    ]


def _edit(runtime: Runtime, step: _Step, champion: Person, now: datetime) -> New:
    broadcast = step.broadcast
    phrase, verb = ("buttons.report", "report") if step.ends else ("buttons.stop_broadcast", "halt")
    button = notices.button(runtime, champion.language, phrase, f"{verb}:{broadcast.id}")
    return New(
        f"progress:{broadcast.id}:{int(now.timestamp())}:{step.digest}",
        champion.id,
        Kind.PROGRESS,
        now,
        now + EDIT_LASTS,
        step.body,
        [[button]],
        method=Method.EDIT,
        extra={"message_id": broadcast.progress_message_id},
        language=champion.language,
        broadcast_id=broadcast.id,
    )
