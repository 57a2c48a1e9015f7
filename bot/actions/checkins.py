"""A check-in from the neutral first notification to its end, and what its silence leads to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import assisting, enrolling, escalating, notices, plans
from bot.domain.answers import understood
from bot.domain.checkins import Course, Silent, Stage, after_miss, is_last, reminder_at
from bot.domain.checkins import Enrolment as State
from bot.domain.deliveries import Kind
from bot.domain.deliveries import State as Delivered
from bot.domain.errors import NotFound, NotNow
from bot.domain.plans import FREE_TEXT, LOUD, Answer, Change, Level, Plan, Question, after
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.checkins import CheckIn
from bot.store.deliveries import New
from bot.store.enrolments import Enrolment
from bot.store.people import Person
from bot.store.standings import hours_of

AT_ONCE = 200  # check-ins a transaction: answers of talking people go in between
LATER = timedelta(hours=2)


@dataclass(frozen=True)
class Now:
    """Where a check-in stands for the person: the question to show, or None when it is over.

    `loud`: the answer just given shows this emergency number at once. `left`: how many questions follow.
    """

    checkin: CheckIn
    plan: Plan
    question: Question | None
    number: int = 1
    loud: str = ""
    level: Level | None = None


async def ask_due(runtime: Runtime) -> int:
    """Everything whose time has come, in transactions of AT_ONCE. Returns how many."""
    total = 0
    while True:
        async with runtime.database.write() as tx:
            rows = await store.due(tx, runtime.now(), AT_ONCE)
            for checkin in rows:
                await _ask(tx, runtime, checkin)
        total += len(rows)
        if len(rows) < AT_ONCE:
            return total


async def _ask(tx: AsyncConnection, runtime: Runtime, checkin: CheckIn) -> None:
    now = runtime.now()
    enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id)
    if enrolment is None or enrolment.state is not State.ACTIVE:
        await store.move(tx, checkin.id, (Stage.PLANNED,), Stage.CLEARED, reason="not_active", closed_at=now)
        return
    if checkin.not_after <= now:
        await _too_late(tx, runtime, checkin, enrolment)
        return
    older = await store.running(tx, checkin.person_id)
    if older is not None:  # one open check-in at a time
        await _missed(tx, runtime, older)
    plan = await plans.usable_or_last(tx, runtime, enrolment.plan)
    person = await people_store.by_id(tx, checkin.person_id)
    if checkin.kind == "closing":
        await _close_plan(tx, runtime, plan, enrolment, checkin, person)
    elif enrolment.assisted:
        await assisting.hand_over(tx, runtime, plan, enrolment, checkin, person)
    else:
        await _notify(tx, runtime, plan, enrolment, checkin, person)


async def _too_late(tx: AsyncConnection, runtime: Runtime, checkin: CheckIn, enrolment: Enrolment) -> None:
    """A restart took too long: never sent late, but a human is told (promise 5)."""
    now = runtime.now()
    moved = await store.move(tx, checkin.id, (Stage.PLANNED,), Stage.LATE, reason="too_late", closed_at=now)
    if moved and checkin.kind == "questions":
        person = await people_store.by_id(tx, checkin.person_id)
        key = f"late:{checkin.id}"
        await escalating.open_concern(tx, runtime, person, enrolment, key, Level.AMBER, "not_asked")


async def _notify(
    tx: AsyncConnection, runtime: Runtime, plan: Plan, enrolment: Enrolment, checkin: CheckIn, person: Person
) -> None:
    """Neutral: nothing on a locked screen says what it is about (promise 9)."""
    now = runtime.now()
    queue = list(plan.day(checkin.day).questions) if checkin.kind == "questions" else ["carry_on"]
    hours = hours_of(person, runtime.place)
    remind_at = reminder_at(now, plan.silence, hours)
    moved = await store.move(
        tx,
        checkin.id,
        (Stage.PLANNED,),
        Stage.ASKED,
        asked_at=now,
        queue=queue,
        remind_at=remind_at if remind_at < checkin.not_after else None,
    )
    if moved:
        body = await _says(tx, runtime, plan, enrolment, person, "hello")
        buttons = hello_buttons(runtime, person, checkin)
        await delivery_store.put(tx, [_row(checkin, checkin.key, person, body, buttons, now)], now)


def _row(checkin: CheckIn, key: str, person: Person, body: str, buttons: notices.Buttons, now: datetime) -> New:
    return New(
        key,
        person.id,
        Kind.CHECKIN,
        now,
        checkin.not_after,
        body,
        buttons,
        extra={"protect": True, "checkin": checkin.id},
        language=person.language,
    )


async def _says(
    tx: AsyncConnection, runtime: Runtime, plan: Plan, enrolment: Enrolment, person: Person, what: str
) -> str:
    named = await named_name(tx, runtime, enrolment)
    return plans.say(runtime, plan, person.language, what, name=person.name, named=named)


async def named_name(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment) -> str:
    """Who asks: the named person once they have said yes, until then the place."""
    agreed = enrolment.named_id if enrolment.named_state == "accepted" else None
    named = await people_store.find(tx, agreed) if agreed else None
    return named.name if named else runtime.place.name


def hello_buttons(runtime: Runtime, person: Person, checkin: CheckIn) -> notices.Buttons:
    language, verbs = person.language, ("now", "later", "not_today", "stop")
    return [[notices.button(runtime, language, f"buttons.checkin_{verb}", f"ci:{verb}:{checkin.id}")] for verb in verbs]


async def _close_plan(
    tx: AsyncConnection, runtime: Runtime, plan: Plan, enrolment: Enrolment, checkin: CheckIn, person: Person
) -> None:
    now = runtime.now()
    body = await _says(tx, runtime, plan, enrolment, person, "closing")
    await store.move(tx, checkin.id, (Stage.PLANNED,), Stage.DONE, asked_at=now, closed_at=now)
    await delivery_store.put(tx, [_row(checkin, checkin.key, person, body, [], now)], now)
    await enrolment_store.move(tx, enrolment.id, (State.ACTIVE,), State.ENDED, course=Course.DONE, ended_at=now)


# The person answers.


async def _running(tx: AsyncConnection, person_id: int, checkin_id: int) -> tuple[CheckIn, Enrolment]:
    """The check-in a button belongs to; an older one raises NotNow and the door shows the present question."""
    checkin = await store.by_id(tx, checkin_id)
    if checkin is None or checkin.person_id != person_id:
        raise NotFound("errors.old_button")
    if checkin.state not in store.RUNNING:
        raise NotNow("checkins.over")
    enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id)
    if enrolment is None:
        raise NotFound("errors.gone")
    return checkin, enrolment


async def begin(runtime: Runtime, person_id: int, checkin_id: int) -> Now:
    """ "Now is a good time": the first question."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        checkin, enrolment = await _running(tx, person_id, checkin_id)
        await store.change(tx, checkin.id, state=Stage.OPEN, opened_at=checkin.opened_at or now, remind_at=None)
        return await _now(tx, runtime, checkin.id, enrolment)


