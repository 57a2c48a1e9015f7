"""Template versions, never changed once written, and who read and approved them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import approvals, template_versions
from bot.store.updates import insert_for


@dataclass(frozen=True)
class Version:
    """`source` is the whole file. `approved`: None while nobody has decided. `number` counts from 1 within a topic
    and language."""

    id: int
    topic: str
    language: str
    number: int
    digest: str
    source: str
    author_id: int | None
    created_at: datetime
    approved: bool | None
    approved_by: int | None
    approved_at: datetime | None


def _query() -> Select[Any]:
    newest = select(func.max(approvals.c.id)).group_by(approvals.c.version_id)
    decision = and_(approvals.c.version_id == template_versions.c.id, approvals.c.id.in_(newest))
    names = ("id", "topic", "language", "number", "digest", "source", "author_id", "created_at")
    return (
        select(
            *(getattr(template_versions.c, name) for name in names),
            approvals.c.approved,
            approvals.c.person_id.label("approved_by"),
            approvals.c.at.label("approved_at"),
        )
        .outerjoin(approvals, decision)
        .order_by(template_versions.c.topic, template_versions.c.language, template_versions.c.number)
    )


PLAN = "plan:"  # check-in plans share this table with messages; their topic says which they are


async def all_versions(tx: AsyncConnection, *, plans: bool = False) -> list[Version]:
    """Every version that is not retired, oldest first within a topic and language."""
    of_plan = template_versions.c.topic.startswith(PLAN)
    wanted = _query().where(template_versions.c.retired_at.is_(None), of_plan if plans else ~of_plan)
    rows = await tx.execute(wanted)
    return [Version(**row) for row in rows.mappings()]


async def once_approved(tx: AsyncConnection, topic: str) -> list[Version]:
    """Every version of a topic that somebody has ever said yes to, oldest first; retired and refused ones as well."""
    yes = select(approvals.c.version_id).where(approvals.c.approved.is_(True))
    rows = await tx.execute(_query().where(template_versions.c.topic == topic, template_versions.c.id.in_(yes)))
    return [Version(**row) for row in rows.mappings()]


async def by_id(tx: AsyncConnection, version_id: int) -> Version | None:
    row = (await tx.execute(_query().where(template_versions.c.id == version_id))).mappings().first()
    return None if row is None else Version(**row)


async def one_at_a_time(tx: AsyncConnection) -> None:
    """Until this transaction ends nobody else writes versions. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        await tx.exec_driver_sql("SELECT pg_advisory_xact_lock(4703)")


async def add(
    tx: AsyncConnection,
    topic: str,
    language: str,
    digest: str,
    source: str,
    origin: str,
    author_id: int | None,
    now: datetime,
) -> bool:
    """A new version; False when another process has just written it."""
    same = and_(template_versions.c.topic == topic, template_versions.c.language == language)
    number = (await tx.execute(select(func.max(template_versions.c.number)).where(same))).scalar() or 0
    values = {"topic": topic, "language": language, "digest": digest, "source": source, "origin": origin}
    row = insert_for(tx)(template_versions).values(**values, number=number + 1, author_id=author_id, created_at=now)
    first = row.on_conflict_do_nothing(index_elements=["topic", "language", "number"])
    return (await tx.execute(first.returning(template_versions.c.id))).first() is not None


async def revive(tx: AsyncConnection, topic: str, language: str, digest: str) -> bool:
    """Bring back what was retired last, if its newest version has this digest; False when there is nothing such."""
    same = and_(template_versions.c.topic == topic, template_versions.c.language == language)
    newest = select(template_versions.c.digest, template_versions.c.retired_at).where(same)
    last = (await tx.execute(newest.order_by(template_versions.c.number.desc()).limit(1))).first()
    if last is None or last.digest != digest or last.retired_at is None:
        return False
    rows = update(template_versions).where(same, template_versions.c.retired_at == last.retired_at)
    await tx.execute(rows.values(retired_at=None))
    return True


async def retire(tx: AsyncConnection, topic: str, language: str, now: datetime) -> None:
    rows = update(template_versions).where(template_versions.c.topic == topic, template_versions.c.language == language)
    await tx.execute(rows.where(template_versions.c.retired_at.is_(None)).values(retired_at=now))


async def decide(
    tx: AsyncConnection, version_id: int, person_id: int, approved: bool, reads_language: bool, now: datetime
) -> None:
    values = {"version_id": version_id, "person_id": person_id, "approved": approved}
    await tx.execute(insert(approvals).values(**values, reads_language=reads_language, at=now))
