"""After sending: take a broadcast back, or correct it for exactly those who received it.

A message that is on the wire at that moment gets its edit or deletion too: those rows name the delivery they are
`of`, and wait until it is known what became of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import audience as audience_actions
from bot.actions import drafts, on_behalf, stopping
from bot.actions.audience import Draft
from bot.actions.deliveries import broadcast_buttons
from bot.actions.reports import can_delete, stands
from bot.actions.templates import template_of
from bot.catalogue.rendering import RenderError
from bot.domain.broadcasts import DELETABLE, Broadcast, Phase, not_after
from bot.domain.deliveries import Kind, Method, State
from bot.domain.errors import NotNow, Refused
from bot.domain.templates import SOURCE_LANGUAGE, Template
from bot.runtime import Runtime
from bot.store import broadcasts as store
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import machine, standings
from bot.store import people as people_store
from bot.store import sent as sent_store
from bot.store import templates as template_store
from bot.store.deliveries import Delivery, New
from bot.store.people import Person

LASTS = timedelta(hours=24)
CORRECTABLE = (Phase.SENDING, Phase.FINISHED, Phase.STOPPED)


async def take_back(runtime: Runtime, actor_id: int, broadcast_id: int) -> int:
    """Delete what was sent less than 48 hours ago, and send no more. Returns how many messages that are.

    Telegram deletes no message of a bot that is older (promise 3: what cannot be known is not claimed deleted).
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        broadcast = await on_behalf.broadcast(tx, actor_id, broadcast_id)
        await store.move(tx, broadcast_id, Phase.WAITING, Phase.UNDONE, reason="undone", finished_at=now)
        await stopping.halt(tx, broadcast_id, "taken_back", now)
        await delivery_store.clear(tx, "taken_back", now, broadcast_id=broadcast_id, kind=(Kind.CORRECTION, Kind.TIDY))
        sent = await delivery_store.of_broadcast(tx, broadcast_id)
        rows = [_deletion(one, runtime) for one in sent if can_delete(one, now) or one.state is State.SENDING]
        await delivery_store.put(tx, rows, now)
        for phase in (Phase.FINISHED, Phase.STOPPED):
            await store.move(tx, broadcast_id, phase, Phase.TAKEN_BACK, reason="taken_back")
        await machine.note(tx, now, actor_id, "broadcast_taken_back", f"broadcast:{broadcast_id}")
        await on_behalf.tell_of_broadcast(tx, runtime, actor_id, broadcast, "taken_back")
        return len(rows)


def _deletion(sent: Delivery, runtime: Runtime) -> New:
    now = runtime.now()
    until = (sent.done_at or now) + DELETABLE
    key, extra = f"takeback:{sent.id}:{int(now.timestamp())}", {"of": sent.id}
    method, broadcast_id = Method.DELETE, sent.broadcast_id
    return New(key, sent.person_id, Kind.TIDY, now, until, method=method, extra=extra, broadcast_id=broadcast_id)


@dataclass(frozen=True)
class _Correcting:
    """What is needed to say the new words to everybody, read once."""

    runtime: Runtime
    broadcast: Broadcast
    draft: Draft
    champion: Person
    circle: str
    people: dict[int, Person]
    texts: dict[int, Template]

    def words(self, row: Delivery) -> str:
        """The message in the version they received: a correction changes facts, never approved words."""
        template = self.texts.get(row.version_id or 0)
        if template is None:
            raise NotNow("broadcasts.topic_gone")
        person = self.people[row.person_id]
        try:
            return audience_actions.message(self.runtime, template, person, self.champion, self.circle, self.draft)
        except RenderError:
            raise Refused("broadcasts.too_long") from None


async def _open(
    tx: AsyncConnection, runtime: Runtime, broadcast: Broadcast, draft: Draft, rows: Iterable[Delivery]
) -> _Correcting:
    rows = list(rows)
    circle = await circle_store.by_id(tx, broadcast.circle_id)
    champion = await people_store.by_id(tx, broadcast.champion_id or 0)
    crowd = await standings.crowd(tx, {one.person_id for one in rows})
    texts = await _texts(tx, runtime, (one.version_id for one in rows))
    people = {person.id: person for person in crowd}
    return _Correcting(runtime, broadcast, draft, champion, circle.name if circle else "", people, texts)


async def _texts(tx: AsyncConnection, runtime: Runtime, ids: Iterable[int | None]) -> dict[int, Template]:
    """The versions that were sent, by id."""
    found: dict[int, Template] = {}
    for version_id in sorted({one for one in ids if one}):
        version = await template_store.by_id(tx, version_id)
        template = template_of(runtime, version) if version else None
        if template is not None:
            found[version_id] = template
    return found


