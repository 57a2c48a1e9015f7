"""While a broadcast runs: the message that shows how far it is, and the report when no row is open any more."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices, wording
from bot.actions.broadcasts import Report, own, reported
from bot.domain.broadcasts import DELETABLE, Broadcast, Phase
from bot.domain.deliveries import OPEN, Kind, Method, State
from bot.runtime import Runtime
from bot.store import broadcasts as store
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store.deliveries import New
from bot.store.people import Person

EVERY = timedelta(seconds=5)


async def remember_message(runtime: Runtime, champion_id: int, broadcast_id: int, message_id: int) -> None:
    """Which message in the champion's chat is edited while it runs."""
    async with runtime.database.write() as tx:
        await own(tx, champion_id, broadcast_id)
        await store.change(tx, broadcast_id, progress_message_id=message_id, progress_digest="")


async def show(runtime: Runtime) -> int:
    """Edit the progress messages that no longer say the truth, and finish what has no open row (promise 4)."""
    async with runtime.database.read() as tx:
        running = [one.id for one in await store.sending(tx)]
    for broadcast_id in running:
        await _advance(runtime, broadcast_id)
    return len(running)


async def _advance(runtime: Runtime, broadcast_id: int) -> None:
    now = runtime.now()
    async with runtime.database.write() as tx:
        broadcast = await store.by_id(tx, broadcast_id)
        if broadcast is None or broadcast.state is not Phase.SENDING or broadcast.champion_id is None:
            return
        if not await store.has_open_rows(tx, broadcast_id):
            await store.move(tx, broadcast_id, Phase.SENDING, Phase.FINISHED, finished_at=now)
            broadcast = await own(tx, broadcast.champion_id, broadcast_id)
            await _announce(tx, runtime, broadcast)
        await _edit(tx, runtime, broadcast, now)


async def _announce(tx: AsyncConnection, runtime: Runtime, broadcast: Broadcast) -> None:
    """The report, as a message of its own: an edited one makes no sound."""
    champion = await people_store.by_id(tx, broadcast.champion_id or 0)
    report = await reported(tx, broadcast)
    button = notices.button(runtime, champion.language, "buttons.report", f"report:{broadcast.id}")
    text = wording.report(runtime, champion.language, report)
    again = report.uncertain and notices.button(
        runtime, champion.language, "buttons.send_again", f"again:{broadcast.id}"
    )
    rows = [[button], *([[again]] if again else [])]
    key = f"report:{broadcast.id}:{broadcast.finished_at}"
    now = runtime.now()
    row = New(key, champion.id, Kind.WORK, now, now + notices.WORK_LASTS, text, rows, language=champion.language)
    await delivery_store.put(tx, [row], now)


def report_buttons(runtime: Runtime, language: str, report: Report) -> notices.Buttons:
    """What can still be done about a broadcast, depending on how it went and how long ago."""
    broadcast_id, age = report.broadcast.id, runtime.now() - report.broadcast.starts_at
    wanted = [("buttons.refresh", "report", True)]
    wanted += [("buttons.stop_broadcast", "halt", report.waiting > 0)]
    wanted += [("buttons.send_again", "again", bool(report.uncertain) and report.broadcast.not_after > runtime.now())]
    wanted += [("buttons.correct", "correct", report.sent > report.taken_back)]
    wanted += [("buttons.take_back", "takeback", report.sent > report.taken_back and age < DELETABLE)]
    return [
        [notices.button(runtime, language, phrase, f"{verb}:{broadcast_id}")] for phrase, verb, shown in wanted if shown
    ]


async def _edit(tx: AsyncConnection, runtime: Runtime, broadcast: Broadcast, now: datetime) -> None:
    if broadcast.progress_message_id is None:
        return
    champion = await people_store.by_id(tx, broadcast.champion_id or 0)
    report = await reported_counts(tx, broadcast)
    body = wording.progress(runtime, champion.language, report)
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    if digest == broadcast.progress_digest:
        return
    last = await delivery_store.last_of(tx, champion.id, Kind.PROGRESS, broadcast.id)
    running = broadcast.state is Phase.SENDING
    if last is not None and (last.state in OPEN or (running and now - last.created_at < EVERY)):
        return
    await delivery_store.put(tx, [_progress_row(runtime, broadcast, champion, body, digest, running)], now)
    await store.change(tx, broadcast.id, progress_digest=digest)


def _progress_row(
    runtime: Runtime, broadcast: Broadcast, champion: Person, body: str, digest: str, running: bool
) -> New:
    now = runtime.now()
    stop = notices.button(runtime, champion.language, "buttons.stop_broadcast", f"halt:{broadcast.id}")
    report = notices.button(runtime, champion.language, "buttons.report", f"report:{broadcast.id}")
    return New(
        f"progress:{broadcast.id}:{int(now.timestamp())}:{digest}",
        champion.id,
        Kind.PROGRESS,
        now,
        now + timedelta(minutes=10),
        body,
        [[stop]] if running else [[report]],
        method=Method.EDIT,
        extra={"message_id": broadcast.progress_message_id},
        language=champion.language,
        broadcast_id=broadcast.id,
    )


async def reported_counts(tx: AsyncConnection, broadcast: Broadcast) -> Report:
    """The numbers alone: cheap enough to ask every few seconds."""
    counted = await delivery_store.counts(tx, broadcast.id)

    def rows(*states: State) -> int:
        return sum(number for (state, _), number in counted.items() if state in states)

    return Report(
        broadcast,
        "",
        total=sum(counted.values()),
        sent=rows(State.SENT),
        waiting=rows(State.QUEUED, State.SENDING),
        not_reached=[("", "")] * rows(State.FAILED, State.MISSED),
        uncertain=[""] * rows(State.UNCERTAIN),
        left_out={"": rows(State.SUPPRESSED, State.CLEARED)},
    )
