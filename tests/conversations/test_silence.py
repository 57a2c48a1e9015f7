"""Silence is never read as "fine" (promise 6): a nudge, a ring, one last question, then a human decides."""

from datetime import timedelta
from typing import Any

import pytest

from bot.actions import checkins, concerns, course, planning, plans, resting, silences
from bot.domain.deliveries import State
from bot.domain.errors import NotFound
from bot.domain.plans import Tier
from bot.store import deliveries as delivery_store
from bot.store.schema_care import checkins as checkins_table
from tests.cast import TestTown
from tests.conversations.test_checkins import checkins_of, concerns_of, shown


async def test_promise_6_silence_is_nudged_then_rung_then_asked_once_more_then_decided(town: TestTown) -> None:
    enrolment = await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.passes(hours=6, minutes=1)
    assert town.ben.heard("My questions are still here for you") == 1
    await town.passes(hours=18)  # the next day's is asked, the first is missed
    assert await concerns_of(town, "Ben") == []
    await town.passes(days=1, minutes=5)
    (ring,) = await concerns_of(town, "Ben")
    assert (ring.level, ring.reason) == ("amber", "silent")
    assert "Please see how Ben is" in shown(town.amara.phone)

    await town.passes(days=2, minutes=5)  # the check-in of day 4 is missed, too
    assert town.ben.heard("I have not heard from you") == 0, "neutral until they tap"
    assert "Not today" in town.ben.buttons
    states = {one.day: one.state.value for one in await checkins_of(town, enrolment) if one.kind != "last_question"}
    assert states[7] == "cleared"
    await town.passes(days=1, minutes=5)
    assert {one.reason for one in await concerns_of(town, "Ben")} == {"silent", "human_decides"}

    await town.elif_.says("/concerns")
    assert len(set(town.elif_.buttons)) == 2
    await town.elif_.taps(town.elif_.buttons[-1])
    assert "Then decide whether the check-ins go on" in town.elif_.last
    await town.elif_.taps("Go on with the check-ins")
    await town.passes(days=3)
    assert any(one.day == 7 and one.state in ("asked", "missed") for one in await checkins_of(town, enrolment))


async def test_the_last_question_can_be_answered(town: TestTown) -> None:
    enrolment = await town.is_home("Ben")
    for _ in range(5):
        await town.passes(days=1, minutes=5)
    rows = await checkins_of(town, enrolment)
    assert [one for one in rows if one.kind == "last_question" and one.state == "asked"]
    await town.ben.taps("Yes, now is good")
    assert "Shall I go on asking how you are?" in town.ben.last
    await town.ben.says("please ring me")
    assert "would like a ring" in town.ben.last
    assert "asked_for_a_ring" in {one.reason for one in await concerns_of(town, "Ben")}
    assert {one.day for one in await checkins_of(town, enrolment) if one.state == "planned"} >= {7, 10, 30}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Yes, go on", "My questions go on as before."),
        ("Go on, but less often", "From now on my questions come less often."),
        ("No more questions, please", "I will not ask you any more questions"),
        ("Please ring me", "They will ring on this working day or the next."),
    ],
)
async def test_every_answer_to_the_last_question_says_what_follows_who_reads_it_and_by_when(
    town: TestTown, answer: str, said: str
) -> None:
    await town.is_home("Ben")
    await town.passes(days=5, minutes=25)
    await town.ben.taps("Yes, now is good")
    await town.ben.taps(next(one for one in town.ben.buttons if one == answer))
    assert said in town.ben.last
    for words in ("can read your answers", "on the same working day or the next", "Nobody watches this chat"):
        assert words in town.ben.last


async def test_what_stood_still_comes_back_by_the_wishes_of_today(town: TestTown) -> None:
    enrolment = await town.is_home("Ben")
    await town.passes(days=5, minutes=25)
    await town.ben.taps("Yes, now is good")
    await resting.set_zone(town.runtime, await town.id_of("Ben"), "Asia/Dhaka")
    await course.how_often(town.runtime, await town.id_of("Ben"), enrolment, fewer=True)
    assert [one for one in await checkins_of(town, enrolment) if one.state == "planned"] == [], "they stand still"
    await town.ben.taps(town.ben.buttons[0])
    planned = [one for one in await checkins_of(town, enrolment) if one.state == "planned"]
    assert [one.day for one in planned] == [10, 21, 30]
    assert {one.due_at.hour for one in planned} == {4}, "10am by their own clock"


async def test_what_stood_still_and_moves_to_a_later_day_comes_then(town: TestTown) -> None:
    enrolment = await town.is_home("Ben")
    await town.passes(days=5, minutes=25)
    moved = planning.today(town.runtime) + timedelta(days=1)
    await course.move_home(town.runtime, await town.id_of("Ben"), enrolment, moved)
    await town.passes(days=3)  # day 7 would have come
    (decides,) = [one for one in await concerns_of(town, "Ben") if one.reason == "human_decides"]
    await town.elif_.says("/start")
    await concerns.decide(town.runtime, await town.id_of("Elif"), decides.id, goes_on=True)
    planned = [one for one in await checkins_of(town, enrolment) if one.state == "planned"]
    assert [one.day for one in planned] == [7, 10, 14, 21, 28, 30]
    assert planned[0].due_at.date() == moved + timedelta(days=7)


