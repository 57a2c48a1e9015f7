"""Links and sessions of the desk. Tokens are never kept, only their hashes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema_desk import desk_links, desk_sessions
from bot.store.updates import insert_for


@dataclass(frozen=True)
class Session:
    """A row of `desk_sessions` that has not ended."""

    id: int
    person_id: int
    token_hash: str
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


COLUMNS = [getattr(desk_sessions.c, name) for name in Session.__dataclass_fields__]


async def add_link(tx: AsyncConnection, person_id: int, token_hash: str, now: datetime, until: datetime) -> None:
    """A new link; those that the person has not used yet are worth nothing any more."""
    mine = delete(desk_links).where(desk_links.c.person_id == person_id, desk_links.c.used_at.is_(None))
    await tx.execute(mine)
    values = {"person_id": person_id, "token_hash": token_hash, "created_at": now, "expires_at": until}
    await tx.execute(insert(desk_links).values(**values))


async def link(tx: AsyncConnection, token_hash: str) -> Any | None:
    """(person_id, expires_at, used_at), or None."""
    return (await tx.execute(select(desk_links).where(desk_links.c.token_hash == token_hash))).first()


async def use_link(tx: AsyncConnection, token_hash: str, now: datetime) -> int | None:
    """Whom the link lets in; None when it is unknown, too old or used."""
    row = update(desk_links).where(
        desk_links.c.token_hash == token_hash, desk_links.c.used_at.is_(None), desk_links.c.expires_at > now
    )
    used = await tx.execute(row.values(used_at=now).returning(desk_links.c.person_id))
    person_id: int | None = used.scalar()
    return person_id


async def use_once(tx: AsyncConnection, person_id: int, token_hash: str, now: datetime, until: datetime) -> bool:
    """Remember something that lets in once and was not made here; False when it was used before."""
    values = {"person_id": person_id, "token_hash": token_hash, "created_at": now, "expires_at": until, "used_at": now}
    fresh = insert_for(tx)(desk_links).values(**values)
    first = fresh.on_conflict_do_nothing(index_elements=["token_hash"]).returning(desk_links.c.id)
    return (await tx.execute(first)).first() is not None


async def begin(
    tx: AsyncConnection, person_id: int, token_hash: str, device: str, now: datetime, until: datetime
) -> None:
    values = {"person_id": person_id, "token_hash": token_hash, "device": device}
    await tx.execute(insert(desk_sessions).values(**values, created_at=now, seen_at=now, expires_at=until))


async def session(tx: AsyncConnection, token_hash: str) -> Session | None:
    """The session that has not ended; whether it is too old is for the caller to say."""
    open_ = select(*COLUMNS).where(desk_sessions.c.token_hash == token_hash, desk_sessions.c.ended_at.is_(None))
    row = (await tx.execute(open_)).mappings().first()
    return None if row is None else Session(**row)


async def sessions_of(tx: AsyncConnection, person_id: int) -> list[Session]:
    """Those that have not ended, the newest first."""
    query = select(*COLUMNS).where(desk_sessions.c.person_id == person_id, desk_sessions.c.ended_at.is_(None))
    return [Session(**row) for row in (await tx.execute(query.order_by(desk_sessions.c.id.desc()))).mappings()]


async def seen(tx: AsyncConnection, session_id: int, now: datetime) -> None:
    await tx.execute(update(desk_sessions).where(desk_sessions.c.id == session_id).values(seen_at=now))


async def end(tx: AsyncConnection, now: datetime, *, person_id: int, session_id: int | None = None) -> int:
    """End one session of a person, or all of them; how many there were."""
    mine = update(desk_sessions).where(desk_sessions.c.person_id == person_id, desk_sessions.c.ended_at.is_(None))
    if session_id is not None:
        mine = mine.where(desk_sessions.c.id == session_id)
    return (await tx.execute(mine.values(ended_at=now))).rowcount


async def drop_old(tx: AsyncConnection, before: datetime) -> None:
    """Links and sessions that let nobody in for so long that nobody asks about them."""
    await tx.execute(delete(desk_links).where(desk_links.c.expires_at < before))
    over = or_(desk_sessions.c.ended_at < before, desk_sessions.c.expires_at < before)
    await tx.execute(delete(desk_sessions).where(over))
