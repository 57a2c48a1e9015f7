"""Not now: later today, another day, or no more needed because somebody has talked to them."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import enrolling, present, silences
from bot.domain.checkins import Stage
from bot.domain.errors import NotFound
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import machine
from bot.store import people as people_store
from bot.store.enrolments import Enrolment

LATER = timedelta(hours=2)


async def later(runtime: Runtime, actor_id: int, checkin_id: int) -> datetime | None:
    """ "Later today": the notification again in two hours; None when the time for this check-in is over by then."""
    async with runtime.database.write() as tx:
        checkin, enrolment = await present.running(tx, actor_id, checkin_id)
        await enrolment_store.change(tx, enrolment.id, missed=0)
        again = runtime.now() + LATER
        again_at = again if again < checkin.not_after else None
        await store.change(tx, checkin.id, remind_at=again_at, state=Stage.ASKED)
        return again_at


async def not_today(runtime: Runtime, actor_id: int, checkin_id: int) -> None:
    """A sign of life: this one is cleared, the next comes."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        checkin, enrolment = await present.running(tx, actor_id, checkin_id)
        cleared = {"reason": "not_today", "closed_at": now, "remind_at": None}
        await store.move(tx, checkin.id, store.RUNNING, Stage.CLEARED, **cleared)
        await delivery_store.clear_keys(tx, f"{checkin.key}:", "not_today", now)
        await enrolment_store.change(tx, enrolment.id, missed=0)
        if checkin.kind == "last_question":
            await silences.go_on(tx, runtime, enrolment)


async def answered_elsewhere(runtime: Runtime, actor_id: int, person_id: int) -> bool:
    """Somebody who looks after them has phoned: the rest of this check-in is not needed. False when none is open."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        checkin = await store.running(tx, person_id)
        enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id) if checkin else None
        if checkin is None or enrolment is None:
            return False
        if not await _looks_after(tx, enrolment, actor_id):
            raise NotFound("errors.old_button")
        cleared = {"reason": "answered_elsewhere", "closed_at": now, "remind_at": None}
        await store.move(tx, checkin.id, store.RUNNING, Stage.CLEARED, **cleared)
        await delivery_store.clear(tx, "answered_elsewhere", now, key=checkin.key)
        await delivery_store.clear_keys(tx, f"{checkin.key}:", "answered_elsewhere", now)
        await enrolment_store.change(tx, enrolment.id, missed=0)
        await machine.note(tx, now, actor_id, "checkin_not_needed", f"enrolment:{enrolment.id}")
        if checkin.kind == "last_question":
            await silences.go_on(tx, runtime, enrolment)
        return True


async def _looks_after(tx: AsyncConnection, enrolment: Enrolment, actor_id: int) -> bool:
    coordinator = Role.COORDINATOR in await people_store.roles_of(tx, actor_id)
    return coordinator or actor_id in enrolling.accepted(enrolment)
