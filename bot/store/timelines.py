"""What a timeline of one enrolment is made of, besides its check-ins."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import deliveries, people
from bot.store.schema_care import answers, checkins, concerns
from bot.store.schema_machine import audit


@dataclass(frozen=True)
class Deed:
    """A line of the audit trail, with the first name of whoever did it."""

    at: datetime
    what: str
    actor: str


@dataclass(frozen=True)
class Answers:
    """What one check-in brought: how many answers, and who tapped them in, if it was a volunteer."""

    count: int
    volunteer: str


async def deeds(tx: AsyncConnection, subject: str, since: datetime) -> list[Deed]:
    """What people did to a thing, the oldest first. Looking at it is no deed."""
    query = select(audit.c.at, audit.c.what, func.coalesce(people.c.name, "").label("actor"))
    query = query.outerjoin(people, people.c.id == audit.c.actor_id)
    query = query.where(audit.c.subject == subject, audit.c.at >= since, ~audit.c.what.endswith("_seen"))
    return [Deed(**row) for row in (await tx.execute(query.order_by(audit.c.id))).mappings()]


async def reminders(tx: AsyncConnection, person_id: int, enrolment_id: int) -> list[datetime]:
    """When this person was reminded of a check-in."""
    mine = deliveries.c.key.like(f"checkin:{enrolment_id}:%:reminder:%")
    query = select(deliveries.c.created_at).where(deliveries.c.person_id == person_id, mine)
    return list((await tx.execute(query.order_by(deliveries.c.id))).scalars())


async def answered(tx: AsyncConnection, enrolment_id: int) -> dict[int, Answers]:
    """Check-in -> what it brought."""
    query = select(
        answers.c.checkin_id, func.count().label("rows"), func.coalesce(func.max(people.c.name), "").label("volunteer")
    )
    query = query.join(checkins, checkins.c.id == answers.c.checkin_id)
    query = query.outerjoin(people, people.c.id == answers.c.tapped_by)
    rows = await tx.execute(query.where(checkins.c.enrolment_id == enrolment_id).group_by(answers.c.checkin_id))
    return {row.checkin_id: Answers(int(row.rows), row.volunteer) for row in rows}


async def concern_ids(tx: AsyncConnection, enrolment_id: int) -> list[int]:
    query = select(concerns.c.id).where(concerns.c.enrolment_id == enrolment_id).order_by(concerns.c.id)
    return list((await tx.execute(query)).scalars())
