"""What a human does about a concern: take it, say that they have spoken, pass it on, close it with an outcome."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import alerts, enrolling, escalating, ladder, notices, silences
from bot.domain.checkins import Course
from bot.domain.checkins import Enrolment as State
from bot.domain.concerns import Outcome, Phase, asked_after, deadline
from bot.domain.errors import NotFound, NotNow
from bot.domain.people import Role
from bot.domain.plans import LOUD, Level
from bot.runtime import Runtime
from bot.store import checkins as checkin_store
from bot.store import concerns as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import machine
from bot.store import people as people_store
from bot.store.concerns import Concern, Event
from bot.store.people import Person

LONGEST_NOTE = 1000
LATELY = timedelta(days=30)
MOST_CLOSED = 50


@dataclass(frozen=True)
class View:
    """A concern as its reader may see it. `reason` is empty when it is not for them."""

    concern: Concern
    resident: Person
    owner: Person | None
    reason: str
    history: list[tuple[Event, str]]
    until: datetime
    """By when somebody has to say "I have it", or by when its owner said they would ring."""
    whole: bool
    """Whether the reader may see levels, answers and history."""
    asked_now: bool
    """Whether a check-in is open for the resident, which a phone call makes needless."""
    no_calls: bool = False
    """Whether they have not said yes to being phoned by a volunteer."""


async def _for(tx: AsyncConnection, reader_id: int, concern_id: int) -> Concern:
    """Those who may know of it; nobody else learns that it exists."""
    concern = await store.by_id(tx, concern_id)
    if concern is None or not await ladder.may_know(tx, concern, reader_id):
        raise NotFound("errors.old_button")
    return concern


async def view(runtime: Runtime, reader_id: int, concern_id: int) -> View:
    async with runtime.database.read() as tx:
        concern = await _for(tx, reader_id, concern_id)
        return await _view(tx, runtime, reader_id, concern)


async def _view(tx: AsyncConnection, runtime: Runtime, reader_id: int, concern: Concern) -> View:
    reader = await people_store.by_id(tx, reader_id)
    owner = await people_store.find(tx, concern.owner_id) if concern.owner_id else None
    history = []
    for event in await store.history(tx, concern.id):
        actor = await people_store.find(tx, event.actor_id) if event.actor_id else None
        history.append((event, actor.name if actor else ""))
    until = concern.deadline_at
    if concern.owned_at:
        until = escalating.deadline_of_owner(runtime, concern)
    resident = await people_store.by_id(tx, concern.person_id)
    reason = await alerts.reason(tx, runtime, concern, reader)
    whole = await ladder.may_see(tx, concern, reader_id)
    asked_now, no_calls = await _asked_now(tx, concern), await ladder.declines_calls(tx, resident.id)
    return View(concern, resident, owner, reason, history, until, whole, asked_now, no_calls)


async def _asked_now(tx: AsyncConnection, concern: Concern) -> bool:
    return await checkin_store.running(tx, concern.person_id) is not None


async def listed(runtime: Runtime, reader_id: int) -> list[View]:
    """/concerns: what is not closed, the most urgent and oldest first; for a volunteer those of their people."""
    async with runtime.database.read() as tx:
        found = []
        for concern in await store.not_closed(tx):
            if await ladder.may_know(tx, concern, reader_id):
                found.append(await _view(tx, runtime, reader_id, concern))
        order = list(Level)
        return sorted(found, key=lambda one: (order.index(one.concern.level), one.concern.id))


async def closed_lately(runtime: Runtime, reader_id: int) -> list[View]:
    """What was closed in the last 30 days, the newest first."""
    async with runtime.database.read() as tx:
        found = await store.closed_since(tx, runtime.now() - LATELY, MOST_CLOSED)
        return [await _view(tx, runtime, reader_id, one) for one in found if await ladder.may_know(tx, one, reader_id)]


async def seen(runtime: Runtime, reader_id: int, concern_id: int, message_id: int) -> None:
    """The door has shown one of them in this message, with what it is about."""
    async with runtime.database.write() as tx:
        concern, reader = await _for(tx, reader_id, concern_id), await people_store.by_id(tx, reader_id)
        if concern.state is not Phase.CLOSED:
            await alerts.seen(tx, runtime, concern, reader, message_id)


async def take(runtime: Runtime, actor_id: int, concern_id: int) -> View:
    """ "I have it": the ladder stops, the resident hears who it is and when. A second person learns who was first."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        concern = await _for(tx, actor_id, concern_id)
        until = asked_after(concern.level, now, runtime.place.working)
        owned = {"owner_id": actor_id, "owned_at": now, "deadline_at": until}
        if await store.move(tx, concern_id, (Phase.OPEN,), Phase.OWNED, **owned):
            await store.note(tx, concern, "taken", now, actor_id)
            await machine.note(tx, now, actor_id, "concern_taken", f"concern:{concern_id}")
            await delivery_store.clear_keys(tx, f"alert:{concern_id}:", "taken", now)
            await alerts.taken(tx, runtime, concern, await people_store.by_id(tx, actor_id))
            await _tell_resident(tx, runtime, concern, actor_id)
        fresh = await store.by_id(tx, concern_id)
        return await _view(tx, runtime, actor_id, fresh or concern)


