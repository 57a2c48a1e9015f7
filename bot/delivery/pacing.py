"""The one gate in front of Telegram: who speaks next, and when. Promise 10.

Every permit leaves here, one after the other. At each free slot the best waiter goes: first by lane, then by
arrival, passing over those whose own chat has just had a message. A 429 silences the whole token.
"""

import os
import random
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.clock import Clock
from bot.delivery.rates import Slot
from bot.delivery.turns import Turns, held
from bot.domain.deliveries import Lane

# python-telegram-bot warns at every 429 until somebody chooses how spans are given. `seconds_of` reads either.
os.environ.setdefault("PTB_TIMEDELTA", "1")

# Ten milliseconds a second: lateness is accounted for by `Slot.counted_at`, so this covers what timers get wrong.
MARGIN = 0.01
REPLY_RETRIES = 2
_COUNTED = ("send", "copy", "forward", "edit")
_UNCOUNTED = frozenset({"sendChatAction"})

Answer = bool | dict[str, Any] | list[dict[str, Any]]
Call = Callable[[], Awaitable[Answer]]


class Held(Enum):
    """What a caller hands to `rate_limit_args` when it has been through `Pacer.permit` already."""

    PERMITTED = "permitted"


PERMITTED = Held.PERMITTED


class Pacer(Turns, BaseRateLimiter[Held | Lane]):
    """Gives permits to send, and is python-telegram-bot's rate limiter, so that direct replies pass it too.

    per_second: what the token may send in a second; `margin`: see `TokenRate`; `chance`: for the jitter of a halt.
    `throttled`: how many 429s were seen.
    """

    def __init__(
        self, clock: Clock, per_second: float = 30, *, margin: float = MARGIN, chance: random.Random | None = None
    ) -> None:
        super().__init__(clock, per_second, margin)
        self._chance = chance or random.Random()
        self.throttled = 0

    def spoke_to(self, chat_id: int) -> None:
        """A permit that named no chat was used for this one."""
        self._chats.take(chat_id, self._clock.monotonic())

    def halt(self, seconds: float) -> None:
        """Silence the whole token for so long and a little more; then half the rate for ten seconds."""
        jitter = self._chance.uniform(0.05, 0.3)
        self._rate.halt(self._clock.monotonic() + seconds + jitter)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Whoever still waits is told, by cancellation, that no turn will come."""
        self._close()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Held | Lane | None,
    ) -> Answer:
        """Called by python-telegram-bot around every request. Without `rate_limit_args` it is a direct reply."""
        if rate_limit_args is PERMITTED:
            return await self._permitted(partial(callback, *args, **kwargs))
        if not _counts(endpoint):
            return await callback(*args, **kwargs)
        lane = rate_limit_args if isinstance(rate_limit_args, Lane) else Lane.TALK
        retries = 0
        while True:
            await self.permit(lane, _chat(data))
            try:
                return await self._timed(partial(callback, *args, **kwargs))
            except RetryAfter:
                if retries == REPLY_RETRIES:
                    raise
                retries += 1

    async def _permitted(self, call: Call) -> Answer:
        left = self.halted_until - self._clock.monotonic()
        if left > 0:  # the halt began after the permit was given, which is therefore void
            raise RetryAfter(timedelta(seconds=left))
        return await self._timed(call)

    async def _timed(self, call: Call) -> Answer:
        """Make the call; note how long it took, and a 429."""
        slot, well = held.get(), False
        if slot is None or slot.sent_at is not None:  # no permit, or one that was used before
            slot = Slot(self._clock.monotonic())
        else:
            self._rate.sends(slot, self._clock.monotonic())
        try:
            answer = await call()
            well = True
            return answer
        except RetryAfter as error:
            self.throttled += 1
            self.halt(seconds_of(error))
            raise
        finally:
            self._rate.answered(slot, self._clock.monotonic(), well)


def seconds_of(error: RetryAfter) -> float:
    """The span Telegram asks for, whichever type the library gives it in."""
    span: int | timedelta = error.retry_after
    return span.total_seconds() if isinstance(span, timedelta) else float(span)


def _counts(endpoint: str) -> bool:
    return endpoint.startswith(_COUNTED) and endpoint not in _UNCOUNTED


def _chat(data: dict[str, Any]) -> int | None:
    chat_id = data.get("chat_id")
    return chat_id if isinstance(chat_id, int) else None
