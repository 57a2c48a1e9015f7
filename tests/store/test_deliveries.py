import asyncio
from datetime import timedelta

from bot.domain.deliveries import Kind, Lane, Method, Record, State, broadcast_key
from bot.store import deliveries as store
from bot.store import outbox
from bot.store.database import Database
from tests.bare import DAY, Bare

SECOND = timedelta(seconds=1)


async def test_promise_3_a_key_is_written_once_for_ever(bare: Bare) -> None:
    await bare.put("once", "Ben", body="first")
    await bare.put("once", "Ben", body="second")
    assert (await bare.row("once")).body == "first"


async def test_promise_3_two_processes_that_decide_the_same_write_one_row(bare: Bare, tables_url: str) -> None:
    made = await bare.broadcast()
    other = Database(tables_url, durable=False)
    rows = [bare.row_of(made, name) for name in ("Ben", "Dalia")]

    async def decide(database: Database, rows: list[store.New]) -> int:
        async with database.write() as tx:
            return await store.put(tx, rows, bare.now)

    await asyncio.gather(decide(bare.runtime.database, rows), decide(other, rows))
    await other.close()
    assert set(await bare.states()) == {broadcast_key(made.id, bare.ids[name]) for name in ("Ben", "Dalia")}


async def next_keys(bare: Bare, hot: tuple[int, ...] = ()) -> list[str]:
    """The order in which rows would go out."""
    keys = []
    async with bare.runtime.database.write() as tx:
        while found := await outbox.next_due(tx, bare.now, hot):
            keys.append(found[0].key)
            await outbox.end(tx, found[0].id, State.CLEARED, "seen", bare.now)
    return keys


async def test_promise_10_the_lane_goes_first_then_the_time_then_the_order_of_writing(bare: Bare) -> None:
    await bare.broadcast("Ben")
    await bare.put("notice", "Ben")
    await bare.put("late answer", "Ben", Kind.ANSWER)
    await bare.put("early answer", "Dalia", Kind.ANSWER, due_at=bare.now - SECOND)
    await bare.put("tomorrow", "Ben", Kind.ANSWER, due_at=bare.now + DAY)

    async with bare.runtime.database.read() as tx:
        assert await outbox.next_lane(tx, bare.now, ()) is Lane.TALK
        assert await outbox.earliest(tx, bare.now) == bare.now + DAY
    assert await next_keys(bare) == ["early answer", "late answer", "notice", broadcast_key(1, bare.ids["Ben"])]


async def test_chats_that_must_cool_and_people_with_one_under_way_are_passed_over(bare: Bare) -> None:
    first = await bare.put("first", "Ben")
    await bare.put("second", "Ben")
    await bare.put("third", "Dalia")
    assert bare.phone("Ben").user_id != bare.phone("Dalia").user_id
    async with bare.runtime.database.write() as tx:
        await outbox.start(tx, first, bare.now + DAY)
        found = await outbox.next_due(tx, bare.now, ())
        assert found is not None and found[0].key == "third"
        assert await outbox.next_due(tx, bare.now, [bare.phone("Dalia").user_id]) is None
        assert await outbox.next_lane(tx, bare.now, [bare.phone("Dalia").user_id]) is None


async def test_promise_3_two_senders_never_hold_the_same_row(bare: Bare, tables_url: str) -> None:
    for number in range(20):
        await bare.resident(f"R{number}")
        await bare.put(f"row {number}", f"R{number}")
    other = Database(tables_url, durable=False)

    async def claim_all(database: Database) -> list[int]:
        mine: list[int] = []
        while True:
            async with database.write() as tx:
                found = await outbox.next_due(tx, bare.now, ())
                if found is None:
                    return mine
                await asyncio.sleep(0)
                await outbox.start(tx, found[0].id, bare.now + DAY)
                mine.append(found[0].id)

    one, two = await asyncio.gather(claim_all(bare.runtime.database), claim_all(other))
    await other.close()
    assert sorted(one + two) == sorted(set(one + two))
    assert len(one + two) == 20


async def started(bare: Bare, key: str, kind: Kind = Kind.NOTICE) -> int:
    delivery_id = await bare.put(key, "Ben", kind)
    async with bare.runtime.database.write() as tx:
        await outbox.start(tx, delivery_id, bare.now + SECOND)
    return delivery_id


async def recorded(
    bare: Bare, delivery_id: int, record: Record, attempt: int = 1, message_id: int | None = None
) -> bool:
    async with bare.runtime.database.write() as tx:
        return await outbox.record(tx, delivery_id, attempt, record, message_id, bare.now)


