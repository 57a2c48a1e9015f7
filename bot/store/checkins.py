"""Check-ins and their answers. Every check-in is a row from the day of enrolment on; a tick notices when it is due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.checkins import Stage
from bot.domain.deliveries import State as Delivered
from bot.store.schema import deliveries
from bot.store.schema_care import answers, checkins
from bot.store.updates import insert_for

RUNNING = (Stage.ASKED, Stage.OPEN)
UNFINISHED = (Stage.PLANNED, *RUNNING)


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


async def by_id(tx: AsyncConnection, checkin_id: int) -> CheckIn | None:
    row = (await tx.execute(select(*COLUMNS).where(checkins.c.id == checkin_id))).mappings().first()
    return None if row is None else _checkin(row)


async def of_enrolment(tx: AsyncConnection, enrolment_id: int) -> list[CheckIn]:
    query = select(*COLUMNS).where(checkins.c.enrolment_id == enrolment_id)
    return [_checkin(row) for row in (await tx.execute(query.order_by(checkins.c.due_at, checkins.c.id))).mappings()]


async def running(tx: AsyncConnection, person_id: int) -> CheckIn | None:
    """The one check-in that is open for a person; there is never more than one."""
    query = select(*COLUMNS).where(checkins.c.person_id == person_id, checkins.c.state.in_(RUNNING))
    row = (await tx.execute(query.order_by(checkins.c.id.desc()))).mappings().first()
    return None if row is None else _checkin(row)


async def due(tx: AsyncConnection, now: datetime, most: int) -> list[CheckIn]:
    """Planned check-ins whose time has come, oldest first; by the partial index, however many wait for later."""
    query = select(*COLUMNS).where(checkins.c.state == Stage.PLANNED, checkins.c.due_at <= now)
    query = query.order_by(checkins.c.due_at, checkins.c.id).limit(most).with_for_update(skip_locked=True)
    return [_checkin(row) for row in (await tx.execute(query)).mappings()]


async def to_remind(tx: AsyncConnection, now: datetime, most: int) -> list[CheckIn]:
    query = select(*COLUMNS).where(checkins.c.state.in_(RUNNING), checkins.c.remind_at <= now)
    return [_checkin(row) for row in (await tx.execute(query.limit(most))).mappings()]


async def overdue(tx: AsyncConnection, now: datetime, most: int) -> list[CheckIn]:
    """Asked or half answered, and past their last moment."""
    query = select(*COLUMNS).where(checkins.c.state.in_(RUNNING), checkins.c.not_after <= now)
    return [_checkin(row) for row in (await tx.execute(query.order_by(checkins.c.id).limit(most))).mappings()]


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


async def drop_planned(tx: AsyncConnection, enrolment_id: int) -> None:
    """Forget what is planned, to plan it anew; nobody has heard of it yet."""
    planned = checkins.delete().where(checkins.c.enrolment_id == enrolment_id, checkins.c.state == Stage.PLANNED)
    await tx.execute(planned)


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


async def not_arrived(tx: AsyncConnection, most: int) -> list[CheckIn]:
    """Asked, but the notification came to nothing: that is no silence of theirs."""
    query = select(*COLUMNS).join(deliveries, deliveries.c.key == checkins.c.key)
    lost = (Delivered.FAILED, Delivered.SUPPRESSED, Delivered.MISSED)
    query = query.where(checkins.c.state == Stage.ASKED, deliveries.c.state.in_(lost)).limit(most)
    return [_checkin(row) for row in (await tx.execute(query)).mappings()]


async def bring_back(tx: AsyncConnection, enrolment_id: int, reason: str, now: datetime) -> int:
    """What was cleared for this reason and can still be asked is planned again."""
    rows = update(checkins).where(checkins.c.enrolment_id == enrolment_id, checkins.c.state == Stage.CLEARED)
    rows = rows.where(checkins.c.reason == reason, checkins.c.due_at > now)
    return int((await tx.execute(rows.values(state=Stage.PLANNED, reason="", closed_at=None))).rowcount)


async def count_due(tx: AsyncConnection, since: datetime, until: datetime) -> int:
    """Check-ins that wait for their time in this span; the closing asks nothing."""
    query = select(func.count()).where(checkins.c.state == Stage.PLANNED, checkins.c.kind == "questions")
    return int((await tx.execute(query.where(checkins.c.due_at >= since, checkins.c.due_at < until))).scalar_one())


async def missed_by(tx: AsyncConnection, since: datetime, until: datetime) -> list[int]:
    """Whose check-ins were missed, or could not be sent, in this span."""
    query = select(checkins.c.person_id).where(checkins.c.state.in_((Stage.MISSED, Stage.LATE)))
    query = query.where(checkins.c.closed_at >= since, checkins.c.closed_at < until).distinct()
    return list((await tx.execute(query)).scalars())
