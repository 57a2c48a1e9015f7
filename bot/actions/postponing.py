"""Not now: later today, another day, or no more needed because somebody has talked to them."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import emptying, enrolling, present, silences
from bot.domain.checkins import Stage
from bot.domain.errors import NotFound
from bot.domain.hours import local, next_awake
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import machine
from bot.store import people as people_store
from bot.store.enrolments import Enrolment
from bot.store.standings import hours_of

LATER = timedelta(hours=2)
NEAR = timedelta(minutes=30)
"""Nobody is reminded when less than this is left to answer."""


async def later(runtime: Runtime, actor_id: int, checkin_id: int) -> datetime | None:
    """ "Later today": the notification again in two hours, once the person is awake. Returns when, if it is today.

    None when that is another day, or hardly any time to answer would be left: then only the buttons are promised.
    """
    async with runtime.database.write() as tx:
        checkin, enrolment = await present.running(tx, actor_id, checkin_id)
        await enrolment_store.change(tx, enrolment.id, missed=0)
        hours = hours_of(await people_store.by_id(tx, checkin.person_id), runtime.place)
        again = next_awake(hours, runtime.now() + LATER)
        in_time = again + NEAR <= checkin.not_after
        await store.change(tx, checkin.id, remind_at=again if in_time else None, state=Stage.ASKED)
        is_today = local(again, hours.zone).date() == local(runtime.now(), hours.zone).date()
        return again if in_time and is_today else None


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
        await emptying.empty(tx, runtime, checkin)
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