async def _now(tx: AsyncConnection, runtime: Runtime, checkin_id: int, enrolment: Enrolment) -> Now:
    checkin = await store.by_id(tx, checkin_id)
    plan = await plans.usable_or_last(tx, runtime, enrolment.plan)
    assert checkin is not None
    question = plan.questions.get(checkin.queue[0]) if checkin.queue else None
    return Now(checkin, plan, question, len(await store.answers_of(tx, checkin_id)) + 1)


async def present(runtime: Runtime, person_id: int) -> Now | None:
    """The question that is open for this person now, if there is one."""
    async with runtime.database.read() as tx:
        checkin = await store.running(tx, person_id)
        if checkin is None or checkin.state is not Stage.OPEN:
            return None
        enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id)
        return await _now(tx, runtime, checkin.id, enrolment) if enrolment else None


async def answer(
    runtime: Runtime, person_id: int, checkin_id: int, question_id: str, answer_id: str, tapped_by: int | None = None
) -> Now:
    """One answer. A tap on an earlier question is refused; the same tap twice counts once."""
    async with runtime.database.write() as tx:
        checkin, enrolment = await _running(tx, person_id, checkin_id)
        plan = await plans.usable_or_last(tx, runtime, enrolment.plan)
        if not checkin.queue or checkin.queue[0] != question_id:
            raise NotNow("checkins.old_question")
        chosen = plan.questions[question_id].answer(answer_id)
        return await _take(tx, runtime, checkin, enrolment, plan, chosen, tapped_by)


