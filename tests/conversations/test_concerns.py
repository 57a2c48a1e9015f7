"""Concerns: a ladder that never ends in nobody, and who may know what (promises 6 and 9)."""

from datetime import timedelta

from sqlalchemy import select

from bot.actions import answering
from bot.store import concerns as store
from bot.store.schema import deliveries
from tests.cast import TestTown
from tests.conversations.test_checkins import NO_BREATH, concerns_of, presses, shown


async def red(town: TestTown, name: str = "Ben") -> None:
    await town.is_asked(name)
    await town.person(name).taps("Yes, now is good")
    await town.person(name).taps("Yes, I do")


async def test_promise_6_a_red_alert_walks_every_rung_and_rings_everybody_until_somebody_has_it(town: TestTown) -> None:
    await town.is_home("Ben")
    await red(town)
    assert "Ben needs somebody now" in town.amara.last
    assert "Ben needs" not in shown(town.sanjay.phone) and "Ben needs" not in shown(town.elif_.phone)
    await town.passes(minutes=14)
    assert "Ben needs" not in shown(town.sanjay.phone)
    await town.passes(minutes=1, seconds=5)
    assert "Ben needs somebody now" in town.sanjay.last and "Ben needs" not in shown(town.elif_.phone)
    await town.passes(minutes=15)
    assert "hard to breathe" in town.elif_.last and "Yes, I do" in town.elif_.last, "coordinators see the answer"
    for round_ in range(1, 4):
        await town.passes(minutes=15)
        assert town.elif_.heard("Ben needs somebody now") == 1 + round_
        assert town.amara.heard("Ben needs somebody now") == 1 + round_

    await town.sanjay.taps("I have it")
    assert "Sanjay will ring you by" in shown(town.ben.phone)
    assert "Sanjay has this: Ben" in town.amara.last and town.amara.buttons == [], "nobody else goes on looking"
    await town.sanjay.taps("I have spoken to them")
    before = len(town.elif_.sees)
    await town.passes(hours=2)
    assert len(town.elif_.sees) == before

    await town.sanjay.says("/concerns")
    await town.sanjay.taps(f"concern:see:{(await concerns_of(town, 'Ben'))[0].id}")
    await town.sanjay.taps("Pass it on")
    assert "Ben needs somebody now" in town.elif_.last
    await town.elif_.taps("I have it")
    await town.elif_.taps("Close it")
    await town.elif_.taps("I helped")
    await town.elif_.taps("Nothing to add")
    assert "Ben: this is closed. Thank you." in town.elif_.last
    assert await concerns_of(town, "Ben") == []
    await town.elif_.says("/concerns")
    assert "Nobody is waiting for a ring" in town.elif_.last


