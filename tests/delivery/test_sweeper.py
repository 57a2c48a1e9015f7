from datetime import timedelta

from bot.actions import deliveries as actions
from bot.domain.deliveries import LEASE, Kind, NotSent, Sent, State, broadcast_key
from bot.store import outbox
from tests.bare import Bare


async def died_with(bare: Bare) -> actions.Job:
    """A row is claimed by a process that is killed right after: nobody knows whether Telegram took it."""
    job = await actions.claim(bare.runtime)
    assert job is not None
    return job


async def test_promise_4_nothing_is_swept_while_its_sender_may_live(bare: Bare) -> None:
    await bare.put("row", "Ben")
    await died_with(bare)
    bare.clock.jump(LEASE - timedelta(seconds=1))
    assert await actions.sweep(bare.runtime) == 0
    bare.clock.jump(1)
    assert await actions.sweep(bare.runtime) == 1
    assert await actions.sweep(bare.runtime) == 0


async def test_promise_3_a_broadcast_whose_sender_died_is_in_doubt_and_not_repeated(bare: Bare) -> None:
    made = await bare.broadcast("Ben")
    await died_with(bare)
    bare.clock.jump(LEASE)
    await actions.sweep(bare.runtime)
    assert await bare.state(broadcast_key(made.id, bare.ids["Ben"])) == (State.UNCERTAIN, outbox.SENDER_DIED)
    assert await actions.claim(bare.runtime) is None


async def test_promise_3_other_messages_whose_sender_died_are_repeated_once(bare: Bare) -> None:
    await bare.put("row", "Amara", Kind.WORK)
    for state in (State.QUEUED, State.UNCERTAIN):
        await died_with(bare)
        bare.clock.jump(LEASE)
        await actions.sweep(bare.runtime)
        assert (await bare.state("row"))[0] is state
        bare.clock.jump(10)


async def test_promise_4_an_answer_that_comes_after_the_sweep_still_counts(bare: Bare) -> None:
    made = await bare.broadcast("Ben")
    await bare.put("work", "Amara", Kind.WORK)
    jobs = [await died_with(bare), await died_with(bare)]
    bare.clock.jump(LEASE)
    assert await actions.sweep(bare.runtime) == 2
    for job in jobs:
        await actions.record(bare.runtime, job, Sent(99))
    assert set((await bare.states()).values()) == {State.SENT}
    assert (await bare.row(broadcast_key(made.id, bare.ids["Ben"]))).message_id == 99


async def test_promise_3_an_answer_of_an_old_attempt_does_not_touch_a_new_one(bare: Bare) -> None:
    await bare.put("work", "Amara", Kind.WORK)
    old = await died_with(bare)
    bare.clock.jump(LEASE)
    await actions.sweep(bare.runtime)
    bare.clock.jump(10)
    new = await died_with(bare)
    await actions.record(bare.runtime, old, NotSent("no_connection"))
    assert (await bare.state("work"))[0] is State.SENDING
    await actions.record(bare.runtime, new, Sent(7))
    assert (await bare.row("work")).message_id == 7


async def test_promise_5_what_waits_past_its_time_ends_without_a_sender(bare: Bare) -> None:
    await bare.put("row", "Ben", not_after=bare.now + timedelta(minutes=1))
    assert await actions.expire(bare.runtime) == 0
    bare.clock.jump(61)
    assert await actions.expire(bare.runtime) == 1
    assert await bare.state("row") == (State.MISSED, "too_late")
