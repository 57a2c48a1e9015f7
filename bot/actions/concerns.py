"""What a human does about a concern: take it, say that they have spoken, pass it on, close it with an outcome."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import escalating, notices
from bot.actions import people as people_actions
from bot.domain.concerns import Outcome, Phase, deadline
from bot.domain.errors import NotAllowed, NotFound, NotNow
from bot.domain.hours import is_awake, local
from bot.domain.people import Role
from bot.domain.plans import Level
from bot.runtime import Runtime
from bot.store import concerns as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.concerns import Concern, Event
from bot.store.people import Person
from bot.store.standings import hours_of


@dataclass(frozen=True)
class View:
    """A concern as its reader may see it. `reason` is empty when it is not for them."""

    concern: Concern
    resident: Person
    owner: Person | None
    reason: str
    history: list[tuple[Event, str]]


async def _for(tx: AsyncConnection, runtime: Runtime, reader_id: int, concern_id: int) -> Concern:
    """Those who stand on its ladder, its owner, and coordinators; nobody else learns that it exists."""
    concern = await store.by_id(tx, concern_id)
    if concern is None:
        raise NotFound("concerns.gone")
    allowed = {concern.owner_id}
    if concern.enrolment_id and (enrolment := await enrolment_store.by_id(tx, concern.enrolment_id)):
        allowed |= {enrolment.named_id, enrolment.backup_id}
    if reader_id not in allowed and Role.COORDINATOR not in await people_store.roles_of(tx, reader_id):
        raise NotAllowed("errors.old_button")
    return concern


async def view(runtime: Runtime, reader_id: int, concern_id: int) -> View:
    async with runtime.database.read() as tx:
        concern = await _for(tx, runtime, reader_id, concern_id)
        return await _view(tx, runtime, reader_id, concern)


async def _view(tx: AsyncConnection, runtime: Runtime, reader_id: int, concern: Concern) -> View:
    reader = await people_store.by_id(tx, reader_id)
    seen = await escalating.may_see(tx, concern, reader)
    owner = await people_store.find(tx, concern.owner_id) if concern.owner_id else None
    history = []
    for event in await store.history(tx, concern.id):
        actor = await people_store.find(tx, event.actor_id) if event.actor_id else None
        history.append((event, actor.name if actor else ""))
    reason = escalating.reason_text(runtime, reader.language, concern) if seen else ""
    return View(concern, await people_store.by_id(tx, concern.person_id), owner, reason, history)


async def listed(runtime: Runtime, reader_id: int) -> list[View]:
    """/concerns: what is not closed, the most urgent and oldest first; for a volunteer those of their people."""
    async with runtime.database.read() as tx:
        found = []
        for concern in await store.not_closed(tx):
            try:
                await _for(tx, runtime, reader_id, concern.id)
            except NotAllowed:
                continue
            found.append(await _view(tx, runtime, reader_id, concern))
        order = list(Level)
        return sorted(found, key=lambda one: (order.index(one.concern.level), one.concern.id))


async def take(runtime: Runtime, actor_id: int, concern_id: int) -> View:
    """ "I have it": the ladder stops, the resident hears who it is and when. A second person learns who was first."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        concern = await _for(tx, runtime, actor_id, concern_id)
        if await store.move(tx, concern_id, (Phase.OPEN,), Phase.OWNED, owner_id=actor_id, owned_at=now):
            await store.note(tx, concern, "taken", now, actor_id)
            await delivery_store.clear_keys(tx, f"alert:{concern_id}:", "taken", now)
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
    await notices.to_cared_for(tx, runtime, resident, key, phrase, (owner_id,), owner=owner.name, by=by, danger=danger)


async def spoken(runtime: Runtime, actor_id: int, concern_id: int) -> View:
    """ "Spoken to them": whoever did so has it, if nobody had."""
    await take(runtime, actor_id, concern_id)
    async with runtime.database.write() as tx:
        concern = await _for(tx, runtime, actor_id, concern_id)
        await store.note(tx, concern, "spoken", runtime.now(), actor_id)
        return await _view(tx, runtime, actor_id, concern)


async def pass_on(runtime: Runtime, actor_id: int, concern_id: int) -> View:
    """It becomes open again and goes to the coordinators on call, with a deadline of its own."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        concern = await _for(tx, runtime, actor_id, concern_id)
        if concern.state is Phase.CLOSED:
            raise NotNow("concerns.closed_already")
        await store.change(tx, concern_id, state=Phase.OPEN, owner_id=None, owned_at=None, round=concern.round + 1)
        await store.note(tx, concern, "passed_on", now, actor_id)
        fresh = await store.by_id(tx, concern_id) or concern
        await escalating.tell_coordinators(tx, runtime, fresh, besides=actor_id)
        return await _view(tx, runtime, actor_id, fresh)


async def close(runtime: Runtime, actor_id: int, concern_id: int, outcome: Outcome, words: str = "") -> View:
    now = runtime.now()
    async with runtime.database.write() as tx:
        concern = await _for(tx, runtime, actor_id, concern_id)
        both = (Phase.OPEN, Phase.OWNED)
        moved = await store.move(
            tx, concern_id, both, Phase.CLOSED, outcome=outcome, closed_at=now, owner_id=concern.owner_id or actor_id
        )
        if not moved:
            raise NotNow("concerns.closed_already")
        await store.note(tx, concern, f"closed_{outcome.value}", now, actor_id, words)
        await delivery_store.clear_keys(tx, f"alert:{concern_id}:", "taken", now)
        fresh = await store.by_id(tx, concern_id)
        return await _view(tx, runtime, actor_id, fresh or concern)


async def digest(runtime: Runtime) -> int:
    """Every morning to coordinators: what is open and how old, what is silent, what nobody can know."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        written = 0
        for person in await people_actions.coordinators(tx):
            if not is_awake(hours_of(person, runtime.place), now):
                continue
            summary = await _summary(tx)
            day = local(now, person.zone or runtime.place.zone).date()
            key = f"digest:{person.id}:{day.isoformat()}"
            await notices.to_worker(tx, runtime, person, key, "concerns.digest", None, (), None, **summary)
            written += 1
        return written


async def _summary(tx: AsyncConnection) -> dict[str, object]:
    open_ones = await store.not_closed(tx)
    unowned = [one for one in open_ones if one.state is Phase.OPEN]
    return {"open": len(open_ones), "unowned": len(unowned)}
