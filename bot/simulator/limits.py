"""How much a bot may send before Telegram answers 429.

One token: 30 messages in any one second (a strict sliding window), or with `burst` a bucket of so many that fills
again at 30 a second. One chat: one message a second, three at once tolerated. Whoever goes over is halted for
`retry_after` seconds, and every call that counts is refused meanwhile, which is the reason why hammering is worse
than waiting.
"""

import math
from collections import deque
from dataclasses import dataclass, field

COUNTED = ("send", "copy", "forward", "edit")
FREE = ("sendchataction",)
DUST = 1e-9
"""Sums of floats at exactly the allowed pace must not be refused."""


def counts(method: str) -> bool:
    """Whether a call uses up the allowance; answers to taps, deletions and reading do not."""
    return method.lower().startswith(COUNTED) and method.lower() not in FREE


@dataclass
class Bucket:
    """Tokens that come back with time; seconds are monotonic."""

    capacity: float
    rate: float
    level: float = field(init=False)
    at: float = field(default=-math.inf)

    def __post_init__(self) -> None:
        self.level = self.capacity

    def missing(self, now: float) -> float:
        """Seconds until one can be taken, 0 when it can be now."""
        if now > self.at:
            self.level = min(self.capacity, self.level + (now - self.at) * self.rate)
            self.at = now
        return 0.0 if self.level >= 1 - DUST else (1 - self.level) / self.rate

    def take(self) -> None:
        self.level -= 1


@dataclass
class Limits:
    """The allowances, and the memory of what was sent; `refused` counts the 429s given."""

    per_second: float = 30
    burst: int | None = None
    chat_per_second: float = 1
    chat_burst: int = 3
    enabled: bool = True
    refused: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.window: deque[float] = deque()
        self.bucket = Bucket(self.burst, self.per_second) if self.burst else None
        self.chats: dict[int, Bucket] = {}
        self.halted_until = -math.inf
        self.chats_halted_until: dict[int, float] = {}

    @classmethod
    def none(cls) -> "Limits":
        return cls(enabled=False)

    def ask(self, chat_id: int, now: float) -> int:
        """0 and the message is counted; or the whole seconds of `retry_after`."""
        if not self.enabled:
            return 0
        wait = self.halted(chat_id, now) or self.exceeded(chat_id, now)
        if wait:
            self.refused += 1
            return wait
        self.count(chat_id, now)
        return 0

    def halted(self, chat_id: int, now: float) -> int:
        until = max(self.halted_until, self.chats_halted_until.get(chat_id, -math.inf))
        return whole(until - now) if until > now else 0

    def exceeded(self, chat_id: int, now: float) -> int:
        if missing := self.token_missing(now):
            self.halted_until = now + whole(missing)
            return whole(missing)
        if missing := self.chat_bucket(chat_id).missing(now):
            self.chats_halted_until[chat_id] = now + whole(missing)
            return whole(missing)
        return 0

    def token_missing(self, now: float) -> float:
        if self.bucket:
            return self.bucket.missing(now)
        while self.window and self.window[0] <= now - 1 + DUST:
            self.window.popleft()
        return 0.0 if len(self.window) < self.per_second else self.window[0] + 1 - now

    def chat_bucket(self, chat_id: int) -> Bucket:
        return self.chats.setdefault(chat_id, Bucket(self.chat_burst, self.chat_per_second))

    def count(self, chat_id: int, now: float) -> None:
        self.chat_bucket(chat_id).take()
        if self.bucket:
            self.bucket.take()
        else:
            self.window.append(now)


def whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))
