"""What waits for somebody to decide or to answer, and how far a new place has come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.checkins import Enrolment as State
from bot.domain.people import Role
from bot.store.enrolments import LIVING
from bot.store.replies import OPEN, QUESTION
from bot.store.schema import approvals, people, replies, roles, template_versions
from bot.store.schema_care import enrolments
from bot.store.schema_desk import place_edits
from bot.store.templates import PLAN
from bot.store.today import count, many

champions, readers = people.alias("champions"), people.alias("readers")


@dataclass(frozen=True)
class Named:
    """An enrolment by its person's first name. `other`: somebody else it is about. `at`: since when it waits."""

    enrolment_id: int
    name: str
    other: str = ""
    at: datetime | None = None
    person_id: int = 0


@dataclass(frozen=True)
class Unanswered:
    """A reply that waits. `reader` is empty when any coordinator may answer it."""

    name: str
    reader: str
    at: datetime


async def requests(tx: AsyncConnection, most: int) -> tuple[list[Named], int]:
    """Who asked by themself to be asked after, the oldest first."""
    since = (enrolments.c.created_at.label("at"), enrolments.c.person_id)
    query = select(enrolments.c.id.label("enrolment_id"), people.c.name, *since)
    query = query.join(people, people.c.id == enrolments.c.person_id).where(enrolments.c.state == State.WAITING)
    found = await many(tx, query.order_by(enrolments.c.id).limit(most), Named)
    return found, await count(tx, query)


async def unanswering(tx: AsyncConnection, most: int) -> list[Named]:
    """Champions who were asked to look after somebody, and have not said yes or no."""
    found: list[Named] = []
    for role in ("named", "backup"):
        state, chosen = getattr(enrolments.c, f"{role}_state"), getattr(enrolments.c, f"{role}_id")
        query = select(enrolments.c.id.label("enrolment_id"), people.c.name, champions.c.name.label("other"))
        query = query.join(people, people.c.id == enrolments.c.person_id).join(champions, champions.c.id == chosen)
        query = query.where(state == "asked", enrolments.c.state.in_(LIVING))
        found += await many(tx, query.order_by(enrolments.c.id).limit(most), Named)
    return found


async def cards_out(tx: AsyncConnection, now: datetime) -> int:
    out = and_(enrolments.c.state == State.INVITED, enrolments.c.expires_at > now)
    return await count(tx, select(enrolments.c.id).where(out))


async def unanswered(tx: AsyncConnection, before: datetime, most: int) -> tuple[list[Unanswered], int]:
    """Replies that came before this moment and wait, the oldest first."""
    query = select(people.c.name, func.coalesce(readers.c.name, "").label("reader"), replies.c.at)
    query = query.join(people, people.c.id == replies.c.resident_id)
    query = query.outerjoin(readers, readers.c.id == replies.c.reader_id).where(QUESTION, OPEN, replies.c.at < before)
    found = await many(tx, query.order_by(replies.c.at).limit(most), Unanswered)
    return found, await count(tx, query)


async def is_begun(tx: AsyncConnection) -> tuple[bool, bool, bool, bool]:
    """Whether somebody saved the place, and there is a champion, a message that was approved, anybody's enrolment."""
    champion = select(roles.c.id).where(roles.c.role == Role.CHAMPION, roles.c.ended_at.is_(None))
    approved = select(approvals.c.id).join(template_versions, template_versions.c.id == approvals.c.version_id)
    approved = approved.where(approvals.c.approved == 1, ~template_versions.c.topic.startswith(PLAN))
    enrolled = select(enrolments.c.id).where(enrolments.c.accepted_at.is_not(None))
    found = [
        (await tx.execute(one.limit(1))).first() is not None
        for one in (select(place_edits.c.id), champion, approved, enrolled)
    ]
    return found[0], found[1], found[2], found[3]
