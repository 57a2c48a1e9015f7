import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.actions import heartbeats
from bot.delivery.sender import LEASE, Sender
from bot.domain.broadcasts import Phase
from bot.domain.deliveries import Kind, Method, State, broadcast_key
from bot.domain.people import Purpose
from bot.simulator.faults import Trouble
from bot.simulator.limits import Limits
from bot.store import broadcasts as broadcast_store
from bot.store import people as people_store
from bot.store.schema import deliveries
from tests.bare import DAY, Bare
from tests.virtual import START

QUEUED, SENT, FAILED, UNCERTAIN = State.QUEUED, State.SENT, State.FAILED, State.UNCERTAIN


async def goes_on(bare: Bare, sender: Sender, minutes: int = 30) -> None:
    """Everything that falls due in the next minutes goes out."""
    for _ in range(minutes * 2):
        await sender.drain()
        if State.QUEUED not in (await bare.states()).values():
            return
        await bare.clock.advance(30)


@asynccontextmanager
async def running(*senders: Sender) -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks = [asyncio.create_task(sender.run()) for sender in senders]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_what_is_due_goes_out_and_is_written_down(bare: Bare) -> None:
    made = await bare.broadcast("Ben", "Dalia")
    assert await bare.sender().drain() == 2
    row = await bare.row(broadcast_key(made.id, bare.ids["Ben"]))
    assert (row.state, row.attempts, row.done_at) == (SENT, 1, row.done_at)
    message = bare.phone("Ben").last
    assert message is not None and message.message_id == row.message_id
    assert [button.data for line in message.buttons for button in line] == [
        f"{verb}:{row.id}" for verb in ("helpful", "ask", "stop")
    ]
    assert bare.heard("Chidi") == []


# Promise 2: everything is asked again at the moment of sending.


async def test_promise_2_a_stop_beats_what_is_queued_already(bare: Bare) -> None:
    made = await bare.broadcast("Ben", "Dalia")
    await people_changed(bare, "Ben", stopped_at=bare.now)
    await bare.sender().drain()
    assert await bare.state(broadcast_key(made.id, bare.ids["Ben"])) == (State.SUPPRESSED, "stopped")
    assert bare.heard("Ben") == [] and len(bare.heard("Dalia")) == 1


async def test_promise_2_a_consent_withdrawn_meanwhile_counts(bare: Bare) -> None:
    made = await bare.broadcast("Ben")
    async with bare.runtime.database.write() as tx:
        purpose = Purpose.BROADCASTS
        await people_store.record_consent(tx, bare.ids["Ben"], purpose, False, "x", bare.now, bare.circle_id)
    await bare.sender().drain()
    assert await bare.state(broadcast_key(made.id, bare.ids["Ben"])) == (State.SUPPRESSED, "no_consent")


async def test_promise_2_a_broadcast_that_was_stopped_sends_no_more(bare: Bare) -> None:
    made = await bare.broadcast("Ben")
    async with bare.runtime.database.write() as tx:
        await broadcast_store.move(tx, made.id, Phase.SENDING, Phase.STOPPED)
    await bare.sender().drain()
    assert await bare.state(broadcast_key(made.id, bare.ids["Ben"])) == (State.CLEARED, "broadcast_over")


async def people_changed(bare: Bare, name: str, **values: Any) -> None:
    async with bare.runtime.database.write() as tx:
        await people_store.change(tx, bare.ids[name], **values)


async def test_promise_5_what_falls_due_at_night_goes_out_in_the_morning(bare: Bare) -> None:
    bare.clock.jump(timedelta(hours=12))  # ten in the evening in London
    made = await bare.broadcast("Ben", lasts=timedelta(hours=20))
    late = await bare.broadcast("Dalia", lasts=timedelta(hours=2))
    sender = bare.sender()
    await sender.drain()
    assert bare.heard("Ben") == []
    assert await bare.state(broadcast_key(late.id, bare.ids["Dalia"])) == (State.MISSED, "too_late")
    waits = await bare.row(broadcast_key(made.id, bare.ids["Ben"]))
    assert waits.due_at == START + timedelta(hours=23)  # nine in the morning

    bare.clock.jump(timedelta(hours=11))
    await sender.drain()
    assert len(bare.heard("Ben")) == 1


# Promises 3 and 4: what the line does to a message.