async def _tell_resident(tx: AsyncConnection, runtime: Runtime, concern: Concern, owner_id: int) -> None:
    """Who has read it, and by when they will ring."""
    resident, owner = await people_store.by_id(tx, concern.person_id), await people_store.by_id(tx, owner_id)
    until = deadline(concern.level, runtime.now(), runtime.place.working)
    by = runtime.moment(until, resident.zone, resident.language)
    danger = runtime.place.emergency["life_in_danger"]
    key, phrase = f"taken:{concern.id}:{concern.round}:{owner_id}", "concerns.taken_notice"
    no_calls = await ladder.declines_calls(tx, resident.id)
    said: dict[str, Any] = {"owner": owner.name, "by": by, "danger": danger, "no_calls": no_calls}
    # Who sleeps by now is rung before the morning: a notice of it would come too late.
    await notices.to_cared_for(tx, runtime, resident, key, phrase, (owner_id,), until=until, **said)


async def spoken(runtime: Runtime, actor_id: int, concern_id: int) -> View:
    """ "Spoken to them": whoever did so has it, if nobody had."""
    await take(runtime, actor_id, concern_id)
    async with runtime.database.write() as tx:
        concern = await _for(tx, actor_id, concern_id)
        await store.note(tx, concern, "spoken", runtime.now(), actor_id)
        await machine.note(tx, runtime.now(), actor_id, "concern_spoken", f"concern:{concern_id}")
        return await _view(tx, runtime, actor_id, concern)


