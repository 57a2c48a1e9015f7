"""What somebody on the ladder is shown, and what they can tap."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import ladder, notices, plans
from bot.catalogue.phrases import safe
from bot.domain.concerns import Phase
from bot.domain.deliveries import Kind, Method, State
from bot.domain.errors import Refused
from bot.domain.plans import LOUD
from bot.runtime import Runtime
from bot.store import checkins as checkin_store
from bot.store import concerns as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store import relays as relay_store
from bot.store.checkins import NOT_UNDERSTOOD, Answered
from bot.store.concerns import Concern
from bot.store.deliveries import Delivery, New
from bot.store.people import Person

ALERT_LASTS = timedelta(hours=24)
SHOWN = "alert:"  # the beginning of the keys of everything that shows a concern to somebody
_ON_A_PHONE = (State.SENDING, State.SENT, State.UNCERTAIN)
SILENT = frozenset({"silent", "human_decides", "not_asked", "not_arrived", "unreachable"})
"""Reasons for which nobody has asked for anything: they have not been heard of."""
WORDS = "words"
"""The reason of a concern about typed words that nobody but a human can read."""


async def send(
    tx: AsyncConnection,
    runtime: Runtime,
    concern: Concern,
    person: Person,
    until: datetime,
    more: str = "",
    *,
    still: bool = False,
) -> None:
    """In the first lane, and at any hour when it is red: whoever takes this on was told so and agreed.

    `more`: makes the key of a further alert about the same concern. `still`: they have it, and said nothing since.
    """
    now, loud = runtime.now(), concern.level in LOUD
    body = await text(tx, runtime, concern, person, until, still=still)
    key = f"{SHOWN}{concern.id}:{concern.round}:{person.id}{more}"
    kind, lasts = (Kind.ALERT, ALERT_LASTS) if loud else (Kind.WORK, notices.WORK_LASTS)
    row = New(
        key,
        person.id,
        kind,
        now,
        now + lasts,
        body,
        buttons(runtime, person.language, concern),
        extra={"protect": True},
        language=person.language,
        names=(concern.person_id,),
    )
    await delivery_store.put(tx, [row], now)


async def text(
    tx: AsyncConnection, runtime: Runtime, concern: Concern, reader: Person, until: datetime, *, still: bool = False
) -> str:
    """Coordinators read what it is about; the named person only that a ring is wanted, unless more is consented."""
    resident = await people_store.by_id(tx, concern.person_id)
    events = {event.what for event in await store.history(tx, concern.id)}
    owner = await people_store.find(tx, concern.owner_id) if concern.owner_id else None
    return runtime.say(
        reader.language,
        "concerns.alert",
        name=resident.name,
        level=concern.level.value,
        reason=await reason(tx, runtime, concern, reader),
        until=runtime.moment(until, reader.zone, reader.language),
        again=concern.round > 1,
        not_called="not_called" in events and "called" not in events,
        silent=concern.reason in SILENT,
        still=still,
        mine=owner is not None and owner.id == reader.id,
        no_calls=await ladder.declines_calls(tx, resident.id),
        **numbers(runtime),
    )


async def empty(tx: AsyncConnection, runtime: Runtime, concern: Concern, besides: tuple[int, int] = (0, 0)) -> None:
    """It is closed: a neutral line takes the place of whatever anybody was shown about it.

    `besides`: reader and message that the conversation has changed itself.
    """
    resident = await people_store.by_id(tx, concern.person_id)
    for row in await relay_store.with_prefix(tx, f"{SHOWN}{concern.id}:"):
        if row.state is not State.SENDING:  # on the wire it may have to be said again, and is emptied when it is there
            await delivery_store.mark(tx, row.id, body="")
        if row.state in _ON_A_PHONE and (row.person_id, row.message_id) != besides:
            await delivery_store.put(tx, [_neutral(runtime, row, resident)], runtime.now())


async def taken(tx: AsyncConnection, runtime: Runtime, concern: Concern, owner: Person) -> None:
    """Everybody else who was told reads who has it, so that nobody goes on looking for somebody to ring."""
    resident = await people_store.by_id(tx, concern.person_id)
    for row in await relay_store.with_prefix(tx, f"{SHOWN}{concern.id}:"):
        if row.state in _ON_A_PHONE and row.person_id != owner.id:
            said = runtime.say(row.language, "concerns.alert_taken", name=resident.name, owner=owner.name)
            key = f"held:{concern.round}:{owner.id}:{row.key}"
            await delivery_store.put(tx, [_instead(runtime, row, key, said, (resident.id, owner.id))], runtime.now())


def _neutral(runtime: Runtime, row: Delivery, resident: Person) -> New:
    """The edit that empties a message."""
    said = runtime.say(row.language, "concerns.alert_emptied", name=resident.name)
    return _instead(runtime, row, f"emptied:{row.key}", said, (resident.id,))


def _instead(runtime: Runtime, row: Delivery, key: str, said: str, names: tuple[int, ...]) -> New:
    """The edit that puts these words in the place of what a row has said."""
    now = runtime.now()
    return New(
        key,
        row.person_id,
        Kind.TIDY,
        now,
        now + notices.WORK_LASTS,
        said,
        method=Method.EDIT,
        extra={"of": row.id},
        language=row.language,
        names=names,
    )


async def seen(tx: AsyncConnection, runtime: Runtime, concern: Concern, reader: Person, message_id: int) -> None:
    """A conversation has shown what it is about in this message: it is emptied with the others."""
    if await delivery_store.by_message(tx, reader.id, message_id) is not None:
        return
    now, key = runtime.now(), f"{SHOWN}{concern.id}:seen:{reader.id}:{message_id}"
    row = New(key, reader.id, Kind.WORK, now, now, language=reader.language, state=State.SENT)
    await delivery_store.put(tx, [row], now)
    written = await delivery_store.by_key(tx, key)
    if written is not None:
        await delivery_store.mark(tx, written.id, message_id=message_id)


def numbers(runtime: Runtime) -> dict[str, str]:
    emergency = runtime.place.emergency
    return {"danger": emergency["life_in_danger"], "urgent": emergency["urgent_advice"]}


async def reason(tx: AsyncConnection, runtime: Runtime, concern: Concern, reader: Person) -> str:
    """What it is about, as HTML in the reader's language; empty when it is not for them."""
    if not await ladder.may_see(tx, concern, reader.id):
        return ""
    answer = await checkin_store.answer_by_id(tx, concern.answer_id) if concern.answer_id else None
    if answer is not None and concern.reason == WORDS:
        said = [one.said for one in await checkin_store.answers_of(tx, answer.checkin_id) if _unread(one)]
        return safe(runtime.say(reader.language, "concern_reasons.words", said=said))
    if runtime.catalogue.phrases.has(f"concern_reasons.{concern.reason}"):
        return safe(runtime.say(reader.language, f"concern_reasons.{concern.reason}"))
    return await _answered(tx, runtime, concern, answer, reader)