async def test_an_outcome_is_written_down_once_and_only_by_the_attempt_it_belongs_to(bare: Bare) -> None:
    one = await started(bare, "one")
    assert not await recorded(bare, one, Record(State.SENT), attempt=2)
    assert await recorded(bare, one, Record(State.SENT), message_id=77)
    assert not await recorded(bare, one, Record(State.FAILED, "blocked"))
    row = await bare.row("one")
    assert (row.state, row.message_id, row.done_at, row.attempts) == (State.SENT, 77, bare.now, 1)


async def test_what_goes_back_into_the_queue_keeps_its_count_of_tries_and_of_doubts(bare: Bare) -> None:
    one = await started(bare, "one")
    await recorded(bare, one, Record(State.QUEUED, "repeated", bare.now + SECOND, doubt=True))
    row = await bare.row("one")
    assert (row.state, row.due_at, row.attempts, row.doubts) == (State.QUEUED, bare.now + SECOND, 1, 1)

    two = await started(bare, "two", Kind.ANSWER)
    await recorded(bare, two, Record(State.QUEUED, "throttled", bare.now + SECOND, counts=False))
    assert (await bare.row("two")).attempts == 0


async def test_promise_4_an_end_that_becomes_known_late_still_counts(bare: Bare) -> None:
    one = await started(bare, "one")
    await recorded(bare, one, Record(State.UNCERTAIN, outbox.SENDER_DIED, doubt=True))
    assert not await recorded(bare, one, Record(State.QUEUED, "no_connection", bare.now))
    assert await recorded(bare, one, Record(State.SENT), message_id=5)
    assert await bare.state("one") == (State.SENT, "")


async def test_promise_3_what_may_have_arrived_is_never_said_not_to_have(bare: Bare) -> None:
    doubt = Record(State.QUEUED, "repeated", bare.now, doubt=True)
    for key in ("cleared", "ended", "expired"):
        await recorded(bare, await started(bare, key), doubt)
    async with bare.runtime.database.write() as tx:
        await store.clear(tx, "stopped", bare.now, state=State.SUPPRESSED, key="cleared")
        await outbox.end(tx, (await store.by_key(tx, "ended")).id, State.SUPPRESSED, "stopped", bare.now)  # type: ignore[union-attr]
        assert await outbox.expire(tx, bare.now + 2 * DAY) == 1
    assert set((await bare.states()).values()) == {State.UNCERTAIN}
    assert await bare.state("expired") == (State.UNCERTAIN, "too_late")


async def test_what_follows_waits_for_what_went_back_before_it(bare: Bare) -> None:
    first = await bare.put("heading", "Ben", Kind.ANSWER)
    await bare.put("photo", "Ben", Kind.ANSWER, method=Method.COPY, due_at=bare.now + timedelta(milliseconds=1))
    await bare.put("notice", "Ben")
    await bare.put("other", "Dalia", Kind.ANSWER)
    async with bare.runtime.database.write() as tx:
        heading = await store.by_id(tx, first)
        assert heading is not None
        await outbox.keep_order(tx, heading, bare.now + DAY)
    rows = {key: (await bare.row(key)).due_at - bare.now for key in ("photo", "notice", "other")}
    assert rows == {"photo": DAY, "notice": timedelta(0), "other": timedelta(0)}


async def test_rows_whose_lease_is_over_are_found_and_others_are_not(bare: Bare) -> None:
    await started(bare, "one")
    async with bare.runtime.database.write() as tx:
        assert not await outbox.has_stuck(tx, bare.now)
        assert await outbox.stuck(tx, bare.now) == []
        assert await outbox.has_stuck(tx, bare.now + SECOND)
        assert [row.key for row in await outbox.stuck(tx, bare.now + SECOND)] == ["one"]


async def test_promise_5_what_is_past_its_last_moment_expires_and_nothing_else(bare: Bare) -> None:
    await bare.put("over", "Ben", not_after=bare.now - SECOND)
    await bare.put("now", "Ben", not_after=bare.now)
    await started(bare, "under way")
    async with bare.runtime.database.write() as tx:
        assert await outbox.expire(tx, bare.now) == 1
    assert await bare.states() == {"over": State.MISSED, "now": State.QUEUED, "under way": State.SENDING}


async def test_sending_again_starts_the_count_anew_but_keeps_the_doubt(bare: Bare) -> None:
    made = await bare.broadcast("Ben", "Dalia")
    row = await bare.row(broadcast_key(made.id, bare.ids["Ben"]))
    async with bare.runtime.database.write() as tx:
        await outbox.start(tx, row.id, bare.now)
        await outbox.record(tx, row.id, 1, Record(State.UNCERTAIN, "timed_out", doubt=True), None, bare.now)
        assert await store.requeue_uncertain(tx, made.id, bare.now) == 1
    again = await bare.row(row.key)
    assert (again.state, again.attempts, again.doubts, again.done_at) == (State.QUEUED, 0, 1, None)
