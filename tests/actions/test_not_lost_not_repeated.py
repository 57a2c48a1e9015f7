"""What the machine of care found: check-ins that vanished, waited for ever, or came back when all was over."""

from datetime import datetime, timedelta

from bot.actions import concerns, course, planning, postponing, resting
from bot.domain.checkins import Enrolment, Stage
from bot.domain.concerns import Outcome
from bot.simulator.faults import Trouble
from bot.store import checkins as store
from bot.store import enrolments as enrolment_store
from bot.store.checkins import CheckIn
from tests.cast import TestTown

HELLO = "Is now a good time?"


async def next_checkin(town: TestTown, enrolment_id: int) -> CheckIn:
    async with town.runtime.database.read() as tx:
        rows = await store.of_enrolment(tx, enrolment_id)
    return next(one for one in rows if one.state is Stage.PLANNED)


async def as_it_is(town: TestTown, checkin: CheckIn) -> CheckIn | None:
    async with town.runtime.database.read() as tx:
        return await store.by_id(tx, checkin.id)


async def test_promise_4_what_was_due_while_the_clock_stood_still_outlives_new_hours(town: TestTown) -> None:
    due = await next_checkin(town, await town.is_home("Ben", backup=""))
    await finds_it_late(town, due.not_after + timedelta(hours=1))
    after = await as_it_is(town, due)
    assert after is not None and (after.state, after.reason) == (Stage.LATE, "too_late")
    await town.passes(hours=1)
    assert "Ben" in town.amara.last


async def finds_it_late(town: TestTown, moment: datetime) -> None:
    """Nothing rings until then, and the first thing that happens is that Ben chooses other hours."""
    town.clock.jump(moment - town.clock.now())
    await resting.set_hours(town.runtime, await town.id_of("Ben"), 10 * 60, 20 * 60)
    await town.settle()


async def test_promise_2_a_first_word_in_doubt_is_not_repeated_after_the_answer(town: TestTown) -> None:
    due = await next_checkin(town, await town.is_home("Ben", backup=""))
    town.telegram.faults.next(Trouble.ANSWER_LOST, methods="sendMessage", chat_id=town.ben.phone.user_id)
    await town.turns_to(due.due_at)
    assert town.ben.heard(HELLO) == 1
    await postponing.not_today(town.runtime, await town.id_of("Ben"), due.id)
    await town.passes(minutes=5)
    assert town.ben.heard(HELLO) == 1


async def test_promise_4_check_ins_that_wait_for_a_decision_do_not_wait_for_ever(town: TestTown) -> None:
    """Whoever rings and closes the concern, and says nothing about the check-ins, means that they go on."""
    enrolment_id = await town.is_home("Ben", backup="")
    for _ in range(6):
        await town.passes(days=1, minutes=5)
    elif_id = await town.id_of("Elif")
    asked = next(one.concern for one in await concerns.listed(town.runtime, elif_id) if is_undecided(one))
    await concerns.close(town.runtime, elif_id, asked.id, Outcome.HELPED)
    assert (await next_checkin(town, enrolment_id)).day >= 7


def is_undecided(one: concerns.View) -> bool:
    return one.concern.reason == "human_decides"


async def test_promise_4_a_plan_whose_end_passed_while_nobody_decided_still_ends(town: TestTown) -> None:
    enrolment_id = await town.is_home("Ben", backup="")
    for _ in range(6):
        await town.passes(days=1, minutes=5)
    elif_id = await town.id_of("Elif")
    asked = next(one.concern for one in await concerns.listed(town.runtime, elif_id) if is_undecided(one))
    town.clock.jump(timedelta(days=40))
    await concerns.decide(town.runtime, elif_id, asked.id, True)
    await town.settle()
    async with town.runtime.database.read() as tx:
        ended = await enrolment_store.by_id(tx, enrolment_id)
    assert ended is not None and ended.state is Enrolment.ENDED


async def test_promise_4_check_ins_do_not_wait_for_the_answer_to_a_question_that_never_came(town: TestTown) -> None:
    enrolment_id = await town.is_home("Ben", backup="")
    for _ in range(4):
        await town.passes(days=1, minutes=5)
    town.telegram.faults.often(Trouble.CONNECT_REFUSED, 1.0, methods="sendMessage", chat_id=town.ben.phone.user_id)
    for _ in range(2):
        await town.passes(days=1, minutes=5)
    town.telegram.faults.clear()
    reasons = {one.concern.reason for one in await concerns.listed(town.runtime, await town.id_of("Elif"))}
    assert "not_arrived" in reasons and "human_decides" not in reasons
    assert (await next_checkin(town, enrolment_id)).day >= 7


async def test_promise_4_the_end_of_an_earlier_homecoming_does_not_end_the_next(town: TestTown) -> None:
    """Ben was silent, went back in, came home, and only then somebody decided about the silence."""
    enrolment_id = await town.is_home("Ben", backup="")
    for _ in range(6):
        await town.passes(days=1, minutes=5)
    elif_id = await town.id_of("Elif")
    asked = next(one.concern for one in await concerns.listed(town.runtime, elif_id) if is_undecided(one))
    await course.back_in_hospital(town.runtime, elif_id, enrolment_id)
    await town.passes(days=5)
    await course.home_again(town.runtime, elif_id, enrolment_id, planning.today(town.runtime))
    await concerns.decide(town.runtime, elif_id, asked.id, True)
    async with town.runtime.database.read() as tx:
        coming = [one.cycle for one in await store.of_enrolment(tx, enrolment_id) if one.state is Stage.PLANNED]
    assert set(coming) == {2}
