import asyncio
from datetime import timedelta

from bot.actions import heartbeats
from bot.store import machine
from bot.store.database import Database
from tests.bare import Bare, bare_runtime

LASTS = timedelta(seconds=20)


async def test_promise_10_one_holder_at_a_time_and_the_next_when_it_is_silent(bare: Bare) -> None:
    assert await heartbeats.hold(bare.runtime, "sender", "a", LASTS)
    assert not await heartbeats.hold(bare.runtime, "sender", "b", LASTS)
    assert await heartbeats.hold(bare.runtime, "clock", "b", LASTS)
    bare.clock.jump(19)
    assert await heartbeats.hold(bare.runtime, "sender", "a", LASTS)
    bare.clock.jump(19)
    assert not await heartbeats.hold(bare.runtime, "sender", "b", LASTS)
    bare.clock.jump(1)
    assert await heartbeats.hold(bare.runtime, "sender", "b", LASTS)
    assert not await heartbeats.hold(bare.runtime, "sender", "a", LASTS)


async def test_who_gives_a_lease_back_gives_back_only_their_own(bare: Bare) -> None:
    await heartbeats.hold(bare.runtime, "sender", "a", LASTS)
    await heartbeats.release(bare.runtime, "sender", "b")
    assert not await heartbeats.hold(bare.runtime, "sender", "b", LASTS)
    await heartbeats.release(bare.runtime, "sender", "a")
    assert await heartbeats.hold(bare.runtime, "sender", "b", LASTS)


async def test_of_many_who_reach_for_a_lease_at_once_one_gets_it(bare: Bare, tables_url: str) -> None:
    other = Database(tables_url, durable=False)
    runtimes = [bare.runtime, bare_runtime(tables_url, bare.clock, other)] * 5
    reached = [heartbeats.hold(runtime, "sender", str(number), LASTS) for number, runtime in enumerate(runtimes)]
    assert sum(await asyncio.gather(*reached)) == 1
    await other.close()


async def test_health_tells_what_stops_the_work_and_what_only_needs_mending(bare: Bare) -> None:
    await heartbeats.beat(bare.runtime, "clock")
    await heartbeats.hold(bare.runtime, "sender", "a", LASTS, "the token is gone")
    health = await heartbeats.health(bare.runtime)
    assert health.troubles(bare.now) == ["the sender cannot work: the token is gone"]
    bare.clock.jump(121)
    await heartbeats.hold(bare.runtime, "sender", "a", LASTS)
    health = await heartbeats.health(bare.runtime)
    assert health.troubles(bare.now) == ["the clock has not run since 2026-10-05 09:00:00 UTC"]
    assert health.warnings() == []


async def test_a_secret_is_made_once_even_by_two_at_the_same_time(bare: Bare) -> None:
    async def secret() -> str:
        async with bare.runtime.database.write() as tx:
            return await machine.secret(tx, "key")

    made = await asyncio.gather(*(secret() for _ in range(5)))
    assert len(set(made)) == 1 and len(made[0]) == 64
