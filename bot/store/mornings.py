"""What the digest of the morning counts over many check-ins."""

from datetime import datetime

from sqlalchemy import func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.checkins import Stage
from bot.store.quick import thorough
from bot.store.schema_care import checkins

# Spelled out as in the partial index: see `checkins`.
_OVER_UNANSWERED = checkins.c.state.in_([literal_column("'missed'"), literal_column("'late'")])


async def count_due(tx: AsyncConnection, since: datetime, until: datetime) -> int:
    """Check-ins whose time is in this span, whether they wait, were asked or were answered; the closing asks nothing.

    Looks through all of them, for the digest: once a morning.
    """
    query = select(func.count()).where(checkins.c.state != Stage.CLEARED, checkins.c.kind == "questions")
    query = query.where(checkins.c.due_at >= since, checkins.c.due_at < until)
    return int((await tx.execute(thorough(query))).scalar_one())


async def missed_by(tx: AsyncConnection, since: datetime, until: datetime) -> list[int]:
    """Whose check-ins were missed, or could not be sent, in this span."""
    query = select(checkins.c.person_id).where(_OVER_UNANSWERED)
    query = query.where(checkins.c.closed_at >= since, checkins.c.closed_at < until).distinct()
    return list((await tx.execute(query)).scalars())
