"""People who have just come home, by the hundred thousand: the rows that enrolling writes, and those of a busy day."""

import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import plan_reading, planning, plans
from bot.domain.checkins import Due, Stage
from bot.domain.checkins import Enrolment as State
from bot.domain.concerns import Phase, Rung
from bot.domain.deliveries import Kind
from bot.domain.deliveries import State as Delivered
from bot.domain.hours import local
from bot.domain.people import Purpose
from bot.domain.plan_parts import ways
from bot.domain.plans import Level, Plan, Tier
from bot.domain.templates import SOURCE_LANGUAGE
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store.deliveries import New
from bot.store.enrolments import Enrolment
from bot.store.people import Person
from bot.store.schema import consents, deliveries, people
from bot.store.schema_care import checkins, concerns, enrolments
from bot.store.types import Instant

PLAN = "home-from-hospital"
AT_ONCE = 500  # people a transaction
SPREAD = 28  # they come home on one of so many days, and nothing of theirs is due while we measure
WORDING = "seeded"
# A busy day beside what only waits: of all people, so many were asked and have not answered; of those asked, so many
# messages did not arrive, and a human knows; so many people have a worry that somebody was told of.
ASKED_EACH, LOST_EACH, WORRIES_EACH = 5, 1000, 100


async def approve_plan(runtime: Runtime, coordinator_id: int) -> None:
    await plans.sync(runtime)
    for one in await plans.waiting(runtime):
        if one.plan.id == PLAN and one.language == SOURCE_LANGUAGE:
            await plan_reading.shown(runtime, coordinator_id, one.version.id, ways(one.plan))
            await plans.decide(runtime, coordinator_id, one.version.id, True, reads_language=True)


async def enrol(runtime: Runtime, crowd: Sequence[Person], named_id: int) -> float:
    """An enrolment and its check-ins for each of `crowd`, with their yes. Returns the seconds it took."""
    began, now = time.perf_counter(), runtime.now()
    async with runtime.database.read() as tx:
        plan = await plans.usable(tx, runtime, PLAN)
    for some in _some(crowd):
        async with runtime.database.write() as tx:
            made = await _enrolled(tx, runtime, some, named_id, now)
            days = [
                _row(enrolment, plan, one)
                for enrolment, person in zip(made, some, strict=True)
                for one in planning.planned(runtime, plan, enrolment, person, now)
            ]
            await store.put(tx, days)
    return time.perf_counter() - began


def _some(crowd: Sequence[Person]) -> Iterator[Sequence[Person]]:
    for start in range(0, len(crowd), AT_ONCE):
        yield crowd[start : start + AT_ONCE]


async def _enrolled(
    tx: AsyncConnection, runtime: Runtime, crowd: Sequence[Person], named_id: int, now: datetime
) -> list[Enrolment]:
    """The enrolments, in the order of `crowd`."""
    today = local(now, runtime.place.zone).date()
    blank = {"plan": PLAN, "tier": Tier.USUAL, "state": State.ACTIVE, "course": "", "created_at": now}
    blank |= {"accepted_at": now, "named_id": named_id, "named_state": "accepted", "backup_state": "none"}
    blank |= {"assisted": False, "fewer": False, "cycle": 1, "missed": 0}
    homes = [(today + timedelta(days=1 + person.id % SPREAD)).isoformat() for person in crowd]
    rows = [{**blank, "person_id": one.id, "home_on": home} for one, home in zip(crowd, homes, strict=True)]
    await tx.execute(insert(enrolments), rows)
    said = [_yes(one.id, purpose, now) for one in crowd for purpose in (Purpose.CHECKINS, Purpose.TELL_NAMED)]
    await tx.execute(insert(consents), said)
    query = select(*enrolment_store.COLUMNS).where(enrolments.c.person_id.in_([one.id for one in crowd]))
    made = [enrolment_store.enrolment(row) for row in (await tx.execute(query)).mappings()]
    by_person = {one.person_id: one for one in made}
    return [by_person[one.id] for one in crowd]


def _row(enrolment: Enrolment, plan: Plan, one: Due) -> dict[str, Any]:
    ids = {"enrolment_id": enrolment.id, "person_id": enrolment.person_id, "cycle": enrolment.cycle, "day": one.day}
    kind, key = "closing" if one.day == plan.closing_day else "questions", planning.checkin_key(enrolment, one.day)
    return {**ids, "key": key, "kind": kind, "due_at": one.due_at, "not_after": one.not_after}


def _yes(person_id: int, purpose: Purpose, now: datetime) -> dict[str, Any]:
    return {"person_id": person_id, "purpose": purpose, "given": True, "wording": WORDING, "at": now}


