"""How a broadcast went: the numbers, names where the champion can do something about it, and sending once more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import on_behalf
from bot.actions.templates import library
from bot.domain.broadcasts import DELETABLE, Broadcast, Phase
from bot.domain.deliveries import OPEN, State
from bot.domain.errors import NotNow
from bot.runtime import Runtime
from bot.store import broadcasts as store
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store import replies as reply_store
from bot.store.deliveries import Delivery


@dataclass(frozen=True)
class Report:
    """Where a broadcast stands. `deletable`: how many of those sent can still be taken back."""

    broadcast: Broadcast
    circle: str
    sent: int = 0
    waiting: int = 0
    not_reached: list[tuple[str, str]] = field(default_factory=list)  # name, reason
    uncertain: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)  # reason -> names
    replies: int = 0
    answered: int = 0
    helpful: int = 0
    taken_back: int = 0
    deletable: int = 0


@dataclass(frozen=True)
class Counts:
    """The numbers alone, from one grouped query: cheap enough to ask every few seconds for thousands of people."""

    sent: int
    waiting: int
    not_reached: int
    uncertain: int

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.not_reached + self.uncertain


async def report(runtime: Runtime, actor_id: int, broadcast_id: int) -> Report:
    """Raises NotFound for somebody else's broadcast."""
    async with runtime.database.read() as tx:
        return await reported(tx, await on_behalf.broadcast(tx, actor_id, broadcast_id), runtime.now())


async def reported(tx: AsyncConnection, broadcast: Broadcast, now: datetime) -> Report:
    rows = await delivery_store.of_broadcast(tx, broadcast.id)
    names = await delivery_store.names_of(tx, broadcast.id)
    replies, answered = await reply_store.about_broadcast(tx, broadcast.id)
    circle = await circle_store.by_id(tx, broadcast.circle_id)
    return Report(
        broadcast,
        circle.name if circle else "",
        sent=sum(row.state is State.SENT for row in rows),
        waiting=sum(row.state in OPEN for row in rows),
        not_reached=[(names[row.id], row.reason) for row in rows if row.state in (State.FAILED, State.MISSED)],
        uncertain=[names[row.id] for row in rows if row.state is State.UNCERTAIN],
        left_out=_left_out(rows, names),
        replies=replies,
        answered=answered,
        helpful=sum(row.helpful_at is not None for row in rows),
        taken_back=sum(row.taken_back_at is not None for row in rows),
        deletable=sum(can_delete(row, now) for row in rows),
    )


def _left_out(rows: list[Delivery], names: Mapping[int, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.state in (State.SUPPRESSED, State.CLEARED):
            found.setdefault(row.reason, []).append(names[row.id])
    return found


def stands(row: Delivery) -> bool:
    """Whether this person has the message on their phone, as far as anybody can know."""
    return row.state is State.SENT and row.message_id is not None and row.taken_back_at is None


def can_delete(row: Delivery, now: datetime) -> bool:
    """Telegram deletes no message of a bot that is older than two days."""
    return stands(row) and row.done_at is not None and now - row.done_at < DELETABLE


async def counted(tx: AsyncConnection, broadcast_id: int) -> Counts:
    return counts_of(await delivery_store.counts(tx, broadcast_id))


def counts_of(found: Mapping[tuple[State, str], int]) -> Counts:
    """The numbers of a report out of rows by state and reason."""

    def rows(*states: State) -> int:
        return sum(number for (state, _), number in found.items() if state in states)

    return Counts(rows(State.SENT), rows(*OPEN), rows(State.FAILED, State.MISSED), rows(State.UNCERTAIN))


async def send_again(runtime: Runtime, actor_id: int, broadcast_id: int) -> int:
    """Those who may not have got it get it again: somebody decided so. Returns how many people that are."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        await store.lock(tx, broadcast_id)
        broadcast = await on_behalf.broadcast(tx, actor_id, broadcast_id)
        if broadcast.not_after <= now:
            raise NotNow("broadcasts.too_late_again")
        if broadcast.state not in (Phase.FINISHED, Phase.SENDING):
            raise NotNow("broadcasts.over")
        if (await library(tx, runtime)).obstacle_to(broadcast.topic) is not None:
            raise NotNow("broadcasts.topic_gone")
        again = await delivery_store.requeue_uncertain(tx, broadcast_id, now)
        if again and broadcast.state is Phase.FINISHED:
            await store.move(tx, broadcast_id, Phase.FINISHED, Phase.SENDING, finished_at=None)
        await machine.note(tx, now, actor_id, "broadcast_sent_again", f"broadcast:{broadcast_id}")
        await on_behalf.tell_of_broadcast(tx, runtime, actor_id, broadcast, "sent_again")
        return again
