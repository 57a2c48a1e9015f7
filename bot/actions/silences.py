"""What no answer leads to. Silence is never read as "fine" (promise 6)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import emptying, escalating, planning
from bot.actions.known_plans import KnownPlans
from bot.actions.working_off import Work, work_off
from bot.domain.checkins import Enrolment as State
from bot.domain.checkins import Silent, Stage, after_miss
from bot.domain.deliveries import State as Delivered
from bot.domain.errors import NotFound
from bot.domain.plans import Level
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.checkins import CheckIn
from bot.store.enrolments import Enrolment
from bot.store.people import Person

WAITS = "waits_for_human"
"""Why check-ins stand still after the last question: until the person answers, or a human decides."""
_ARRIVED = (Delivered.SENT, Delivered.UNCERTAIN)


async def notice(runtime: Runtime) -> int:
    """Check-ins past their last moment are missed; what follows is decided by the plan, never by nobody."""
    known = KnownPlans(runtime)

    async def overdue(tx: AsyncConnection, most: int) -> list[CheckIn]:
        return await store.overdue(tx, runtime.now(), most)

    async def lost(tx: AsyncConnection, most: int) -> list[CheckIn]:
        return await store.not_arrived(tx, runtime.now(), most)

    async def miss(tx: AsyncConnection, checkin: CheckIn) -> None:
        await missed(tx, runtime, known, checkin)

    async def give_up(tx: AsyncConnection, checkin: CheckIn) -> None:
        await not_decided(tx, runtime, checkin)

    works = (Work("silence", overdue, miss, give_up), Work("not arrived", lost, miss, give_up))
    return sum([await work_off(runtime, work) for work in works])


async def not_decided(tx: AsyncConnection, runtime: Runtime, checkin: CheckIn) -> None:
    """Something about this row is broken: a human decides what its silence means (promise 6)."""
    over = {"reason": "fault", "closed_at": runtime.now(), "remind_at": None}
    if await store.move(tx, checkin.id, store.RUNNING, Stage.MISSED, **over):
        await emptying.empty(tx, runtime, checkin)
        person = await people_store.by_id(tx, checkin.person_id)
        enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id)
        await escalating.open_concern(tx, runtime, person, enrolment, _key(checkin), Level.AMBER, "silent")


def _key(checkin: CheckIn) -> str:
    return f"silent:{checkin.id}"


async def missed(tx: AsyncConnection, runtime: Runtime, known: KnownPlans, checkin: CheckIn) -> None:
    """One check-in is over without an answer; safe to repeat."""
    now = runtime.now()
    arrived = await _arrived(tx, checkin)
    stage, reason = (Stage.MISSED, "no_answer") if arrived else (Stage.LATE, "not_arrived")
    if not await store.move(tx, checkin.id, store.RUNNING, stage, reason=reason, closed_at=now, remind_at=None):
        return
    await emptying.empty(tx, runtime, checkin)
    enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id)
    if enrolment is None or enrolment.state is not State.ACTIVE:
        return
    person = await people_store.by_id(tx, checkin.person_id)
    await delivery_store.clear_keys(tx, f"{checkin.key}:", "over", now)
    if arrived:
        await _silent(tx, runtime, known, enrolment, checkin, person)
    else:  # no silence of theirs: our message did not come
        await _tell(tx, runtime, enrolment, checkin, person, "not_arrived")
        await unasked(tx, runtime, enrolment, checkin)


async def unasked(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, checkin: CheckIn) -> None:
    """The last question never reached them: nobody answers it or decides about it, so what waits for that goes on."""
    if checkin.kind == "last_question":
        await go_on(tx, runtime, enrolment)


async def _arrived(tx: AsyncConnection, checkin: CheckIn) -> bool:
    """A row that is still being sent at this late moment did not come in time."""
    if checkin.opened_at is not None:
        return True
    delivery = await delivery_store.by_key(tx, checkin.key)
    return delivery is not None and delivery.state in _ARRIVED


async def _tell(
    tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, checkin: CheckIn, person: Person, reason: str
) -> None:
    await escalating.open_concern(tx, runtime, person, enrolment, _key(checkin), Level.AMBER, reason)


async def _silent(
    tx: AsyncConnection, runtime: Runtime, known: KnownPlans, enrolment: Enrolment, checkin: CheckIn, person: Person
) -> None:
    plan = await known.get(tx, enrolment.plan)
    in_a_row = enrolment.missed + 1
    await enrolment_store.change(tx, enrolment.id, missed=in_a_row)
    final, last = checkin.kind == "last_question", not await store.more_to_ask(tx, enrolment.id, enrolment.cycle)
    how = {"last": last, "fewer": enrolment.fewer}
    verdict = after_miss(plan.silence, enrolment.tier, checkin.day, in_a_row, final, **how)
    if enrolment.assisted and verdict is not Silent.NOTHING:  # the volunteer was asked, not they: a human decides
        verdict = Silent.AMBER
    if verdict is Silent.AMBER:
        await _tell(tx, runtime, enrolment, checkin, person, "silent")
    elif verdict is Silent.LAST_QUESTION:
        await _last_question(tx, runtime, enrolment, checkin)
    elif verdict is Silent.HUMAN_DECIDES:
        await _tell(tx, runtime, enrolment, checkin, person, "human_decides")


async def _last_question(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, checkin: CheckIn) -> None:
    """One last question, and no more check-ins until it is answered or a human has decided."""
    now = runtime.now()
    await store.clear(tx, enrolment.id, (Stage.PLANNED,), WAITS, now)
    row = {
        "enrolment_id": enrolment.id,
        "person_id": checkin.person_id,
        "key": planning.checkin_key(enrolment, f"last{checkin.day}"),
        "cycle": enrolment.cycle,
        "day": checkin.day,
        "kind": "last_question",
        "due_at": now,
        "not_after": now + (checkin.not_after - checkin.due_at),
    }
    await store.put(tx, [row])


async def go_on(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment) -> None:
    """The check-ins that stood still come again: at the times, and as often, as the person wishes now."""
    await enrolment_store.change(tx, enrolment.id, missed=0)
    try:
        await planning.bring_back(tx, runtime, enrolment.id, WAITS)
    except NotFound:  # a plan that nobody can read must not keep a concern from being closed
        await store.bring_back(tx, enrolment.id, enrolment.cycle, WAITS, runtime.now())
