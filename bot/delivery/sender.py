"""A message is waiting: permit, claim, send, record, for ever.

The permit comes first, so that a row is marked as being sent only when it really is: a kill leaves no more rows in
doubt than there were calls on the wire. One sender is active for a token; a second one waits for the lease.
"""

import asyncio
import uuid
from datetime import timedelta

import structlog

from bot.actions import deliveries as actions
from bot.actions import heartbeats
from bot.actions.deliveries import Job
from bot.delivery.gateway import Gateway, Letter
from bot.delivery.pacing import Pacer
from bot.domain.deliveries import Down, Throttled
from bot.runtime import Runtime

IN_FLIGHT = 24  # below the connections of the transport, which replies share
LEASE = timedelta(seconds=20)
RENEW = 5.0  # seconds
IDLE = 1.0  # seconds between looks when nothing wakes us: another process may have written rows
COOL = 0.05  # seconds until a chat that has just been written to is looked at again

_log = structlog.get_logger(__name__)


class Sender:
    def __init__(self, runtime: Runtime, pacer: Pacer, gateway: Gateway) -> None:
        self._runtime, self._pacer, self._gateway = runtime, pacer, gateway
        self._holder = uuid.uuid4().hex
        self._woken = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self.last_error = ""

    def wake(self) -> None:
        """Something may have become due."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled; what is on the wire then is recorded first."""
        keeper: asyncio.Task[None] | None = None
        try:
            while True:
                if await self._holds_lease():
                    keeper = keeper or asyncio.create_task(self._keep_lease(), name="sender lease")
                    await self._work_while(keeper)
                    keeper = None
                await self._runtime.clock.sleep(RENEW)
        finally:
            if keeper:
                keeper.cancel()
            await self._finish_under_way()
            await heartbeats.release(self._runtime, "sender", self._holder)

    async def _holds_lease(self) -> bool:
        return await heartbeats.hold(self._runtime, "sender", self._holder, LEASE)

    async def _keep_lease(self) -> None:
        while await self._holds_lease():
            await self._runtime.clock.sleep(RENEW)

    async def _work_while(self, keeper: asyncio.Task[None]) -> None:
        while not keeper.done():
            try:
                if not await self.step():
                    await self._rest()
            except Exception as error:  # the database may be away for a moment; nothing was claimed, so nothing is lost
                self.last_error = type(error).__name__
                _log.exception("the sender stumbled")
                await self._runtime.clock.sleep(IDLE)
        if keeper.exception():
            _log.error("the sender lost its lease", exc_info=keeper.exception())

    async def _rest(self) -> None:
        """Until something is written, or a second passes, or a chat has cooled."""
        self._woken.clear()
        hot = self._pacer.hot(self._runtime.clock.monotonic())
        pause = asyncio.ensure_future(self._runtime.clock.sleep(COOL if hot else IDLE))
        woken = asyncio.ensure_future(self._woken.wait())
        try:
            await asyncio.wait({pause, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause.cancel()
            woken.cancel()

    async def step(self) -> bool:
        """Start sending one row, if one is due; False when there is nothing to do at present."""
        await self._room()
        hot = self._hot()
        lane = await actions.next_lane(self._runtime, hot)
        if lane is None:
            return False
        await self._pacer.permit(lane)
        job = await actions.claim(self._runtime, self._hot())
        if job is None:
            return False
        self._pacer.spoke_to(job.chat_id)
        task = asyncio.create_task(self._send(job), name=f"delivery {job.delivery.id}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return True

    def _hot(self) -> frozenset[int]:
        return self._pacer.hot(self._runtime.clock.monotonic())

    async def _room(self) -> None:
        if len(self._under_way) >= IN_FLIGHT:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    async def _send(self, job: Job) -> None:
        outcome = await self._gateway.deliver(letter(job))
        if isinstance(outcome, Throttled | Down):
            self.last_error = str(outcome)
        if isinstance(outcome, Down):
            self._pacer.halt(30)
        await actions.record(self._runtime, job, outcome)

    async def _finish_under_way(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=25)

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
