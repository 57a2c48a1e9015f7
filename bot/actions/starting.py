"""A broadcast's time has come: everybody is rendered, then every row is written at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import audience as audience_actions
from bot.actions import notices, wording
from bot.actions.audience import Audience, Draft, LeftOut, Recipient
from bot.actions.one_by_one import one_by_one
from bot.actions.templates import library
from bot.domain.approvals import Obstacle
from bot.domain.broadcasts import Broadcast, Phase
from bot.domain.deliveries import Kind, broadcast_key
from bot.runtime import Runtime
from bot.store import broadcasts as store
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store import people as people_store
from bot.store.deliveries import New

AT_ONCE = 50  # rows a statement


@dataclass(frozen=True)
class _Plan:
    """`against`: why the whole broadcast may not go out any more (promise 8)."""

    broadcast: Broadcast
    audience: Audience
    against: Obstacle | None


async def start_due(runtime: Runtime) -> int:
    """Start those whose time has come. Returns how many that were."""
    now = runtime.now()
    async with runtime.database.read() as tx:
        due = [one.id for one in await store.due_to_start(tx, now)]
    return await one_by_one(due, lambda broadcast_id: _start(runtime, broadcast_id, now))


async def _start(runtime: Runtime, broadcast_id: int, now: datetime) -> bool:
    """Rendering is done outside the transaction that writes, so that replies do not wait for it. Whatever changes in
    between is caught by the gate at the moment of sending."""
    async with runtime.database.read() as tx:
        plan = await _plan(tx, runtime, broadcast_id, now)
    if plan is None:
        return False
    async with runtime.database.write() as tx:
        if plan.against is not None:
            return await _give_up(tx, runtime, plan.broadcast, plan.against, now)
        if not await store.move(tx, broadcast_id, Phase.WAITING, Phase.SENDING):
            return False
        await _write(tx, runtime, _rows(plan, now), now)
        return True


async def _write(tx: AsyncConnection, runtime: Runtime, rows: list[New], now: datetime) -> None:
    """All of them or none: one transaction. In pieces, because a statement of thousands would hold up every reply."""
    for start in range(0, len(rows), AT_ONCE):
        await delivery_store.put(tx, rows[start : start + AT_ONCE], now)
        await runtime.clock.sleep(0)


async def _plan(tx: AsyncConnection, runtime: Runtime, broadcast_id: int, now: datetime) -> _Plan | None:
    broadcast = await store.by_id(tx, broadcast_id)
    if broadcast is None or broadcast.champion_id is None or broadcast.state is not Phase.WAITING:
        return None
    shelf = await library(tx, runtime)
    against = shelf.obstacle_to(broadcast.topic)
    if against is not None:
        return _Plan(broadcast, Audience(), against)
    draft = Draft.of(broadcast)
    end = broadcast.not_after
    found = await audience_actions.resolve(tx, runtime, draft, broadcast.champion_id, now, end)
    return _Plan(broadcast, found, None)


async def _give_up(
    tx: AsyncConnection, runtime: Runtime, broadcast: Broadcast, against: Obstacle, now: datetime
) -> bool:
    """Nothing goes out, and the champion is told why."""
    moved = await store.move(tx, broadcast.id, Phase.WAITING, Phase.UNDONE, reason=against.value, finished_at=now)
    if moved and broadcast.champion_id is not None:
        champion = await people_store.by_id(tx, broadcast.champion_id)
        reason = runtime.plain(champion.language, f"obstacles.{against.value}")
        title = wording.title(runtime, broadcast.topic, champion.language)
        key = f"unsent:{broadcast.id}"
        await notices.to_worker(tx, runtime, champion, key, "broadcasts.could_not_start", title=title, reason=reason)
        await machine.note(tx, now, None, "broadcast_not_started", f"broadcast:{broadcast.id}")
    return False


def _rows(plan: _Plan, now: datetime) -> list[New]:
    rows = [_row(plan.broadcast, one) for one in plan.audience.recipients]
    return rows + [_unsent(plan.broadcast, one, now) for one in plan.audience.left_out]


def _row(broadcast: Broadcast, one: Recipient) -> New:
    return New(
        broadcast_key(broadcast.id, one.person.id),
        one.person.id,
        Kind.BROADCAST,
        one.due_at,
        one.not_after,
        one.html,
        audience_actions.BUTTONS_LATER,
        broadcast_id=broadcast.id,
        circle_id=broadcast.circle_id,
        topic=broadcast.topic,
        version_id=one.version_id,
        language=one.language,
        over_soft_cap=broadcast.over_soft_cap,
        reason="waits",
        names=(broadcast.champion_id,) if broadcast.champion_id else (),
    )


def _unsent(broadcast: Broadcast, one: LeftOut, now: datetime) -> New:
    """Who is left out has a row as well: a report without them would be a lie (promise 4)."""
    return New(
        broadcast_key(broadcast.id, one.person.id),
        one.person.id,
        Kind.BROADCAST,
        now,
        broadcast.not_after,
        broadcast_id=broadcast.id,
        circle_id=broadcast.circle_id,
        topic=broadcast.topic,
        state=one.state,
        reason=one.reason,
    )