def _unread(answer: Answered) -> bool:
    return answer.answer == NOT_UNDERSTOOD


async def _answered(
    tx: AsyncConnection, runtime: Runtime, concern: Concern, answer: Answered | None, reader: Person
) -> str:
    """The question and the answer, as the plan words them."""
    enrolment = await enrolment_store.by_id(tx, concern.enrolment_id or 0)
    try:
        plan = await plans.usable_or_last(tx, runtime, enrolment.plan) if enrolment else None
    except Refused:  # the plan's files are gone; the concern is not
        plan = None
    if answer is None or plan is None or answer.asked not in plan.questions:
        return safe(runtime.say(reader.language, "concern_reasons.answer"))
    words = plan.spoken(reader.language)
    resident = await people_store.by_id(tx, concern.person_id)
    asked = plans.question_text(runtime, plan, words.language, answer.asked, name=resident.name, named="")
    said = answer.said or words.answers.get((answer.asked, answer.answer), answer.answer)
    return safe(runtime.say(reader.language, "concern_reasons.answered", question=safe(asked), answer=said))


def buttons(runtime: Runtime, language: str, concern: Concern) -> notices.Buttons:
    """What can be done about a concern, by where it stands."""
    if concern.state is Phase.CLOSED:
        return []
    verbs = ("take", "spoken", "pass") if concern.state is Phase.OPEN else ("spoken", "pass", "close")
    return [
        [notices.button(runtime, language, f"buttons.concern_{verb}", f"concern:{verb}:{concern.id}")] for verb in verbs
    ]
