"""A broadcast from draft to report: preview, confirm, undo, start, stop, finish."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import audience as audience_actions
from bot.actions import stopping
from bot.actions.audience import Audience, Draft
from bot.domain.broadcasts import LONGEST_AHEAD, UNDO, Broadcast, Phase, not_after
from bot.domain.deliveries import Kind, State, broadcast_key
from bot.domain.errors import NotAllowed, NotFound, NotNow, Refused
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import broadcasts as store
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store import people as people_store
from bot.store import replies as reply_store
from bot.store.deliveries import New


@dataclass(frozen=True)
class Preview:
    """What a champion sees before sending. `earliest`/`latest`: when the first and the last person can get it."""

    audience: Audience
    starts_at: datetime
    not_after: datetime
    waits: int
    """How many get it later than the start, because they are not awake then."""


@dataclass(frozen=True)
class Report:
    """Where a broadcast stands: numbers, and names only where the champion can do something about it."""

    broadcast: Broadcast
    circle: str
    total: int = 0
    sent: int = 0
    waiting: int = 0
    not_reached: list[tuple[str, str]] = field(default_factory=list)  # name, reason
    uncertain: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)  # reason -> people
    replies: int = 0
    answered: int = 0
    helpful: int = 0
    taken_back: int = 0


async def preview(runtime: Runtime, champion_id: int, draft: Draft, starts_at: datetime | None = None) -> Preview:
    """The exact messages and who will get none, and why; nothing is written."""
    start = starts_at or runtime.now()
    async with runtime.database.read() as tx:
        await _own_circle(tx, champion_id, draft.circle_id)
        end = _not_after(runtime, draft, start)
        found = await audience_actions.resolve(tx, runtime, draft, champion_id, start, end)
        return Preview(found, start, end, sum(1 for one in found.recipients if one.due_at > start))


def _not_after(runtime: Runtime, draft: Draft, start: datetime) -> datetime:
    return not_after(start, draft.dates, runtime.place.zone)


async def _own_circle(tx: AsyncConnection, champion_id: int, circle_id: int) -> str:
    circle = await circle_store.by_id(tx, circle_id)
    if circle is None or circle.champion_id != champion_id or circle.closed_at is not None:
        raise NotFound("circles.gone")
    return circle.name


async def confirm(
    runtime: Runtime, champion_id: int, draft_key: str, draft: Draft, starts_at: datetime | None = None
) -> Broadcast:
    """Send now (after 60 seconds in which it can be undone) or at a time. The same draft twice is one broadcast."""
    now = runtime.now()
    start = max(starts_at or now + UNDO, now + UNDO)
    if start > now + LONGEST_AHEAD:
        raise Refused("broadcasts.too_far_ahead")
    async with runtime.database.write() as tx:
        known = await store.by_draft(tx, draft_key)
        if known is not None:
            return known
        await _allowed(tx, runtime, champion_id, draft, start)
        await machine.end_dialogue(tx, champion_id)
        broadcast = await store.add(
            tx,
            champion_id=champion_id,
            circle_id=draft.circle_id,
            topic=draft.topic,
            field_values=draft.values,
            personal_line=draft.line,
            over_soft_cap=draft.over_soft_cap,
            created_at=now,
            starts_at=start,
            not_after=_not_after(runtime, draft, start),
            draft_key=draft_key,
        )
        await machine.note(tx, now, champion_id, "broadcast_confirmed", f"broadcast:{broadcast.id}")
        return broadcast


async def _allowed(tx: AsyncConnection, runtime: Runtime, champion_id: int, draft: Draft, start: datetime) -> None:
    if Role.CHAMPION not in await people_store.roles_of(tx, champion_id):
        raise NotAllowed("errors.champions_only")
    await _own_circle(tx, champion_id, draft.circle_id)
    end = _not_after(runtime, draft, start)
    if end <= start:
        raise NotNow("broadcasts.date_over")
    if not (await audience_actions.resolve(tx, runtime, draft, champion_id, start, end)).recipients:
        raise NotNow("broadcasts.nobody")


async def undo(runtime: Runtime, champion_id: int, broadcast_id: int) -> bool:
    """Call it back before it starts; False when it has started already."""
    async with runtime.database.write() as tx:
        await own(tx, champion_id, broadcast_id)
        now = runtime.now()
        return await store.move(tx, broadcast_id, Phase.WAITING, Phase.UNDONE, reason="undone", finished_at=now)


async def own(tx: AsyncConnection, champion_id: int, broadcast_id: int) -> Broadcast:
    """The champion's own broadcast; raises NotFound for anybody else's."""
    broadcast = await store.by_id(tx, broadcast_id)
    if broadcast is None or broadcast.champion_id != champion_id:
        raise NotFound("broadcasts.gone")
    return broadcast


async def start_due(runtime: Runtime) -> int:
    """Those whose time has come: everybody is rendered, then every row written, in one transaction each."""
    now, started = runtime.now(), 0
    async with runtime.database.read() as tx:
        due = [one.id for one in await store.due_to_start(tx, now)]
    for broadcast_id in due:
        started += await _start(runtime, broadcast_id, now)
    return started


async def _start(runtime: Runtime, broadcast_id: int, now: datetime) -> bool:
    async with runtime.database.write() as tx:
        broadcast = await store.by_id(tx, broadcast_id)
        if broadcast is None or broadcast.champion_id is None or broadcast.starts_at > now:
            return False
        if not await store.move(tx, broadcast_id, Phase.WAITING, Phase.SENDING):
            return False
        draft = Draft.of(broadcast, audience_actions.dates_of(runtime, broadcast))
        found = await audience_actions.resolve(tx, runtime, draft, broadcast.champion_id, now, broadcast.not_after)
        rows = [_row(broadcast, one) for one in found.recipients]
        rows += [_unsent(broadcast, person.id, reason, now) for person, reason in found.left_out]
        await delivery_store.put(tx, rows, now)
        return True


def _row(broadcast: Broadcast, one: audience_actions.Recipient) -> New:
    return New(
        broadcast_key(broadcast.id, one.person.id),
        one.person.id,
        Kind.BROADCAST,
        one.due_at,
        broadcast.not_after,
        one.html,
        audience_actions.BUTTONS_LATER,
        broadcast_id=broadcast.id,
        circle_id=broadcast.circle_id,
        topic=broadcast.topic,
        version_id=one.version_id,
        language=one.language,
        over_soft_cap=broadcast.over_soft_cap,
        reason="waits",
    )


def _unsent(broadcast: Broadcast, person_id: int, reason: str, now: datetime) -> New:
    """Who is left out has a row as well: a report without them would be a lie (promise 4)."""
    return New(
        broadcast_key(broadcast.id, person_id),
        person_id,
        Kind.BROADCAST,
        now,
        broadcast.not_after,
        broadcast_id=broadcast.id,
        circle_id=broadcast.circle_id,
        topic=broadcast.topic,
        state=State.SUPPRESSED,
        reason=reason,
    )


async def stop(runtime: Runtime, champion_id: int, broadcast_id: int) -> bool:
    """Not one message more of it, apart from what is on the wire this moment; False when it was not running."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        broadcast = await own(tx, champion_id, broadcast_id)
        if broadcast.state is Phase.WAITING:
            return await store.move(tx, broadcast_id, Phase.WAITING, Phase.UNDONE, reason="undone", finished_at=now)
        return await stopping.halt(tx, broadcast_id, "stopped_by_champion", now)


