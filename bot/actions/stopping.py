"""What ends when a person stops, blocks the bot or is forgotten, and how messages go on again."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import leaving
from bot.domain.broadcasts import Phase
from bot.domain.circles import Circle
from bot.domain.deliveries import Kind, State
from bot.domain.errors import Refused
from bot.domain.people import Purpose
from bot.runtime import Runtime
from bot.store import broadcasts as broadcast_store
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store import people as store

# What was agreed to before a block counts no longer; this stands in the record where the words of a button would.
BLOCKED = "blocked"


async def stop(runtime: Runtime, person_id: int, wording: str = "stop") -> list[Circle]:
    """Everything stops at once (promise 2). Returns the circles they were in, so that one can be kept on request."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        member_of = await circle_store.of_person(tx, person_id)
        await withdraw(tx, person_id, wording, now)
        await leaving.stopped(tx, runtime, person_id)
        await store.change(tx, person_id, stopped_at=now)
        await machine.end_dialogue(tx, person_id)
        await silence(tx, person_id, "stopped", now)
        return member_of


async def withdraw(tx: AsyncConnection, person_id: int, wording: str, now: datetime) -> None:
    """Each yes that stands is followed by a no; both stay on record (promise 1)."""
    for purpose, circle_id in await store.standing_consents(tx, person_id):
        await store.record_consent(tx, person_id, purpose, False, wording, now, circle_id)


async def silence(tx: AsyncConnection, person_id: int, reason: str, now: datetime) -> None:
    """Nothing queued for this person goes out any more, and nothing goes out in their name."""
    talk = [kind for kind in Kind if kind is not Kind.TIDY]
    await delivery_store.clear(tx, reason, now, state=State.SUPPRESSED, person_id=person_id, kind=talk)
    for broadcast in await broadcast_store.open_of_champion(tx, person_id):
        if broadcast.state is Phase.WAITING:
            gone = {"reason": "champion_gone", "finished_at": now}
            await broadcast_store.move(tx, broadcast.id, Phase.WAITING, Phase.UNDONE, **gone)
        else:
            await halt(tx, broadcast.id, "champion_gone", now)


async def halt(tx: AsyncConnection, broadcast_id: int, reason: str, now: datetime) -> bool:
    """Stop a broadcast in the middle; False when it was not sending."""
    moved = await broadcast_store.move(tx, broadcast_id, Phase.SENDING, Phase.STOPPED, reason=reason, finished_at=now)
    if moved:
        # Edits of the progress message as well: what they say is over.
        await delivery_store.clear(tx, reason, now, broadcast_id=broadcast_id, kind=(Kind.BROADCAST, Kind.PROGRESS))
    return moved


async def go_on(runtime: Runtime, person_id: int, wording: str, circle_id: int | None = None) -> list[Circle]:
    """They say yes again, to all their circles or to one. Returns those that go on."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        joined = await circle_store.of_person(tx, person_id)
        kept = [circle for circle in joined if circle_id in (None, circle.id)]
        if circle_id is not None and not kept:
            raise Refused("circles.gone")
        for circle in kept:
            await store.record_consent(tx, person_id, Purpose.BROADCASTS, True, wording, now, circle.id)
        if circle_id is None and await store.roles_of(tx, person_id):
            await store.record_consent(tx, person_id, Purpose.WORK, True, wording, now)
        await store.change(tx, person_id, stopped_at=None)
        return kept


async def could_go_on(runtime: Runtime, person_id: int) -> bool:
    """Whether there is anything that a stop stopped: a circle, or a task."""
    async with runtime.database.read() as tx:
        return await _has_ties(tx, person_id)


async def _has_ties(tx: AsyncConnection, person_id: int) -> bool:
    return bool(await circle_store.of_person(tx, person_id) or await store.roles_of(tx, person_id))


async def allow_answers(runtime: Runtime, person_id: int, wording: str) -> bool:
    """The answer to what they asked may reach them, and nothing else. False when it comes anyway."""
    async with runtime.database.write() as tx:
        person = await store.by_id(tx, person_id)
        said = {purpose for purpose, _ in await store.standing_consents(tx, person_id)}
        if Purpose.ANSWERS in said or (said and person.stopped_at is None):
            return False
        await store.record_consent(tx, person_id, Purpose.ANSWERS, True, wording, runtime.now())
        return True


async def unreachable(runtime: Runtime, telegram_id: int, why: str) -> None:
    """They blocked the bot or left Telegram. Everything queued for them ends."""
    async with runtime.database.write() as tx:
        person = await store.by_telegram(tx, telegram_id)
        if person is not None:
            await lost(tx, runtime, person.id, why)


async def lost(tx: AsyncConnection, runtime: Runtime, person_id: int, why: str) -> None:
    """The same inside another decision, such as recording what Telegram said. Safe to repeat."""
    person = await store.find(tx, person_id)
    if person is None or person.unreachable_at is not None:
        return
    now = runtime.now()
    await leaving.lost(tx, runtime, person_id)
    await store.change(tx, person_id, unreachable_at=now, unreachable_why=why)
    await withdraw(tx, person_id, BLOCKED, now)
    await silence(tx, person_id, "unreachable", now)


async def reachable_again(runtime: Runtime, person_id: int) -> bool:
    """They unblocked the bot. Whether messages go on is theirs to say: until then they count as stopped.

    Returns whether there is anything that could go on.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await store.by_id(tx, person_id)
        stopped = person.stopped_at or now
        await store.change(tx, person_id, unreachable_at=None, unreachable_why=None, stopped_at=stopped, spoke_at=now)
        return await _has_ties(tx, person_id)
