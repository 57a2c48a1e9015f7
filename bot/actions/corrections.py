"""After sending: take a broadcast back, or correct it for exactly those who received it."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import audience as audience_actions
from bot.actions import stopping
from bot.actions.audience import Draft
from bot.actions.broadcasts import own
from bot.actions.deliveries import broadcast_buttons
from bot.actions.templates import template_of
from bot.domain.broadcasts import DELETABLE, Broadcast, Phase
from bot.domain.deliveries import Kind, Method, State
from bot.domain.errors import NotNow
from bot.domain.templates import Template
from bot.runtime import Runtime
from bot.store import broadcasts as store
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store import people as people_store
from bot.store import templates as template_store
from bot.store.deliveries import Delivery, New
from bot.store.people import Person

LASTS = timedelta(hours=24)


async def take_back(runtime: Runtime, champion_id: int, broadcast_id: int) -> int:
    """Delete what was sent less than 48 hours ago, and send no more. Returns how many messages that are.

    Telegram deletes no message of a bot that is older (promise 3: what cannot be known is not claimed deleted).
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        broadcast = await own(tx, champion_id, broadcast_id)
        await stopping.halt(tx, broadcast_id, "taken_back", now)
        rows = [
            _deletion(one, runtime)
            for one in await delivery_store.of_broadcast(tx, broadcast_id)
            if one.message_id and one.taken_back_at is None and one.done_at and now - one.done_at < DELETABLE
        ]
        await delivery_store.put(tx, rows, now)
        for phase in (Phase.FINISHED, Phase.STOPPED):
            await store.move(tx, broadcast.id, phase, Phase.TAKEN_BACK, reason="taken_back")
        await delivery_store.clear(tx, "taken_back", now, broadcast_id=broadcast_id, kind=Kind.CORRECTION)
        await machine.note(tx, now, champion_id, "broadcast_taken_back", f"broadcast:{broadcast_id}")
        return len(rows)


def _deletion(sent: Delivery, runtime: Runtime) -> New:
    now = runtime.now()
    return New(
        f"takeback:{sent.id}",
        sent.person_id,
        Kind.TIDY,
        now,
        (sent.done_at or now) + DELETABLE,
        method=Method.DELETE,
        extra={"message_id": sent.message_id, "of": sent.id},
        broadcast_id=sent.broadcast_id,
    )


async def preview(runtime: Runtime, champion_id: int, broadcast_id: int, draft: Draft) -> tuple[int, str]:
    """How many people a correction would reach, and the corrected message for the first of them."""
    async with runtime.database.read() as tx:
        await own(tx, champion_id, broadcast_id)
        rows = _standing(await delivery_store.of_broadcast(tx, broadcast_id))
        if not rows:
            raise NotNow("broadcasts.nobody_received")
        champion = await people_store.by_id(tx, champion_id)
        person = await people_store.by_id(tx, rows[0].person_id)
        return len(rows), await _words(tx, runtime, rows[0], person, champion, draft)


def _standing(rows: list[Delivery]) -> list[Delivery]:
    return [one for one in rows if one.state is State.SENT and one.message_id and one.taken_back_at is None]


async def correct(runtime: Runtime, champion_id: int, broadcast_id: int, draft: Draft) -> int:
    """Edit the message for exactly those who received it, and tell them so. Those still waiting get the new words.

    Returns how many people had received it.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        broadcast = await own(tx, champion_id, broadcast_id)
        if broadcast.state not in (Phase.SENDING, Phase.FINISHED, Phase.STOPPED):
            raise NotNow("broadcasts.over")
        number = broadcast.correction + 1
        rows = await delivery_store.of_broadcast(tx, broadcast_id)
        champion = await people_store.by_id(tx, champion_id)
        fresh: list[New] = []
        for one in _standing(rows):
            fresh += await _corrected(tx, runtime, broadcast, one, champion, draft, number)
        await delivery_store.put(tx, fresh, now)
        for one in rows:
            if one.state is State.QUEUED:
                person = await people_store.by_id(tx, one.person_id)
                body = await _words(tx, runtime, one, person, champion, draft)
                await delivery_store.mark(tx, one.id, body=body)
        await store.change(
            tx, broadcast_id, field_values=dict(draft.values), personal_line=draft.line, correction=number
        )
        await machine.end_dialogue(tx, champion_id)
        await machine.note(tx, now, champion_id, "broadcast_corrected", f"broadcast:{broadcast_id}")
        return len(_standing(rows))


async def _corrected(
    tx: AsyncConnection,
    runtime: Runtime,
    broadcast: Broadcast,
    sent: Delivery,
    champion: Person,
    draft: Draft,
    number: int,
) -> list[New]:
    now = runtime.now()
    person = await people_store.by_id(tx, sent.person_id)
    body = await _words(tx, runtime, sent, person, champion, draft)
    buttons = broadcast_buttons(runtime, sent.id, sent.language, champion.name)
    shared = {"language": sent.language, "broadcast_id": broadcast.id}
    edit = New(
        f"correct:{sent.id}:{number}",
        person.id,
        Kind.TIDY,
        now,
        now + LASTS,
        body,
        buttons,
        Method.EDIT,
        {"message_id": sent.message_id, "of": sent.id},
        **shared,  # type: ignore[arg-type]
    )
    notice = New(
        f"corrected:{sent.id}:{number}",
        person.id,
        Kind.CORRECTION,
        now + timedelta(seconds=1),
        now + LASTS,
        runtime.say(sent.language, "broadcasts.corrected_notice", name=person.name, champion=champion.name),
        extra={"reply_to": sent.message_id},
        circle_id=sent.circle_id,
        **shared,  # type: ignore[arg-type]
    )
    return [edit, notice]


async def _words(
    tx: AsyncConnection, runtime: Runtime, sent: Delivery, person: Person, champion: Person, draft: Draft
) -> str:
    """The corrected message in the version they received: a correction changes facts, never approved words."""
    version = await template_store.by_id(tx, sent.version_id or 0)
    template: Template | None = template_of(runtime, version) if version else None
    circle = await circle_store.by_id(tx, draft.circle_id)
    if template is None:
        raise NotNow("broadcasts.topic_gone")
    return audience_actions.message(runtime, template, person, champion, circle.name if circle else "", draft)
