"""Broadcasts for coordinators: lists in pages, who got one and who did not, and what was written back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.broadcasts import DELETABLE, Phase
from bot.domain.deliveries import OPEN, Kind, State
from bot.store.schema import broadcasts, circles, deliveries, people, replies, template_versions

RUNNING = (Phase.WAITING, Phase.SENDING)
# What a delivery came to, in the words of a report.
OUTCOMES = {
    "got": (State.SENT,),
    "waiting": OPEN,
    "maybe": (State.UNCERTAIN,),
    "missed": (State.FAILED, State.MISSED),
    "left_out": (State.SUPPRESSED, State.CLEARED),
}


@dataclass(frozen=True)
class Line:
    """One broadcast in the list."""

    id: int
    topic: str
    circle: str
    circle_id: int
    champion_id: int | None
    champion: str | None
    state: Phase
    starts_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class Recipient:
    """One person a broadcast was for, and what became of it."""

    person_id: int
    name: str
    state: State
    reason: str
    done_at: datetime | None
    taken_back_at: datetime | None


@dataclass(frozen=True)
class Question:
    """That somebody wrote back; never what. `reader`: whose answer is awaited, None when any coordinator's."""

    person_id: int
    name: str
    reader: str | None
    state: str
    at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class Sent:
    """The words of one version went to so many people. `number` counts versions of the topic in that language."""

    version_id: int
    language: str
    number: int
    people: int


def _lines(*, running: bool) -> Select[Any]:
    which = broadcasts.c.state.in_(RUNNING) if running else broadcasts.c.state.not_in(RUNNING)
    names = ("id", "topic", "circle_id", "champion_id", "state", "starts_at", "finished_at")
    columns = [getattr(broadcasts.c, name) for name in names]
    return (
        select(*columns, circles.c.name.label("circle"), people.c.name.label("champion"))
        .join(circles, circles.c.id == broadcasts.c.circle_id)
        .outerjoin(people, people.c.id == broadcasts.c.champion_id)
        .where(which)
        .order_by(broadcasts.c.starts_at.desc(), broadcasts.c.id.desc())
    )


async def lines(tx: AsyncConnection, most: int, skip: int = 0, *, running: bool = False) -> list[Line]:
    rows = (await tx.execute(_lines(running=running).limit(most).offset(skip))).mappings()
    return [Line(**{**row, "state": Phase(row["state"])}) for row in rows]


async def count_past(tx: AsyncConnection) -> int:
    query = select(func.count()).select_from(broadcasts).where(broadcasts.c.state.not_in(RUNNING))
    return int((await tx.execute(query)).scalar_one())


def _of(broadcast_id: int) -> ColumnElement[bool]:
    return and_(deliveries.c.broadcast_id == broadcast_id, deliveries.c.kind == Kind.BROADCAST)


async def recipients(tx: AsyncConnection, broadcast_id: int, outcome: str, most: int, skip: int = 0) -> list[Recipient]:
    """A page of those with this outcome, or of everybody when it is empty, by name."""
    names = ("person_id", "state", "reason", "done_at", "taken_back_at")
    query = (
        select(*(getattr(deliveries.c, name) for name in names), people.c.name)
        .join(people, people.c.id == deliveries.c.person_id)
        .where(_of(broadcast_id))
        .order_by(func.lower(people.c.name), deliveries.c.id)
    )
    if outcome:
        query = query.where(deliveries.c.state.in_(OUTCOMES[outcome]))
    rows = (await tx.execute(query.limit(most).offset(skip))).mappings()
    return [Recipient(**{**row, "state": State(row["state"])}) for row in rows]


async def standing(tx: AsyncConnection, broadcast_id: int, now: datetime) -> tuple[int, int, int]:
    """Of those who got it: how many still have it, how many of these can be taken back, how many found it helpful."""
    has_it = and_(
        deliveries.c.state == State.SENT, deliveries.c.message_id.is_not(None), deliveries.c.taken_back_at.is_(None)
    )
    columns = (
        func.count().filter(has_it),
        func.count().filter(has_it, deliveries.c.done_at > now - DELETABLE),
        func.count().filter(deliveries.c.helpful_at.is_not(None)),
    )
    row = (await tx.execute(select(*columns).where(_of(broadcast_id)))).one()
    return int(row[0]), int(row[1]), int(row[2])


async def versions(tx: AsyncConnection, broadcast_id: int) -> list[Sent]:
    """Which versions went out, or wait to, to how many people."""
    kept = (*OPEN, State.SENT, State.UNCERTAIN)
    query = (
        select(
            deliveries.c.version_id,
            template_versions.c.language,
            template_versions.c.number,
            func.count().label("people"),
        )
        .join(template_versions, template_versions.c.id == deliveries.c.version_id)
        .where(_of(broadcast_id), deliveries.c.state.in_(kept))
        .group_by(deliveries.c.version_id, template_versions.c.language, template_versions.c.number)
        .order_by(func.count().desc(), deliveries.c.version_id)
    )
    return [Sent(**row) for row in (await tx.execute(query)).mappings()]


async def questions(tx: AsyncConnection, broadcast_id: int, most: int) -> list[Question]:
    """Who wrote back: the unanswered first, the oldest on top."""
    reader = people.alias("reader")
    query = (
        select(
            replies.c.resident_id.label("person_id"),
            people.c.name,
            reader.c.name.label("reader"),
            replies.c.state,
            replies.c.at,
            replies.c.answered_at,
        )
        .join(people, people.c.id == replies.c.resident_id)
        .outerjoin(reader, reader.c.id == replies.c.reader_id)
        .where(replies.c.broadcast_id == broadcast_id, replies.c.direction == "question")
        .order_by(replies.c.state.desc(), replies.c.id)
        .limit(most)
    )
    return [Question(**row) for row in (await tx.execute(query)).mappings()]
