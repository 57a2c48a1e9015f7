"""For somebody without Telegram: their volunteer gets the check-in as a call script and taps the answers in."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import enrolling, notices, plans
from bot.domain.checkins import Enrolment as State
from bot.domain.checkins import Stage
from bot.domain.deliveries import Kind
from bot.domain.errors import NotFound
from bot.domain.people import Purpose, Role
from bot.domain.plans import Plan, Tier
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import machine
from bot.store import people as people_store
from bot.store.checkins import CheckIn
from bot.store.deliveries import New
from bot.store.enrolments import Enrolment
from bot.store.people import Person


async def enrol(
    runtime: Runtime, coordinator_id: int, name: str, volunteer_id: int, plan_id: str, home_on: date, tier: Tier
) -> int:
    """Their yes was given by voice, and the coordinator witnesses it; it is recorded as such. Returns the enrolment."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        await enrolling.coordinators_only(tx, coordinator_id)
        await enrolling.refuse_while_nobody_is_on_call(tx, runtime)
        plan = await plans.usable(tx, runtime, plan_id)
        if Role.CHAMPION not in await people_store.roles_of(tx, volunteer_id):
            raise NotFound("errors.gone")
        person = await people_store.add_without_telegram(tx, name, runtime.place.default_language, now)
        for purpose in (Purpose.CHECKINS, Purpose.TELL_NAMED, Purpose.SEE_ANSWERS, Purpose.PHONE):
            await people_store.record_consent(tx, person.id, purpose, True, f"by voice, witness {coordinator_id}", now)
        made = await enrolment_store.add(
            tx,
            person_id=person.id,
            plan=plan.id,
            home_on=home_on,
            tier=tier,
            state=State.ACTIVE,
            invited_by=coordinator_id,
            created_at=now,
            accepted_at=now,
            named_id=volunteer_id,
            named_state="accepted",
            assisted=True,
        )
        await machine.note(tx, now, coordinator_id, "enrolled_assisted", f"enrolment:{made.id}")
        await enrolling.plan_rows(tx, runtime, made.id, now)
        return made.id


async def hand_over(
    tx: AsyncConnection, runtime: Runtime, plan: Plan, enrolment: Enrolment, checkin: CheckIn, person: Person
) -> None:
    """The volunteer is asked to phone; the questions come one by one as they tap the answers in."""
    now = runtime.now()
    volunteer = await people_store.find(tx, enrolment.named_id) if enrolment.named_id else None
    queue = list(plan.day(checkin.day).questions)
    moved = await store.move(tx, checkin.id, (Stage.PLANNED,), Stage.ASKED, asked_at=now, queue=queue)
    if moved and volunteer is not None:
        button = notices.button(runtime, volunteer.language, "buttons.script_start", f"ci:now:{checkin.id}")
        body = runtime.say(volunteer.language, "checkins.script", name=person.name)
        said = {"language": volunteer.language, "names": (person.id,)}
        row = New(checkin.key, volunteer.id, Kind.WORK, now, checkin.not_after, body, [[button]], **said)  # type: ignore[arg-type]
        await delivery_store.put(tx, [row], now)
