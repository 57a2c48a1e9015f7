"""The audit trail, read: who did what and when, the newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import people, roles
from bot.store.schema_machine import audit


@dataclass(frozen=True)
class Deed:
    """One line. `actor`: the first name; empty when they were forgotten, or the program did it itself."""

    id: int
    at: datetime
    actor_id: int | None
    actor: str
    what: str
    subject: str


@dataclass(frozen=True)
class Wanted:
    """Which lines. `about`: one of these subjects; `before`: an id that the lines come before; `until` not included."""

    actor_id: int | None = None
    what: str = ""
    about: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


async def read(tx: AsyncConnection, wanted: Wanted, most: int) -> list[Deed]:
    names = func.coalesce(people.c.name, "").label("actor")
    query = select(audit.c.id, audit.c.at, audit.c.actor_id, names, audit.c.what, audit.c.subject)
    query = _chosen(query.outerjoin(people, people.c.id == audit.c.actor_id), wanted)
    rows = await tx.execute(query.order_by(audit.c.id.desc()).limit(most))
    return [Deed(**row) for row in rows.mappings()]


def _chosen(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.actor_id is not None:
        query = query.where(audit.c.actor_id == wanted.actor_id)
    if wanted.what:
        query = query.where(audit.c.what == wanted.what)
    if wanted.about:
        query = query.where(audit.c.subject.in_(wanted.about))
    if wanted.since is not None:
        query = query.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit.c.at < wanted.until)
    return query.where(audit.c.id < wanted.before) if wanted.before is not None else query


async def actors(tx: AsyncConnection) -> Mapping[int, str]:
    """Everybody who has or had a task here: id -> first name."""
    tasked = select(roles.c.person_id)
    query = select(people.c.id, people.c.name).where(people.c.id.in_(tasked)).order_by(people.c.name, people.c.id)
    return {row.id: row.name for row in await tx.execute(query)}
