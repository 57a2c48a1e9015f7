"""A circle changes hands. The question to its new champion is a row of the outbox, and its answer stands there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Purpose
from bot.store.schema import consents, deliveries

MOST_ASKED = 20  # times that somebody is asked to take one circle over


@dataclass(frozen=True)
class Handover:
    """`id`: the delivery that asks `champion_id` to take `circle_id` over. `answer`: yes, no, or empty while it waits.

    `into`: the circle of that champion which people are asked to join, once the answer is yes.
    """

    id: int
    circle_id: int
    champion_id: int
    asked_at: datetime
    answer: str
    into: int


COLUMNS = (deliveries.c.id, deliveries.c.person_id, deliveries.c.created_at, deliveries.c.extra)


def key(circle_id: int, number: int) -> str:
    """`number` counts from 1 how often somebody was asked to take this circle over."""
    return f"handover:{circle_id}:{number}"


def fresh(circle_id: int) -> dict[str, Any]:
    """What the row holds before it is answered."""
    return {"circle": circle_id, "answer": "", "into": 0}


def _handover(row: Any) -> Handover:
    held = row.extra
    return Handover(row.id, int(held["circle"]), row.person_id, row.created_at, str(held["answer"]), int(held["into"]))


async def of_circle(tx: AsyncConnection, circle_id: int) -> list[Handover]:
    """Everybody who was asked to take this circle over, the last one first."""
    keys = [key(circle_id, number) for number in range(1, MOST_ASKED + 1)]
    query = select(*COLUMNS).where(deliveries.c.key.in_(keys)).order_by(deliveries.c.id.desc())
    return [_handover(row) for row in await tx.execute(query) if "circle" in row.extra]


async def by_id(tx: AsyncConnection, handover_id: int) -> Handover | None:
    row = (await tx.execute(select(*COLUMNS).where(deliveries.c.id == handover_id))).first()
    return _handover(row) if row is not None and {"circle", "answer", "into"} <= row.extra.keys() else None


async def answered(tx: AsyncConnection, handover: Handover, answer: str, into: int = 0) -> None:
    held = {"circle": handover.circle_id, "answer": answer, "into": into}
    await tx.execute(update(deliveries).where(deliveries.c.id == handover.id).values(extra=held))


async def count_asked(tx: AsyncConnection, prefix: str) -> int:
    """How many people were asked, or are about to be. `prefix`: of the keys of these questions."""
    which = deliveries.c.key.startswith(prefix, autoescape=True)
    query = select(func.count()).where(which, deliveries.c.state.not_in(("suppressed", "cleared", "failed", "missed")))
    return int((await tx.execute(query)).scalar_one())


async def said(tx: AsyncConnection, into: int, wording: str) -> tuple[int, int]:
    """How many said yes to the new circle in these words, and how many no; the last word of each counts."""
    mine = (consents.c.circle_id == into, consents.c.purpose == Purpose.BROADCASTS, consents.c.wording == wording)
    newest = select(func.max(consents.c.id)).where(*mine).group_by(consents.c.person_id)
    query = select(consents.c.given, func.count().label("people")).where(consents.c.id.in_(newest))
    found = {bool(row.given): int(row.people) for row in await tx.execute(query.group_by(consents.c.given))}
    return found.get(True, 0), found.get(False, 0)
