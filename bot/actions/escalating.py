"""A concern is opened and walks its ladder until a human has it (promise 6). It never ends in nobody."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import alerts, ladder, notices
from bot.actions.one_by_one import one_by_one
from bot.domain.concerns import CALLED_AFTER, LADDER, Phase, Rung, deadline, first_rung, next_rung
from bot.domain.deliveries import Kind
from bot.domain.hours import is_awake
from bot.domain.plans import LOUD, Level
from bot.runtime import Runtime
from bot.store import checkins as checkin_store
from bot.store import concerns as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.concerns import Concern
from bot.store.deliveries import New
from bot.store.enrolments import Enrolment
from bot.store.people import Person
from bot.store.standings import hours_of

CALLED_LASTS = timedelta(hours=12)
NOT_CALLED_AGAIN = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


async def open_concern(
    tx: AsyncConnection,
    runtime: Runtime,
    person: Person,
    enrolment: Enrolment | None,
    key: str,
    level: Level,
    reason: str,
    answer_id: int | None = None,
    *,
    not_called: bool = False,
) -> Concern | None:
    """Write a concern down and tell the first who can be told. None when this very concern was opened before.

    `not_called`: they have said so, and the alert tells it.
    """
    now = runtime.now()
    concern = await store.add(
        tx,
        enrolment_id=enrolment.id if enrolment else None,
        person_id=person.id,
        answer_id=answer_id,
        key=key,
        level=level,
        reason=reason,
        rung=await _first_rung(tx, person, reason, answer_id),
        opened_at=now,
        deadline_at=deadline(level, now, runtime.place.working),
    )
    if concern is not None:
        await store.note(tx, concern, "opened", now)
        if not_called:
            await store.note(tx, concern, "not_called", now)
        await tell_from(tx, runtime, concern, concern.rung)
    return concern


async def _first_rung(tx: AsyncConnection, person: Person, reason: str, answer_id: int | None) -> Rung:
    """Typed words go first to somebody who may read them."""
    answer = await checkin_store.answer_by_id(tx, answer_id) if answer_id else None
    if answer is not None and answer.said and not await ladder.companions_see(tx, person.id):
        return Rung.COORDINATOR
    return first_rung(reason)


async def tell_from(tx: AsyncConnection, runtime: Runtime, concern: Concern, rung: Rung) -> None:
    """Tell this rung, or the next one up that has anybody in it."""
    now = runtime.now()
    for candidate in LADDER[LADDER.index(rung) :]:
        people = await ladder.on_rung(tx, runtime, concern, candidate)
        if people:
            break
    if not people:
        _log.error("a concern waits, and no coordinator can be reached", concern=concern.id)
    until = deadline(concern.level, now, runtime.place.working)
    await store.change(tx, concern.id, rung=candidate, deadline_at=until)
    await store.note(tx, concern, f"told_{candidate.value}", now)
    for person in [*people, *await _awake_besides(tx, runtime, concern, candidate, people)]:
        await alerts.send(tx, runtime, concern, person, until)


async def _awake_besides(
    tx: AsyncConnection, runtime: Runtime, concern: Concern, rung: Rung, people: list[Person]
) -> list[Person]:
    """Those on call at once as well, when it is loud and everybody on this rung is probably asleep.

    The ladder goes on as always; but nobody waits half an hour at night for somebody whose turn it is to be awake.
    """
    asleep = not any(is_awake(hours_of(one, runtime.place), runtime.now()) for one in people)
    if concern.level not in LOUD or rung not in (Rung.NAMED, Rung.BACKUP) or not asleep:
        return []
    await store.note(tx, concern, f"told_{Rung.COORDINATOR.value}", runtime.now())
    return [one for one in await ladder.on_rung(tx, runtime, concern, Rung.COORDINATOR) if one not in people]


async def escalate(runtime: Runtime) -> int:
    """Nobody has said "I have it" in time: the next rung is told, and at the top everybody again. Returns how many."""
    async with runtime.database.read() as tx:
        late = await store.unowned_past_deadline(tx, runtime.now())

    async def step(concern_id: int) -> bool:
        async with runtime.database.write() as tx:
            concern = await store.by_id(tx, concern_id)
            return await _climb(tx, runtime, concern) if concern else False

    return await one_by_one(late, step)


async def _climb(tx: AsyncConnection, runtime: Runtime, concern: Concern) -> bool:
    """One rung up; False when somebody took it meanwhile."""
    if concern.state is not Phase.OPEN or concern.deadline_at > runtime.now():
        return False
    await store.change(tx, concern.id, round=concern.round + 1)
    await tell_from(tx, runtime, await store.by_id(tx, concern.id) or concern, next_rung(concern.rung))
    return True


async def open_again(
    tx: AsyncConnection, runtime: Runtime, concern: Concern, why: str, actor_id: int | None = None, words: str = ""
) -> Concern:
    """Nobody has it any more, and the resident is not told that somebody will ring. The caller says who is told."""
    now = runtime.now()
    opened = {"state": Phase.OPEN, "owner_id": None, "owned_at": None, "round": concern.round + 1}
    await store.change(tx, concern.id, **opened)
    await delivery_store.clear_keys(tx, f"taken:{concern.id}:", why, now)
    await store.note(tx, concern, why, now, actor_id, words)
    return await store.by_id(tx, concern.id) or concern


async def tell_coordinators(tx: AsyncConnection, runtime: Runtime, concern: Concern, besides: int) -> None:
    """Passed on, or not reached: it goes to those on call, or to everybody else when that is only themself."""
    until = deadline(concern.level, runtime.now(), runtime.place.working)
    await store.change(tx, concern.id, rung=Rung.COORDINATOR, deadline_at=until)
    for rung in (Rung.COORDINATOR, Rung.EVERYBODY):
        people = await ladder.on_rung(tx, runtime, concern, rung)
        if others := [one for one in people if one.id != besides]:
            break
    for person in others or people:
        await alerts.send(tx, runtime, concern, person, until)


async def tell_again(tx: AsyncConnection, runtime: Runtime, concern: Concern, more: str) -> None:
    """Something was added: whoever has it hears of it, or whoever was told last."""
    owner = await people_store.find(tx, concern.owner_id) if concern.owner_id else None
    people = [owner] if owner else await ladder.on_rung(tx, runtime, concern, concern.rung)
    until = concern.deadline_at if concern.state is Phase.OPEN else deadline_of_owner(runtime, concern)
    for person in people:
        await alerts.send(tx, runtime, concern, person, until, more)


def deadline_of_owner(runtime: Runtime, concern: Concern) -> datetime:
    """By when whoever has it said they would ring."""
    return deadline(concern.level, concern.owned_at or runtime.now(), runtime.place.working)


async def ask_whether_called(tx: AsyncConnection, runtime: Runtime, reader: Person, concern: Concern) -> None:
    """Ten minutes after a red answer: have they phoned? `reader`: who gave the answer, which may be their volunteer."""
    rows = [
        [notices.button(runtime, reader.language, f"buttons.called_{verb}", f"called:{verb}:{concern.id}")]
        for verb in ("yes", "no")
    ]
    resident = await people_store.by_id(tx, concern.person_id)
    number = alerts.numbers(runtime)["danger" if concern.level is Level.RED else "urgent"]
    other = reader.id != concern.person_id
    body = runtime.say(reader.language, "concerns.called_question", name=resident.name, number=number, other=other)
    at = runtime.now() + CALLED_AFTER
    row = New(
        called_key(concern),
        reader.id,
        kind_for(reader, concern),
        at,
        at + CALLED_LASTS,
        body,
        rows,
        language=reader.language,
        names=(concern.person_id,),
    )
    await delivery_store.put(tx, [row], runtime.now())


def called_key(concern: Concern) -> str:
    return f"called:{concern.id}"


def kind_for(reader: Person, concern: Concern) -> Kind:
    """Said to the person it is about, or to the volunteer who taps for them."""
    return Kind.CARE if reader.id == concern.person_id else Kind.ALERT


async def not_called(tx: AsyncConnection, runtime: Runtime, concern: Concern) -> None:
    """They have not phoned: whoever has it hears so at once; when nobody has, the next rung does.

    They are told that somebody hears of it. So it is said each time (once a minute), and when it was closed meanwhile
    it is a concern anew.
    """
    now = runtime.now()
    if concern.state is Phase.CLOSED:
        await _not_called_anew(tx, runtime, concern, now)
        return
    said = [event.at for event in await store.history(tx, concern.id) if event.what == "not_called"]
    if said and now - max(said) < NOT_CALLED_AGAIN:
        return
    await store.note(tx, concern, "not_called", now)
    if concern.state is Phase.OPEN:
        await store.change(tx, concern.id, round=concern.round + 1)
        await tell_from(tx, runtime, await store.by_id(tx, concern.id) or concern, next_rung(concern.rung))
    elif concern.state is Phase.OWNED:
        await tell_again(tx, runtime, concern, f":not-called:{len(said)}")


async def _not_called_anew(tx: AsyncConnection, runtime: Runtime, concern: Concern, now: datetime) -> None:
    living = await store.not_closed(tx, concern.person_id)
    again = next((one for one in living if one.answer_id == concern.answer_id), None)
    if again is not None:
        await not_called(tx, runtime, again)
        return
    enrolment = await enrolment_store.by_id(tx, concern.enrolment_id or 0)
    person = await people_store.by_id(tx, concern.person_id)
    about = (concern.level, concern.reason, concern.answer_id)
    key = f"{concern.key}:not-called:{int(now.timestamp())}"
    await open_concern(tx, runtime, person, enrolment, key, *about, not_called=True)
