"""Trouble on demand between a bot and Telegram: scripted for the next calls, or by chance with a seed."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Trouble(StrEnum):
    """What goes wrong. Only after the two ANSWER_… has Telegram done what it was asked."""

    SERVER_ERROR = "server_error"
    CONNECT_REFUSED = "connect_refused"
    RESET = "reset"
    ANSWER_LOST = "answer_lost"
    ANSWER_RESET = "answer_reset"
    CONNECT_TIMEOUT = "connect_timeout"
    POOL_TIMEOUT = "pool_timeout"


DONE_ALL_THE_SAME = (Trouble.ANSWER_LOST, Trouble.ANSWER_RESET)


class LineBroken(Exception):
    """The call has no answer; what the caller sees of it depends on the trouble and on the wire."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass
class Rule:
    """One fault. Without methods it means every call but getUpdates; `times` None means always."""

    trouble: Trouble
    times: int | None = None
    share: float = 1.0
    methods: frozenset[str] = frozenset()
    chat_id: int | None = None
    status: int = 502

    def fits(self, method: str, chat_id: int | None) -> bool:
        named = method in self.methods if self.methods else method != "getupdates"
        return named and self.times != 0 and self.chat_id in (None, chat_id)


@dataclass
class Faults:
    """The rules in force. `latency_ms` is the whole way there and back; random shares draw from the seed."""

    latency_ms: float = 0
    seed: int = 0
    rules: list[Rule] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def next(
        self,
        trouble: Trouble | str,
        times: int = 1,
        *,
        methods: str | Iterable[str] = (),
        chat_id: int | None = None,
        status: int = 502,
    ) -> None:
        """The next so many fitting calls fail."""
        self.rules.append(Rule(Trouble(trouble), times, 1.0, names(methods), chat_id, status))

    def often(
        self,
        trouble: Trouble | str,
        share: float,
        *,
        methods: str | Iterable[str] = (),
        chat_id: int | None = None,
        status: int = 502,
    ) -> None:
        """From now on this share (0 to 1) of fitting calls fails."""
        self.rules.append(Rule(Trouble(trouble), None, share, names(methods), chat_id, status))

    def clear(self) -> None:
        self.rules.clear()
        self.latency_ms = 0

    def pick(self, method: str, chat_id: int | None) -> Rule | None:
        """The fault that meets this call, used up by one."""
        for rule in self.rules:
            if rule.fits(method.lower(), chat_id) and self.chance.random() < rule.share:
                rule.times = None if rule.times is None else rule.times - 1
                return rule
        return None


def names(methods: str | Iterable[str]) -> frozenset[str]:
    return frozenset(one.lower() for one in ([methods] if isinstance(methods, str) else methods))
