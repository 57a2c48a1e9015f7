"""Where a check-in stands at this moment: the question to show, in whose name, and who may answer it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import checkins, emptying, enrolling, plans
from bot.domain.checkins import LAST_QUESTION, Stage
from bot.domain.checkins import Enrolment as State
from bot.domain.errors import NotFound, NotNow
from bot.domain.plans import LOUD, Answer, Change, Level, Plan, Question
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.checkins import CheckIn
from bot.store.enrolments import Enrolment
from bot.store.people import Person


@dataclass(frozen=True)
class Emergency:
    """The fixed words, to be said at once by the door; a row with this key says them when the door could not."""

    key: str
    html: str


@dataclass(frozen=True)
class Now:
    """Where a check-in stands: the question to show, or None when it is over.

    `named`: in whose name it is asked. `level`, `change`: of the answer just given. `not_understood`: typed words
    that a human reads now.
    """

    checkin: CheckIn
    enrolment: Enrolment
    plan: Plan
    person: Person
    named: str
    question: Question | None
    level: Level | None = None
    change: Change | None = None
    not_understood: bool = False
    emergency: Emergency | None = None

    @property
    def loud(self) -> bool:
        return self.level in LOUD


async def of(
    tx: AsyncConnection, runtime: Runtime, checkin_id: int, answer: Answer | None = None, *, unread: bool = False
) -> Now:
    checkin = await store.by_id(tx, checkin_id)
    enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id) if checkin else None
    if checkin is None or enrolment is None:
        raise NotFound("errors.old_button")
    plan = await plans.usable_or_last(tx, runtime, enrolment.plan)
    person = await people_store.by_id(tx, checkin.person_id)
    named = await checkins.named_name(tx, runtime, enrolment)
    question = _question(plan, checkin) if checkin.state in store.RUNNING else None
    said = (answer.concern, answer.change) if answer else (None, None)
    return Now(checkin, enrolment, plan, person, named, question, *said, unread)


def _question(plan: Plan, checkin: CheckIn) -> Question | None:
    if not checkin.queue:
        return None
    return LAST_QUESTION if checkin.queue[0] == LAST_QUESTION.id else plan.questions.get(checkin.queue[0])


async def running(tx: AsyncConnection, actor_id: int, checkin_id: int) -> tuple[CheckIn, Enrolment]:
    """The check-in a button belongs to: one's own, or in assisted mode that of the person one taps for."""
    checkin = await store.by_id(tx, checkin_id)
    enrolment = await enrolment_store.by_id(tx, checkin.enrolment_id) if checkin else None
    if checkin is None or enrolment is None or not may_answer(enrolment, actor_id):
        raise NotFound("errors.old_button")
    if checkin.state not in store.RUNNING or enrolment.state is not State.ACTIVE:
        raise NotNow("checkins.over")
    return checkin, enrolment


def may_answer(enrolment: Enrolment, actor_id: int) -> bool:
    return actor_id == enrolment.person_id or (enrolment.assisted and actor_id in enrolling.accepted(enrolment))


async def begin(runtime: Runtime, actor_id: int, checkin_id: int) -> Now:
    """ "Now is a good time": the first question, or the one that is left."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        checkin, _ = await running(tx, actor_id, checkin_id)
        opened = {"state": Stage.OPEN, "opened_at": checkin.opened_at or now, "remind_at": None}
        await store.change(tx, checkin.id, **opened)
        return await of(tx, runtime, checkin.id)


async def asked(runtime: Runtime, person_id: int, *, asked_too: bool = False) -> Now | None:
    """The question that is open for this person now. `asked_too`: also one that only the notification was sent of."""
    async with runtime.database.read() as tx:
        checkin = await store.running(tx, person_id)
        if checkin is None or (checkin.state is not Stage.OPEN and not asked_too):
            return None
        return await of(tx, runtime, checkin.id)


async def by_id(runtime: Runtime, actor_id: int, checkin_id: int) -> Now:
    """The same of a check-in whose id is known; raises when it is over or somebody else's."""
    async with runtime.database.read() as tx:
        await running(tx, actor_id, checkin_id)
        return await of(tx, runtime, checkin_id)


async def look(runtime: Runtime, checkin_id: int) -> Now:
    """A check-in as it stands, also when it is over; for a door that has just acted on it."""
    async with runtime.database.read() as tx:
        return await of(tx, runtime, checkin_id)


async def came_before(runtime: Runtime, person_id: int, message_id: int) -> bool:
    """Whether this very message was an answer already."""
    async with runtime.database.read() as tx:
        return await store.typed_before(tx, person_id, message_id) is not None


async def last_word(runtime: Runtime, checkin_id: int) -> datetime | None:
    """When something was last shown or answered in a check-in."""
    async with runtime.database.read() as tx:
        checkin = await store.by_id(tx, checkin_id)
        given = [one.at for one in await store.answers_of(tx, checkin_id)]
        moments = [*given, *([checkin.opened_at, checkin.asked_at] if checkin else [])]
        return max((moment for moment in moments if moment), default=None)


async def shown(runtime: Runtime, checkin_id: int, message_id: int) -> None:
    """Remember which message holds the question, so that it can be emptied: at once, when it is over meanwhile."""
    async with runtime.database.write() as tx:
        await store.change(tx, checkin_id, message_id=message_id)
        checkin = await store.by_id(tx, checkin_id)
        if checkin is not None and checkin.state not in store.RUNNING:
            await emptying.empty(tx, runtime, checkin)
