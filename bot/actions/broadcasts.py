"""A broadcast before it starts and while it runs: preview, confirm, undo, stop."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import audience as audience_actions
from bot.actions import drafts, on_behalf, stopping
from bot.actions.audience import Audience, Draft
from bot.domain.broadcasts import UNDO, Broadcast, Phase, arrivals, not_after, too_far_ahead
from bot.domain.errors import NotAllowed, NotFound, NotNow, Refused
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import broadcasts as store
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store import people as people_store


@dataclass(frozen=True)
class Preview:
    """What a champion sees before sending. `done_at`: about when the last person has it."""

    audience: Audience
    starts_at: datetime
    not_after: datetime
    done_at: datetime
    waits: int
    """How many get it later than the others, because they are not awake then."""
    members: int
    """How many are in the circle at all."""

    @property
    def makes_sense(self) -> bool:
        """False when a day that the message names is over before it could go out."""
        return self.not_after > self.starts_at


async def preview(runtime: Runtime, champion_id: int, draft: Draft, starts_at: datetime | None = None) -> Preview:
    """The exact messages and who will get none, and why; nothing is written."""
    start = starts_at or runtime.now() + UNDO
    end = _not_after(runtime, draft, start)
    async with runtime.database.read() as tx:
        await _own_circle(tx, champion_id, draft.circle_id)
        found = await audience_actions.resolve(tx, runtime, draft, champion_id, start, end, planning=True)
    turns = [(one.due_at, one.hours) for one in found.recipients]
    moments = arrivals(turns, runtime.settings.messages_per_second)
    soon = start + timedelta(hours=1) + timedelta(seconds=len(moments))
    waits = sum(1 for moment in moments if moment > soon)
    everybody = len(found.recipients) + len(found.left_out)
    return Preview(found, start, end, max(moments, default=start), waits, everybody)


def _not_after(runtime: Runtime, draft: Draft, start: datetime) -> datetime:
    return not_after(start, draft.dates, runtime.place.zone)


async def _own_circle(tx: AsyncConnection, champion_id: int, circle_id: int) -> None:
    circle = await circle_store.by_id(tx, circle_id)
    if circle is None or circle.champion_id != champion_id or circle.closed_at is not None:
        raise NotFound("circles.gone")


async def confirm(
    runtime: Runtime, champion_id: int, draft_key: str, draft: Draft, starts_at: datetime | None = None
) -> Broadcast:
    """Send now (after 60 seconds in which it can be undone) or at a time. The same draft twice is one broadcast."""
    now = runtime.now()
    start = check_start(starts_at, now)
    end = _not_after(runtime, draft, start)
    async with runtime.database.read() as tx:  # looking at thousands of people must not hold up those who write
        known = await store.by_draft(tx, draft_key)
        if known is None:
            await _allowed(tx, champion_id, draft)
            await _reaches_somebody(tx, runtime, champion_id, draft, start, end)
    async with runtime.database.write() as tx:
        known = await store.by_draft(tx, draft_key)
        if known is not None:
            return known
        await _allowed(tx, champion_id, draft)
        await drafts.drop_within(tx, champion_id)
        broadcast = await store.add(
            tx,
            champion_id=champion_id,
            circle_id=draft.circle_id,
            topic=draft.topic,
            field_values=dict(draft.values),
            personal_line=draft.line,
            over_soft_cap=draft.over_soft_cap,
            created_at=now,
            starts_at=start,
            not_after=end,
            draft_key=draft_key,
        )
        await machine.note(tx, now, champion_id, "broadcast_confirmed", f"broadcast:{broadcast.id}")
        return broadcast


def check_start(starts_at: datetime | None, now: datetime) -> datetime:
    """When it will start; raises when the chosen time is over or too far away."""
    if starts_at is not None and starts_at < now:
        raise NotNow("broadcasts.time_past")
    if starts_at is not None and too_far_ahead(starts_at, now):
        raise Refused("broadcasts.too_far_ahead")
    return max(starts_at or now + UNDO, now + UNDO)


async def _allowed(tx: AsyncConnection, champion_id: int, draft: Draft) -> None:
    champion = await people_store.by_id(tx, champion_id)
    if Role.CHAMPION not in await people_store.roles_of(tx, champion_id):
        raise NotAllowed("errors.champions_only")
    if champion.stopped_at is not None:
        raise NotNow("broadcasts.you_stopped")
    await _own_circle(tx, champion_id, draft.circle_id)


async def _reaches_somebody(
    tx: AsyncConnection, runtime: Runtime, champion_id: int, draft: Draft, start: datetime, end: datetime
) -> None:
    if end <= start:
        raise NotNow("broadcasts.date_over")
    found = await audience_actions.resolve(tx, runtime, draft, champion_id, start, end, planning=True)
    if not found.recipients:
        raise NotNow("broadcasts.nobody")


async def of_draft(runtime: Runtime, champion_id: int, draft_key: str) -> Broadcast | None:
    """What a draft of theirs has become, if it was sent."""
    async with runtime.database.read() as tx:
        found = await store.by_draft(tx, draft_key)
    return found if found is not None and found.champion_id == champion_id else None


async def undo(runtime: Runtime, champion_id: int, broadcast_id: int) -> bool:
    """Call it back before it starts; False when it has started, or is over, already."""
    async with runtime.database.write() as tx:
        found = await own(tx, champion_id, broadcast_id)
        if found.state is Phase.UNDONE and found.reason == "undone":
            return True
        return await _call_back(tx, found, runtime.now())


async def _call_back(tx: AsyncConnection, broadcast: Broadcast, now: datetime) -> bool:
    return await store.move(tx, broadcast.id, Phase.WAITING, Phase.UNDONE, reason="undone", finished_at=now)


async def own(tx: AsyncConnection, champion_id: int, broadcast_id: int) -> Broadcast:
    """The champion's own broadcast; raises NotFound for anybody else's."""
    broadcast = await store.by_id(tx, broadcast_id)
    if broadcast is None or broadcast.champion_id != champion_id:
        raise NotFound("broadcasts.gone")
    return broadcast


async def stop(runtime: Runtime, actor_id: int, broadcast_id: int) -> bool:
    """Not one message more of it, apart from what is on the wire this moment; False when it was not running."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        broadcast = await on_behalf.broadcast(tx, actor_id, broadcast_id)
        if broadcast.state is Phase.WAITING:
            stopped = await _call_back(tx, broadcast, now)
        elif broadcast.champion_id == actor_id:
            stopped = await stopping.halt(tx, broadcast_id, "stopped_by_champion", now)
        else:
            stopped = await stopping.halt(tx, broadcast_id, "stopped_by_coordinator", now)
        if stopped:
            await machine.note(tx, now, actor_id, "broadcast_stopped", f"broadcast:{broadcast_id}")
            await on_behalf.tell_of_broadcast(tx, runtime, actor_id, broadcast, "stopped")
        return stopped


async def recent(runtime: Runtime, champion_id: int) -> list[Broadcast]:
    """The newest first."""
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


def time_left_to_undo(broadcast: Broadcast, now: datetime) -> timedelta:
    return max(timedelta(0), broadcast.starts_at - now)