async def test_promise_6_a_plan_that_is_gone_keeps_nobody_from_deciding(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolment = await town.is_home("Ben")
    await town.passes(days=6, minutes=30)
    (decides,) = [one for one in await concerns_of(town, "Ben") if one.reason == "human_decides"]

    async def gone(*_: Any) -> Any:
        raise NotFound("plans.gone")

    monkeypatch.setattr(plans, "usable_or_last", gone)
    await town.elif_.says("/start")
    await concerns.decide(town.runtime, await town.id_of("Elif"), decides.id, goes_on=True)
    planned = [one for one in await checkins_of(town, enrolment) if one.state == "planned"]
    assert [one.day for one in planned] == [7, 10, 14, 21, 28, 30]


async def test_promise_6_one_missed_early_check_in_of_a_frail_person_is_rung_at_once(town: TestTown) -> None:
    await town.is_home("Ben", tier=Tier.HIGH)
    await town.is_asked("Ben")
    await town.passes(hours=24, minutes=5)
    assert [one.reason for one in await concerns_of(town, "Ben")] == ["silent"]


async def test_promise_6_one_miss_of_a_frail_person_is_rung_on_any_day(town: TestTown) -> None:
    await town.is_home("Ben", tier=Tier.HIGH, days_ago=13)
    await town.is_asked("Ben")  # day 14
    await town.passes(hours=24, minutes=5)
    assert [one.reason for one in await concerns_of(town, "Ben")] == ["silent"]


async def test_promise_6_a_hello_that_did_not_arrive_is_no_silence_but_a_human_hears(town: TestTown) -> None:
    await town.is_home("Ben")
    town.ben.phone.has_long_blocked()
    await town.passes(days=1, hours=1)
    assert "Please see how Ben is" in shown(town.amara.phone) + shown(town.elif_.phone)
    assert [one.reason for one in await concerns_of(town, "Ben")] == ["unreachable"]


async def test_promise_6_the_last_check_in_of_all_counts_by_itself(town: TestTown) -> None:
    enrolment = await town.is_home("Ben", days_ago=27)
    await town.passes(days=2, minutes=5)
    assert [one.reason for one in await concerns_of(town, "Ben")] == ["silent"]
    await town.passes(days=2)
    assert "last of my questions" in town.ben.last
    assert (await checkins_of(town, enrolment))[-1].state == "done"


async def test_promise_6_one_miss_of_somebody_who_is_asked_less_often_is_rung(town: TestTown) -> None:
    enrolment = await town.is_home("Ben", days_ago=20)
    await town.ben.says("/home")
    await town.ben.taps("Less often")
    await town.is_asked("Ben")  # day 21; day 28 does not come
    await town.passes(hours=24, minutes=5)
    assert [one.reason for one in await concerns_of(town, "Ben")] == ["silent"]
    assert {one.day for one in await checkins_of(town, enrolment)} == {21, 30}


async def test_promise_6_the_last_that_is_planned_counts_by_itself_whatever_the_plan_says(town: TestTown) -> None:
    enrolment = await town.is_home("Ben", days_ago=20)
    async with town.runtime.database.write() as tx:
        day_28 = checkins_table.c.enrolment_id == enrolment, checkins_table.c.day == 28
        await tx.execute(checkins_table.delete().where(*day_28))
    await town.is_asked("Ben")
    await town.passes(hours=24, minutes=5)
    assert [one.reason for one in await concerns_of(town, "Ben")] == ["silent"]


async def test_any_answer_is_a_sign_of_life(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.passes(days=2, minutes=2)  # day 1 missed, day 2 asked
    await town.ben.taps("Not today")
    await town.passes(days=3, minutes=5)  # day 4 missed
    assert await concerns_of(town, "Ben") == []


async def test_promise_6_a_silence_that_cannot_be_decided_stops_no_other_and_reaches_a_human(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben, dalia = await town.is_home("Ben"), await town.is_home("Dalia", plan="keeping-company")
    await town.is_asked("Ben")
    read = plans.usable_or_last

    async def broken(tx: Any, runtime: Any, plan_id: str) -> Any:
        if plan_id == "home-from-hospital":
            raise NotFound("plans.gone")
        return await read(tx, runtime, plan_id)

    monkeypatch.setattr(plans, "usable_or_last", broken)
    over = max([one.not_after for who in (ben, dalia) for one in await checkins_of(town, who) if one.state == "asked"])
    town.clock.jump(over - town.clock.now() + timedelta(seconds=1))
    await silences.notice(town.runtime)
    assert [one.reason for one in await checkins_of(town, ben) if one.state == "missed"] == ["fault"]
    assert {one.reason for one in await concerns_of(town, "Ben")} == {"silent"}
    assert not [one for one in await checkins_of(town, dalia) if one.state == "asked"], "hers was decided all the same"


async def test_promise_6_a_message_that_did_not_arrive_is_noticed_at_once_and_told(town: TestTown) -> None:
    enrolment = await town.is_home("Ben")
    first = (await checkins_of(town, enrolment))[0]
    town.clock.jump(first.due_at - town.clock.now() + timedelta(seconds=1))
    await checkins.ask_due(town.runtime)
    async with town.runtime.database.write() as tx:
        row = await delivery_store.by_key(tx, first.key)
        assert row is not None
        await delivery_store.mark(tx, row.id, state=State.FAILED, reason="refused", done_at=town.clock.now())
    assert await silences.notice(town.runtime) == 1
    assert (await checkins_of(town, enrolment))[0].reason == "not_arrived"
    assert {one.reason for one in await concerns_of(town, "Ben")} == {"not_arrived"}
    assert await silences.notice(town.runtime) == 0