LOST, RESET, ERROR = Trouble.ANSWER_LOST, Trouble.RESET, Trouble.SERVER_ERROR
REFUSED, TIMEOUT, POOL = Trouble.CONNECT_REFUSED, Trouble.CONNECT_TIMEOUT, Trouble.POOL_TIMEOUT

LINE = [
    # (kind, troubles one after the other, final state, how often Telegram took it)
    (Kind.BROADCAST, [LOST], UNCERTAIN, 1),
    (Kind.BROADCAST, [RESET], UNCERTAIN, 0),
    (Kind.BROADCAST, [ERROR], UNCERTAIN, 0),
    (Kind.BROADCAST, [REFUSED, TIMEOUT, POOL], SENT, 1),
    (Kind.BROADCAST, [REFUSED, LOST], UNCERTAIN, 1),
    (Kind.CORRECTION, [LOST], UNCERTAIN, 1),
    (Kind.RELAY, [LOST], SENT, 2),
    (Kind.WORK, [RESET], SENT, 1),
    (Kind.WORK, [LOST, LOST], UNCERTAIN, 2),
    (Kind.WORK, [REFUSED, LOST], SENT, 2),
    (Kind.WORK, [LOST, REFUSED, LOST], UNCERTAIN, 2),
    (Kind.NOTICE, [ERROR], SENT, 1),
]


@pytest.mark.parametrize(("kind", "troubles", "end", "taken"), LINE)
async def test_promise_3_after_trouble_on_the_line(
    bare: Bare, kind: Kind, troubles: list[Trouble], end: State, taken: int
) -> None:
    to = "Amara" if kind in (Kind.RELAY, Kind.WORK) else "Ben"
    if kind is Kind.BROADCAST:
        key = broadcast_key((await bare.broadcast("Ben")).id, bare.ids["Ben"])
    else:
        await bare.put(key := "row", to, kind)
    for trouble in troubles:
        bare.telegram.faults.next(trouble)

    await goes_on(bare, bare.sender())

    assert (await bare.row(key)).state is end
    assert len(bare.heard(to)) == taken


async def test_promise_4_a_long_time_without_a_line_loses_nothing(bare: Bare) -> None:
    made = await bare.broadcast("Ben", "Dalia", "Chidi", lasts=timedelta(hours=5))
    bare.telegram.faults.often(REFUSED, 1.0)
    sender = bare.sender()
    for _ in range(40):
        await sender.drain()
        await bare.clock.advance(timedelta(minutes=6))
    bare.telegram.faults.clear()
    await goes_on(bare, sender)
    assert {name: len(bare.heard(name)) for name in ("Ben", "Dalia", "Chidi")} == {"Ben": 1, "Dalia": 1, "Chidi": 1}
    assert (await bare.row(broadcast_key(made.id, bare.ids["Ben"]))).attempts > 30


async def test_promise_5_when_the_line_comes_back_too_late_the_message_is_missed(bare: Bare) -> None:
    made = await bare.broadcast("Ben", lasts=timedelta(minutes=20))
    bare.telegram.faults.often(REFUSED, 1.0)
    sender = bare.sender()
    await goes_on(bare, sender)
    assert await bare.state(broadcast_key(made.id, bare.ids["Ben"])) == (State.MISSED, "too_late")


async def test_promise_3_a_telegram_that_answers_nobody_leaves_few_in_doubt(bare: Bare) -> None:
    names = [f"R{number}" for number in range(40)]
    for name in names:
        await bare.resident(name)
    await bare.broadcast(*names)
    bare.telegram.faults.often(RESET, 1.0)
    sender = bare.sender()
    async with running(sender):
        await bare.clock.advance(60)
        bare.telegram.faults.clear()
        in_doubt = sum(state is UNCERTAIN for state in (await bare.states()).values())
        await bare.clock.advance(90)
    assert 0 < in_doubt <= 12
    assert sum(state is SENT for state in (await bare.states()).values()) == 40 - in_doubt


async def test_a_blocked_bot_makes_the_person_unreachable_and_ends_what_waits_for_them(bare: Bare) -> None:
    made = await bare.broadcast("Ben", "Dalia")
    await bare.put("later", "Ben", due_at=bare.now + DAY)
    bare.phone("Ben").has_long_blocked()
    await bare.sender().drain()
    assert await bare.state(broadcast_key(made.id, bare.ids["Ben"])) == (FAILED, "blocked")
    assert (await bare.state("later"))[0] is State.SUPPRESSED
    assert await bare.state(broadcast_key(made.id, bare.ids["Dalia"])) == (SENT, "")


