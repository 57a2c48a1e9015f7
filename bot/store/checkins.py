"""Check-ins and their answers. Every check-in is a row from the day of enrolment on; a tick notices when it is due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.checkins import Stage
from bot.store.schema import deliveries
from bot.store.schema_care import answers, checkins
from bot.store.updates import insert_for

RUNNING = (Stage.ASKED, Stage.OPEN)
UNFINISHED = (Stage.PLANNED, *RUNNING)
# Spelled out in the statements of the ticks, word for word as in the partial indexes: an engine that plans before it
# knows a parameter could not use them, and would look through every check-in there ever was.
_PLANNED = checkins.c.state == literal_column("'planned'")
_RUNNING = checkins.c.state.in_([literal_column("'asked'"), literal_column("'open'")])
_LOST = and_(
    deliveries.c.kind != literal_column("'broadcast'"),
    deliveries.c.state.in_([literal_column(f"'{state}'") for state in ("failed", "suppressed", "missed")]),
)


@dataclass(frozen=True)
class CheckIn:
    """A row of `checkins`. `kind`: questions, closing or last_question; `queue`: ids of the questions that are left."""

    id: int
    enrolment_id: int
    person_id: int
    key: str
    cycle: int
    day: int
    kind: str
    due_at: datetime
    not_after: datetime
    state: Stage
    reason: str
    asked_at: datetime | None
    remind_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    queue: list[str]
    message_id: int | None


NOT_UNDERSTOOD = "not_understood"
AGAIN = "?"
"""Between a question and the message that was typed: one question can then have several rows."""


@dataclass(frozen=True)
class Answered:
    """A row of `answers`. Typed words that were not understood are kept with the answer NOT_UNDERSTOOD."""

    id: int
    checkin_id: int
    question: str
    answer: str
    said: str
    tapped_by: int | None
    message_id: int | None
    at: datetime

    @property
    def asked(self) -> str:
        """The id of the question in the plan."""
        return self.question.partition(AGAIN)[0]


COLUMNS = tuple(getattr(checkins.c, name) for name in CheckIn.__dataclass_fields__)


def _checkin(row: Any) -> CheckIn:
    return CheckIn(**{**row, "state": Stage(row["state"])})


async def put(tx: AsyncConnection, rows: Sequence[dict[str, Any]]) -> int:
    """Write check-ins; a key that is there already is left alone."""
    if not rows:
        return 0
    blank = {"reason": "", "queue": [], "state": Stage.PLANNED}
    done = await tx.execute(
        insert_for(tx)(checkins).on_conflict_do_nothing(index_elements=["key"]), [{**blank, **row} for row in rows]
    )
    return int(done.rowcount)


_BY_ID = select(*COLUMNS).where(checkins.c.id == bindparam("wanted"))
_BY_KEY = select(*COLUMNS).where(checkins.c.key == bindparam("wanted"))


async def by_id(tx: AsyncConnection, checkin_id: int) -> CheckIn | None:
    row = (await tx.execute(_BY_ID, {"wanted": checkin_id})).mappings().first()
    return None if row is None else _checkin(row)


async def by_key(tx: AsyncConnection, key: str) -> CheckIn | None:
    row = (await tx.execute(_BY_KEY, {"wanted": key})).mappings().first()
    return None if row is None else _checkin(row)


async def of_enrolment(tx: AsyncConnection, enrolment_id: int) -> list[CheckIn]:
    query = select(*COLUMNS).where(checkins.c.enrolment_id == enrolment_id)
    return [_checkin(row) for row in (await tx.execute(query.order_by(checkins.c.due_at, checkins.c.id))).mappings()]


async def more_to_ask(tx: AsyncConnection, enrolment_id: int, cycle: int) -> bool:
    """Whether questions are still planned for this homecoming; the closing asks nothing."""
    query = select(checkins.c.id).where(checkins.c.enrolment_id == enrolment_id, checkins.c.cycle == cycle)
    return (await tx.execute(query.where(_PLANNED, checkins.c.kind == "questions").limit(1))).first() is not None


_RUNNING_OF = (
    select(*COLUMNS)
    .where(checkins.c.person_id == bindparam("person"), checkins.c.state.in_(RUNNING))
    .order_by(checkins.c.id.desc())
)


async def running(tx: AsyncConnection, person_id: int) -> CheckIn | None:
    """The one check-in that is open for a person; there is never more than one."""
    row = (await tx.execute(_RUNNING_OF, {"person": person_id})).mappings().first()
    return None if row is None else _checkin(row)


_DUE = (
    select(*COLUMNS)
    .where(_PLANNED, checkins.c.due_at <= bindparam("now"))
    .order_by(checkins.c.due_at, checkins.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


async def due(tx: AsyncConnection, now: datetime, most: int) -> list[CheckIn]:
    """Planned check-ins whose time has come, oldest first; by the partial index, however many wait for later."""
    return await _first(tx, _DUE, now, most)


_TO_REMIND = (
    select(*COLUMNS)
    .where(_RUNNING, checkins.c.remind_at.is_not(None), checkins.c.remind_at <= bindparam("now"))
    .order_by(checkins.c.remind_at, checkins.c.id)
    .limit(bindparam("most"))
)


async def to_remind(tx: AsyncConnection, now: datetime, most: int) -> list[CheckIn]:
    return await _first(tx, _TO_REMIND, now, most)


_OVERDUE = (
    select(*COLUMNS)
    .where(_RUNNING, checkins.c.not_after <= bindparam("now"))
    .order_by(checkins.c.not_after, checkins.c.id)
    .limit(bindparam("most"))
)


async def overdue(tx: AsyncConnection, now: datetime, most: int) -> list[CheckIn]:
    """Asked or half answered, and past their last moment."""
    return await _first(tx, _OVERDUE, now, most)


_NOT_ARRIVED = (
    select(*COLUMNS)
    .join(deliveries, deliveries.c.key == checkins.c.key)
    .where(_LOST, deliveries.c.not_after > bindparam("now"))
    .where(checkins.c.state == bindparam("asked", Stage.ASKED))
    .order_by(deliveries.c.not_after, deliveries.c.id)
    .limit(bindparam("most"))
)


async def not_arrived(tx: AsyncConnection, now: datetime, most: int) -> list[CheckIn]:
    """Asked, but the notification came to nothing: that is no silence of theirs.

    A message may be sent for as long as its check-in may be answered. What is later than that is overdue.
    """
    return await _first(tx, _NOT_ARRIVED, now, most)


async def _first(tx: AsyncConnection, query: Select[Any], now: datetime, most: int) -> list[CheckIn]:
    return [_checkin(row) for row in (await tx.execute(query, {"now": now, "most": most})).mappings()]


async def earliest(tx: AsyncConnection, after: datetime) -> datetime | None:
    """When the next check-in is due, to be reminded of, or over."""
    moments = []
    for column, states in ((checkins.c.due_at, (Stage.PLANNED,)), (checkins.c.not_after, RUNNING)):
        query = select(func.min(column)).where(checkins.c.state.in_(states), column > after)
        moments.append((await tx.execute(query)).scalar())
    query = select(func.min(checkins.c.remind_at)).where(checkins.c.state.in_(RUNNING), checkins.c.remind_at > after)
    moments.append((await tx.execute(query)).scalar())
    return min((moment for moment in moments if moment is not None), default=None)


async def move(tx: AsyncConnection, checkin_id: int, start: Collection[Stage], end: Stage, **values: Any) -> bool:
    """Change the stage if it still is one of `start`; the update decides."""
    row = update(checkins).where(checkins.c.id == checkin_id, checkins.c.state.in_(list(start)))
    return bool((await tx.execute(row.values(state=end, **values))).rowcount)


async def change(tx: AsyncConnection, checkin_id: int, **values: Any) -> None:
    await tx.execute(update(checkins).where(checkins.c.id == checkin_id).values(**values))


async def clear(tx: AsyncConnection, enrolment_id: int, states: Collection[Stage], reason: str, now: datetime) -> int:
    """None of these check-ins is needed any more."""
    rows = update(checkins).where(checkins.c.enrolment_id == enrolment_id, checkins.c.state.in_(list(states)))
    done = await tx.execute(rows.values(state=Stage.CLEARED, reason=reason, closed_at=now, remind_at=None))
    return int(done.rowcount)


async def drop_planned(tx: AsyncConnection, enrolment_id: int, now: datetime, anew: Collection[int]) -> None:
    """Forget what is to come, and whatever has a new time (`anew`: days): it is planned again, and nobody heard of it.

    What is due already and has no new time stays: it must not vanish unasked.
    """
    planned = checkins.delete().where(checkins.c.enrolment_id == enrolment_id, checkins.c.state == Stage.PLANNED)
    await tx.execute(planned.where(or_(checkins.c.due_at > now, checkins.c.day.in_(list(anew)))))


async def add_answer(
    tx: AsyncConnection,
    checkin: CheckIn,
    question: str,
    answer: str,
    now: datetime,
    *,
    said: str = "",
    tapped_by: int | None = None,
    message_id: int | None = None,
) -> int | None:
    """Write an answer down and return its id; None when this question has one already (a second tap)."""
    values = {"checkin_id": checkin.id, "person_id": checkin.person_id, "question": question, "answer": answer}
    values |= {"said": said, "tapped_by": tapped_by, "message_id": message_id, "at": now}
    fresh = insert_for(tx)(answers).values(values).on_conflict_do_nothing(index_elements=["checkin_id", "question"])
    found: int | None = (await tx.execute(fresh.returning(answers.c.id))).scalar()
    return found


_ANSWER = tuple(getattr(answers.c, name) for name in Answered.__dataclass_fields__)


async def answers_of(tx: AsyncConnection, checkin_id: int) -> list[Answered]:
    query = select(*_ANSWER).where(answers.c.checkin_id == checkin_id).order_by(answers.c.id)
    return [Answered(**row) for row in (await tx.execute(query)).mappings()]


async def answer_by_id(tx: AsyncConnection, answer_id: int) -> Answered | None:
    row = (await tx.execute(select(*_ANSWER).where(answers.c.id == answer_id))).mappings().first()
    return None if row is None else Answered(**row)


async def typed_before(tx: AsyncConnection, person_id: int, message_id: int) -> Answered | None:
    """What was made of this very message, when its update comes again."""
    by = or_(answers.c.tapped_by == person_id, and_(answers.c.tapped_by.is_(None), answers.c.person_id == person_id))
    query = select(*_ANSWER).where(by, answers.c.message_id == message_id)
    row = (await tx.execute(query.order_by(answers.c.id.desc()))).mappings().first()
    return None if row is None else Answered(**row)


async def bring_back(
    tx: AsyncConnection, enrolment_id: int, cycle: int, reason: str, now: datetime, later: Collection[int] = ()
) -> None:
    """What was cleared for this reason and can still be asked is planned again; the closing also when it is late.

    Only of this homecoming: the closing of an earlier one would end what has begun since. `later`: days that moved.
    """
    rows = update(checkins).where(checkins.c.enrolment_id == enrolment_id, checkins.c.state == Stage.CLEARED)
    rows = rows.where(
        checkins.c.cycle == cycle,
        checkins.c.reason == reason,
        or_(checkins.c.due_at > now, checkins.c.kind == "closing", checkins.c.day.in_(list(later))),
    )
    await tx.execute(rows.values(state=Stage.PLANNED, reason="", closed_at=None))
