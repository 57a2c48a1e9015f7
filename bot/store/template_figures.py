"""How much a topic is used, and how many found it helpful."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.broadcasts import Phase
from bot.domain.deliveries import Kind, State
from bot.store.schema import broadcasts, deliveries


@dataclass(frozen=True)
class Use:
    """`broadcasts`: how many went out. `sent`: messages to people, `helpful`: those that somebody found so."""

    broadcasts: int = 0
    sent: int = 0
    helpful: int = 0


async def use(tx: AsyncConnection, since: datetime) -> dict[str, Use]:
    """By topic."""
    went_out = (Phase.SENDING, Phase.FINISHED, Phase.STOPPED)
    query = select(broadcasts.c.topic, func.count()).where(
        broadcasts.c.created_at >= since, broadcasts.c.state.in_(went_out)
    )
    rows = await tx.execute(query.group_by(broadcasts.c.topic))
    counted = {row.topic: int(row[1]) for row in rows}
    sent = select(deliveries.c.topic, func.count(), func.count(deliveries.c.helpful_at)).where(
        deliveries.c.kind == Kind.BROADCAST, deliveries.c.state == State.SENT, deliveries.c.created_at >= since
    )
    found = {topic: (all_, helpful) for topic, all_, helpful in await tx.execute(sent.group_by(deliveries.c.topic))}
    return {topic: Use(counted.get(topic, 0), *found.get(topic, (0, 0))) for topic in counted.keys() | found.keys()}