async def pass_on(runtime: Runtime, actor_id: int, concern_id: int) -> View:
    """It becomes open again and goes to the coordinators on call, with a deadline of its own."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        concern = await _for(tx, actor_id, concern_id)
        if concern.state is Phase.CLOSED:
            raise NotNow("concerns.closed_already")
        fresh = await escalating.open_again(tx, runtime, concern, "passed_on", actor_id)
        await machine.note(tx, now, actor_id, "concern_passed_on", f"concern:{concern_id}")
        await escalating.tell_coordinators(tx, runtime, fresh, besides=actor_id)
        return await _view(tx, runtime, actor_id, fresh)


async def close(
    runtime: Runtime, actor_id: int, concern_id: int, outcome: Outcome, words: str = "", shown: int = 0
) -> View:
    """With an outcome; nobody's chat keeps what it was about. `shown`: the message in which the actor does it.

    "Not reached" is no end while somebody may lie there: it stays open, and others are told.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        concern = await _for(tx, actor_id, concern_id)
        if outcome is Outcome.NOT_REACHED and await _is_no_end(tx, concern, actor_id):
            return await _not_reached(tx, runtime, concern, actor_id, words)
        both = (Phase.OPEN, Phase.OWNED)
        moved = await store.move(
            tx, concern_id, both, Phase.CLOSED, outcome=outcome, closed_at=now, owner_id=concern.owner_id or actor_id
        )
        if not moved:
            raise NotNow("concerns.closed_already")
        if words.strip():
            await store.note(tx, concern, "note", now, actor_id, words.strip()[:LONGEST_NOTE])
        await store.note(tx, concern, f"closed_{outcome.value}", now, actor_id)
        await machine.note(tx, now, actor_id, "concern_closed", f"concern:{concern_id}")
        await delivery_store.clear_keys(tx, f"alert:{concern_id}:", "taken", now)
        await delivery_store.clear_keys(tx, f"taken:{concern_id}:", "closed", now)
        await delivery_store.clear(tx, "taken", now, key=escalating.called_key(concern))
        await alerts.empty(tx, runtime, concern, (actor_id, shown))
        await _goes_on_undecided(tx, runtime, concern, actor_id)
        fresh = await store.by_id(tx, concern_id)
        return await _view(tx, runtime, actor_id, fresh or concern)


async def _is_no_end(tx: AsyncConnection, concern: Concern, actor_id: int) -> bool:
    """A volunteer cannot say that it ends with nobody reached; and nobody can when it is red or urgent."""
    return concern.level in LOUD or Role.COORDINATOR not in await people_store.roles_of(tx, actor_id)


async def _not_reached(tx: AsyncConnection, runtime: Runtime, concern: Concern, actor_id: int, words: str) -> View:
    now = runtime.now()
    if concern.state is Phase.CLOSED:
        raise NotNow("concerns.closed_already")
    fresh = await escalating.open_again(tx, runtime, concern, "not_reached", actor_id, words)
    await machine.note(tx, now, actor_id, "concern_not_reached", f"concern:{concern.id}")
    await escalating.tell_coordinators(tx, runtime, fresh, besides=actor_id)
    return await _view(tx, runtime, actor_id, fresh)


async def _goes_on_undecided(tx: AsyncConnection, runtime: Runtime, concern: Concern, actor_id: int) -> None:
    """Closed without a word about the check-ins that wait for it: they come again, or they would wait for ever."""
    enrolment = await enrolment_store.by_id(tx, concern.enrolment_id or 0)
    if concern.reason != "human_decides" or enrolment is None or enrolment.state is not State.ACTIVE:
        return
    if not any(event.what == "goes_on" for event in await store.history(tx, concern.id)):
        await silences.go_on(tx, runtime, enrolment)
        await store.note(tx, concern, "goes_on", runtime.now(), actor_id)


async def add_note(runtime: Runtime, actor_id: int, concern_id: int, words: str) -> None:
    """What they helped with, or whom they sent them on to."""
    async with runtime.database.write() as tx:
        concern = await _for(tx, actor_id, concern_id)
        await store.note(tx, concern, "note", runtime.now(), actor_id, words.strip()[:LONGEST_NOTE])
        await machine.note(tx, runtime.now(), actor_id, "concern_noted", f"concern:{concern_id}")


async def decide(runtime: Runtime, actor_id: int, concern_id: int, goes_on: bool) -> None:
    """After the last question a human says whether the check-ins come again, or end."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        concern = await _for(tx, actor_id, concern_id)
        enrolment = await enrolment_store.by_id(tx, concern.enrolment_id or 0)
        if enrolment is None or enrolment.state is not State.ACTIVE or concern.reason != "human_decides":
            raise NotNow("concerns.decided_already")
        if goes_on:
            await silences.go_on(tx, runtime, enrolment)
        else:
            await enrolling.end_within(tx, runtime, enrolment, Course.CANCELLED, now)
        await store.note(tx, concern, "goes_on" if goes_on else "ends", now, actor_id)
        await machine.note(tx, now, actor_id, "concern_decided", f"concern:{concern_id}")
