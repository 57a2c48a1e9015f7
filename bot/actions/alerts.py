"""What somebody on the ladder is shown, and what they can tap."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import ladder, notices, plans
from bot.catalogue.phrases import safe
from bot.domain.concerns import Phase
from bot.domain.deliveries import Kind
from bot.domain.errors import Refused
from bot.domain.plans import LOUD
from bot.runtime import Runtime
from bot.store import checkins as checkin_store
from bot.store import concerns as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.checkins import NOT_UNDERSTOOD, Answered
from bot.store.concerns import Concern
from bot.store.deliveries import New
from bot.store.people import Person

ALERT_LASTS = timedelta(hours=24)
WORDS = "words"
"""The reason of a concern about typed words that nobody but a human can read."""


async def send(
    tx: AsyncConnection, runtime: Runtime, concern: Concern, person: Person, until: datetime, more: str = ""
) -> None:
    """In the first lane, and at any hour when it is red: whoever takes this on was told so and agreed.

    `more`: makes the key of a further alert about the same concern.
    """
    now, loud = runtime.now(), concern.level in LOUD
    body = await text(tx, runtime, concern, person, until)
    key = f"alert:{concern.id}:{concern.round}:{person.id}{more}"
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


async def text(tx: AsyncConnection, runtime: Runtime, concern: Concern, reader: Person, until: datetime) -> str:
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
        mine=owner is not None and owner.id == reader.id,
        **numbers(runtime),
    )


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
    if answer is None or plan is None or answer.question not in plan.questions:
        return safe(runtime.say(reader.language, "concern_reasons.answer"))
    words = plan.spoken(reader.language)
    resident = await people_store.by_id(tx, concern.person_id)
    asked = plans.question_text(runtime, plan, words.language, answer.question, name=resident.name, named="")
    said = answer.said or words.answers.get((answer.question, answer.answer), answer.answer)
    return safe(runtime.say(reader.language, "concern_reasons.answered", question=safe(asked), answer=said))


def buttons(runtime: Runtime, language: str, concern: Concern) -> notices.Buttons:
    """What can be done about a concern, by where it stands."""
    if concern.state is Phase.CLOSED:
        return []
    verbs = ("take", "spoken", "pass") if concern.state is Phase.OPEN else ("spoken", "pass", "close")
    return [
        [notices.button(runtime, language, f"buttons.concern_{verb}", f"concern:{verb}:{concern.id}")] for verb in verbs
    ]
