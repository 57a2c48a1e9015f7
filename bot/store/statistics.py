"""Counts over many people for the pictures of the desk. By broadcast and by person, so that the indexes carry them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, exists, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.checkins import Stage
from bot.domain.deliveries import ARRIVED_MAYBE, Kind, State
from bot.domain.people import Purpose
from bot.domain.small_numbers import Group
from bot.store.schema import broadcasts, consents, deliveries, people, replies
from bot.store.schema_care import checkins, enrolments
from bot.store.types import Whole

# Leaving so soon after a message counts as an answer to it.
SOON = timedelta(days=3)


async def outcomes(tx: AsyncConnection, since: datetime) -> list[tuple[datetime, State, int]]:
    """(start of the broadcast, state, people) of every broadcast since then."""
    query = (
        select(broadcasts.c.starts_at, deliveries.c.state, func.count().label("people"))
        .join(deliveries, and_(deliveries.c.broadcast_id == broadcasts.c.id, deliveries.c.kind == Kind.BROADCAST))
        .where(broadcasts.c.starts_at >= since)
        .group_by(broadcasts.c.id, broadcasts.c.starts_at, deliveries.c.state)
    )
    return [(row.starts_at, State(row.state), int(row.people)) for row in await tx.execute(query)]


async def questions(tx: AsyncConnection, since: datetime) -> list[tuple[int, datetime, datetime | None]]:
    """(who, when, when it was answered) of everything that residents wrote since then."""
    columns = (replies.c.resident_id, replies.c.at, replies.c.answered_at)
    query = select(*columns).where(replies.c.direction == "question", replies.c.at >= since)
    return [(row.resident_id, row.at, row.answered_at) for row in await tx.execute(query)]


async def reached(tx: AsyncConnection, since: datetime) -> dict[str, int]:
    """How many people got a message of each topic."""
    query = (
        select(broadcasts.c.topic, func.count(distinct(deliveries.c.person_id)).label("people"))
        .join(deliveries, and_(deliveries.c.broadcast_id == broadcasts.c.id, deliveries.c.kind == Kind.BROADCAST))
        .where(broadcasts.c.starts_at >= since, deliveries.c.state.in_(ARRIVED_MAYBE))
        .group_by(broadcasts.c.topic)
    )
    return {row.topic: int(row.people) for row in await tx.execute(query)}


async def opted_out(tx: AsyncConnection, since: datetime, besides: str) -> dict[str, int]:
    """How many people left soon after a message of each topic: by stop, by a block, or out of that circle.

    Each counts for the last message before. `besides`: the wording of those who went to another champion.
    """
    later = deliveries.alias("later")
    until = (
        deliveries.c.done_at <= consents.c.at,
        type_coerce(deliveries.c.done_at, Whole) > _before(consents.c.at, SOON),
    )
    newer = exists().where(
        later.c.person_id == deliveries.c.person_id,
        later.c.kind == Kind.BROADCAST,
        later.c.state.in_(ARRIVED_MAYBE),
        later.c.id > deliveries.c.id,
        later.c.done_at <= consents.c.at,
    )
    same = and_(
        deliveries.c.person_id == consents.c.person_id,
        deliveries.c.circle_id == consents.c.circle_id,
        deliveries.c.kind == Kind.BROADCAST,
        deliveries.c.state.in_(ARRIVED_MAYBE),
    )
    query = (
        select(deliveries.c.topic, func.count(distinct(consents.c.person_id)).label("people"))
        .join(deliveries, same)
        .where(consents.c.given == 0, consents.c.purpose == Purpose.BROADCASTS, consents.c.at >= since)
        .where(consents.c.wording != besides, *until, ~newer)
        .group_by(deliveries.c.topic)
    )
    return {row.topic or "": int(row.people) for row in await tx.execute(query)}


def _before(column: Any, span: timedelta) -> ColumnElement[Any]:
    """Instants are whole milliseconds in the database."""
    return type_coerce(column, Whole) - span // timedelta(milliseconds=1)


async def answered_by(tx: AsyncConnection, since: datetime, *, tier: bool) -> dict[str, Group]:
    """How many check-ins that are over were answered, by the language of the person, or by tier."""
    by = enrolments.c.tier if tier else people.c.language
    over = (Stage.DONE, Stage.MISSED)
    done = func.sum(case((checkins.c.state == Stage.DONE, 1), else_=0))
    query = (
        select(by.label("by"), func.count(distinct(checkins.c.person_id)), func.count(), done)
        .join(enrolments, enrolments.c.id == checkins.c.enrolment_id)
        .join(people, people.c.id == checkins.c.person_id)
        .where(checkins.c.state.in_(over), checkins.c.kind == "questions", checkins.c.due_at >= since)
        .group_by(by)
    )
    return {row[0]: Group(int(row[1]), int(row[2]), int(row[3])) for row in await tx.execute(query)}