async def template(runtime: Runtime, actor_id: int, broadcast_id: int) -> Template:
    """The words that were sent, whose fields are put right; in the source language if anybody got that."""
    async with runtime.database.read() as tx:
        broadcast = await on_behalf.broadcast(tx, actor_id, broadcast_id)
        if broadcast.state not in CORRECTABLE:
            raise NotNow("broadcasts.over")
        texts = await _texts(tx, runtime, (one.version_id for one in await sent_store.versions(tx, broadcast_id)))
        if not texts:
            raise NotNow("broadcasts.topic_gone")
        return min(texts.values(), key=lambda one: one.language != SOURCE_LANGUAGE)


async def preview(runtime: Runtime, actor_id: int, broadcast_id: int, draft: Draft) -> tuple[int, str]:
    """How many people a correction would reach, and the corrected message for the first of them."""
    async with runtime.database.read() as tx:
        broadcast = await on_behalf.broadcast(tx, actor_id, broadcast_id)
        rows = [one for one in await delivery_store.of_broadcast(tx, broadcast_id) if stands(one)]
        if not rows:
            raise NotNow("broadcasts.nobody_received")
        correcting = await _open(tx, runtime, broadcast, draft, rows)
        return len(rows), correcting.words(rows[0])


async def correct(runtime: Runtime, actor_id: int, broadcast_id: int, draft: Draft) -> int:
    """Edit the message for exactly those who received it, and tell them so. Those still waiting get the new words.

    Returns how many people had received it.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        broadcast = await on_behalf.broadcast(tx, actor_id, broadcast_id)
        _check(broadcast, draft)
        rows = await delivery_store.of_broadcast(tx, broadcast_id)
        received = [one for one in rows if stands(one) or one.state is State.SENDING]
        waiting = [one for one in rows if one.state is State.QUEUED]
        correcting = await _open(tx, runtime, broadcast, draft, [*received, *waiting])
        fresh = [row for one in received for row in _corrected(correcting, one)]
        await delivery_store.clear(tx, "corrected_again", now, broadcast_id=broadcast_id, kind=Kind.CORRECTION)
        await delivery_store.put(tx, fresh, now)
        await _change(tx, correcting, waiting)
        if broadcast.champion_id == actor_id:  # a coordinator at the desk has no draft of it in the chat
            await drafts.drop_within(tx, actor_id)
        await machine.note(tx, now, actor_id, "broadcast_corrected", f"broadcast:{broadcast_id}")
        await on_behalf.tell_of_broadcast(tx, runtime, actor_id, broadcast, "corrected")
        return len(received)


def _check(broadcast: Broadcast, draft: Draft) -> None:
    if broadcast.state not in CORRECTABLE:
        raise NotNow("broadcasts.over")
    if dict(draft.values) == broadcast.field_values and draft.line == broadcast.personal_line:
        raise NotNow("broadcasts.nothing_changed")


async def _change(tx: AsyncConnection, correcting: _Correcting, waiting: list[Delivery]) -> None:
    """The broadcast says the new facts now, and so does whatever has not gone out; a new day may end it earlier."""
    broadcast, draft = correcting.broadcast, correcting.draft
    end = not_after(broadcast.starts_at, draft.dates, correcting.runtime.place.zone)
    for one in waiting:
        await delivery_store.mark(tx, one.id, body=correcting.words(one), not_after=min(one.not_after, end))
    values = {"field_values": dict(draft.values), "personal_line": draft.line, "not_after": end}
    await store.change(tx, broadcast.id, correction=broadcast.correction + 1, **values)


def _corrected(correcting: _Correcting, sent: Delivery) -> list[New]:
    """The edit, which makes no sound, and the notice under it, which does."""
    runtime, champion = correcting.runtime, correcting.champion
    now, number = runtime.now(), correcting.broadcast.correction + 1
    body, person = correcting.words(sent), correcting.people[sent.person_id]
    buttons = broadcast_buttons(runtime, sent.id, sent.language, champion.name)
    notice = runtime.say(sent.language, "broadcasts.corrected_notice", name=person.name, champion=champion.name)
    edit = New(f"correct:{sent.id}:{number}", person.id, Kind.TIDY, now, now + LASTS, body, buttons, Method.EDIT)
    told = New(f"corrected:{sent.id}:{number}", person.id, Kind.CORRECTION, now + timedelta(seconds=1), now + LASTS)
    shared = {"language": sent.language, "broadcast_id": correcting.broadcast.id, "extra": {"of": sent.id}}
    named = (champion.id,)
    return [
        replace(edit, names=named, **shared),  # type: ignore[arg-type]
        replace(told, body=notice, circle_id=sent.circle_id, names=named, **shared),  # type: ignore[arg-type]
    ]