async def planned_one_by_one(runtime: Runtime, people_wanted: int) -> float:
    """Median seconds in which the check-ins of one person are planned anew, each in a transaction of its own."""
    async with runtime.database.read() as tx:
        ids = list((await tx.execute(select(enrolments.c.id).limit(people_wanted))).scalars())
    times = []
    for enrolment_id in ids:
        began = time.perf_counter()
        async with runtime.database.write() as tx:
            await planning.plan_rows(tx, runtime, enrolment_id, runtime.now())
        times.append(time.perf_counter() - began)
    return statistics.median(times)


async def residents(runtime: Runtime, besides: Sequence[int]) -> list[Person]:
    """Everybody but these Telegram ids, in the order in which they came."""
    async with runtime.database.read() as tx:
        rows = await tx.execute(select(people).where(people.c.telegram_id.not_in(besides)).order_by(people.c.id))
        return [Person(**row) for row in rows.mappings()]


async def count_open(runtime: Runtime) -> int:
    """Check-ins that are not over."""
    async with runtime.database.read() as tx:
        query = select(func.count()).select_from(checkins).where(checkins.c.state.in_(store.UNFINISHED))
        return int((await tx.execute(query)).scalar_one())


async def busy_day(runtime: Runtime) -> None:
    """Some were asked and wait for nothing but an answer; some have a worry; nothing is due for days."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        await _asked(tx, now)
        await _lost(tx)
        await _worries(tx, now)


async def _asked(tx: AsyncConnection, now: datetime) -> None:
    first = select(func.min(checkins.c.id)).where(checkins.c.enrolment_id % ASKED_EACH == 0)
    first = first.group_by(checkins.c.enrolment_id)
    later = {"remind_at": now + timedelta(days=3), "not_after": now + timedelta(days=4)}
    rows = update(checkins).where(checkins.c.id.in_(first))
    await tx.execute(rows.values(state=Stage.ASKED, asked_at=now, due_at=now - timedelta(hours=1), **later))
    asked = await tx.execute(select(checkins.c.key, checkins.c.person_id).where(checkins.c.state == Stage.ASKED))
    end = now + timedelta(days=4)
    sent = [New(row.key, row.person_id, Kind.CHECKIN, now, end, "Hello", state=Delivered.SENT) for row in asked]
    for start in range(0, len(sent), AT_ONCE):
        await delivery_store.put(tx, sent[start : start + AT_ONCE], now)


async def _lost(tx: AsyncConnection) -> None:
    some = deliveries.c.id % LOST_EACH == 0
    keys = select(deliveries.c.key).where(some)
    await tx.execute(update(checkins).where(checkins.c.key.in_(keys)).values(state=Stage.LATE, reason="not_arrived"))
    await tx.execute(update(deliveries).where(some).values(state=Delivered.FAILED, reason="blocked"))


async def _worries(tx: AsyncConnection, now: datetime) -> None:
    some = select(enrolments.c.id, enrolments.c.person_id, literal("bench:") + enrolments.c.id)
    when = literal(now, Instant)
    fixed = {"level": Level.AMBER, "reason": "silent", "state": Phase.OPEN, "rung": Rung.NAMED, "outcome": ""}
    values: list[Any] = [literal(str(value)) for value in fixed.values()]
    values += [literal(1), when, literal(now + timedelta(days=4), Instant)]
    names = ["enrolment_id", "person_id", "key", *fixed, "round", "opened_at", "deadline_at"]
    rows = some.add_columns(*values).where(enrolments.c.id % WORRIES_EACH == 0)
    await tx.execute(insert(concerns).from_select(names, rows))


async def chosen(runtime: Runtime, wanted: int, besides: int = 0) -> dict[int, int]:
    """The first check-in of so many people who were not asked yet, after so many others. Check-in by Telegram id."""
    first = select(func.min(checkins.c.id).label("id")).where(checkins.c.enrolment_id % ASKED_EACH != 0)
    first = first.group_by(checkins.c.enrolment_id).order_by("id").limit(wanted).offset(besides)
    who = select(people.c.telegram_id, checkins.c.id).join(checkins, checkins.c.person_id == people.c.id)
    async with runtime.database.read() as tx:
        rows = await tx.execute(who.where(checkins.c.id.in_(select(first.subquery().c.id))))
        return {row.telegram_id: row.id for row in rows}


async def fall_due(runtime: Runtime, ids: Sequence[int], at: datetime) -> None:
    """These check-ins are due at this one instant."""
    async with runtime.database.write() as tx:
        for start in range(0, len(ids), AT_ONCE):
            rows = update(checkins).where(checkins.c.id.in_(ids[start : start + AT_ONCE]))
            await tx.execute(rows.values(due_at=at, not_after=at + timedelta(hours=24)))
