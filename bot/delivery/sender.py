"""A message is waiting: permit, claim, send, record, for ever.

The permit comes first, so that a row is marked as being sent only when it really is: a kill leaves no more rows in
doubt than there were calls on the wire. One sender is active for a token; a second one waits for the lease.
"""

import asyncio
import uuid
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import structlog

from bot.actions import deliveries as actions
from bot.actions import heartbeats, watching
from bot.actions.deliveries import Job
from bot.delivery.breaker import Breaker
from bot.delivery.gateway import Gateway, Letter
from bot.delivery.pacing import Pacer
from bot.delivery.rates import Slot
from bot.domain.deliveries import Down, Lane, NotSent, Outcome, Throttled, Unknown
from bot.runtime import Runtime

IN_FLIGHT = 24  # below the connections of the transport, which replies share
LEASE = timedelta(seconds=20)
RENEW = 5.0  # seconds
IDLE = 1.0  # seconds between looks when nothing wakes us: another process may have written rows
COOL = 0.05  # seconds until a chat that has just been written to is looked at again
FINISH = 25.0  # seconds that are left to what is on the wire when we are told to stop
DOWN_PAUSE = 30.0  # seconds between tries while Telegram refuses the token itself
_DOWN = {
    "token": "Telegram does not know the token any more: copy BOT_TOKEN again from @BotFather and restart",
    "conflict": "Telegram says that another program uses this token: stop it",
}

_log = structlog.get_logger(__name__)


class Sender:
    def __init__(self, runtime: Runtime, pacer: Pacer, gateway: Gateway) -> None:
        self._runtime, self._pacer, self._gateway = runtime, pacer, gateway
        self._holder = uuid.uuid4().hex
        self._began = runtime.now()
        self._woken = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._breaker = Breaker()
        self.trouble = ""
        """What keeps it from sending, in words for an operator; empty while all is well."""
        self.watches = True
        """Whether it looks at the clock's heartbeat; a pretend clock that is turned would seem to stand still."""

    def wake(self) -> None:
        """Something may have become due."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled; what is on the wire then is recorded first."""
        try:
            while True:
                if await self._holds_lease():
                    await self._work_while_leased()
                await self._runtime.clock.sleep(RENEW)
        finally:
            await self._finish_under_way()
            await self._release()

    async def _holds_lease(self) -> bool:
        """False as well while the database is away: then nobody can claim anything."""
        try:
            return await heartbeats.hold(self._runtime, "sender", self._holder, LEASE, self.trouble)
        except Exception as error:
            _log.error("the sender's lease could not be renewed", exc_info=error)
            return False

    async def _keep_lease(self) -> None:
        while await self._holds_lease():
            await self._watch_the_clock()
            await self._runtime.clock.sleep(RENEW)

    async def _watch_the_clock(self) -> None:
        """Check-ins and alerts depend on the clock; that it stands still is told from here, which does not."""
        if not self.watches:
            return
        try:
            await watching.look(self._runtime, self._began)
        except Exception as error:
            _log.error("nobody could be told that the clock stands still", exc_info=error)

    async def _work_while_leased(self) -> None:
        keeper = asyncio.create_task(self._keep_lease(), name="sender lease")
        try:
            while not keeper.done():
                await self._work_once()
        finally:
            keeper.cancel()
            await asyncio.wait({keeper})

    async def _work_once(self) -> None:
        try:
            if not await self.step():
                await self._rest()
        except Exception as error:  # the database may be away for a moment; nothing was claimed, so nothing is lost
            _log.error("the sender stumbled", exc_info=error)
            await self._runtime.clock.sleep(IDLE)

    async def _release(self) -> None:
        try:
            await heartbeats.release(self._runtime, "sender", self._holder)
        except Exception:  # it runs out by itself
            _log.exception("the sender's lease could not be given back")

    async def _rest(self) -> None:
        """Until something is written, or a second passes, or a chat that something waits for has cooled."""
        self._woken.clear()
        cooling = self._hot() and await actions.next_lane(self._runtime, ()) is not None
        pause = asyncio.ensure_future(self._runtime.clock.sleep(COOL if cooling else IDLE))
        woken = asyncio.ensure_future(self._woken.wait())
        try:
            await asyncio.wait({pause, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause.cancel()
            woken.cancel()

    async def step(self) -> bool:
        """Start sending one row, if one is due; False when there is nothing to do at present.

        True as well after rows that may not go out: there may be more behind them, and the permit paces us.
        """
        await self._room()
        lane = await actions.next_lane(self._runtime, self._hot())
        if lane is None:
            return False
        permit = await self._pacer.permit(lane)
        # A claim that is cancelled half way would leave a row in doubt that never left: it is always seen through.
        await asyncio.shield(self._begun(self._send_next(lane, permit), "claim"))
        return True

    async def _send_next(self, lane: Lane, permit: Slot) -> None:
        job = await actions.claim(self._runtime, self._hot())
        if job is None:
            self._pacer.give_back(lane, permit)
            return
        self._pacer.spoke_to(job.chat_id)
        self._begun(self._send(job), f"delivery {job.delivery.id}")

    def _begun(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    def _hot(self) -> frozenset[int]:
        return self._pacer.hot(self._runtime.clock.monotonic())

    async def _room(self) -> None:
        if len(self._under_way) >= IN_FLIGHT:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    async def _send(self, job: Job) -> None:
        outcome = await self._gateway.deliver(letter(job))
        self._learn(outcome)
        await self._record(job, outcome)

    def _learn(self, outcome: Outcome) -> None:
        """What one answer says about all the others."""
        if isinstance(outcome, Down):
            self.trouble = _DOWN.get(outcome.why, outcome.why)
            self._pacer.halt(DOWN_PAUSE)
        elif isinstance(outcome, NotSent | Unknown):
            silent = self._pacer.halted_until > self._runtime.clock.monotonic()
            if pause := self._breaker.failed(silent):
                self._pacer.halt(pause)
        elif not isinstance(outcome, Throttled):
            self.trouble = ""
            self._breaker.worked()

    async def _record(self, job: Job, outcome: Outcome) -> None:
        """Until it is written down: what we know must not become uncertain because the database was away."""
        while True:
            try:
                await actions.record(self._runtime, job, outcome)
                return
            except Exception as error:
                _log.error("an outcome could not be written down yet", delivery=job.delivery.id, exc_info=error)
                await self._runtime.clock.sleep(IDLE)

    async def _finish_under_way(self) -> None:
        until = self._runtime.clock.monotonic() + FINISH
        while self._under_way and self._runtime.clock.monotonic() < until:
            await asyncio.wait(self._under_way, timeout=FINISH, return_when=asyncio.FIRST_COMPLETED)

    async def drain(self) -> int:
        """Send everything that is due now and wait for it; for tests and the turned clock. Returns how many."""
        sent = 0
        while True:
            while await self.step():
                sent += 1
            if self._under_way:
                await asyncio.wait(self._under_way)
            elif await actions.next_lane(self._runtime, ()) is None:
                return sent
            else:
                await self._runtime.clock.sleep(COOL)


def letter(job: Job) -> Letter:
    """A claimed row as a call."""
    delivery, extra = job.delivery, job.delivery.extra
    return Letter(
        delivery.method,
        job.chat_id,
        delivery.body,
        job.buttons,
        message_id=extra.get("message_id"),
        reply_to=extra.get("reply_to"),
        from_chat_id=extra.get("from_chat_id"),
        from_message_id=extra.get("from_message_id"),
        protect=bool(extra.get("protect", False)),
    )
