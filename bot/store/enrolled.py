"""Enrolments as a list is read: with first names and the next question, filtered, sorted and paged in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.checkins import Enrolment as State
from bot.domain.checkins import Stage
from bot.domain.concerns import Phase
from bot.domain.plans import Tier
from bot.store.checkins import RUNNING
from bot.store.enrolments import LIVING
from bot.store.schema import people
from bot.store.schema_care import checkins, concerns, enrolments

KINDS = ("now", "asking", "cards", "active", "paused", "silent", "today", "ended")
COUNTED = tuple(kind for kind in KINDS if kind != "today")


@dataclass(frozen=True)
class Row:
    """`name` is empty while a card has not been used. `next_at`: the next question that is planned.

    `asked`: questions are open at this moment. `concerns`: how many are not closed.
    """

    id: int
    name: str
    plan: str
    home_on: date
    tier: Tier
    state: State
    course: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    assisted: bool
    fewer: bool
    missed: int
    next_at: datetime | None = None
    asked: bool = False
    concerns: int = 0
    maker: str = ""  # who made the card, by first name


@dataclass(frozen=True)
class Span:
    """Now, and the beginning and the end of today, by the place's clock."""

    now: datetime
    start: datetime
    end: datetime


# Somebody who has only opened a card has agreed to nothing yet, so no list names them.
_NAME = case((enrolments.c.state == State.INVITED, ""), else_=func.coalesce(people.c.name, ""))
_makers = people.alias("makers")
_MAKER = func.coalesce(select(_makers.c.name).where(_makers.c.id == enrolments.c.invited_by).scalar_subquery(), "")
_PLAIN = tuple(
    getattr(enrolments.c, name)
    for name in Row.__dataclass_fields__
    if name not in ("name", "next_at", "asked", "concerns", "maker")
)


def _is(kind: str, span: Span) -> ColumnElement[bool]:
    state = enrolments.c.state
    card = and_(state == State.INVITED, enrolments.c.expires_at > span.now)
    due = exists().where(checkins.c.enrolment_id == enrolments.c.id, _due_today(span))
    kinds: dict[str, ColumnElement[bool]] = {
        "now": or_(state.in_((State.WAITING, *LIVING)), card),
        "asking": state == State.WAITING,
        "cards": card,
        "active": state == State.ACTIVE,
        "paused": state == State.PAUSED,
        "silent": and_(state == State.ACTIVE, enrolments.c.missed > 0),
        "today": and_(state == State.ACTIVE, due),
        "ended": and_(state == State.ENDED, enrolments.c.accepted_at.is_not(None)),
    }
    return kinds[kind]


def _due_today(span: Span) -> ColumnElement[bool]:
    asks = and_(checkins.c.kind != "closing", checkins.c.state != Stage.CLEARED)
    return and_(asks, checkins.c.due_at >= span.start, checkins.c.due_at < span.end)


def _matching(query: Select[Any], kind: str, words: str, span: Span) -> Select[Any]:
    joined = query.outerjoin(people, people.c.id == enrolments.c.person_id).where(_is(kind, span))
    return joined.where(_NAME.icontains(words, autoescape=True)) if words else joined


async def count(tx: AsyncConnection, kind: str, words: str, span: Span) -> int:
    query = _matching(select(func.count()).select_from(enrolments), kind, words, span)
    return int((await tx.execute(query)).scalar_one())


async def counts(tx: AsyncConnection, span: Span) -> dict[str, int]:
    """How many there are of each kind."""
    sums = [func.coalesce(func.sum(case((_is(kind, span), 1), else_=0)), 0).label(kind) for kind in COUNTED]
    row = (await tx.execute(select(*sums))).mappings().one()
    return {**{kind: int(row[kind]) for kind in COUNTED}, "today": await count(tx, "today", "", span)}


async def page(tx: AsyncConnection, kind: str, words: str, span: Span, most: int, skip: int) -> list[Row]:
    """Who asks first, then by first name, cards that are out at the end; of what is over the last first."""
    order: list[Any] = [enrolments.c.state != State.WAITING, _NAME == "", func.lower(_NAME), enrolments.c.id]
    order = [enrolments.c.ended_at.desc()] if kind == "ended" else order
    query = _matching(
        select(*_PLAIN, _NAME.label("name"), _MAKER.label("maker")).select_from(enrolments), kind, words, span
    )
    rows = await tx.execute(query.order_by(*order, enrolments.c.id).limit(most).offset(skip))
    return await _with_what_is_open(tx, [_row(row) for row in rows.mappings()])


def _row(row: Any) -> Row:
    read = {"home_on": date.fromisoformat(row["home_on"]), "tier": Tier(row["tier"]), "state": State(row["state"])}
    return Row(**{**row, **read})


async def _with_what_is_open(tx: AsyncConnection, rows: list[Row]) -> list[Row]:
    ids = [one.id for one in rows]
    coming, asked, worries = await _next_of(tx, ids), await _asked_of(tx, ids), await _concerns_of(tx, ids)
    return [
        replace(one, next_at=coming.get(one.id), asked=one.id in asked, concerns=worries.get(one.id, 0)) for one in rows
    ]


async def _next_of(tx: AsyncConnection, ids: Sequence[int]) -> dict[int, datetime]:
    query = select(checkins.c.enrolment_id, func.min(checkins.c.due_at).label("at"))
    query = query.where(checkins.c.enrolment_id.in_(ids), checkins.c.state == Stage.PLANNED)
    query = query.where(checkins.c.kind == "questions").group_by(checkins.c.enrolment_id)
    return {row.enrolment_id: row.at for row in await tx.execute(query)}


async def _asked_of(tx: AsyncConnection, ids: Sequence[int]) -> set[int]:
    query = select(checkins.c.enrolment_id).where(checkins.c.enrolment_id.in_(ids), checkins.c.state.in_(RUNNING))
    return set((await tx.execute(query)).scalars())


async def _concerns_of(tx: AsyncConnection, ids: Sequence[int]) -> dict[int, int]:
    query = select(concerns.c.enrolment_id, func.count().label("rows"))
    query = query.where(concerns.c.enrolment_id.in_(ids), concerns.c.state != Phase.CLOSED)
    return {row.enrolment_id: int(row.rows) for row in await tx.execute(query.group_by(concerns.c.enrolment_id))}
