"""The fixed emergency words, and the question ten minutes later whether somebody has phoned."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import alerts, escalating, plans, present
from bot.actions.present import Emergency, Now
from bot.domain.deliveries import Kind
from bot.domain.errors import NotFound
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import concerns as concern_store
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store.deliveries import New
from bot.store.people import Person

GRACE = timedelta(seconds=5)  # in which the door says the emergency words itself


async def write(
    tx: AsyncConnection, runtime: Runtime, current: Now, reader: Person, number: str, key: str
) -> Emergency:
    """The door says it in this very second; the row survives a kill, is tried again, and tells what became of it."""
    named, person, language = current.named, current.person, reader.language
    body = plans.emergency_text(runtime, current.plan, language, number, name=person.name, named=named)
    now, due_at = runtime.now(), runtime.now() + GRACE
    kind = Kind.CARE if reader.id == person.id else Kind.ALERT
    row = New(key, reader.id, kind, due_at, now + alerts.ALERT_LASTS, body, language=language, names=(person.id,))
    await delivery_store.put(tx, [row], now)
    return Emergency(key, body)


async def said(runtime: Runtime, emergency: Emergency, message_id: int) -> None:
    """The door has said it; the row need not."""
    async with runtime.database.write() as tx:
        await delivery_store.said_already(tx, emergency.key, message_id, runtime.now())


async def has_called(runtime: Runtime, actor_id: int, concern_id: int, called: bool) -> Now | None:
    """Ten minutes after a red answer. No: the emergency words again, and whoever has it is told (promise 6)."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        concern = await concern_store.by_id(tx, concern_id)
        given = await store.answer_by_id(tx, concern.answer_id) if concern and concern.answer_id else None
        if concern is None or given is None:
            raise NotFound("errors.old_button")
        current = await present.of(tx, runtime, given.checkin_id)
        if not present.may_answer(current.enrolment, actor_id):
            raise NotFound("errors.old_button")
        if called:
            await concern_store.note(tx, concern, "called", now, actor_id)
            return None
        reader = await people_store.by_id(tx, actor_id)
        number = current.plan.questions[given.asked].answer(given.answer).emergency
        key = f"emergency:{given.checkin_id}:{given.question}:again:{int(now.timestamp()) // 60}"
        emergency = await write(tx, runtime, current, reader, number, key)
        await escalating.not_called(tx, runtime, concern)
        return replace(current, emergency=emergency)
