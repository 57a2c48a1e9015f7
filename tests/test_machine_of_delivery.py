"""Everything that can happen to the outbox, in any order, and what must be true all the same (promises 2, 3, 4, 5).

Hypothesis chooses what happens next: people stop, pause, block and come back; broadcasts begin and are stopped;
Telegram fails in every way; senders die before or after the wire; hours pass. HYPOTHESIS_PROFILE=nightly looks longer.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from bot.actions import deliveries as actions
from bot.actions import progress, stopping
from bot.delivery.sender import letter
from bot.domain.broadcasts import Phase
from bot.domain.deliveries import OPEN, Kind, State
from bot.domain.hours import local
from bot.domain.people import Purpose
from bot.simulator.faults import Trouble
from bot.simulator.limits import Limits
from bot.simulator.telegram import Call, Telegram
from bot.store import broadcasts as broadcast_store
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store.schema import broadcasts, deliveries
from tests.bare import Bare, bare_runtime
from tests.engines import sqlite_with_tables
from tests.virtual import START, VirtualClock

NAMES = ("Ben", "Dalia", "Chidi")
ENDED = (Phase.FINISHED, Phase.STOPPED, Phase.UNDONE, Phase.TAKEN_BACK)

people = st.sampled_from(NAMES)
troubles = st.sampled_from(list(Trouble))


class Outbox(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="first-mile-"))
        self.url = sqlite_with_tables(self.folder)
        self.runner = asyncio.Runner()
        self.wrong: list[str] = []
        self.silent: set[str] = set()
        self.number = 0
        self.again: set[int] = set()
        self.do(self._open())

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    async def _open(self) -> None:
        self.clock = VirtualClock(START)
        self.telegram = Telegram(self.clock, limits=Limits.none())
        self.bare = Bare(bare_runtime(self.url, self.clock), self.clock, self.telegram)
        await self.bare.founded()
        for name in NAMES:
            await self.bare.resident(name)
        self.sender = self.bare.sender()
        self.telegram.on_call = self._watch

    def teardown(self) -> None:
        self.do(self._ends_well())
        self.do(self.bare.runtime.database.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    # What Telegram takes is judged at that moment.

    def _watch(self, call: Call) -> None:
        taken = call.status == 200 or call.description in (Trouble.ANSWER_LOST, Trouble.ANSWER_RESET)
        name = next((one for one in NAMES if self.bare.phone(one).user_id == call.params.get("chat_id")), "")
        if not taken or not name or call.method.lower() != "sendmessage":
            return
        if name in self.silent:
            self.wrong.append(f"{name} had stopped and was written to")
        if not 9 <= local(call.at, "Europe/London").hour < 19:
            self.wrong.append(f"{name} was written to at {call.at}")

    # What people do.

    @rule(name=people)
    def stops(self, name: str) -> None:
        self.do(self._stops(name))
        self.silent.add(name)

    async def _stops(self, name: str) -> None:
        async with self.bare.runtime.database.write() as tx:
            await people_store.change(tx, self.bare.ids[name], stopped_at=self.bare.now)
            await stopping.silence(tx, self.bare.ids[name], "stopped", self.bare.now)

    @rule(name=people)
    def goes_on(self, name: str) -> None:
        self.do(self._changed(name, stopped_at=None, unreachable_at=None, unreachable_why=None))
        self.bare.phone(name).unblocks()
        self.silent.discard(name)

    @rule(name=people)
    def takes_consent_back(self, name: str) -> None:
        self.do(self._consents(name, False))
        self.silent.add(name)

    @rule(name=people)
    def consents_again(self, name: str) -> None:
        self.do(self._consents(name, True))
        self.goes_on(name)

    async def _consents(self, name: str, given: bool) -> None:
        async with self.bare.runtime.database.write() as tx:
            who, circle = self.bare.ids[name], self.bare.circle_id
            await people_store.record_consent(tx, who, Purpose.BROADCASTS, given, "test", self.bare.now, circle)

    async def _changed(self, name: str, **values: Any) -> None:
        async with self.bare.runtime.database.write() as tx:
            await people_store.change(tx, self.bare.ids[name], **values)

    @rule(name=people, hours=st.integers(1, 60))
    def pauses(self, name: str, hours: int) -> None:
        self.do(self._changed(name, paused_until=self.bare.now + timedelta(hours=hours)))

    @rule(name=people)
    def blocks(self, name: str) -> None:
        self.bare.phone(name).has_long_blocked()

    # What is decided.

    @rule(to=st.sets(people, min_size=1), hours=st.integers(1, 40))
    def begins_a_broadcast(self, to: set[str], hours: int) -> None:
        self.do(self.bare.broadcast(*sorted(to), lasts=timedelta(hours=hours)))

    @rule(name=people)
    def decides_a_notice(self, name: str) -> None:
        self.number += 1
        self.do(self.bare.put(f"notice:{self.number}", name))

    @rule(to=st.integers(1, 6))
    def stops_a_broadcast(self, to: int) -> None:
        self.do(self._halts(to))

    async def _halts(self, broadcast_id: int) -> None:
        async with self.bare.runtime.database.write() as tx:
            await stopping.halt(tx, broadcast_id, "stopped_by_champion", self.bare.now)

    @rule(to=st.integers(1, 6))
    def sends_again(self, to: int) -> None:
        self.do(self._again(to))

    async def _again(self, broadcast_id: int) -> None:
        async with self.bare.runtime.database.write() as tx:
            broadcast = await broadcast_store.by_id(tx, broadcast_id)
            if broadcast is None or broadcast.state not in (Phase.SENDING, Phase.FINISHED):
                return
            if await delivery_store.requeue_uncertain(tx, broadcast_id, self.bare.now):
                await broadcast_store.move(tx, broadcast_id, Phase.FINISHED, Phase.SENDING, finished_at=None)
                self.again.add(broadcast_id)

    # What the machine does, and what happens to it.

    @rule()
    def sender_works(self) -> None:
        self.do(self.sender.drain())

    @rule()
    def ticks_ring(self) -> None:
        self.do(self._ticks())

    async def _ticks(self) -> None:
        await actions.sweep(self.bare.runtime)
        await actions.expire(self.bare.runtime)
        await progress.show(self.bare.runtime)

    @rule(reached=st.booleans())
    def sender_dies(self, reached: bool) -> None:
        """Right after a claim: before the wire, or after Telegram has taken the message."""
        self.do(self._dies(reached))
        self.sender = self.bare.sender()

    async def _dies(self, reached: bool) -> None:
        job = await actions.claim(self.bare.runtime)
        if job is not None and reached:
            await self.sender._gateway.deliver(letter(job))

    @rule(trouble=troubles, times=st.integers(1, 3))
    def line_fails(self, trouble: Trouble, times: int) -> None:
        self.telegram.faults.next(trouble, times)

    @rule(seconds=st.integers(1, 120))
    def a_moment_passes(self, seconds: int) -> None:
        self.clock.jump(seconds)

    @rule(hours=st.integers(1, 30))
    def hours_pass(self, hours: int) -> None:
        self.clock.jump(timedelta(hours=hours))

    # What is true at every moment.

    @invariant()
    def promise_2_and_5_nobody_is_written_to_who_has_stopped_or_at_night(self) -> None:
        assert self.wrong == []

    @invariant()
    def promise_3_nothing_arrives_twice_but_by_the_rule(self) -> None:
        for row in self.do(self._rows()):
            heard = sum(row.body in text for name in NAMES for text in self.bare.heard(name))
            assert heard <= 1 + row.doubts, f"{row.key} arrived {heard} times with {row.doubts} doubts"
            if row.kind == Kind.BROADCAST and row.broadcast_id not in self.again:
                assert heard <= 1, f"{row.key} arrived {heard} times"
            if row.state == State.SENT:
                assert heard >= 1, f"{row.key} is said to be sent"
            if row.state in (State.SUPPRESSED, State.MISSED, State.CLEARED):
                assert heard == 0, f"{row.key} is said not to have been sent"

    @invariant()
    def promise_4_nothing_is_finished_that_has_an_open_row(self) -> None:
        phases = self.do(self._phases())
        for row in self.do(self._rows()):
            if row.kind == Kind.BROADCAST and row.state in OPEN:
                assert phases[row.broadcast_id] is not Phase.FINISHED, f"{row.key} is open"

    async def _rows(self) -> list[Any]:
        async with self.bare.runtime.database.read() as tx:
            return list((await tx.execute(select(deliveries).where(deliveries.c.kind != Kind.WORK))).all())

    async def _phases(self) -> dict[int, Phase]:
        async with self.bare.runtime.database.read() as tx:
            return {row.id: Phase(row.state) for row in await tx.execute(select(broadcasts))}

    async def _ends_well(self) -> None:
        """Promise 4: left alone for long enough, everything ends, whatever happened before."""
        self.telegram.faults.clear()
        for _ in range(12):
            await self._ticks()
            await self.sender.drain()
            self.clock.jump(timedelta(hours=6) if _ > 2 else timedelta(minutes=2))
        await self._ticks()
        rows, phases = await self._rows(), await self._phases()
        assert [row.key for row in rows if row.state in OPEN] == []
        assert {phase for phase in phases.values() if phase not in ENDED} == set()
        assert self.wrong == []


RUNS, STEPS = {"fast": (10, 25), "nightly": (400, 80)}[os.environ.get("HYPOTHESIS_PROFILE", "fast")]

TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(
    max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
)
