"""What ends when a person stops, blocks the bot or is forgotten. Used inside the transactions that decide it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.broadcasts import Phase
from bot.domain.deliveries import Kind, State
from bot.store import broadcasts as broadcast_store
from bot.store import deliveries as delivery_store


async def silence(tx: AsyncConnection, person_id: int, reason: str, now: datetime) -> None:
    """Nothing queued for this person goes out any more, and nothing goes out in their name."""
    talk = [kind for kind in Kind if kind is not Kind.TIDY]
    await delivery_store.clear(tx, reason, now, state=State.SUPPRESSED, person_id=person_id, kind=talk)
    for broadcast in await broadcast_store.of_champion(tx, person_id, most=100):
        if broadcast.state is Phase.WAITING:
            await broadcast_store.move(tx, broadcast.id, Phase.WAITING, Phase.UNDONE, reason=reason, finished_at=now)
        elif broadcast.state is Phase.SENDING:
            await halt(tx, broadcast.id, reason, now)


async def halt(tx: AsyncConnection, broadcast_id: int, reason: str, now: datetime) -> bool:
    """Stop a broadcast in the middle; False when it was not sending."""
    moved = await broadcast_store.move(tx, broadcast_id, Phase.SENDING, Phase.STOPPED, reason=reason, finished_at=now)
    if moved:
        await delivery_store.clear(tx, reason, now, broadcast_id=broadcast_id, kind=Kind.BROADCAST)
    return moved
