"""Rows of `invitations`: links by which somebody becomes a champion. Only the hash of a link is kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import invitations, people


@dataclass(frozen=True)
class Invitation:
    id: int
    invited_by: int | None
    expires_at: datetime
    used_by: int | None
    used_at: datetime | None


@dataclass(frozen=True)
class Unused:
    """A link that still works. `maker`: the first name of who made it, empty when they were forgotten."""

    id: int
    maker: str
    created_at: datetime
    expires_at: datetime


async def add(tx: AsyncConnection, token_hash: str, by: int, now: datetime, expires_at: datetime) -> None:
    values = {"token_hash": token_hash, "invited_by": by, "created_at": now, "expires_at": expires_at}
    await tx.execute(insert(invitations).values(**values))


async def by_token(tx: AsyncConnection, token_hash: str) -> Invitation | None:
    columns = (getattr(invitations.c, name) for name in Invitation.__dataclass_fields__)
    row = (await tx.execute(select(*columns).where(invitations.c.token_hash == token_hash))).mappings().first()
    return None if row is None else Invitation(**row)


async def use(tx: AsyncConnection, invitation_id: int, person_id: int, now: datetime) -> bool:
    """True for the one who is first; the update decides, not a look before it."""
    unused = update(invitations).where(invitations.c.id == invitation_id, invitations.c.used_at.is_(None))
    done = await tx.execute(unused.values(used_by=person_id, used_at=now))
    return bool(done.rowcount)


async def unused(tx: AsyncConnection, now: datetime) -> list[Unused]:
    """The newest first."""
    maker = func.coalesce(people.c.name, "").label("maker")
    query = select(invitations.c.id, maker, invitations.c.created_at, invitations.c.expires_at)
    query = query.outerjoin(people, people.c.id == invitations.c.invited_by)
    query = query.where(invitations.c.used_at.is_(None), invitations.c.expires_at > now)
    return [Unused(**row) for row in (await tx.execute(query.order_by(invitations.c.id.desc()))).mappings()]


async def withdraw(tx: AsyncConnection, invitation_id: int, now: datetime) -> bool:
    """It works no more. False when it was used meanwhile, or is too old anyway."""
    living = update(invitations).where(invitations.c.id == invitation_id, invitations.c.used_at.is_(None))
    return bool((await tx.execute(living.where(invitations.c.expires_at > now).values(expires_at=now))).rowcount)
