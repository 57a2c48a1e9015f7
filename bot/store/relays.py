"""Deliveries that belong to one exchange, found by the beginning of their keys: `relay:<question>:<reader>…`,
`answer:<answer>…`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deliveries import State
from bot.store.deliveries import COLUMNS, Delivery, delivery
from bot.store.schema import deliveries


async def with_prefix(tx: AsyncConnection, prefix: str) -> list[Delivery]:
    query = select(*COLUMNS).where(deliveries.c.key.startswith(prefix, autoescape=True))
    return [delivery(row) for row in (await tx.execute(query.order_by(deliveries.c.id))).mappings()]


async def bring_forward(tx: AsyncConnection, ids: Sequence[int], now: datetime) -> None:
    """What waits for later is due now, in the order in which it was."""
    rows = update(deliveries).where(deliveries.c.id.in_(ids), deliveries.c.state == State.QUEUED)
    await tx.execute(rows.where(deliveries.c.due_at > now).values(due_at=now))
