"""What is kept about people who were looked after, once it has served its purpose."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.checkins import Enrolment as State
from bot.domain.concerns import Phase
from bot.domain.deliveries import OPEN, Kind
from bot.domain.people import Purpose
from bot.store.quick import thorough
from bot.store.schema import consents, deliveries
from bot.store.schema_care import answers, checkins, concerns, enrolments

_LATER = consents.alias("later")
_OTHER = enrolments.alias("other")


async def cards_over(tx: AsyncConnection, now: datetime, most: int) -> list[int]:
    """Enrolments that were never begun, and whose card is too old by now."""
    over = select(enrolments.c.id).where(enrolments.c.state == State.INVITED, enrolments.c.expires_at <= now)
    return list((await tx.execute(over.order_by(enrolments.c.id).limit(most))).scalars())


async def remove_card(tx: AsyncConnection, enrolment_id: int) -> None:
    """Nothing hangs on an enrolment that was never begun."""
    mine = delete(enrolments).where(enrolments.c.id == enrolment_id, enrolments.c.state == State.INVITED)
    await tx.execute(mine)


async def with_old_answers(tx: AsyncConnection, before: datetime, most: int) -> list[int]:
    """Enrolments that ended before this moment and have answers left; not while a worry of theirs is open."""
    answered = exists().where(checkins.c.enrolment_id == enrolments.c.id, answers.c.checkin_id == checkins.c.id)
    worried = exists().where(concerns.c.enrolment_id == enrolments.c.id, concerns.c.state != Phase.CLOSED)
    over = select(enrolments.c.id).where(enrolments.c.state == State.ENDED, enrolments.c.ended_at <= before)
    return list((await tx.execute(thorough(over.where(answered, ~worried).limit(most)))).scalars())


async def erase_answers(tx: AsyncConnection, enrolment_id: int) -> int:
    """Of all check-ins of an enrolment. Returns how many; what they worried somebody about stays, without them."""
    its = select(checkins.c.id).where(checkins.c.enrolment_id == enrolment_id)
    gone = select(answers.c.id).where(answers.c.checkin_id.in_(its))
    await tx.execute(update(concerns).where(concerns.c.answer_id.in_(gone)).values(answer_id=None))
    return int((await tx.execute(delete(answers).where(answers.c.checkin_id.in_(its)))).rowcount)


async def cared_for_no_more(tx: AsyncConnection, purposes: Collection[Purpose], most: int) -> list[int]:
    """People whose check-ins have ended, with a yes for one of `purposes` that still stands."""
    return list((await tx.execute(thorough(_done(purposes).limit(most)))).scalars())


async def is_cared_for_no_more(tx: AsyncConnection, purposes: Collection[Purpose], person_id: int) -> bool:
    return (await tx.execute(_done(purposes).where(enrolments.c.person_id == person_id))).first() is not None


def _done(purposes: Collection[Purpose]) -> Select[Any]:
    """Nothing of theirs goes on, no worry is open, and no message of the plan is still to be sent."""
    who = enrolments.c.person_id
    going_on = exists().where(_OTHER.c.person_id == who, _OTHER.c.state != State.ENDED)
    worried = exists().where(concerns.c.person_id == who, concerns.c.state != Phase.CLOSED)
    of_plan = deliveries.c.kind.in_((Kind.CHECKIN, Kind.CARE))
    under_way = exists().where(deliveries.c.person_id == who, of_plan, deliveries.c.state.in_(OPEN))
    ended = select(who).where(enrolments.c.state == State.ENDED, who.is_not(None)).distinct()
    return ended.where(_still_says_yes(who, purposes), ~going_on, ~worried, ~under_way)


def _still_says_yes(who: ColumnElement[Any], purposes: Collection[Purpose]) -> ColumnElement[bool]:
    """The newest record decides, as in `people.standing_consents`."""
    same = (_LATER.c.person_id == consents.c.person_id, _LATER.c.purpose == consents.c.purpose)
    taken_back = exists().where(*same, _LATER.c.id > consents.c.id)
    yes = exists().where(consents.c.person_id == who, consents.c.purpose.in_(purposes), consents.c.given == 1)
    return yes.where(~taken_back)
