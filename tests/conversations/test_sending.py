"""From Send to the last row: undo, a chosen time, the night, Stop, and champions who go."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.actions import templates as template_actions
from bot.domain.broadcasts import Phase
from bot.domain.deliveries import State
from bot.store import broadcasts as broadcast_store
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from tests.cast import TestTown

LONDON = ZoneInfo("Europe/London")


async def _broadcast(town: TestTown, number: int = 1):  # type: ignore[no-untyped-def]
    async with town.runtime.database.read() as tx:
        return await broadcast_store.by_id(tx, number)


async def _states(town: TestTown, number: int = 1) -> dict[str, tuple[State, str]]:
    """Name -> (state, reason) of everybody's row."""
    async with town.runtime.database.read() as tx:
        rows = await delivery_store.of_broadcast(tx, number)
        names = await delivery_store.names_of(tx, number)
    return {names[row.id]: (row.state, row.reason) for row in rows}


async def _withdraw(town: TestTown, topic: str) -> None:
    elif_id = await town.id_of("Elif")
    for version in await template_actions.newest(town.runtime):
        if version.topic == topic and version.language == "en":
            await template_actions.decide(town.runtime, elif_id, version.id, False, reads_language=True)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=LONDON).astimezone(UTC)


async def test_promise_2_what_is_called_back_in_time_reaches_nobody_and_can_be_changed(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness", line="See you.")
    await town.amara.taps("Send now (3)")
    assert "It goes out in 60 seconds." in town.amara.last
    await town.passes(seconds=58)
    await town.amara.taps("Call it back")
    assert town.amara.last == "Called back. Nobody got it."
    await town.passes(minutes=5)
    assert town.ben.heard("See you.") == 0

    await town.amara.taps("Change it")
    assert "People who get it: 3" in town.amara.last
    assert "See you." in town.amara.sees[-2]
    await town.amara.taps("Send now (3)")
    await town.passes(seconds=61)
    assert town.ben.heard("See you.") == 1


async def test_calling_back_too_late_shows_how_it_stands(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.amara.taps("Send now (3)")
    await town.clock.advance(61)
    town.amara.phone.taps("Call it back")
    await town.settle()
    await town.settle()
    told = town.amara.sees
    assert any("cannot be called back" in one for one in told) or "Called back. Nobody got it." in told
    assert town.ben.heard("it is Amara") == (0 if "Called back. Nobody got it." in told else 1)


async def test_promise_5_a_chosen_time_is_kept_and_never_lies_in_the_past(town: TestTown) -> None:
    await town.is_ready()
    amara = await town.drafts("loneliness")
    await amara.taps("Choose a time")
    await amara.says("in january")
    await amara.says("24 december")
    assert "Please choose a day in the next 60 days." in amara.last
    await amara.taps("Monday 5 October")
    assert "9am" not in amara.buttons
    assert "11am" in amara.buttons
    await amara.says("9:30am")
    assert "That time is over already." in amara.last
    await amara.taps("Back")
    await amara.says("wednesday")
    await amara.says("2:30pm")
    assert "It goes out on Wednesday 7 October, 2:30pm." in amara.last
    await amara.taps("Yes, send it then (3)")
    assert "You can call it back until then." in amara.last
    await town.turns_to(at(7, 14, 29))
    assert town.ben.heard("it is Amara") == 0

    await amara.says("/broadcast")
    await amara.taps("Earlier broadcasts")
    await amara.taps(amara.buttons[0])
    assert "It goes out on Wednesday 7 October, 2:30pm." in amara.last
    assert "Call it back" in amara.buttons
    await town.turns_to(at(7, 14, 31))
    assert town.ben.heard("it is Amara") == 1


async def test_a_preview_left_open_past_its_chosen_time_does_not_send_by_itself(town: TestTown) -> None:
    await town.is_ready()
    amara = await town.drafts("loneliness")
    await amara.taps("Choose a time")
    await amara.taps("Monday 5 October")
    await amara.taps("11am")
    await town.passes(hours=3)
    await amara.taps("Yes, send it then (3)")
    assert any("That time is over already." in one for one in amara.sees)
    await town.passes(minutes=5)
    assert town.ben.heard("it is Amara") == 0
    await amara.taps("Back")
    await amara.taps("Send now (3)")
    await town.passes(seconds=61)
    assert town.ben.heard("it is Amara") == 1


async def test_promise_4_the_progress_ends_in_a_report_with_every_number(town: TestTown) -> None:
    await town.is_ready()
    town.chidi.phone.has_long_blocked()
    await town.sends("loneliness")
    await town.passes(seconds=10)
    progress, report = town.amara.sees[-2:]
    assert "Done" in progress
    assert "Sent: 2 of 3" in progress
    assert "Not reached: 1" in progress
    assert "It is finished." in report
    assert "Sent: 2" in report
    assert "Not reached: Chidi (blocked the bot)" in report
    await town.ben.taps("Helpful")
    await town.dalia.says("Thank you!")
    await town.amara.taps("Look again")
    assert "Replies: 1, answered: 0" in town.amara.sees[-1] + town.amara.sees[-2]
    assert "Found it helpful: 1" in town.amara.sees[-1] + town.amara.sees[-2]


async def test_promise_2_stop_in_the_middle_means_not_one_more(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.turns_to(at(5, 18, 58))
    async with town.runtime.database.write() as tx:
        await people_store.change(tx, await town.id_of("Ben"), wakes_at=6 * 60, sleeps_at=23 * 60)
    await town.turns_to(at(5, 19, 1))
    await town.amara.taps("Show another person's")
    assert "Not awake then, so they get it later: 2" in town.amara.last
    assert "Done by about Tuesday 6 October, 9am." in town.amara.last
    await town.amara.taps("Send now (3)")
    await town.passes(seconds=90)
    assert town.ben.heard("it is Amara") == 1
    assert "On its way" in town.amara.last
    assert town.amara.buttons == ["Stop"]
    await town.amara.taps("Stop")
    assert "It was stopped." in town.amara.last
    await town.turns_to(at(6, 12))
    assert town.dalia.heard("it is Amara") == town.chidi.heard("it is Amara") == 0
    assert "It was stopped." in town.amara.last, "no late edit puts the old numbers back"
    assert (await _states(town))["Dalia"] == (State.CLEARED, "stopped_by_champion")


async def test_promise_5_nobody_is_written_to_at_night_and_it_is_not_finished_before(town: TestTown) -> None:
    await town.is_ready()
    async with town.runtime.database.write() as tx:
        await people_store.change(tx, await town.id_of("Dalia"), zone="Asia/Dhaka")
    await town.drafts("loneliness")
    await town.turns_to(at(5, 18, 58) + timedelta(seconds=30))
    await town.amara.taps("Send now (3)")
    await town.passes(minutes=3)
    assert town.ben.heard("it is Amara") == 1, "18:59:30 is still day"
    assert town.dalia.heard("it is Amara") == 0, "in Dhaka it is midnight"
    assert (await _broadcast(town)).state is Phase.SENDING
    await town.turns_to(datetime(2026, 10, 6, 2, 59, tzinfo=UTC))
    assert town.dalia.heard("it is Amara") == 0
    await town.turns_to(datetime(2026, 10, 6, 3, 1, tzinfo=UTC))
    assert town.dalia.heard("it is Amara") == 1
    assert (await _broadcast(town)).state is Phase.FINISHED


async def test_promise_5_a_message_about_today_is_not_sent_tomorrow(town: TestTown) -> None:
    await town.is_ready()
    amara = town.amara
    await town.turns_to(at(5, 18, 30))
    await amara.says("/broadcast")
    await amara.taps("The flu jab")
    for words in ("1", "Park Road", "today", "6pm", "leave it out", "send without a line", "choose a time"):
        await amara.says(words)
    await amara.says("tomorrow")
    await amara.says("10am")
    assert "The day in this message is over by then" in amara.last
    assert not any(one.startswith(("Send", "Yes")) and "(" in one for one in amara.buttons)
    await amara.taps("Change the day")
    assert "On which day?" in amara.last
    await amara.says("today")
    for words in ("6pm", "leave it out", "send without a line", "send it now instead"):
        await amara.says(words)
    await amara.taps("Choose a time")
    await amara.says("today")
    await amara.says("7:30pm")
    assert "People who get it: 0" in amara.last, "after waking hours, and tomorrow it is over"
    assert "their day was over before it could come: Ben, Dalia, Chidi" in amara.last


async def test_promise_8_words_withdrawn_before_the_start_do_not_go_out_and_the_champion_hears_why(
    town: TestTown,
) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.amara.taps("Send now (3)")
    await _withdraw(town, "loneliness")
    await town.passes(seconds=61)
    assert town.ben.heard("it is Amara") == 0
    assert "did not go out. Nobody got it." in town.amara.last
    assert "a coordinator decided that it is not for us" in town.amara.last
    assert (await _broadcast(town)).state is Phase.UNDONE


async def test_promise_8_words_withdrawn_in_the_middle_reach_nobody_else(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.turns_to(at(5, 19, 5))
    await town.amara.taps("Send now (3)")
    await town.passes(minutes=3)
    await _withdraw(town, "loneliness")
    await town.turns_to(at(6, 12))
    assert town.ben.heard("it is Amara") == 0
    assert (await _states(town))["Ben"] == (State.SUPPRESSED, "words_withdrawn")
    assert (await _broadcast(town)).state is Phase.FINISHED
    assert "a coordinator took these words back: Ben, Dalia, Chidi" in town.amara.last


async def test_promise_8_somebody_who_changes_the_language_before_the_start_gets_their_words_or_none(
    town: TestTown,
) -> None:
    await town.is_ready()
    await town.approves("loneliness", language="ar")
    await town.drafts("loneliness")
    await town.amara.taps("Send now (3)")
    async with town.runtime.database.write() as tx:
        await people_store.change(tx, await town.id_of("Ben"), language="ar")
        await people_store.change(tx, await town.id_of("Dalia"), language="bn")
    await town.passes(seconds=70)
    assert town.runtime.catalogue.templates["loneliness", "ar"].body.strip()[:20] in town.ben.phone.last.text
    assert (await _states(town))["Dalia"] == (State.SUPPRESSED, "no_translation")
    assert (await _states(town))["Chidi"][0] is State.SENT


@pytest.mark.parametrize("goes", ["stop", "block", "forget"])
async def test_promise_2_a_champion_who_goes_takes_their_broadcast_along(town: TestTown, goes: str) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.turns_to(at(5, 19, 5))
    await town.amara.taps("Send now (3)")
    await town.passes(minutes=3)
    assert (await _broadcast(town)).state is Phase.SENDING
    if goes == "stop":
        await town.amara.says("/stop")
    elif goes == "block":
        await town.amara.blocks()
    else:
        await town.amara.says("/forget")
        await town.amara.taps("Yes, erase everything")
    await town.turns_to(at(6, 12))
    assert town.ben.heard("it is Amara") == 0
    assert (await _broadcast(town)).state is Phase.STOPPED


async def test_promise_4_without_a_progress_message_it_finishes_and_reports_all_the_same(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.amara.taps("Send now (3)")
    async with town.runtime.database.write() as tx:
        await broadcast_store.change(tx, 1, progress_message_id=None)
    await town.passes(seconds=70)
    assert "It is finished." in town.amara.last


async def test_a_progress_message_the_champion_deleted_stops_nothing(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.amara.taps("Send now (3)")
    message_id = town.amara.phone.last.message_id
    await town.town.app.bot.delete_message(town.amara.phone.user_id, message_id)
    await town.passes(seconds=70)
    assert "It is finished." in town.amara.last
    assert town.ben.heard("it is Amara") == 1