async def test_promise_6_a_red_answer_at_night_rings_those_on_call(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.passes(hours=15)  # one o'clock at night in London
    await town.ben.taps("Yes, I do")
    assert "Phone 999 now." in shown(town.ben.phone) and "Ben needs somebody now" in town.amara.last
    assert "Ben needs somebody now" in town.elif_.last, "whoever is on call is awake, and Amara may not be"
    assert "Ben needs" not in shown(town.sanjay.phone)
    await town.passes(minutes=16)
    assert "Ben needs somebody now" in town.sanjay.last, "the ladder goes on as always"


async def test_promise_6_i_have_it_and_then_nothing_goes_back_up_the_ladder(town: TestTown) -> None:
    await town.is_home("Ben")
    await red(town)
    await town.amara.taps("I have it")
    await town.passes(minutes=29)
    assert "Have you spoken to Ben?" not in town.amara.last and "Ben needs" not in shown(town.elif_.phone)
    await town.passes(minutes=2)
    assert "Have you spoken to Ben?" in town.amara.last
    await town.passes(minutes=30)
    assert "Ben needs somebody now" in town.elif_.last and "I have it" in town.elif_.buttons


async def test_promise_6_not_reached_is_no_end_while_somebody_may_lie_there(town: TestTown) -> None:
    await town.is_home("Ben")
    await red(town)
    await town.amara.taps("I have it")
    await town.amara.taps("Close it")
    await town.amara.taps("I could not reach them")
    assert "nobody has reached Ben" in town.amara.last
    assert "Ben needs somebody now" in town.elif_.last and "I have it" in town.elif_.buttons
    assert [one.state.value for one in await concerns_of(town, "Ben")] == ["open"]
    await town.elif_.taps("I have it")
    await town.elif_.taps("Close it")
    await town.elif_.taps("999 was phoned")
    assert await concerns_of(town, "Ben") == []


async def test_promise_6_nobody_has_phoned_is_told_even_when_it_was_closed(town: TestTown) -> None:
    await town.is_home("Ben")
    await red(town)
    await town.amara.taps("I have it")
    await town.amara.taps("Close it")
    await town.amara.taps("They are fine")
    concern_id = await last_concern(town)
    await town.passes(minutes=11)
    for number in (1, 2):
        await town.ben.says(f"/hours{number}")  # something else is on the screen by then
        town.ben.phone._tap(town.ben.phone.messages[0], f"called:no:{concern_id}")
        await town.settle()
        assert len(await concerns_of(town, "Ben")) == 1
        assert "says that nobody has phoned 999 yet" in town.amara.last
        await town.passes(minutes=2)


async def last_concern(town: TestTown) -> int:
    async with town.runtime.database.read() as tx:
        return max(one.id for one in await store.closed_since(tx, town.clock.now() - timedelta(days=1), 9))


async def test_promise_6_red_words_in_the_middle_of_something_else_are_red(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.ben.says("/hours")
    await town.ben.taps("Change the times")
    await town.ben.says("chest pain")
    assert town.ben.heard("Phone 999 now.") == 1 and "Ben needs somebody now" in town.amara.last
    assert [one.level.value for one in await concerns_of(town, "Ben")] == ["red"]
    await town.passes(minutes=11)
    await town.ben.taps("No, not yet")
    assert "says that nobody has phoned 999 yet" in shown(town.sanjay.phone)


async def test_promise_6_red_words_are_red_when_nothing_is_asked_and_about_others_they_are_not(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.joins("Ben")
    await town.ben.says("chest pain")
    assert town.ben.heard("Phone 999 now.") == 1 and "chest pain" in shown(town.amara.phone)
    assert [one.level.value for one in await concerns_of(town, "Ben")] == ["red"]
    await town.amara.says("chest pain")
    assert town.amara.heard("Phone 999 now.") == 0


async def test_promise_5_that_somebody_will_ring_is_not_told_when_the_time_for_it_is_over(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.passes(hours=15)  # one o'clock at night in London
    await town.ben.taps("Yes, I do")
    await town.passes(minutes=65)  # Ben may sleep by now
    await town.elif_.taps("I have it")
    await town.passes(hours=9)
    assert town.ben.heard("will ring you") == 0


async def test_an_amber_worry_waits_for_working_hours_and_then_moves_on(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")  # Tuesday, 10:00 in London
    await town.ben.taps("Yes, now is good")
    for label in (NO_BREATH, "No", "No, some are missing"):
        await town.ben.taps(label)
    assert "Ben would like a ring" in town.amara.last
    await town.passes(hours=3, minutes=55)
    assert "would like a ring" not in shown(town.sanjay.phone)
    await town.passes(minutes=10)
    assert "Ben would like a ring" in town.sanjay.last
    (one,) = await concerns_of(town, "Ben")
    assert one.deadline_at - town.clock.now() > timedelta(hours=17), "17:00 comes first, then tomorrow from 9:00"


async def test_promise_9_whom_somebody_fears_may_be_whom_they_named(town: TestTown) -> None:
    await town.is_home("Ben", days_ago=28, shows=True)
    await town.passes(minutes=1)
    if "Not today" not in town.ben.buttons:
        await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.taps(NO_BREATH)
    await town.ben.taps("No")
    await town.ben.taps("I would rather have a call")
    await town.ben.taps("No, that is all")
    assert "asked for a call" in town.elif_.last
    (one,) = await concerns_of(town, "Ben")
    await town.passes(days=1, hours=3)  # every rung
    for companion in (town.amara, town.sanjay):
        assert "Ben would like a ring" not in shown(companion.phone)
        await companion.says("/concerns")
        assert "Nobody is waiting" in companion.last
        await presses(companion, companion.phone.last, f"concern:see:{one.id}")
        assert "Ben" not in companion.last


async def test_promise_9_without_a_yes_only_coordinators_hear_and_nobody_else_can_look(town: TestTown) -> None:
    await town.is_home("Ben", tells=False)
    await red(town)
    assert "Ben needs somebody now" in town.elif_.last and "Ben needs" not in shown(town.amara.phone)
    (one,) = await concerns_of(town, "Ben")
    await town.farid.says("/start")
    for curious in (town.amara, town.farid, town.ben):
        for verb in ("see", "take", "close", "pass", "goon"):
            await presses(curious, curious.phone.last, f"concern:{verb}:{one.id}")
        assert "no longer works" in curious.last
    (same,) = await concerns_of(town, "Ben")
    assert (same.state, same.owner_id) == ("open", None)


async def test_promise_6_whoever_was_told_can_still_act_after_a_stop(town: TestTown) -> None:
    await town.is_home("Ben")
    await red(town)
    await town.ben.says("stop")
    await town.amara.taps("I have it")
    assert "You have this" in shown(town.amara.phone)
    async with town.runtime.database.read() as tx:
        (one,) = await store.not_closed(tx)
    assert one.owner_id == await town.id_of("Amara")


async def test_promise_9_a_closed_concern_leaves_nothing_of_it_in_any_chat(town: TestTown) -> None:
    await town.is_home("Ben", shows=True)
    await red(town)
    await town.passes(minutes=46)  # every rung, and once more
    await town.sanjay.says("/concerns")
    await town.sanjay.taps(next(one for one in town.sanjay.buttons if one.startswith("Ben")))
    assert "hard to breathe" in town.sanjay.last
    await town.elif_.taps("I have it")
    await town.elif_.taps("Close it")
    await town.elif_.taps("I helped")
    assert "Closed for Ben: I helped." in town.elif_.last, "its own words stay where it was done"
    await town.elif_.says("made some tea")
    for who in (town.amara, town.sanjay, town.elif_):
        assert not [one for one in who.sees if "hard to breathe" in one or "needs somebody now" in one], who.name
        assert "Ben: this is closed. Thank you." in who.sees
    async with town.runtime.database.read() as tx:
        rows = list(await tx.execute(select(deliveries).where(deliveries.c.body.contains("hard to breathe"))))
    assert rows == [], "nor in what is kept of the messages"


async def test_promise_6_what_somebody_had_taken_who_is_gone_is_anybodys_again(town: TestTown) -> None:
    await town.is_home("Ben")
    await red(town)
    await town.amara.taps("I have it")
    before = town.elif_.heard("Ben needs somebody now")
    await town.amara.blocks()
    (one,) = await concerns_of(town, "Ben")
    assert (one.state, one.owner_id) == ("open", None)
    assert town.elif_.heard("Ben needs somebody now") == before + 1


async def test_an_emergency_is_said_by_the_outbox_when_the_conversation_could_not(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    button = town.ben.phone.last.buttons[1][0].data
    checkin = int(str(button).split(":")[1])
    await answering.answer(town.runtime, await town.id_of("Ben"), checkin, "breath", "yes")  # … and then a kill
    assert town.ben.heard("Phone 999 now.") == 0
    await town.passes(seconds=6)
    assert town.ben.heard("Phone 999 now.") == 1
    await town.ben.taps("Yes, I do")
    assert town.ben.heard("Phone 999 now.") == 1