async def report(runtime: Runtime, champion_id: int, broadcast_id: int) -> Report:
    async with runtime.database.read() as tx:
        return await reported(tx, await own(tx, champion_id, broadcast_id))


async def reported(tx: AsyncConnection, broadcast: Broadcast) -> Report:
    rows = await delivery_store.of_broadcast(tx, broadcast.id)
    names = await delivery_store.names_of(tx, broadcast.id)
    replies, answered = await reply_store.about_broadcast(tx, broadcast.id)
    circle = await circle_store.by_id(tx, broadcast.circle_id)
    left_out: dict[str, int] = {}
    for row in rows:
        if row.state in (State.SUPPRESSED, State.CLEARED):
            left_out[row.reason] = left_out.get(row.reason, 0) + 1
    return Report(
        broadcast,
        circle.name if circle else "",
        total=len(rows),
        sent=sum(1 for row in rows if row.state is State.SENT),
        waiting=sum(1 for row in rows if row.state in (State.QUEUED, State.SENDING)),
        not_reached=[(names[row.id], row.reason) for row in rows if row.state in (State.FAILED, State.MISSED)],
        uncertain=[names[row.id] for row in rows if row.state is State.UNCERTAIN],
        left_out=left_out,
        replies=replies,
        answered=answered,
        helpful=sum(1 for row in rows if row.helpful_at is not None),
        taken_back=sum(1 for row in rows if row.taken_back_at is not None),
    )


async def recent(runtime: Runtime, champion_id: int) -> list[Broadcast]:
    async with runtime.database.read() as tx:
        return await store.of_champion(tx, champion_id)


async def helpful(runtime: Runtime, person_id: int, delivery_id: int) -> None:
    """Somebody found it helpful; the first tap counts."""
    async with runtime.database.write() as tx:
        delivery = await delivery_store.by_id(tx, delivery_id)
        if delivery is None or delivery.person_id != person_id:
            raise NotFound("errors.old_button")
        if delivery.helpful_at is None:
            await delivery_store.mark(tx, delivery_id, helpful_at=runtime.now())


async def send_again(runtime: Runtime, champion_id: int, broadcast_id: int) -> int:
    """The champion decides that those who may not have got it get it again. Returns how many rows that are."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        broadcast = await own(tx, champion_id, broadcast_id)
        if broadcast.not_after <= now:
            raise NotNow("broadcasts.too_late_again")
        if broadcast.state not in (Phase.FINISHED, Phase.SENDING):
            raise NotNow("broadcasts.over")
        again = await delivery_store.requeue_uncertain(tx, broadcast_id, now)
        if again and broadcast.state is Phase.FINISHED:
            await store.move(tx, broadcast_id, Phase.FINISHED, Phase.SENDING, finished_at=None)
        await machine.note(tx, now, champion_id, "broadcast_sent_again", f"broadcast:{broadcast_id}")
        return again


def time_left_to_undo(broadcast: Broadcast, now: datetime) -> timedelta:
    return max(timedelta(0), broadcast.starts_at - now)
