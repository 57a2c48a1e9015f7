"""The report, and sending once more to those who may not have got it."""

from bot.domain.deliveries import State
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from tests.cast import TestTown


async def _doubt(town: TestTown, name: str) -> None:
    """Nobody can know whether it arrived."""
    async with town.runtime.database.write() as tx:
        person_id = (await people_store.by_telegram(tx, town.person(name).phone.user_id)).id  # type: ignore[union-attr]
        row = next(one for one in await delivery_store.of_broadcast(tx, 1) if one.person_id == person_id)
        await delivery_store.mark(tx, row.id, state=State.UNCERTAIN, message_id=None, reason="timed_out", doubts=1)


async def test_promise_3_only_the_champion_sends_again_and_only_to_those_unsure(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    await _doubt(town, "Chidi")
    await town.passes(hours=2)
    assert town.chidi.heard("it is Amara") == 1, "nothing is repeated by itself"
    await town.amara.taps("Look again")
    assert "May have arrived, we cannot know: Chidi" in town.amara.last
    await town.amara.taps("Send again to those unsure")
    assert any("once more to those who may not have got it: 1" in one for one in town.amara.sees)
    await town.passes(seconds=10)
    assert town.chidi.heard("it is Amara") == 2
    assert town.ben.heard("it is Amara") == 1
    assert "It is finished." in town.amara.last


async def test_too_late_to_send_again_is_said(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    await _doubt(town, "Chidi")
    await town.amara.taps("Look again")
    report = town.amara.phone.last.message_id
    await town.passes(hours=25)
    await town.amara.taps("Send again to those unsure", report)
    assert "It is too late to send it again" in town.amara.last


async def test_earlier_broadcasts_are_listed_and_none_is_said(town: TestTown) -> None:
    await town.is_ready()
    await town.amara.says("/broadcast")
    await town.amara.taps("Earlier broadcasts")
    assert town.amara.last == "You have sent no broadcast yet."
    await town.sends("loneliness")
    await town.amara.says("/broadcast")
    await town.amara.taps("Earlier broadcasts")
    assert town.amara.buttons[0].endswith("Monday 5 October")
    await town.amara.taps(town.amara.buttons[0])
    assert "Sent: 3" in town.amara.last


async def test_a_reason_nobody_foresaw_is_said_in_words(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    async with town.runtime.database.write() as tx:
        row = (await delivery_store.of_broadcast(tx, 1))[0]
        await delivery_store.mark(tx, row.id, state=State.FAILED, reason="some_raw_key")
    await town.amara.taps("Look again")
    assert "some_raw_key" not in town.amara.last
    assert "Not reached: Ben (something went wrong)" in town.amara.last


async def test_a_report_names_who_was_left_out_and_why(town: TestTown) -> None:
    await town.is_ready()
    await town.dalia.says("/pause")
    await town.dalia.taps("7 days")
    await town.chidi.says("/stop")
    await town.sends("loneliness")
    await town.passes(minutes=1)
    assert "• asked for a rest: Dalia" in town.amara.last
    assert "• stopped all messages: Chidi" in town.amara.last
