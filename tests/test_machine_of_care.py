"""Everything that can happen to somebody who is looked after, in any order, and what must be true all the same.

Hypothesis chooses what happens next: answers, typed words, silence, stops, blocks, concerns taken, passed on and
closed, Telegram failing in every way, dead senders, hours and days. Promises 1 to 6. HYPOTHESIS_PROFILE=nightly
looks longer.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from bot.actions import (
    answering,
    checkins,
    concerns,
    enrolling,
    escalating,
    plans,
    postponing,
    present,
    silences,
    stopping,
)
from bot.actions import deliveries as delivery_actions
from bot.domain.checkins import Enrolment as Standing
from bot.domain.checkins import Stage
from bot.domain.concerns import Outcome, Phase, longest_wait
from bot.domain.deliveries import OPEN, Kind, State
from bot.domain.errors import Refused
from bot.domain.hours import local
from bot.domain.people import Purpose, Role
from bot.domain.plans import Level, Tier
from bot.runtime import Runtime, Shelf
from bot.simulator.faults import Trouble
from bot.simulator.limits import Limits
from bot.simulator.telegram import Call, Telegram
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.database import Database
from bot.store.schema import deliveries
from bot.store.schema_care import answers, concern_events
from bot.store.schema_care import checkins as checkin_rows
from bot.store.schema_care import concerns as concern_rows
from tests.bare import Bare, bare_runtime, shipped
from tests.virtual import START, VirtualClock

NAMES = ("Ben", "Dalia")
HELPERS = ("Amara", "Elif")
YES = (Purpose.CHECKINS, Purpose.TELL_NAMED)
PLAN = "home-from-hospital"
HELLO = "Is now a good time?"

people = st.sampled_from(NAMES)
helpers = st.sampled_from(HELPERS)
troubles = st.sampled_from(list(Trouble))


@cache
def shelf() -> Shelf:
    """Plans are read once for all runs."""
    return Shelf(shipped())


async def everybody_is_there(folder: Path, clock: VirtualClock) -> Bare:
    bare = Bare(runtime_of(folder, clock), clock, Telegram(clock, limits=Limits.none()))
    bare.ids = {name: number for number, name in enumerate((*HELPERS, *NAMES), start=1)}
    for name in bare.ids:
        bare.phone(name).has_long_started()
    return bare


def runtime_of(folder: Path, clock: VirtualClock) -> Runtime:
    plain = bare_runtime(f"sqlite:///{folder}/x.db", clock)
    return Runtime(plain.settings, plain.database, shelf(), clock, plain.secret, plain.bot_username)


@cache
def furnished() -> Path:
    """A place with a coordinator, a named person and two people at home, made once and copied for every run."""
    folder = Path(tempfile.mkdtemp(prefix="first-mile-"))
    asyncio.run(_furnish(folder))
    return folder / "x.db"


async def _furnish(folder: Path) -> None:
    database = Database(f"sqlite:///{folder}/x.db", durable=False)
    await database.migrate()
    await database.close()
    clock = VirtualClock(START)
    bare = Bare(runtime_of(folder, clock), clock, Telegram(clock, limits=Limits.none()))
    for name, role in (("Amara", Role.CHAMPION), ("Elif", Role.COORDINATOR)):
        await bare.person(name, Purpose.WORK)
        async with bare.runtime.database.write() as tx:
            await people_store.grant(tx, bare.ids[name], role, None, bare.now)
    await plans.sync(bare.runtime)
    for one in await plans.waiting(bare.runtime):
        if (one.plan.id, one.version.language) == (PLAN, "en"):
            await plans.decide(bare.runtime, bare.ids["Elif"], one.version.id, True, True)
    for name, tier in zip(NAMES, (Tier.USUAL, Tier.HIGH), strict=True):
        await bare.person(name, *YES)
        await _enrol(bare, name, tier)
    await bare.runtime.database.close()


async def _enrol(bare: Bare, name: str, tier: Tier) -> None:
    async with bare.runtime.database.write() as tx:
        made = await enrolment_store.add(
            tx,
            person_id=bare.ids[name],
            plan=PLAN,
            home_on=date(2026, 10, 5),
            tier=tier,
            state=Standing.ACTIVE,
            created_at=bare.now,
            accepted_at=bare.now,
            named_id=bare.ids["Amara"],
            named_state="accepted",
        )
        await enrolling.plan_rows(tx, bare.runtime, made.id, bare.now)


class Care(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="first-mile-"))
        shutil.copy(furnished(), self.folder / "x.db")
        self.runner = asyncio.Runner()
        self.wrong: list[str] = []
        self.silent: set[str] = set()
        self.message = 1000
        self.clock = VirtualClock(START)
        self.bare: Bare = self.do(everybody_is_there(self.folder, self.clock))
        self.telegram = self.bare.telegram
        self.telegram.on_call = self._watch
        self.sender = self.bare.sender()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def tries(self, work: Coroutine[Any, Any, Any]) -> Any:
        """What people do may be refused; the door says why."""
        try:
            return self.do(work)
        except Refused:
            return None

    def teardown(self) -> None:
        self.do(self._ends_well())
        self.do(self.bare.runtime.database.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def _watch(self, call: Call) -> None:
        """What Telegram takes is judged at that moment."""
        taken = call.status == 200 or call.description in (Trouble.ANSWER_LOST, Trouble.ANSWER_RESET)
        name = next((one for one in NAMES if self.bare.phone(one).user_id == call.params.get("chat_id")), "")
        if not taken or not name or call.method.lower() != "sendmessage":
            return
        if name in self.silent:
            self.wrong.append(f"{name} had stopped and was written to")
        if HELLO in str(call.params.get("text")) and not 9 <= local(call.at, "Europe/London").hour < 19:
            self.wrong.append(f"{name} was asked at {call.at}")

    # What people do.

    async def _present(self, name: str) -> present.Now | None:
        return await present.asked(self.bare.runtime, self.bare.ids[name], asked_too=True)

    @rule(name=people)
    def opens(self, name: str) -> None:
        if now := self.do(self._present(name)):
            self.tries(present.begin(self.bare.runtime, self.bare.ids[name], now.checkin.id))

    @rule(name=people, number=st.integers(0, 3), twice=st.booleans())
    def taps_an_answer(self, name: str, number: int, twice: bool) -> None:
        now = self.do(self._present(name))
        if now is None or now.question is None or not now.question.answers:
            return
        chosen = now.question.answers[number % len(now.question.answers)]
        for _ in range(1 + twice):
            tap = (now.checkin.id, now.question.id, chosen.id)
            self.tries(answering.answer(self.bare.runtime, self.bare.ids[name], *tap))

    @rule(name=people, words=st.sampled_from(["yes", "no", "2", "chest pain", "my cat is ill"]), twice=st.booleans())
    def types(self, name: str, words: str, twice: bool) -> None:
        now = self.do(self._present(name))
        self.message += 1
        for _ in range(1 + twice):
            if now is not None:
                said = (self.bare.ids[name], now.checkin.id, words, self.message)
                self.tries(answering.typed(self.bare.runtime, *said))

    @rule(name=people, later=st.booleans())
    def puts_it_off(self, name: str, later: bool) -> None:
        if now := self.do(self._present(name)):
            put_off = postponing.later if later else postponing.not_today
            self.tries(put_off(self.bare.runtime, self.bare.ids[name], now.checkin.id))

    @rule(name=people)
    def stops(self, name: str) -> None:
        self.do(stopping.stop(self.bare.runtime, self.bare.ids[name]))
        self.silent.add(name)

    @rule(name=people)
    def takes_consent_back(self, name: str) -> None:
        self.do(self._no_more(name))
        self.silent.add(name)

    async def _no_more(self, name: str) -> None:
        async with self.bare.runtime.database.write() as tx:
            who = self.bare.ids[name]
            await people_store.record_consent(tx, who, Purpose.CHECKINS, False, "test", self.bare.now)

    @rule(name=people)
    def blocks(self, name: str) -> None:
        self.bare.phone(name).has_long_blocked()

    # What helpers do.

    @rule(name=helpers, what=st.sampled_from(["take", "spoken", "pass", "close"]), number=st.integers(0, 5))
    def helps(self, name: str, what: str, number: int) -> None:
        rows = self.do(self._all(concern_rows))
        if not rows:
            return
        runtime, who, concern_id = self.bare.runtime, self.bare.ids[name], rows[number % len(rows)].id
        deeds = {"take": concerns.take, "spoken": concerns.spoken, "pass": concerns.pass_on}
        if what in deeds:
            self.tries(deeds[what](runtime, who, concern_id))
        else:
            self.tries(concerns.close(runtime, who, concern_id, Outcome.FINE))

    # What the machine does, and what happens to it.

    @rule()
    def sender_works(self) -> None:
        self.do(self.sender.drain())

    @rule()
    def ticks_ring(self) -> None:
        self.do(self._ticks())

    async def _ticks(self) -> None:
        for tick in (checkins.ask_due, checkins.remind, silences.notice, escalating.escalate):
            await tick(self.bare.runtime)
        await delivery_actions.sweep(self.bare.runtime)
        await delivery_actions.expire(self.bare.runtime)

    @rule()
    def sender_dies(self) -> None:
        """Right after a claim; a new one starts."""
        self.do(delivery_actions.claim(self.bare.runtime))
        self.sender = self.bare.sender()

    @rule(trouble=troubles, times=st.integers(1, 3))
    def line_fails(self, trouble: Trouble, times: int) -> None:
        self.telegram.faults.next(trouble, times)

    @rule(minutes=st.integers(1, 20))
    def minutes_pass(self, minutes: int) -> None:
        self.clock.jump(timedelta(minutes=minutes))

    @rule(hours=st.integers(1, 72))
    def hours_pass(self, hours: int) -> None:
        self.clock.jump(timedelta(hours=hours))

    @rule(days=st.integers(1, 3))
    def an_ordinary_time_goes_by(self, days: int) -> None:
        self.do(self._lives(timedelta(days=days), timedelta(hours=6)))

    async def _lives(self, span: timedelta, step: timedelta) -> None:
        for _ in range(span // step):
            self.clock.jump(step)
            await self._ticks()
            await self.sender.drain()

    # What is true at every moment.

    async def _all(self, table: Any) -> list[Any]:
        async with self.bare.runtime.database.read() as tx:
            return list((await tx.execute(select(table).order_by(table.c.id))).all())

    @invariant()
    def promises_1_2_and_5_nobody_is_asked_against_their_will_or_at_night(self) -> None:
        assert self.wrong == []

    @invariant()
    def promise_3_no_check_in_arrives_twice_but_by_the_rule(self) -> None:
        rows = [row for row in self.do(self._all(deliveries)) if row.kind == Kind.CHECKIN and HELLO in row.body]
        for name in NAMES:
            mine = [row for row in rows if row.person_id == self.bare.ids[name]]
            heard = sum(HELLO in text for text in self.bare.heard(name))
            assert heard <= sum(1 + row.doubts for row in mine if row.attempts)
            assert heard >= sum(row.state == State.SENT for row in mine)

    @invariant()
    def one_check_in_is_open_at_a_time(self) -> None:
        running = [row.person_id for row in self.do(self._all(checkin_rows)) if row.state in (Stage.ASKED, Stage.OPEN)]
        assert len(running) == len(set(running))

    @invariant()
    def promise_6_every_loud_answer_has_its_words_and_its_concern(self) -> None:
        keys = {row.key for row in self.do(self._all(concern_rows))}
        sent = {row.key for row in self.do(self._all(deliveries))}
        plan = self.bare.runtime.catalogue.plans[PLAN]
        for given in self.do(self._all(answers)):
            if given.question in plan.questions and given.answer in _ids(plan, given.question):
                chosen = plan.questions[given.question].answer(given.answer)
                if chosen.concern:
                    assert f"answer:{given.checkin_id}:{given.question}" in keys
                if chosen.emergency:
                    assert f"emergency:{given.checkin_id}:{given.question}" in sent
            if given.answer == "not_understood":
                assert any(key.startswith(f"words:{given.checkin_id}") for key in keys)

    @invariant()
    def promise_6_what_could_not_be_asked_is_told(self) -> None:
        keys = {row.key for row in self.do(self._all(concern_rows))}
        for row in self.do(self._all(checkin_rows)):
            if row.state == Stage.LATE and row.kind != "closing" and row.reason == "too_late":
                assert f"late:{row.id}" in keys

    @invariant()
    def promise_6_a_concern_is_owned_or_has_a_deadline_that_comes(self) -> None:
        wait = longest_wait(timedelta(hours=4), self.bare.runtime.place.working)
        for row in self.do(self._all(concern_rows)):
            if row.state == Phase.OPEN:
                span = timedelta(minutes=15) if row.level in (Level.RED, Level.URGENT) else wait
                assert row.deadline_at <= self.bare.now + span
            else:
                assert row.owner_id is not None

    async def _ends_well(self) -> None:
        """Left alone for long enough, every row has its end, and every worry nobody took has reached everybody."""
        self.telegram.faults.clear()
        await self._lives(timedelta(hours=2), timedelta(minutes=15))
        await self._lives(timedelta(days=12), timedelta(hours=12))
        late = self.bare.now
        assert [
            row.key for row in await self._all(deliveries) if row.state in OPEN and row.due_at < late - LONG_AGO
        ] == []
        told = {(row.concern_id, row.what) for row in await self._all(concern_events)}
        for concern in await self._all(concern_rows):
            if concern.state == Phase.OPEN and concern.opened_at < late - timedelta(days=10):
                assert (concern.id, "told_everybody") in told
        assert self.wrong == []


LONG_AGO = timedelta(days=8)  # longer than anything waits


def _ids(plan: Any, question: str) -> set[str]:
    return {one.id for one in plan.questions[question].answers}


RUNS, STEPS = {"fast": (4, 15), "nightly": (2600, 80)}[os.environ.get("HYPOTHESIS_PROFILE", "fast")]

TestCare = Care.TestCase
TestCare.settings = settings(
    max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
)
