"""/stop, the word stop, and going on again."""

from sqlalchemy import select

from bot.store.schema import broadcasts, consents, deliveries
from tests.cast import TestTown
from tests.conversations.letters import changes


async def rows(town: TestTown, query) -> list[dict]:  # type: ignore[no-untyped-def, type-arg]
    async with town.runtime.database.read() as tx:
        return [dict(row) for row in (await tx.execute(query)).mappings()]


async def test_promise_2_a_stop_beats_a_broadcast_that_is_already_due(town: TestTown) -> None:
    await town.is_ready()
    amara = await town.drafts("loneliness")
    await amara.taps(next(one for one in amara.buttons if one.startswith("Send now")))
    await town.clock.advance(61)  # due, and nothing has run yet
    town.ben.phone.types("Stop.")
    await town.settle()

    assert town.ben.heard("Hello Ben, it is Amara") == 0
    assert town.dalia.heard("Hello Dalia, it is Amara") == 1
    mine = await rows(town, select(deliveries.c.reason).where(deliveries.c.person_id == await town.id_of("Ben")))
    assert {row["reason"] for row in mine} == {"stopped"}


async def test_promise_2_a_stop_beats_rows_that_are_written_and_wait_for_the_morning(town: TestTown) -> None:
    await town.is_ready()
    await town.ben.says("/hours")
    await town.ben.taps("Change the times")
    await town.ben.says("midday")
    await town.ben.says("6pm")
    await town.sends("loneliness")
    assert town.ben.heard("it is Amara") == 0
    await town.ben.says("stop")

    await town.passes(days=2)

    assert town.ben.heard("it is Amara") == 0
    assert "Stopped." in town.ben.last


async def test_promise_2_stop_is_obeyed_in_the_middle_of_every_dialogue_and_quotes_and_edits(town: TestTown) -> None:
    await town.is_ready()
    ben, amara = town.ben, town.amara
    openings = [("/hours", "Change the times"), ("/hours", "I am somewhere else"), ("/language", ""), ("/pause", "")]
    for word, (command, button) in zip(("STOP!", "থামুন", "توقف", "stop stop"), openings, strict=True):
        await ben.says(command)
        if button:
            await ben.taps(button)
        await ben.says(word)
        assert "Stopped." in ben.last, word
        await ben.taps("Go on with my messages")

    await ben.says("stop", reply_to=ben.phone.last.message_id)
    assert "Stopped." in ben.last
    await ben.taps("Go on with my messages")

    mine = ben.phone.types("spot")
    await town.settle()
    await changes(ben, mine, "stop")
    assert "Stopped." in ben.last

    await amara.says("/broadcast")
    await amara.says("Stop")
    assert "Nothing goes out in your name any more" in amara.last


async def test_promise_2_a_champion_who_stops_takes_a_scheduled_broadcast_along(town: TestTown) -> None:
    await town.is_ready()
    amara = await town.drafts("loneliness")
    await amara.taps("Choose a time")
    await amara.taps(amara.buttons[0])
    await amara.says("11am")
    await amara.taps(next(one for one in amara.buttons if one.startswith("Yes, send it then")))
    await amara.says("/stop")

    await town.passes(days=3)

    assert town.ben.heard("it is Amara") == 0
    assert [(row["state"], row["reason"]) for row in await rows(town, select(broadcasts))] == [
        ("undone", "champion_gone")
    ]


async def test_promise_1_each_yes_and_no_is_on_record_with_time_purpose_and_wording(town: TestTown) -> None:
    await town.is_ready()
    await town.passes(minutes=5)
    await town.ben.says("/stop")
    await town.passes(minutes=5)
    await town.ben.taps("Go on with my messages")

    mine = select(consents).where(consents.c.person_id == await town.id_of("Ben")).order_by(consents.c.id)
    found = await rows(town, mine)
    assert [(one["purpose"], one["given"]) for one in found] == [
        ("broadcasts", True),
        ("broadcasts", False),
        ("broadcasts", True),
    ]
    assert [one["wording"] for one in found] == ["circle-1", "stop-1", "go-on-1"]
    assert found[0]["at"] < found[1]["at"] < found[2]["at"]
    assert {one["circle_id"] for one in found} == {1}


async def test_after_a_stop_one_circle_can_be_kept(town: TestTown) -> None:
    await town.is_ready()
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.joins("Ben", "Sanjay")
    await town.ben.says("/stop")
    assert town.ben.buttons[:3] == [
        "Keep only “Tuesday tea”",
        "Keep only “Elm House”",
        "Go on with my messages",
    ]

    await town.ben.taps("Keep only “Tuesday tea”")
    await town.ben.says("/start")

    assert "You get health messages from Sanjay." in town.ben.last
    await town.sends("loneliness", "Amara")
    await town.sends("falls", "Sanjay")
    assert town.ben.heard("it is Amara") == 0
    assert town.ben.heard("it is Sanjay") == 1


async def test_whoever_stops_twice_or_changes_their_mind_meets_no_dead_end(town: TestTown) -> None:
    await town.is_ready()
    ben = town.ben
    await ben.says("/stop")
    await ben.says("/stop")
    assert "Stopped." in ben.last
    await ben.says("/start")
    assert "Shall they go on?" in ben.last
    await ben.taps("No, leave it stopped")
    assert "Nothing will be sent to you" in ben.last
    await ben.says("/start")
    await ben.taps("Go on with my messages")
    assert "Messages go on from: Elm House." in ben.last


async def test_a_stranger_who_stops_is_offered_nothing_to_go_on_with(town: TestTown) -> None:
    await town.farid.says("stop")

    assert town.farid.buttons == ["Erase everything about me"]
    await town.farid.says("/start")
    assert "open the link that your champion gave you" in town.farid.last


async def test_promise_1_a_stopped_champion_works_again_only_after_their_yes(town: TestTown) -> None:
    await town.is_ready()
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.joins("Sanjay", "Amara")
    await town.sanjay.says("/stop")
    await town.sanjay.taps("Go on with my messages")
    assert "Elm House" in town.sanjay.last

    await town.sanjay.says("/stop")
    await town.joins("Sanjay", "Amara")
    await town.sanjay.says("/start")
    assert "only if you say yes" in town.sanjay.last
    await town.sanjay.taps("Yes, write to me")
    assert "You are a champion." in town.sanjay.last


async def test_promise_1_an_answer_reaches_a_stranger_or_somebody_stopped_only_after_their_tap(town: TestTown) -> None:
    await town.is_ready()
    for who in (town.farid, town.chidi):
        if who is town.chidi:
            await who.says("stop")
        await who.says("Where is the chemist?")
        reader = town.elif_ if who is town.farid else town.amara
        await reader.says("By the bridge.", reply_to=reader.phone.last.message_id)
        assert who.heard("By the bridge.") == 0

        await who.taps("The answer may come")
        await reader.says("By the bridge.", reply_to=reader.phone.messages[-3].message_id)
        await town.passes(seconds=5)
        assert who.heard("By the bridge.") == 1, who.name