async def _take(
    tx: AsyncConnection,
    runtime: Runtime,
    checkin: CheckIn,
    enrolment: Enrolment,
    plan: Plan,
    chosen: Answer,
    tapped_by: int | None,
    said: str = "",
) -> Now:
    now, question = runtime.now(), checkin.queue[0]
    await store.add_answer(tx, checkin, question, chosen.id, now, said=said, tapped_by=tapped_by)
    if chosen.concern is not None:
        person = await people_store.by_id(tx, checkin.person_id)
        key = f"answer:{checkin.id}:{question}"
        reason = chosen.reason or question
        concern = await escalating.open_concern(tx, runtime, person, enrolment, key, chosen.concern, reason)
        if concern is not None and chosen.concern in LOUD:
            await escalating.ask_whether_called(tx, runtime, person, concern)
    queue = list(after(plan, tuple(checkin.queue), chosen))
    await store.change(tx, checkin.id, queue=queue, state=Stage.OPEN, remind_at=None)
    await enrolment_store.change(tx, enrolment.id, missed=0)
    if not queue:
        await store.move(tx, checkin.id, store.RUNNING, Stage.DONE, closed_at=now)
    await _obey(tx, runtime, enrolment, chosen.change)
    fresh = await _now(tx, runtime, checkin.id, enrolment)
    return Now(fresh.checkin, plan, fresh.question, fresh.number, chosen.emergency, chosen.concern)


async def _obey(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, change: Change | None) -> None:
    """A wish about the check-ins themselves is carried out in the same transaction."""
    if change is Change.FEWER:
        await enrolment_store.change(tx, enrolment.id, fewer=True)
        await enrolling.plan_rows(tx, runtime, enrolment.id, runtime.now())
    elif change is Change.STOP:
        await enrolling.end_within(tx, runtime, enrolment, Course.STOPPED, runtime.now())


async def typed(runtime: Runtime, person_id: int, words: str) -> Now | None:
    """A typed answer to the open question; None when it is not understood and a human should read it."""
    current = await present(runtime, person_id)
    if current is None or current.question is None:
        return None
    question = current.question
    if question.free_text:
        return await said(runtime, person_id, current.checkin.id, words)
    found = understood(question, current.plan.words, words)
    if found is None:
        return None
    return await answer(runtime, person_id, current.checkin.id, question.id, found)


async def said(runtime: Runtime, person_id: int, checkin_id: int, words: str) -> Now:
    """Free text: kept as it is, and a human reads it."""
    async with runtime.database.write() as tx:
        checkin, enrolment = await _running(tx, person_id, checkin_id)
        plan = await plans.usable_or_last(tx, runtime, enrolment.plan)
        return await _take(tx, runtime, checkin, enrolment, plan, Answer("said", FREE_TEXT), None, words)


async def later(runtime: Runtime, person_id: int, checkin_id: int) -> datetime | None:
    """ "Later today": the same notification again in two hours, if that is still today for them."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        checkin, enrolment = await _running(tx, person_id, checkin_id)
        await enrolment_store.change(tx, enrolment.id, missed=0)
        again = now + LATER
        if again >= checkin.not_after:
            await store.change(tx, checkin.id, remind_at=None)
            return None
        await store.change(tx, checkin.id, remind_at=again, state=Stage.ASKED)
        return again


async def not_today(runtime: Runtime, person_id: int, checkin_id: int) -> None:
    """A sign of life: this one is cleared, the next comes."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        checkin, enrolment = await _running(tx, person_id, checkin_id)
        await store.move(tx, checkin.id, store.RUNNING, Stage.CLEARED, reason="not_today", closed_at=now)
        await enrolment_store.change(tx, enrolment.id, missed=0)


