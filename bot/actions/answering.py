"""Somebody answers: taps, typed words, later, not today. Every answer is done with in the transaction it comes in."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import alerts, emergencies, enrolling, escalating, leaving, planning, present, silences
from bot.actions.present import Emergency, Now
from bot.domain.answers import red_answer, understood
from bot.domain.checkins import LAST_QUESTION, Course, Stage
from bot.domain.concerns import Phase
from bot.domain.errors import NotNow
from bot.domain.plans import FREE_TEXT, LOUD, Answer, Change, Level, Plan, Question, Words, after
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import concerns as concern_store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.checkins import NOT_UNDERSTOOD, CheckIn


async def answer(runtime: Runtime, actor_id: int, checkin_id: int, question_id: str, answer_id: str) -> Now:
    """One tap. A tap on an earlier question is refused; the same tap twice counts once."""
    async with runtime.database.write() as tx:
        await present.running(tx, actor_id, checkin_id)
        current = await present.of(tx, runtime, checkin_id)
        if current.question is None or current.question.id != question_id:
            raise NotNow("checkins.old_question")
        return await _take(tx, runtime, current, current.question.answer(answer_id), actor_id)


async def typed(runtime: Runtime, actor_id: int, checkin_id: int, words: str, message_id: int) -> Now:
    """Typed words: an answer, or free text, or something that a human has to read (promise 6).

    An update that comes again changes nothing, and finds the check-in as it stands.
    """
    async with runtime.database.write() as tx:
        if await store.typed_before(tx, actor_id, message_id) is not None:
            return await present.of(tx, runtime, checkin_id)
        await present.running(tx, actor_id, checkin_id)
        current = await present.of(tx, runtime, checkin_id)
        question = current.question
        if question is None:
            raise NotNow("checkins.over")
        found = None if question.free_text else understood(question, _words(runtime, current.plan, question), words)
        if found is None and (red := red_answer(current.plan, words)):
            return await _take(tx, runtime, asking(current, red[0], message_id), red[1], actor_id, "", message_id)
        if question.free_text:
            return await _take(tx, runtime, current, Answer("said", FREE_TEXT), actor_id, words, message_id)
        if found is None:
            return await _pass_on(tx, runtime, current, actor_id, words, message_id)
        return await _take(tx, runtime, current, question.answer(found), actor_id, "", message_id)


def names_a_red_answer(current: Now, words: str) -> bool:
    """Somebody types “chest pain” while something else is asked, or nothing yet."""
    return red_answer(current.plan, words) is not None


def asking(current: Now, question: Question, message_id: int) -> Now:
    """The same check-in with that question open; it may have been answered before, so the message makes it new."""
    return replace(current, checkin=replace(current.checkin, queue=[f"{question.id}{store.AGAIN}{message_id}"]))


HELLO = Question("hello", tuple(Answer(one) for one in ("now", "later", "not_today")))


def at_the_door(runtime: Runtime, words: str) -> str:
    """What typed words under the first notification mean: now, later, not_today; empty when nothing of these."""
    return understood(HELLO, _said(runtime, HELLO, "checkin"), words) or ""


def _words(runtime: Runtime, plan: Plan, question: Question) -> dict[str, Words]:
    """The plan's, in every language; the last question's words are the bot's own."""
    return _said(runtime, question, "last") if question is LAST_QUESTION else dict(plan.words)


def _said(runtime: Runtime, question: Question, prefix: str) -> dict[str, Words]:
    """Phrases as the words of a question: words.last_ring holds the ways to type "ring"."""
    phrases = runtime.catalogue.phrases
    ways = {(question.id, one.id): tuple(phrases.everywhere(f"words.{prefix}_{one.id}")) for one in question.answers}
    none = dict[str, str]()
    return {"": Words("", "", "", "", "", "", "", "", "", "", none, {}, typed=ways)}


