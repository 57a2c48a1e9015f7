"""A concern is opened and walks its ladder until a human has it (promise 6). It never ends in nobody."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.actions import people as people_actions
from bot.domain.concerns import CALLED_AFTER, LADDER, Phase, Rung, deadline, first_rung, next_rung
from bot.domain.deliveries import Kind
from bot.domain.people import Purpose
from bot.domain.plans import LOUD, Level
from bot.domain.rota import on_call
from bot.runtime import Runtime
from bot.store import concerns as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.concerns import Concern
from bot.store.deliveries import New
from bot.store.enrolments import Enrolment
from bot.store.people import Person

ALERT_LASTS = timedelta(hours=24)


async def open_concern(
    tx: AsyncConnection,
    runtime: Runtime,
    person: Person,
    enrolment: Enrolment | None,
    key: str,
    level: Level,
    reason: str,
) -> Concern | None:
    """Write a concern down and tell the first who can be told. None when this very concern is open already."""
    now = runtime.now()
    concern = await store.add(
        tx,
        enrolment_id=enrolment.id if enrolment else None,
        person_id=person.id,
        key=key,
        level=level,
        reason=reason,
        rung=first_rung(reason),
        opened_at=now,
        deadline_at=deadline(level, now, runtime.place.working),
    )
    if concern is not None:
        await store.note(tx, concern, "opened", now)
        await _tell_from(tx, runtime, concern, concern.rung)
    return concern


async def _tell_from(tx: AsyncConnection, runtime: Runtime, concern: Concern, rung: Rung) -> None:
    """Tell this rung, or the next one up that has anybody in it."""
    now = runtime.now()
    for candidate in LADDER[LADDER.index(rung) :]:
        people = await on_rung(tx, runtime, concern, candidate)
        if people:
            break
    else:
        people = []
    until = deadline(concern.level, now, runtime.place.working)
    await store.change(tx, concern.id, rung=candidate, deadline_at=until)
    await store.note(tx, concern, f"told_{candidate.value}", now, words="")
    for person in people:
        await _alert(tx, runtime, concern, person, until)


async def on_rung(tx: AsyncConnection, runtime: Runtime, concern: Concern, rung: Rung) -> list[Person]:
    """Who stands there and can be reached. The named person only with the resident's consent to be told."""
    enrolment = await enrolment_store.by_id(tx, concern.enrolment_id) if concern.enrolment_id else None
    if rung is Rung.COORDINATOR:
        return await coordinators_on_call(tx, runtime)
    if rung is Rung.EVERYBODY:
        known = [*await _companions(tx, concern, enrolment), *await people_actions.coordinators(tx)]
        return list({person.id: person for person in known}.values())
    return await _companions(tx, concern, enrolment, rung)


async def _companions(
    tx: AsyncConnection, concern: Concern, enrolment: Enrolment | None, rung: Rung | None = None
) -> list[Person]:
    if enrolment is None:
        return []
    said = await people_store.standing_consents(tx, concern.person_id)
    if (Purpose.TELL_NAMED, None) not in said:
        return []
    chosen = []
    if rung in (None, Rung.NAMED) and enrolment.named_state == "accepted":
        chosen.append(enrolment.named_id)
    if rung in (None, Rung.BACKUP) and enrolment.backup_state == "accepted":
        chosen.append(enrolment.backup_id)
    found = [await people_store.find(tx, one) for one in chosen if one]
    return [one for one in found if one and one.stopped_at is None and one.unreachable_at is None]


async def coordinators_on_call(tx: AsyncConnection, runtime: Runtime) -> list[Person]:
    """Those whose turn it is now; all of them when the turn is empty, because somebody has to know."""
    people = await people_actions.coordinators(tx)
    ids = frozenset(person.telegram_id for person in people)
    now_on = on_call(runtime.place.oncall, ids, runtime.place.zone, runtime.now())
    return [person for person in people if person.telegram_id in now_on] or people


