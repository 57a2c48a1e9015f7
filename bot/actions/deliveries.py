"""The outbox: claim what is due, ask the gate once more, write down what became of it, sweep up what is stuck."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import stopping
from bot.domain.broadcasts import Phase
from bot.domain.deliveries import (
    LEASE,
    Kind,
    Lane,
    Method,
    Outcome,
    Record,
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
from bot.store import deliveries as store
from bot.store import machine
from bot.store import people as people_store
from bot.store.deliveries import Delivery
from bot.store.standings import heard, standing

# How many rows that may not go out one claim settles before it gives the lane back.
SETTLED_AT_ONCE = 50


@dataclass(frozen=True)
class Job:
    """A row that is being sent now: to which chat, with which buttons."""

    delivery: Delivery
    chat_id: int
    buttons: list[list[dict[str, str]]]


async def next_lane(runtime: Runtime, hot: Collection[int]) -> Lane | None:
    """The best lane with something due now, leaving out chats that must cool."""
    async with runtime.database.read() as tx:
        return await store.next_lane(tx, runtime.now(), hot)


async def claim(runtime: Runtime, hot: Collection[int] = ()) -> Job | None:
    """Take the next row that may go out. Those before it that may not are settled on the way."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        for _ in range(SETTLED_AT_ONCE):
            found = await store.next_due(tx, now, hot)
            if found is None:
                return None
            delivery, chat_id = found
            verdict = await _verdict(tx, runtime, delivery, now)
            if isinstance(verdict, Go):
                await store.start(tx, delivery.id, now + LEASE)
                return Job(delivery, chat_id, await _buttons(tx, runtime, delivery))
            await _settle(tx, delivery, verdict, now)
        return None


async def _settle(tx: AsyncConnection, delivery: Delivery, verdict: Verdict, now: datetime) -> None:
    if isinstance(verdict, Wait):
        await store.postpone(tx, delivery.id, verdict.until, "waits")
    elif isinstance(verdict, Never):
        await store.end(tx, delivery.id, verdict.state, verdict.reason, now)


async def _verdict(tx: AsyncConnection, runtime: Runtime, delivery: Delivery, now: datetime) -> Verdict:
    """Promise 2: consent, pause, hours and caps as they are at this moment, and whether it is still wanted."""
    person = await people_store.by_id(tx, delivery.person_id)
    who: Standing = await standing(tx, person, runtime.place)
    had = Heard()
    if delivery.kind is Kind.BROADCAST:
        if not await _still_runs(tx, delivery):
            return Never(State.CLEARED, "broadcast_over")
        had = (await heard(tx, [person.id], delivery.topic or "", now, delivery.id)).get(person.id, Heard())
        if delivery.reason == "sent_again":
            had = Heard()
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
    """Write down what became of an attempt. Returns the state the row is in now."""
    now, delivery = runtime.now(), job.delivery
    result = after(outcome, delivery.kind, delivery.method, delivery.attempts + 1, now)
    message_id = outcome.message_id if isinstance(outcome, Sent) else None
    async with runtime.database.write() as tx:
        await store.record(tx, delivery.id, result, message_id, now)
        if result.state is State.SENT and delivery.kind is Kind.TIDY:
            await _tidied(tx, delivery, now)
        if isinstance(outcome, Unreachable):
            await _lost(tx, delivery.person_id, outcome.why, now)
        if isinstance(outcome, Refusal) and outcome.broken and delivery.broadcast_id is not None:
            await _broken(tx, delivery, outcome.why, now)
        return result.state


async def _tidied(tx: AsyncConnection, tidy: Delivery, now: datetime) -> None:
    """The message that was deleted or edited: its own row says what the person sees now."""
    original = int(tidy.extra.get("of", 0))
    if tidy.method is Method.DELETE:
        await store.mark(tx, original, taken_back_at=now)
    elif tidy.method is Method.EDIT:
        await store.mark(tx, original, body=tidy.body)


async def _lost(tx: AsyncConnection, person_id: int, why: str, now: datetime) -> None:
    """They blocked the bot or left: nothing else queued for them goes out."""
    person = await people_store.find(tx, person_id)
    if person is not None and person.unreachable_at is None:
        await people_store.change(tx, person_id, unreachable_at=now, unreachable_why=why)
        await stopping.silence(tx, person_id, "unreachable", now)


async def _broken(tx: AsyncConnection, delivery: Delivery, why: str, now: datetime) -> None:
    """Telegram says that the message itself is wrong: it will be wrong for everybody, so the broadcast stops."""
    if await stopping.halt(tx, delivery.broadcast_id or 0, "message_refused", now):
        await machine.note(tx, now, None, "broadcast_refused_by_telegram", f"broadcast:{delivery.broadcast_id}: {why}")


async def sweep(runtime: Runtime) -> int:
    """Rows whose sender died with them (promise 4): unknowable, so repeated once or shown as uncertain."""
    now = runtime.now()
    async with runtime.database.read() as tx:
        if not await store.has_stuck(tx, now):
            return 0
    async with runtime.database.write() as tx:
        stuck = await store.stuck(tx, now)
        for delivery in stuck:
            result: Record = after_unknown("sender_died", delivery.kind, delivery.method, delivery.attempts, now)
            await store.record(tx, delivery.id, result, None, now)
        return len(stuck)


async def expire(runtime: Runtime) -> int:
    """Whatever waits past its last moment ends as missed, even if its turn never came."""
    async with runtime.database.write() as tx:
        return await store.expire(tx, runtime.now())
