"""Whose turn it is: everybody who wants to send waits here, and one dispatcher calls them up."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial

from bot.clock import Clock
from bot.delivery.rates import ChatRate, Slot, TokenRate
from bot.domain.deliveries import Lane

# The permit the running task holds; tasks it starts inherit it.
held: ContextVar[Slot | None] = ContextVar("held", default=None)


@dataclass(eq=False)
class _Waiter:
    lane: Lane
    chat_id: int | None
    since: float
    turn: asyncio.Future[None]
    slot: Slot | None = None


class Turns:
    """Lanes of waiters in front of one token.

    `permits`, `last_wait` (seconds) and `waiting`, all by lane, are there to be read.
    """

    def __init__(self, clock: Clock, per_second: float, margin: float) -> None:
        self._clock = clock
        self._rate = TokenRate(per_second, margin)
        self._chats = ChatRate(margin)
        self._queues: dict[Lane, dict[int, _Waiter]] = {lane: {} for lane in Lane}  # each in order of arrival
        self._dispatcher: asyncio.Task[None] | None = None
        self._newcomer = asyncio.Event()
        self.permits: dict[Lane, int] = dict.fromkeys(Lane, 0)
        self.last_wait: dict[Lane, float] = dict.fromkeys(Lane, 0.0)

    async def permit(self, lane: Lane, chat_id: int | None = None) -> Slot:
        """Wait for this caller's turn. Cancelling gives the turn to the next. `chat_id` None: no chat's own rate."""
        turn = asyncio.get_running_loop().create_future()
        waiter = _Waiter(lane, chat_id, self._clock.monotonic(), turn)
        self._queues[lane][id(waiter)] = waiter
        self._dispatch()
        try:
            await turn
        except asyncio.CancelledError:
            self._withdraw(waiter)
            raise
        assert waiter.slot is not None  # given together with the turn
        held.set(waiter.slot)
        return waiter.slot

    def give_back(self, lane: Lane, slot: Slot) -> None:
        """A permit that was not used."""
        self.permits[lane] -= 1
        self._rate.give_back(slot)

    def hot(self, now: float) -> frozenset[int]:
        """Chats that may get nothing but answers at this instant of `Clock.monotonic`: claim others first."""
        return self._chats.hot(now)

    @property
    def halted_until(self) -> float:
        """An instant of `Clock.monotonic`; in the past when nothing is halted."""
        return self._rate.halted_until

    @property
    def waiting(self) -> dict[Lane, int]:
        return {lane: len(queue) for lane, queue in self._queues.items()}

    def _dispatch(self) -> None:
        """Serve whoever can be served at once. A task sees to the others, and ends when there are none."""
        if self._dispatcher is not None and not self._dispatcher.done():
            self._newcomer.set()
        elif self._serve() is not None:
            self._dispatcher = asyncio.create_task(self._serve_all(), name="pacer")

    async def _serve_all(self) -> None:
        while (pause := self._serve()) is not None:
            self._newcomer.clear()
            await pause()

    def _serve(self) -> Callable[[], Awaitable[None]] | None:
        """Give every permit that is free now. Returns how to wait for the next, None with nobody left."""
        while any(self._queues.values()):
            now = self._clock.monotonic()
            if (delay := self._rate.wait(now)) > 0:
                return partial(self._clock.sleep, delay)
            if (found := self._first(now)) is None:
                break
            waiter, opens = found
            if opens > now:
                return partial(self._sleep_or_newcomer, opens - now)
            self._grant(waiter, now)
        return None

    def _first(self, now: float) -> tuple[_Waiter, float] | None:
        """The best waiter whose chat is open, or else the one whose chat opens first; and when that is."""
        best: tuple[_Waiter, float] | None = None
        for waiter in (waiter for lane in Lane for waiter in self._queues[lane].values()):
            if waiter.turn.done():  # cancelled a moment ago, and about to withdraw
                continue
            opens = self._chats.opens(waiter.chat_id, waiter.lane is Lane.TALK)
            if opens <= now:
                return waiter, opens
            if best is None or opens < best[1]:
                best = waiter, opens
        return best

    def _grant(self, waiter: _Waiter, now: float) -> None:
        del self._queues[waiter.lane][id(waiter)]
        waiter.slot = self._rate.take(now)
        self._chats.take(waiter.chat_id, now)
        self.permits[waiter.lane] += 1
        self.last_wait[waiter.lane] = now - waiter.since
        waiter.turn.set_result(None)

    def _withdraw(self, waiter: _Waiter) -> None:
        if waiter.slot is None:
            del self._queues[waiter.lane][id(waiter)]
            return
        self.permits[waiter.lane] -= 1
        self._rate.give_back(waiter.slot)
        self._chats.give_back(waiter.chat_id)

    async def _sleep_or_newcomer(self, seconds: float) -> None:
        """All who wait have hot chats. Somebody new may not."""
        waits = [asyncio.ensure_future(self._clock.sleep(seconds)), asyncio.ensure_future(self._newcomer.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _close(self) -> None:
        if self._dispatcher is not None:
            self._dispatcher.cancel()
        for waiter in [waiter for queue in self._queues.values() for waiter in queue.values()]:
            waiter.turn.cancel()
