"""Somebody has died: whatever they were here, and whenever it is told, everything stops."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import assisting, course, enrolling, planning
from bot.domain.checkins import Course
from bot.domain.checkins import Enrolment as State
from bot.domain.deliveries import State as Queued
from bot.domain.people import Role
from bot.domain.plans import Tier
from bot.store import broadcasts as broadcast_store
from bot.store import circles as circle_store
from bot.store import enrolments as store
from bot.store import people as people_store
from bot.store.deliveries import COLUMNS, Delivery, delivery
from bot.store.schema import deliveries
from tests.cast import TestTown
from tests.conversations.letters import forges


async def _is_told(town: TestTown, number: int) -> None:
    await course.end(town.runtime, await town.id_of("Elif"), number, Course.DIED)
    await town.settle()


async def waiting_rows(tx: AsyncConnection, person_id: int) -> list[Delivery]:
    mine = select(*COLUMNS).where(deliveries.c.person_id == person_id, deliveries.c.state == Queued.QUEUED)
    return [delivery(row) for row in (await tx.execute(mine)).mappings()]


async def _says_yes_to_nothing(town: TestTown, name: str) -> bool:
    async with town.runtime.database.read() as tx:
        person = await people_store.by_id(tx, await town.id_of(name))
        return person.stopped_at is not None and not await people_store.standing_consents(tx, person.id)


async def test_promise_2_a_death_after_the_check_ins_have_ended_stops_everything(town: TestTown) -> None:
    await town.is_ready()
    number = await town.is_home("Ben")
    await course.end(town.runtime, await town.id_of("Elif"), number, Course.DONE)
    await forges(town.elif_, f"dis:one:{number}")
    await town.elif_.taps("Has died")
    await town.elif_.taps("No, leave it as it is")
    await town.elif_.taps("Has died")
    await town.elif_.taps("Yes, they have died")
    assert "Nothing more is sent to Ben" in town.elif_.last
    assert town.amara.heard("Ben has died") == 1
    assert await _says_yes_to_nothing(town, "Ben"), "the champion's messages end as well"
    await forges(town.elif_, f"course:died:{number}:yes")
    assert "cannot be changed any more" in town.elif_.last
    assert town.amara.heard("Ben has died") == 1


async def test_a_card_that_nobody_has_begun_with_tells_of_no_death(town: TestTown) -> None:
    await town.is_ready()
    await town.ben.says("/home")
    await town.ben.taps("Yes, please ask for me")
    async with town.runtime.database.read() as tx:
        [asks] = await store.of_person(tx, await town.id_of("Ben"), (State.WAITING,))
    await forges(town.elif_, f"course:died:{asks.id}:yes")
    assert "cannot be changed any more" in town.elif_.last


async def test_promise_2_a_champion_who_died_is_nobodys_named_person_and_leads_no_circle(town: TestTown) -> None:
    await town.is_ready()
    ben = await town.is_home("Ben", backup="")
    amara = await town.is_home("Amara", named="Sanjay", backup="")
    await town.drafts()
    await town.amara.taps(next(one for one in town.amara.buttons if one.startswith("Send now")))
    await _is_told(town, amara)
    assert town.ben.heard("Amara can no longer do it") == 1
    assert town.elif_.heard("Amara can no longer look after Ben")
    async with town.runtime.database.read() as tx:
        enrolment = await store.by_id(tx, ben)
        assert enrolment is not None
        assert enrolment.named_state == "declined"
        amara_id = await town.id_of("Amara")
        assert await circle_store.of_champion(tx, amara_id) == []
        assert Role.CHAMPION not in await people_store.roles_of(tx, amara_id)
        assert await broadcast_store.open_of_champion(tx, amara_id) == []
    heard = town.ben.heard("it is Amara")
    await town.passes(days=2)
    assert town.ben.heard("it is Amara") == heard


async def test_promise_2_their_volunteer_is_not_asked_whether_somebody_phoned_for_them(town: TestTown) -> None:
    await town.is_ready()
    amara_id, elif_id = await town.id_of("Amara"), await town.id_of("Elif")
    await town.approves_plans()
    home_on, plan = planning.today(town.runtime), "home-from-hospital"
    number = await assisting.enrol(
        town.runtime, elif_id, "Edna", amara_id, plan, home_on, Tier.USUAL, enrolling.PURPOSES
    )
    await town.passes(days=1)
    await town.amara.taps("Start the questions")
    await town.amara.taps("Yes, I do")
    async with town.runtime.database.write() as tx:
        about = [row.key for row in await waiting_rows(tx, amara_id)]
        assert [key for key in about if key.startswith("called:")]
    await _is_told(town, number)
    async with town.runtime.database.read() as tx:
        keys = [row.key for row in await waiting_rows(tx, amara_id)]
    assert [key for key in keys if key.startswith(("called:", "emergency:"))] == []
    await town.passes(minutes=11)
    assert town.amara.heard("Has somebody phoned") == 0
