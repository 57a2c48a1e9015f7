"""A question about somebody's health does not stay on the screen when it is over without its reader's doing (H16)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.domain.deliveries import Kind, Method
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.checkins import CheckIn
from bot.store.deliveries import New
from bot.store.people import Person


async def empty(tx: AsyncConnection, runtime: Runtime, checkin: CheckIn) -> None:
    """A neutral line takes the place of the question, at any hour: an edit rings nowhere. Safe to repeat."""
    if checkin.message_id is None:
        return
    reader, now = await _reader(tx, checkin), runtime.now()
    row = New(
        f"emptied:{checkin.key}:{checkin.message_id}",
        reader.id,
        Kind.TIDY,
        now,
        now + notices.WORK_LASTS,
        runtime.say(reader.language, "checkins.over"),
        method=Method.EDIT,
        extra={"message_id": checkin.message_id},
        language=reader.language,
    )
    await delivery_store.put(tx, [row], now)


async def _reader(tx: AsyncConnection, checkin: CheckIn) -> Person:
    """On whose phone it is: for somebody without Telegram, that of the volunteer who was asked to phone."""
    enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id)
    asked = await delivery_store.by_key(tx, checkin.key) if enrolment and enrolment.assisted else None
    return await people_store.by_id(tx, asked.person_id if asked else checkin.person_id)


async def empty_of(tx: AsyncConnection, runtime: Runtime, enrolment_id: int) -> None:
    """The same for whatever is asked now in an enrolment; before it is cleared."""
    for checkin in await store.of_enrolment(tx, enrolment_id):
        if checkin.state in store.RUNNING:
            await empty(tx, runtime, checkin)
