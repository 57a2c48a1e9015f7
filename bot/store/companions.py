"""Who can be asked to look after somebody, in one query however many champions there are."""

from collections.abc import Mapping

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Purpose, Role
from bot.store.people import Person
from bot.store.schema import circles, consents, people, roles


async def willing(tx: AsyncConnection) -> list[Person]:
    """Champions who said yes to being written to and can be reached, those who came first before others."""
    works = and_(consents.c.purpose == Purpose.WORK, consents.c.circle_id.is_(None))
    newest = select(func.max(consents.c.id)).where(works).group_by(consents.c.person_id)
    agreed = select(consents.c.person_id).where(consents.c.id.in_(newest), consents.c.given == 1)
    holds = and_(roles.c.person_id == people.c.id, roles.c.role == Role.CHAMPION, roles.c.ended_at.is_(None))
    query = select(people).join(roles, holds).where(people.c.stopped_at.is_(None), people.c.unreachable_at.is_(None))
    query = query.where(people.c.id.in_(agreed)).order_by(roles.c.granted_at, people.c.id)
    return [Person(**row) for row in (await tx.execute(query)).mappings()]


async def first_circles(tx: AsyncConnection) -> Mapping[int, str]:
    """Champion -> the name of the oldest of their open circles."""
    oldest = select(func.min(circles.c.id)).where(circles.c.closed_at.is_(None)).group_by(circles.c.champion_id)
    query = select(circles.c.champion_id, circles.c.name).where(circles.c.id.in_(oldest))
    return {row.champion_id: row.name for row in await tx.execute(query) if row.champion_id is not None}