async def answered_elsewhere(runtime: Runtime, actor_id: int, enrolment_id: int) -> bool:
    """The volunteer has phoned: the rest of this check-in is not needed. False when none is open."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        enrolment = await enrolment_store.by_id(tx, enrolment_id)
        if enrolment is None or actor_id not in (enrolment.named_id, enrolment.backup_id):
            raise NotFound("errors.old_button")
        checkin = await store.running(tx, enrolment.person_id or 0)
        if checkin is None:
            return False
        await store.move(
            tx, checkin.id, store.RUNNING, Stage.CLEARED, reason="answered_elsewhere", closed_at=now, remind_at=None
        )
        await enrolment_store.change(tx, enrolment.id, missed=0)
        await delivery_store.clear_keys(tx, checkin.key, "answered_elsewhere", now)
        return True


# Silence.


async def remind(runtime: Runtime) -> int:
    """One gentle nudge, inside waking hours."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        rows = await store.to_remind(tx, now, AT_ONCE)
        for checkin in rows:
            enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id)
            person = await people_store.by_id(tx, checkin.person_id)
            await store.change(tx, checkin.id, remind_at=None)
            if enrolment is not None:
                plan = await plans.usable_or_last(tx, runtime, enrolment.plan)
                body = await _says(tx, runtime, plan, enrolment, person, "reminder")
                buttons = hello_buttons(runtime, person, checkin)
                key = f"{checkin.key}:reminder:{int(now.timestamp())}"
                await delivery_store.put(tx, [_row(checkin, key, person, body, buttons, now)], now)
        return len(rows)


async def notice_silence(runtime: Runtime) -> int:
    """Check-ins past their last moment are missed; what follows is decided by the plan, never by nobody."""
    async with runtime.database.write() as tx:
        rows = await store.overdue(tx, runtime.now(), AT_ONCE)
        for checkin in rows:
            await _missed(tx, runtime, checkin)
        return len(rows)


async def _missed(tx: AsyncConnection, runtime: Runtime, checkin: CheckIn) -> None:
    now = runtime.now()
    if not await store.move(tx, checkin.id, store.RUNNING, Stage.MISSED, closed_at=now, remind_at=None):
        return
    enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id)
    if enrolment is None or enrolment.state is not State.ACTIVE:
        return
    person = await people_store.by_id(tx, checkin.person_id)
    plan = await plans.usable_or_last(tx, runtime, enrolment.plan)
    missed = enrolment.missed + 1
    await enrolment_store.change(tx, enrolment.id, missed=missed)
    if await _never_arrived(tx, checkin):
        await escalating.open_concern(tx, runtime, person, enrolment, f"late:{checkin.id}", Level.AMBER, "not_arrived")
        return
    final = checkin.kind == "last_question"
    over = is_last(plan, checkin.day)
    verdict = after_miss(plan.silence, enrolment.tier, checkin.day, missed, final, last=over)
    if verdict is Silent.AMBER:
        await escalating.open_concern(tx, runtime, person, enrolment, f"silent:{checkin.id}", Level.AMBER, "silent")
    elif verdict is Silent.LAST_QUESTION:
        await _last_question(tx, runtime, enrolment, checkin)
    elif verdict is Silent.HUMAN_DECIDES:
        key = f"silent:{checkin.id}"
        await escalating.open_concern(tx, runtime, person, enrolment, key, Level.AMBER, "human_decides")


async def _never_arrived(tx: AsyncConnection, checkin: CheckIn) -> bool:
    """Not silence of theirs: the notification was refused, suppressed or missed."""
    delivery = await delivery_store.by_key(tx, checkin.key)
    arrived = (Delivered.SENT, Delivered.UNCERTAIN)
    return delivery is None or delivery.state not in arrived


async def _last_question(tx: AsyncConnection, runtime: Runtime, enrolment: Enrolment, checkin: CheckIn) -> None:
    """One last question, and no more check-ins until a human has decided."""
    now = runtime.now()
    await store.clear(tx, enrolment.id, (Stage.PLANNED,), "waits_for_human", now)
    lasts = checkin.not_after - checkin.due_at
    row = {
        "enrolment_id": enrolment.id,
        "person_id": checkin.person_id,
        "key": enrolling.checkin_key(enrolment, f"last{checkin.day}"),
        "cycle": enrolment.cycle,
        "day": checkin.day,
        "kind": "last_question",
        "due_at": now,
        "not_after": now + lasts,
    }
    await store.put(tx, [row])
