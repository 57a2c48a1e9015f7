"""The outbox: claim what is due, ask the gate once more, write down what became of it, sweep up what is stuck."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices, stopping, tidying, wanted
from bot.domain.broadcasts import Phase
from bot.domain.deliveries import (
    LEASE,
    Attempt,
    Kind,
    Lane,
    Outcome,
    Refusal,
    Sent,
    State,
    Unreachable,
    after,
    after_unknown,
)
from bot.domain.people import Go, Heard, Never, Standing, Verdict, Wait, Wish, may_send
from bot.runtime import Runtime
from bot.store import broadcasts as broadcast_store
from bot.store import machine, outbox
from bot.store import people as people_store
from bot.store.deliveries import Delivery
from bot.store.standings import heard, standing

# How many rows that may not go out one claim settles before it gives the lane back.
SETTLED_AT_ONCE = 50
# A row that cannot even be read (a fault of ours) is looked at again so much later, until its time is over.
FAULT_PAUSE = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """A row that is being sent now: to which chat, with which buttons."""

    delivery: Delivery
    chat_id: int
    buttons: list[list[dict[str, str]]]


async def next_lane(runtime: Runtime, hot: Collection[int]) -> Lane | None:
    """The best lane with something due now, leaving out chats that must cool."""
    async with runtime.database.read() as tx:
        return await outbox.next_lane(tx, runtime.now(), hot)


async def claim(runtime: Runtime, hot: Collection[int] = ()) -> Job | None:
    """Take the next row that may go out. Those before it that may not are settled on the way."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        for _ in range(SETTLED_AT_ONCE):
            found = await outbox.next_due(tx, now, hot)
            if found is None:
                return None
            job = await _decided(tx, runtime, *found, now)
            if job is not None:
                return job
        return None


async def _decided(
    tx: AsyncConnection, runtime: Runtime, delivery: Delivery, chat_id: int, now: datetime
) -> Job | None:
    """A row that goes out now, or None when it was settled otherwise. One bad row does not stop the line."""
    try:
        aimed = await tidying.aimed(tx, delivery, now)
        verdict = await _verdict(tx, runtime, aimed, now) if isinstance(aimed, Delivery) else aimed
        if isinstance(verdict, Go) and isinstance(aimed, Delivery):
            delivery = aimed
            job = Job(delivery, chat_id, await _buttons(tx, runtime, delivery))
            await outbox.start(tx, delivery.id, now + LEASE)
            return job
        await _settle(tx, delivery, verdict, now)
    except SQLAlchemyError:
        raise
    except Exception:
        _log.exception("a delivery could not be decided about", delivery=delivery.id)
        await _settle(tx, delivery, _later(delivery, now), now)
    return None


def _later(delivery: Delivery, now: datetime) -> Wait | Never:
    later = now + FAULT_PAUSE
    return Never(State.MISSED, "too_late") if later > delivery.not_after else Wait(later)


async def _settle(tx: AsyncConnection, delivery: Delivery, verdict: Verdict, now: datetime) -> None:
    if isinstance(verdict, Wait):
        await outbox.postpone(tx, delivery.id, verdict.until, "waits")
    elif isinstance(verdict, Never):
        await outbox.end(tx, delivery.id, verdict.state, verdict.reason, now)


async def _verdict(tx: AsyncConnection, runtime: Runtime, delivery: Delivery, now: datetime) -> Verdict:
    """Promise 2: consent, pause, hours and caps as they are at this moment, and whether it is still wanted."""
    person = await people_store.by_id(tx, delivery.person_id)
    who: Standing = await standing(tx, person, runtime.place)
    had = Heard()
    if delivery.kind is Kind.BROADCAST:
        if not await _still_runs(tx, delivery):
            return Never(State.CLEARED, "broadcast_over")
        had = (await heard(tx, [person.id], delivery.topic or "", now, delivery.id)).get(person.id, Heard())
        if delivery.doubts:  # counted when it may have gone out; the champion decided that it goes again
            had = Heard()
    elif await wanted.is_over(tx, delivery):
        return Never(State.CLEARED, "over")
    wish = Wish(
        delivery.kind,
        delivery.not_after,
        delivery.circle_id,
        quiet=delivery.kind in (Kind.TIDY, Kind.PROGRESS),
        over_soft_cap=delivery.over_soft_cap,
        heard=had,
    )
    return may_send(wish, who, runtime.place.caps, now)


