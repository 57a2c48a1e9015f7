"""The hands of a state machine: it lets people speak and tap, runs the bot, kills it, and asks what is true."""

import asyncio
import sys
from collections.abc import Coroutine, Iterable
from datetime import timedelta
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from bot.domain.errors import Refused
from bot.domain.figures import figures
from bot.simulator.phones import Message, Phone
from tests.machines.house import House, Killed
from tests.machines.people import PLAN, furnished, phones
from tests.machines.truths import World, wrong
from tests.machines.view import View
from tests.machines.wire import Wire

RECENT = 4  # so many messages on a phone are looked at for a button


class Count:
    """Steps that were really done, of all runs in this process; `told`: how many of them were printed."""

    steps = 0
    told = 0
    often = 2000

    @classmethod
    def tell(cls) -> None:
        if cls.steps >= cls.told + cls.often:
            cls.told = cls.steps
            print(f"{cls.steps} steps so far", flush=True)


class Driven(RuleBasedStateMachine):
    """Without a rule of its own."""

    house: House
    """Set by whoever runs the machine; it serves all runs, each on a database of its own."""
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.rung = False
        self.runner.run(self.house.opens(furnished()))
        phones(self.house.telegram)
        self.view = View(self.house.path)
        self.wire = Wire(self.house, self.view)
        plan = self.house.runtime.catalogue.plans[PLAN]
        printed = figures(plan, self.house.runtime.place)
        self.world = World(self.view, self.wire, plan, printed, self.house.now, False)
        self.stopping: set[str] = set()
        Count.steps -= 1  # the truths are asked once before the first step

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # what failed shall not be hidden by what follows from it
                self.ends_well()
        finally:
            Count.tell()
            self.view.close()
            self.runner.run(self.house.dies())

    # Running work, and dying in it.

    def do(self, work: Coroutine[Any, Any, None]) -> bool:
        """Runs it; False when the process was killed in it. A new one has started then."""
        try:
            self.runner.run(work)
        except Killed:
            self.starts_again()
            return False
        except Refused:
            return True  # the door says why
        return True

    def starts_again(self) -> None:
        self.wire.killed()
        self.runner.run(self.house.dies())
        self.runner.run(self.house.starts())

    def works(self) -> bool:
        survived = self.do(self.house.works())
        for name in list(self.stopping):
            if survived and not self.wire.unheard(name):
                self.wire.stops(name)
                self.stopping.discard(name)
        return survived

    def phone(self, name: str) -> Phone:
        return self.house.telegram.phone(name)

    def types_words(self, name: str, words: str) -> None:
        if self.phone(name).blocked:
            return
        self.wire.speaks(name)
        self.phone(name).types(words)
        self.works()

    def taps_button(self, name: str, *prefixes: str, number: int = 0, times: int = 1, among: int = RECENT) -> bool:
        """The newest message that has such a button; the button by number. False when there is none."""
        if self.phone(name).blocked:
            return False
        for message in reversed(self.phone(name).messages[-among:]):
            if found := list(buttons(message, prefixes)):
                self.taps(name, message, found[number % len(found)], times)
                return True
        return False

    def taps(self, name: str, message: Message, data: str, times: int = 1) -> None:
        self.wire.speaks(name)
        self.stopping.discard(name)  # what they say now is newer
        for _ in range(times):
            self.phone(name).taps(data, message.message_id)
        self.works()

    def has_button(self, name: str, *prefixes: str) -> bool:
        shown = self.phone(name).messages[-RECENT:]
        return not self.phone(name).blocked and any(list(buttons(one, prefixes)) for one in shown)

    def jumps(self, span: timedelta) -> None:
        """Time passes, and nobody looks."""
        self.wire.idle.append((self.house.now, span))
        self.house.clock.jump(span)

    # What is true at every moment.

    @invariant()
    def every_promise_holds(self) -> None:
        Count.steps += 1
        self.view.forget()
        self.world.now, self.world.rung = self.house.now, self.rung
        self.rung = False
        assert not (found := wrong(self.world)), "\n".join(found)

    def ends_well(self) -> None:
        """Left alone for a while, everything has its end."""
        self.house.telegram.faults.clear()
        self.house.limits.refusals = 0
        self.house.power.strikes = None
        for span in (timedelta(minutes=2), timedelta(hours=12)):
            self.jumps(span)
            assert self.works()
            assert self.do(self.house.rings())
            assert self.works()
        self.every_promise_holds()
        Count.steps -= 1
        self._nothing_is_left()

    def _nothing_is_left(self) -> None:
        now = self.house.now
        stuck = [one.key for one in self.view.deliveries if one.state == "sending"]
        stuck += [one.key for one in self.view.deliveries if one.state == "queued" and one.due_at <= now]
        assert stuck == []
        assert [one.update_id for one in self.view.inbox if one.state == "new"] == []


def buttons(message: Message, prefixes: Iterable[str]) -> Iterable[str]:
    """The data of its buttons that begin so."""
    for row in message.buttons:
        for button in row:
            if message.from_bot and button.data and button.data.startswith(tuple(prefixes)):
                yield button.data
