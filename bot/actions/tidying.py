"""Rows that are about a message already on somebody's phone: its edit, its deletion, the notice under it.

They name the delivery they are `of` instead of a message id, because that one may still be on the wire when they are
written.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deliveries import Method, State
from bot.domain.people import Never, Wait
from bot.store import deliveries as store
from bot.store.deliveries import Delivery

LOOK_AGAIN = timedelta(seconds=2)


async def aimed(tx: AsyncConnection, delivery: Delivery, now: datetime) -> Delivery | Wait | Never:
    """The row with the message it is about; or it waits until that is known; or there is nothing to be about."""
    if "of" not in delivery.extra:
        return delivery
    original = await store.by_id(tx, int(delivery.extra["of"]))
    if original is not None and original.state in (State.SENDING, State.QUEUED):
        return Wait(now + LOOK_AGAIN)
    if original is None or original.message_id is None or original.taken_back_at is not None:
        return Never(State.CLEARED, "message_gone")
    name = "reply_to" if delivery.method is Method.SEND else "message_id"
    return replace(delivery, extra={**delivery.extra, name: original.message_id})


async def tidied(tx: AsyncConnection, tidy: Delivery, now: datetime) -> None:
    """The message that was deleted or edited: its own row says what the person sees now."""
    original = int(tidy.extra.get("of", 0))
    if tidy.method is Method.DELETE:
        await store.mark(tx, original, taken_back_at=now)
    elif tidy.method is Method.EDIT:
        kept = await store.by_id(tx, tidy.id)  # blank by now when whoever wrote it was forgotten meanwhile
        await store.mark(tx, original, body=kept.body if kept else "")
