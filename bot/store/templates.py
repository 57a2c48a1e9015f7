"""Template versions, never changed once written, and who read and approved them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import approvals, template_versions
from bot.store.updates import insert_for


@dataclass(frozen=True)
class Version:
    """`source` is the whole file. `approved`: None while nobody has decided. `number` counts from 1 within a topic
    and language. `origin`: file, or edit. `retired_why`: file when it is gone, desk when somebody took it out of use.
    """

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
    origin: str
    retired_at: datetime | None
    retired_why: str | None


@dataclass(frozen=True)
class Mark:
    """A version without its words."""

    number: int
    digest: str
    origin: str
    retired_at: datetime | None
    retired_why: str | None


def _query() -> Select[Any]:
    newest = select(func.max(approvals.c.id)).group_by(approvals.c.version_id)
    decision = and_(approvals.c.version_id == template_versions.c.id, approvals.c.id.in_(newest))
    names = ("id", "topic", "language", "number", "digest", "source", "author_id", "created_at", "origin")
    return (
        select(
            *(getattr(template_versions.c, name) for name in (*names, "retired_at", "retired_why")),
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


async def current(tx: AsyncConnection) -> list[Version]:
    """Of each topic and language the newest version and the newest approved one, oldest first; none that is retired.

    However often words are edited, this stays short.
    """
    c, last = template_versions.c, func.max(approvals.c.id)
    decided = select(last).group_by(approvals.c.version_id)
    yes = select(approvals.c.version_id).where(approvals.c.id.in_(decided), approvals.c.approved == 1)
    newest = select(func.max(c.id)).where(c.retired_at.is_(None)).group_by(c.topic, c.language)
    counts = or_(c.id.in_(newest), c.id.in_(newest.where(c.id.in_(yes))))
    rows = await tx.execute(_query().where(c.retired_at.is_(None), ~c.topic.startswith(PLAN), counts))
    return [Version(**row) for row in rows.mappings()]


async def retired(tx: AsyncConnection) -> list[Version]:
    """The newest version of each topic and language that is out of use."""
    c = template_versions.c
    newest = select(func.max(c.id)).group_by(c.topic, c.language)
    rows = await tx.execute(_query().where(c.id.in_(newest), c.retired_at.is_not(None), ~c.topic.startswith(PLAN)))
    return [Version(**row) for row in rows.mappings()]


async def history(tx: AsyncConnection, topic: str, language: str, most: int = 50) -> list[Version]:
    """The versions of one topic and language, retired ones too, the newest first."""
    c = template_versions.c
    mine = _query().order_by(None).where(c.topic == topic, c.language == language)
    rows = await tx.execute(mine.order_by(c.number.desc()).limit(most))
    return [Version(**row) for row in rows.mappings()]


async def marks(tx: AsyncConnection) -> dict[tuple[str, str], list[Mark]]:
    """Every version without its words, oldest first, by topic and language."""
    c = template_versions.c
    columns = [getattr(c, name) for name in Mark.__dataclass_fields__]
    query = select(c.topic, c.language, *columns).where(~c.topic.startswith(PLAN)).order_by(c.number)
    found: dict[tuple[str, str], list[Mark]] = {}
    for topic, language, *mark in await tx.execute(query):
        found.setdefault((topic, language), []).append(Mark(*mark))
    return found


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
) -> int | None:
    """The id of a new version; None when another process has just written it."""
    same = and_(template_versions.c.topic == topic, template_versions.c.language == language)
    number = (await tx.execute(select(func.max(template_versions.c.number)).where(same))).scalar() or 0
    values = {"topic": topic, "language": language, "digest": digest, "source": source, "origin": origin}
    row = insert_for(tx)(template_versions).values(**values, number=number + 1, author_id=author_id, created_at=now)
    first = row.on_conflict_do_nothing(index_elements=["topic", "language", "number"])
    added: int | None = (await tx.execute(first.returning(template_versions.c.id))).scalar()
    return added


async def revive(tx: AsyncConnection, topic: str, language: str) -> None:
    """Bring back what was retired last: who approved it still stands."""
    same = and_(template_versions.c.topic == topic, template_versions.c.language == language)
    last = (await tx.execute(select(func.max(template_versions.c.retired_at)).where(same))).scalar()
    rows = update(template_versions).where(same, template_versions.c.retired_at == last)
    await tx.execute(rows.values(retired_at=None, retired_why=None))


async def retire(tx: AsyncConnection, topic: str, language: str, now: datetime, why: str = "file") -> None:
    rows = update(template_versions).where(template_versions.c.topic == topic, template_versions.c.language == language)
    await tx.execute(rows.where(template_versions.c.retired_at.is_(None)).values(retired_at=now, retired_why=why))


async def ids_of(tx: AsyncConnection, topic: str, language: str) -> list[int]:
    c = template_versions.c
    return list((await tx.execute(select(c.id).where(c.topic == topic, c.language == language))).scalars())


async def decide(
    tx: AsyncConnection, version_id: int, person_id: int, approved: bool, reads_language: bool, now: datetime
) -> None:
    values = {"version_id": version_id, "person_id": person_id, "approved": approved}
    await tx.execute(insert(approvals).values(**values, reads_language=reads_language, at=now))
