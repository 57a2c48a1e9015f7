"""Words of messages that are being written at the desk. A text is never written over by somebody else's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import people
from bot.store.schema_desk import template_drafts

# `open` is what goes on being written; `earlier` and `aside` are kept beside it; the others are over.
OPEN, EARLIER, ASIDE, SUBMITTED, DROPPED = "open", "earlier", "aside", "submitted", "dropped"


@dataclass(frozen=True)
class Draft:
    """A row of `template_drafts`. `author` is empty when that person was forgotten."""

    id: int
    topic: str
    language: str
    serial: int
    state: str
    source: str
    base_id: int | None
    version_id: int | None
    author_id: int | None
    saved_at: datetime
    author: str


COLUMNS = [getattr(template_drafts.c, name) for name in Draft.__dataclass_fields__ if name != "author"]
_QUERY = select(*COLUMNS, func.coalesce(people.c.name, "").label("author")).outerjoin(
    people, people.c.id == template_drafts.c.author_id
)


async def opened(tx: AsyncConnection, topic: str, language: str) -> Draft | None:
    """What is being written now."""
    query = _QUERY.where(template_drafts.c.topic == topic, template_drafts.c.language == language)
    row = (await tx.execute(query.where(template_drafts.c.state == OPEN))).mappings().first()
    return None if row is None else Draft(**row)


async def all_open(tx: AsyncConnection) -> list[Draft]:
    rows = await tx.execute(_QUERY.where(template_drafts.c.state == OPEN).order_by(template_drafts.c.saved_at.desc()))
    return [Draft(**row) for row in rows.mappings()]


async def by_id(tx: AsyncConnection, draft_id: int) -> Draft | None:
    row = (await tx.execute(_QUERY.where(template_drafts.c.id == draft_id))).mappings().first()
    return None if row is None else Draft(**row)


async def kept(tx: AsyncConnection, topic: str, language: str, most: int = 20) -> list[Draft]:
    """Texts that did not become a version, the newest first."""
    c = template_drafts.c
    query = _QUERY.where(c.topic == topic, c.language == language, c.state.in_((EARLIER, ASIDE, DROPPED)))
    return [Draft(**row) for row in (await tx.execute(query.order_by(c.id.desc()).limit(most))).mappings()]


async def last_serial(tx: AsyncConnection, topic: str, language: str) -> int:
    same = and_(template_drafts.c.topic == topic, template_drafts.c.language == language)
    return int((await tx.execute(select(func.max(template_drafts.c.serial)).where(same))).scalar() or 0)


async def add(tx: AsyncConnection, **values: Any) -> int:
    row = await tx.execute(insert(template_drafts).values(**values).returning(template_drafts.c.id))
    return int(row.scalar_one())


async def change(tx: AsyncConnection, draft_id: int, **values: Any) -> None:
    await tx.execute(update(template_drafts).where(template_drafts.c.id == draft_id).values(**values))


async def submit(tx: AsyncConnection, draft: Draft, version_id: int) -> None:
    """The draft has become this version. Texts before it say so too: whoever wrote them wrote a part of it."""
    c = template_drafts.c
    mine = update(template_drafts).where(c.topic == draft.topic, c.language == draft.language, c.version_id.is_(None))
    await tx.execute(mine.where(c.state == EARLIER).values(version_id=version_id))
    await tx.execute(mine.where(c.id == draft.id).values(version_id=version_id, state=SUBMITTED))


async def writers(tx: AsyncConnection, version_id: int) -> set[int]:
    """Everybody who wrote a part of a version."""
    query = select(template_drafts.c.author_id).where(template_drafts.c.version_id == version_id)
    return {one for one in (await tx.execute(query)).scalars() if one is not None}


async def bases(tx: AsyncConnection, version_id: int) -> set[int]:
    """The versions that its drafts began from."""
    query = select(template_drafts.c.base_id).where(template_drafts.c.version_id == version_id)
    return {one for one in (await tx.execute(query)).scalars() if one is not None}
