"""/pause with an end, and /resume."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.store.schema import deliveries, people
from tests.cast import TestTown


async def paused_until(town: TestTown, name: str = "Ben") -> datetime | None:
    async with town.runtime.database.read() as tx:
        query = select(people.c.paused_until).where(people.c.id == await town.id_of(name))
        return (await tx.execute(query)).scalar_one()


async def broadcast_row(town: TestTown, name: str = "Ben") -> tuple[str, str]:
    query = select(deliveries.c.state, deliveries.c.reason).where(deliveries.c.person_id == await town.id_of(name))
    async with town.runtime.database.read() as tx:
        row = (await tx.execute(query.where(deliveries.c.kind == "broadcast"))).one()
        return row.state, row.reason


async def test_a_rest_ends_on_a_morning_and_messages_come_again_by_themselves(town: TestTown) -> None:
    await town.is_ready()
    await town.ben.says("/pause")
    await town.ben.taps("7 days")
    assert "A rest until Monday 12 October." in town.ben.last
    assert await paused_until(town) == datetime(2026, 10, 12, 8, 0, tzinfo=UTC)

    await town.sends("loneliness")
    assert town.ben.heard("it is Amara") == 0
    assert await broadcast_row(town) == ("suppressed", "paused")

    await town.passes(days=8)
    await town.sends("falls")
    assert town.ben.heard("it is Amara") == 1


async def test_promise_2_a_rest_that_begins_while_a_message_waits_holds_it_back(town: TestTown) -> None:
    await town.is_ready()
    amara = await town.drafts("loneliness")
    await amara.taps(next(one for one in amara.buttons if one.startswith("Send now")))
    await town.clock.advance(61)
    town.ben.phone.types("/pause")
    await town.town.app.polling.step()
    await town.town.app.inbox.drain()
    town.ben.phone.taps("7 days")
    await town.settle()

    assert town.ben.heard("it is Amara") == 0
    assert await broadcast_row(town) == ("suppressed", "paused")


async def test_resume_brings_at_once_what_waited_for_the_end_of_the_rest(town: TestTown) -> None:
    await town.is_ready()
    await town.turns_to(datetime(2026, 10, 5, 16, 0, tzinfo=UTC))
    await town.ben.says("/pause")
    await town.ben.says("1")
    assert "A rest until Tuesday 6 October." in town.ben.last
    await town.sends("loneliness")
    assert await broadcast_row(town) == ("queued", "waits")

    await town.ben.says("/resume")

    assert await broadcast_row(town) == ("sent", "")
    assert town.ben.heard("it is Amara") == 1


async def test_the_end_of_a_rest_can_be_typed(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    for typed, day in (
        ("10", "Thursday 15 October"),
        ("2 weeks", "Monday 19 October"),
        ("3 days", "Thursday 8 October"),
        ("১০", "Thursday 15 October"),
        ("3 December", "Thursday 3 December"),
        ("Friday", "Friday 9 October"),
    ):
        await elif_.says("/pause")
        await elif_.says(typed)
        assert f"A rest until {day}." in elif_.last, typed
    assert "What people write to you still comes." in elif_.last


async def test_no_answer_to_the_question_how_long_is_a_dead_end(town: TestTown) -> None:
    await town.is_ready()
    ben = town.ben
    await ben.says("/pause")
    for said in ("0", "400 days", "yesterday", "500"):
        await ben.says(said)
        assert "a number of days, such as 10" in ben.last, said
    await ben.says("14 days")
    assert "A rest until Monday 19 October." in ben.last

    await ben.says("/pause")
    assert "You have a rest from messages until Monday 19 October." in ben.last
    await ben.taps("End my rest now")
    assert "Your rest is over." in ben.last
    await ben.says("/resume")
    assert "You have no rest at the moment." in ben.last
    await ben.says("/pause")
    await ben.taps("No rest, thank you")
    assert await paused_until(town) is None


async def test_a_rest_holds_back_no_answer_to_a_question_of_their_own(town: TestTown) -> None:
    await town.is_ready()
    await town.ben.says("/pause")
    await town.ben.taps("90 days")
    await town.ben.says("Is the lunch club open?")
    await town.amara.says("Yes, at noon.", reply_to=town.amara.phone.last.message_id)

    assert "Yes, at noon." in town.ben.last


async def test_whoever_gets_nothing_or_has_stopped_is_told_so_instead(town: TestTown) -> None:
    await town.is_ready()
    await town.farid.says("/pause")
    assert "Nobody sends you messages" in town.farid.last

    await town.ben.says("/stop")
    for command in ("/pause", "/resume"):
        await town.ben.says(command)
        assert "Shall they go on?" in town.ben.last, command