async def _alert(tx: AsyncConnection, runtime: Runtime, concern: Concern, person: Person, until: datetime) -> None:
    """In the first lane and at any hour when it is red: whoever takes this on was told so and agreed."""
    now = runtime.now()
    body = await alert_text(tx, runtime, concern, person, until)
    rows = buttons(runtime, person.language, concern)
    key = f"alert:{concern.id}:{concern.round}:{person.id}"
    kind = Kind.ALERT if concern.level in LOUD else Kind.WORK
    named = (concern.person_id,)
    row = New(key, person.id, kind, now, now + ALERT_LASTS, body, rows, language=person.language, names=named)
    await delivery_store.put(tx, [row], now)


async def alert_text(tx: AsyncConnection, runtime: Runtime, concern: Concern, reader: Person, until: datetime) -> str:
    """Coordinators read what it is about; the named person only that a ring is wanted, unless more is consented."""
    resident = await people_store.by_id(tx, concern.person_id)
    return runtime.say(
        reader.language,
        "concerns.alert",
        name=resident.name,
        level=concern.level.value,
        reason=reason_text(runtime, reader.language, concern) if await may_see(tx, concern, reader) else "",
        until=runtime.time(until, reader.zone, reader.language),
        again=concern.round > 1,
        danger=runtime.place.emergency["life_in_danger"],
    )


def reason_text(runtime: Runtime, language: str, concern: Concern) -> str:
    return runtime.plain(language, f"concern_reasons.{concern.reason}")


async def may_see(tx: AsyncConnection, concern: Concern, reader: Person) -> bool:
    """Health answers are for coordinators, and for the named person only by consent (promise 9)."""
    if reader.id in {person.id for person in await people_actions.coordinators(tx)}:
        return True
    return (Purpose.SEE_ANSWERS, None) in await people_store.standing_consents(tx, concern.person_id)


def buttons(runtime: Runtime, language: str, concern: Concern) -> notices.Buttons:
    """What can be done about a concern, by where it stands."""
    verbs = ("take", "spoken", "pass") if concern.state is Phase.OPEN else ("spoken", "pass", "close")
    return [
        [notices.button(runtime, language, f"buttons.concern_{verb}", f"concern:{verb}:{concern.id}")] for verb in verbs
    ]


async def escalate(runtime: Runtime) -> int:
    """Nobody has said "I have it" in time: the next rung is told, and at the top everybody again. Returns how many."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        late = await store.unowned_past_deadline(tx, now)
        for concern in late:
            await store.change(tx, concern.id, round=concern.round + 1)
            fresh = await store.by_id(tx, concern.id)
            await _tell_from(tx, runtime, fresh or concern, next_rung(concern.rung))
        return len(late)


async def tell_coordinators(tx: AsyncConnection, runtime: Runtime, concern: Concern, besides: int) -> None:
    """Somebody passes a concern on: it goes to those on call, with a deadline of its own."""
    now = runtime.now()
    until = deadline(concern.level, now, runtime.place.working)
    await store.change(tx, concern.id, rung=Rung.COORDINATOR, deadline_at=until)
    people = await coordinators_on_call(tx, runtime)
    for person in [one for one in people if one.id != besides] or people:
        await _alert(tx, runtime, concern, person, until)


async def ask_whether_called(tx: AsyncConnection, runtime: Runtime, person: Person, concern: Concern) -> None:
    """Ten minutes after a red answer: have they phoned?"""
    rows = [
        [notices.button(runtime, person.language, f"buttons.called_{verb}", f"called:{verb}:{concern.id}")]
        for verb in ("yes", "no")
    ]
    at = runtime.now() + CALLED_AFTER
    danger, urgent = runtime.place.emergency["life_in_danger"], runtime.place.emergency["urgent_advice"]
    number = danger if concern.level is Level.RED else urgent
    key = f"called:{concern.id}"
    await notices.to_cared_for(
        tx, runtime, person, key, "concerns.called_question", due_at=at, buttons=rows, number=number
    )