async def test_promise_10_when_telegram_says_too_many_all_wait_and_none_is_lost_or_doubled(bare: Bare) -> None:
    names = [f"R{number}" for number in range(60)]
    for name in names:
        await bare.resident(name)
    await bare.broadcast(*names)
    bare.telegram.limits = Limits(per_second=10)
    sender = bare.sender(per_second=30)
    for _ in range(60):
        await sender.drain()
        await bare.clock.advance(3)
    assert bare.telegram.limits.refused > 0
    assert set((await bare.states()).values()) == {SENT}
    assert {len(bare.heard(name)) for name in names} == {1}


async def test_a_message_that_telegram_refuses_as_such_stops_its_broadcast(bare: Bare) -> None:
    made = await bare.broadcast("Ben", "Dalia")
    other = await bare.broadcast("Chidi")
    async with bare.runtime.database.write() as tx:
        await broadcast_body(tx, "<b>never closed")
    await bare.put("fine", "Chidi")
    await bare.sender(per_second=1).drain()
    states = [(await bare.state(broadcast_key(made.id, bare.ids[name]))) for name in ("Ben", "Dalia")]
    assert states == [(FAILED, "malformed"), (State.CLEARED, "message_refused")]
    assert (await bare.state("fine"))[0] is SENT
    async with bare.runtime.database.read() as tx:
        stopped = await broadcast_store.by_id(tx, made.id)
        assert stopped is not None and (stopped.state, stopped.reason) == (Phase.STOPPED, "message_refused")
    assert (await bare.state(broadcast_key(other.id, bare.ids["Chidi"])))[0] in (FAILED, SENT)


async def broadcast_body(tx: Any, body: str) -> None:
    await tx.execute(deliveries.update().where(deliveries.c.kind == Kind.BROADCAST).values(body=body))


async def test_promise_4_a_revoked_token_loses_nothing_and_is_told(bare: Bare) -> None:
    made = await bare.broadcast("Ben", "Dalia")
    await heartbeats.beat(bare.runtime, "clock")
    good, sender = bare.telegram.token, bare.sender()
    bare.telegram.token = good[:-1] + "X"
    async with running(sender):
        await bare.clock.advance(20)
        troubles = (await heartbeats.health(bare.runtime)).troubles(bare.now)
        assert len(troubles) == 1 and "BOT_TOKEN" in troubles[0]
        assert set((await bare.states()).values()) == {QUEUED}
        bare.telegram.token = good
        await bare.clock.advance(60)
        assert (await heartbeats.health(bare.runtime)).troubles(bare.now - timedelta(seconds=60)) == []
    assert await bare.state(broadcast_key(made.id, bare.ids["Ben"])) == (SENT, "")
    assert {len(bare.heard(name)) for name in ("Ben", "Dalia")} == {1}


async def test_one_bad_row_does_not_stop_the_line(bare: Bare) -> None:
    await bare.put("bad", "Ben", not_after=bare.now + timedelta(minutes=10))
    await people_changed(bare, "Ben", zone="Nowhere/Land")
    await bare.put("good", "Dalia")
    sender = bare.sender()
    await sender.drain()
    assert (await bare.state("good"))[0] is SENT
    await goes_on(bare, sender)
    assert await bare.state("bad") == (State.MISSED, "too_late")


async def test_many_rows_that_may_not_go_out_do_not_hold_up_one_that_may(bare: Bare) -> None:
    for number in range(120):
        await bare.put(f"stopped {number}", "Ben")
    await people_changed(bare, "Ben", stopped_at=bare.now)
    await bare.put("good", "Dalia")
    async with running(bare.sender()):
        await bare.clock.advance(2)
    assert (await bare.state("good"))[0] is SENT