async def _still_runs(tx: AsyncConnection, delivery: Delivery) -> bool:
    broadcast = await broadcast_store.by_id(tx, delivery.broadcast_id or 0)
    return broadcast is not None and broadcast.state is Phase.SENDING


async def _buttons(tx: AsyncConnection, runtime: Runtime, delivery: Delivery) -> list[list[dict[str, str]]]:
    if delivery.kind is not Kind.BROADCAST:
        return delivery.buttons
    broadcast = await broadcast_store.by_id(tx, delivery.broadcast_id or 0)
    champion = await people_store.find(tx, broadcast.champion_id) if broadcast and broadcast.champion_id else None
    return broadcast_buttons(runtime, delivery.id, delivery.language, champion.name if champion else "")


def broadcast_buttons(runtime: Runtime, delivery_id: int, language: str, champion: str) -> list[list[dict[str, str]]]:
    """The three buttons under every broadcast: helpful, ask the champion, stop."""

    def button(phrase: str, data: str) -> dict[str, str]:
        return {"text": runtime.plain(language, phrase, champion=champion), "data": data}

    return [
        [button("buttons.helpful", f"helpful:{delivery_id}")],
        [button("buttons.ask", f"ask:{delivery_id}")],
        [button("buttons.stop", f"stop:{delivery_id}")],
    ]


async def record(runtime: Runtime, job: Job, outcome: Outcome) -> State:
    """Write down what became of an attempt. Returns the state it made of the row. Safe to repeat."""
    now, delivery = runtime.now(), job.delivery
    attempt = Attempt(delivery.kind, delivery.method, delivery.attempts + 1, delivery.doubts)
    result = after(outcome, attempt, now)
    message_id = outcome.message_id if isinstance(outcome, Sent) else None
    async with runtime.database.write() as tx:
        if await outbox.record(tx, delivery.id, attempt.number, result, message_id, now) and result.due_at:
            await outbox.keep_order(tx, delivery, result.due_at)
        if result.state is State.SENT and delivery.kind is Kind.TIDY:
            await tidying.tidied(tx, delivery, now)
        if isinstance(outcome, Unreachable):
            await stopping.lost(tx, runtime, delivery.person_id, outcome.why)
        if isinstance(outcome, Refusal) and outcome.broken and delivery.broadcast_id is not None:
            await _broken(tx, runtime, delivery, outcome.why, now)
        return result.state


async def _broken(tx: AsyncConnection, runtime: Runtime, delivery: Delivery, why: str, now: datetime) -> None:
    """Telegram says that the message itself is wrong: it will be wrong for everybody, so the broadcast stops."""
    broadcast_id = delivery.broadcast_id or 0
    if not await stopping.halt(tx, broadcast_id, "message_refused", now):
        return
    await machine.note(tx, now, None, "broadcast_refused_by_telegram", f"broadcast:{broadcast_id}: {why}")
    broadcast = await broadcast_store.by_id(tx, broadcast_id)
    champion = await people_store.find(tx, broadcast.champion_id) if broadcast and broadcast.champion_id else None
    if champion is not None:
        button = notices.button(runtime, champion.language, "buttons.report", f"report:{broadcast_id}")
        key = f"refused:{broadcast_id}"
        await notices.to_worker(tx, runtime, champion, key, "broadcasts.refused_by_telegram", [[button]])


async def sweep(runtime: Runtime) -> int:
    """Rows whose sender died with them (promise 4): unknowable, so repeated once or shown as uncertain."""
    now = runtime.now()
    async with runtime.database.read() as tx:
        if not await outbox.has_stuck(tx, now):
            return 0
    async with runtime.database.write() as tx:
        stuck = await outbox.stuck(tx, now)
        for delivery in stuck:
            await _given_up(tx, delivery, now)
        return len(stuck)


async def _given_up(tx: AsyncConnection, delivery: Delivery, now: datetime) -> None:
    attempt = Attempt(delivery.kind, delivery.method, delivery.attempts, delivery.doubts)
    result = replace(after_unknown(outbox.SENDER_DIED, attempt, now), reason=outbox.SENDER_DIED)
    await outbox.record(tx, delivery.id, attempt.number, result, None, now)
    if result.due_at:
        await outbox.keep_order(tx, delivery, result.due_at)


async def expire(runtime: Runtime) -> int:
    """Whatever waits past its last moment ends as missed, even if its turn never came."""
    async with runtime.database.write() as tx:
        return await outbox.expire(tx, runtime.now())