async def _take(
    tx: AsyncConnection,
    runtime: Runtime,
    current: Now,
    chosen: Answer,
    actor_id: int,
    said: str = "",
    message_id: int | None = None,
) -> Now:
    now, checkin, enrolment = runtime.now(), current.checkin, current.enrolment
    question = checkin.queue[0]
    tapped_by = actor_id if actor_id != checkin.person_id else None
    answer_id = await store.add_answer(
        tx, checkin, question, chosen.id, now, said=said, tapped_by=tapped_by, message_id=message_id
    )
    emergency = None
    if chosen.concern is not None:
        emergency = await worry(tx, runtime, current, chosen, answer_id, actor_id)
    queue = [] if chosen.concern in LOUD else list(after(current.plan, tuple(checkin.queue), chosen))
    await _move_on(tx, checkin, queue, now)
    await enrolment_store.change(tx, enrolment.id, missed=0)
    await _obey(tx, runtime, current, chosen.change)
    return replace(await present.of(tx, runtime, checkin.id, chosen), emergency=emergency)


async def _move_on(tx: AsyncConnection, checkin: CheckIn, queue: list[str], now: datetime) -> None:
    opened = {"queue": queue, "opened_at": checkin.opened_at or now, "remind_at": None}
    await store.change(tx, checkin.id, **opened, state=Stage.OPEN)
    if not queue:
        await store.move(tx, checkin.id, store.RUNNING, Stage.DONE, closed_at=now)
        await delivery_store.clear_keys(tx, f"{checkin.key}:", "answered", now)


async def worry(
    tx: AsyncConnection, runtime: Runtime, current: Now, chosen: Answer, answer_id: int | None, actor_id: int
) -> Emergency | None:
    """A concern; when it is loud, the emergency words, and ten minutes later the question whether they have phoned."""
    checkin, question = current.checkin, current.checkin.queue[0]
    reader, emergency = await people_store.by_id(tx, actor_id), None
    key, reason = f"answer:{checkin.id}:{question}", chosen.reason or question
    if chosen.emergency:
        emergency_key = f"emergency:{checkin.id}:{question}"
        emergency = await emergencies.write(tx, runtime, current, reader, chosen.emergency, emergency_key)
    level, person, enrolment = chosen.concern or Level.AMBER, current.person, current.enrolment
    concern = await escalating.open_concern(tx, runtime, person, enrolment, key, level, reason, answer_id)
    if concern is not None and level in LOUD:
        await escalating.ask_whether_called(tx, runtime, reader, concern)
    return emergency


async def _obey(tx: AsyncConnection, runtime: Runtime, current: Now, change: Change | None) -> None:
    """A wish about the check-ins themselves is carried out in the same transaction."""
    enrolment, now = current.enrolment, runtime.now()
    if current.checkin.kind == "last_question" and change is not Change.STOP:
        await silences.go_on(tx, runtime, enrolment)
    if change is Change.FEWER:
        await enrolment_store.change(tx, enrolment.id, fewer=True)
        await planning.plan_rows(tx, runtime, enrolment.id, now)
    elif change is Change.STOP:
        await enrolling.end_within(tx, runtime, enrolment, Course.STOPPED, now)
        await leaving.tell(tx, runtime, enrolment, "enrolling.stopped_notice")


async def _pass_on(
    tx: AsyncConnection, runtime: Runtime, current: Now, actor_id: int, words: str, message_id: int
) -> Now:
    """Not understood: kept as it is, and a human reads it by a deadline. The question stays open."""
    checkin, now = current.checkin, runtime.now()
    answer_id = await store.add_answer(
        tx,
        checkin,
        f"{checkin.queue[0]}{store.AGAIN}{message_id}",
        NOT_UNDERSTOOD,
        now,
        said=words,
        tapped_by=actor_id if actor_id != checkin.person_id else None,
        message_id=message_id,
    )
    await enrolment_store.change(tx, current.enrolment.id, missed=0)
    await store.change(tx, checkin.id, state=Stage.OPEN, opened_at=checkin.opened_at or now, remind_at=None)
    key = f"words:{checkin.id}"
    open_one = await concern_store.by_key(tx, key)
    if open_one is not None and open_one.state is not Phase.CLOSED:
        await escalating.tell_again(tx, runtime, open_one, f":words:{message_id}")
    else:
        key = f"{key}:{message_id}" if open_one else key
        person, enrolment = current.person, current.enrolment
        await escalating.open_concern(tx, runtime, person, enrolment, key, FREE_TEXT, alerts.WORDS, answer_id)
    return await present.of(tx, runtime, checkin.id, unread=True)