async def test_a_photo_does_not_overtake_its_heading(bare: Bare) -> None:
    photo = bare.phone("Amara").sends_photo("caption")
    source = {"from_chat_id": bare.phone("Amara").user_id, "from_message_id": photo.message_id}
    await people_changed(bare, "Ben", spoke_at=bare.now)
    await bare.put("heading", "Ben")
    later = bare.now + timedelta(milliseconds=1)
    await bare.put("photo", "Ben", method=Method.COPY, extra=source, due_at=later, body="the photo")
    bare.telegram.faults.next(REFUSED)
    await goes_on(bare, bare.sender())
    assert bare.heard("Ben") == ["heading", "the photo"]


# Several senders, and a database that goes away.


async def test_promise_3_of_two_senders_one_sends_and_the_other_stands_by(bare: Bare) -> None:
    first, second = bare.sender(), bare.sender()
    async with running(first, second) as tasks:
        await bare.clock.advance(1)
        await bare.broadcast("Ben", "Dalia", "Chidi")
        await bare.clock.advance(3)
        assert {len(bare.heard(name)) for name in ("Ben", "Dalia", "Chidi")} == {1}
        assert sum(sum(one._pacer.permits.values()) > 0 for one in (first, second)) == 1

        tasks[0].cancel()
        await bare.put("after the first has gone", "Ben")
        await bare.clock.advance(6)
        assert (await bare.state("after the first has gone"))[0] is SENT


async def test_promise_4_the_stand_by_takes_over_from_a_sender_that_died(bare: Bare) -> None:
    dead = bare.sender()
    assert await dead._holds_lease()
    await bare.put("row", "Ben")
    async with running(bare.sender()):
        await bare.clock.advance(LEASE.total_seconds() - 5)
        assert (await bare.state("row"))[0] is QUEUED
        await bare.clock.advance(11)
        assert (await bare.state("row"))[0] is SENT


class Away:
    """A database that is away until it is told to be back."""

    def __init__(self, bare: Bare, monkeypatch: pytest.MonkeyPatch) -> None:
        self.away = False
        database = bare.runtime.database
        write, read = database.write, database.read
        monkeypatch.setattr(database, "write", lambda: self._door(write))
        monkeypatch.setattr(database, "read", lambda: self._door(read))

    @asynccontextmanager
    async def _door(self, real: Any) -> AsyncIterator[Any]:
        if self.away:
            raise OperationalError("BEGIN", {}, Exception("the database is away"))
        async with real() as tx:
            yield tx


async def test_promise_4_a_database_that_is_away_for_a_moment_ends_nothing(
    bare: Bare, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Away(bare, monkeypatch)
    async with running(bare.sender()) as (task,):
        await bare.clock.advance(1)
        away.away = True
        await bare.clock.advance(60)
        assert not task.done()
        away.away = False
        await bare.put("row", "Ben")
        await bare.clock.advance(10)
        assert (await bare.state("row"))[0] is SENT


async def test_promise_3_an_outcome_that_cannot_be_written_down_yet_is_not_forgotten(
    bare: Bare, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Away(bare, monkeypatch)
    made = await bare.broadcast("Ben")
    bare.telegram.faults.latency_ms = 1000
    async with running(bare.sender()):
        await bare.clock.advance(0.5)
        away.away = True
        await bare.clock.advance(30)
        away.away = False
        await bare.clock.advance(10)
    assert await bare.state(broadcast_key(made.id, bare.ids["Ben"])) == (SENT, "")


@pytest.mark.parametrize("after", [0.0, 0.01, 0.05, 0.11, 0.3])
async def test_promise_4_whoever_is_told_to_stop_leaves_nothing_in_doubt(bare: Bare, after: float) -> None:
    names = [f"R{number}" for number in range(12)]
    for name in names:
        await bare.resident(name)
    await bare.broadcast(*names)
    bare.telegram.faults.latency_ms = 80
    async with running(bare.sender()):
        await bare.clock.advance(after)
    assert set((await bare.states()).values()) <= {SENT, QUEUED}
    async with running(bare.sender()):
        await bare.clock.advance(5)
    assert {len(bare.heard(name)) for name in names} == {1}
    async with bare.runtime.database.read() as tx:
        assert await people_store.find(tx, bare.ids["Ben"]) is not None


async def test_what_went_out_is_not_sent_again_by_a_sender_with_nothing_to_do(bare: Bare) -> None:
    await bare.put("row", "Ben")
    sender = bare.sender()
    assert await sender.drain() == 1
    assert await sender.drain() == 0
    assert not await sender.step()
    assert bare.heard("Ben") == ["row"]
