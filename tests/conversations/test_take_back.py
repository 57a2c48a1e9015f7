"""Taking a broadcast back deletes what can be deleted, and claims nothing else."""

from bot.actions import corrections
from bot.domain.broadcasts import Phase
from bot.domain.deliveries import State
from bot.store import broadcasts as broadcast_store
from bot.store import deliveries as delivery_store
from bot.store.schema import deliveries
from tests.cast import TestTown


async def _row(town: TestTown, name: str):  # type: ignore[no-untyped-def]
    person_id = await town.id_of(name)
    async with town.runtime.database.read() as tx:
        rows = await delivery_store.of_broadcast(tx, 1)
    return next(row for row in rows if row.person_id == person_id)


async def test_promise_3_what_was_taken_back_is_gone_and_what_cannot_be_is_said(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    doubtful = await _row(town, "Chidi")
    async with town.runtime.database.write() as tx:
        await delivery_store.mark(tx, doubtful.id, state=State.UNCERTAIN, message_id=None)
    await town.amara.taps("Look again")
    assert "May have arrived, we cannot know: Chidi" in "\n".join(town.amara.sees)
    await town.amara.taps("Take it back")
    assert "People: 2." in town.amara.last
    assert "we do not know whether it came: 1" in town.amara.last
    await town.amara.taps("No, leave it")
    assert town.ben.heard("it is Amara") == 1
    await town.amara.taps("Take it back")
    await town.amara.taps("Yes, delete it")
    assert "People who had it: 2." in town.amara.last
    await town.passes(seconds=5)
    assert not any("it is Amara" in one for one in town.ben.sees)
    assert any("it is Amara" in one for one in town.chidi.sees)
    await town.amara.taps("Report")
    assert "It was taken back." in town.amara.last
    assert "Taken back: 2" in town.amara.last
    assert "Correct it" not in town.amara.buttons
    assert "Take it back" not in town.amara.buttons


async def test_promise_3_after_two_days_nothing_is_claimed_deleted(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    question = town.amara.phone.last.message_id
    await town.passes(hours=49)
    await town.amara.taps("Take it back", question)
    assert "It cannot be deleted any more." in town.amara.last
    assert "ago: 3" in town.amara.last
    assert town.amara.buttons == ["No, leave it"]


async def test_promise_2_taking_back_while_it_runs_reaches_the_message_on_the_wire_too(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.amara.taps("Send now (3)")
    await town.passes(seconds=61)
    sent = await _row(town, "Ben")
    now, amara_id = town.runtime.now(), await town.id_of("Amara")
    async with town.runtime.database.write() as tx:  # as if Ben's were still being sent
        await broadcast_store.change(tx, 1, state=Phase.SENDING, finished_at=None)
        being_sent = {"state": State.SENDING, "message_id": None, "done_at": None}
        await delivery_store.mark(tx, sent.id, **being_sent, lease_until=now.replace(year=2027))
    assert await corrections.take_back(town.runtime, amara_id, 1) == 3
    await town.passes(seconds=10)
    assert any("it is Amara" in one for one in town.ben.sees)
    async with town.runtime.database.write() as tx:
        arrived = {"state": State.SENT, "message_id": sent.message_id, "done_at": now}
        await tx.execute(deliveries.update().where(deliveries.c.id == sent.id).values(**arrived))
    await town.passes(seconds=10)
    assert not any("it is Amara" in one for one in town.ben.sees)


async def test_a_broadcast_that_has_not_begun_is_simply_called_back(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.amara.taps("Send now (3)")
    assert await corrections.take_back(town.runtime, await town.id_of("Amara"), 1) == 0
    await town.passes(minutes=3)
    assert town.ben.heard("it is Amara") == 0


async def test_nobody_takes_back_what_is_not_theirs(town: TestTown) -> None:
    await town.is_ready()
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.sends("loneliness")
    town.sanjay.phone._tap(town.sanjay.phone.last, "takeback:1:yes")
    town.sanjay.phone._tap(town.sanjay.phone.last, "report:1")
    await town.settle()
    assert town.sanjay.last == "I do not find this broadcast among yours."
    await town.passes(seconds=5)
    assert any("it is Amara" in one for one in town.ben.sees)
