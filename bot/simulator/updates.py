"""Updates on their way to the bot: kept for a while, handed out in order, dropped once confirmed."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock

KEPT = timedelta(hours=24)
TAPS_KEPT = timedelta(seconds=150)
ON_REQUEST = ("chat_member", "message_reaction", "message_reaction_count")


@dataclass(frozen=True)
class Pending:
    """An update nobody has confirmed, gone for good after `expires`; what shares a `lane` keeps its order."""

    update: dict[str, Any]
    expires: datetime
    lane: tuple[str, int]

    @property
    def id(self) -> int:
        number: int = self.update["update_id"]
        return number


class UpdateQueue:
    """All that has happened and was not confirmed, oldest first."""

    def __init__(self, clock: Clock, first_id: int = 100_000_001) -> None:
        self.clock = clock
        self.pending: deque[Pending] = deque()
        self.next_id = first_id
        self.allowed: list[str] = []

    def add(self, kind: str, chat_id: int, content: dict[str, Any]) -> None:
        """Puts one in, unless the bot has not asked for this kind."""
        if not self.wanted(kind):
            return
        kept = TAPS_KEPT if kind == "callback_query" else KEPT
        update = {"update_id": self.next_id, kind: content}
        self.pending.append(Pending(update, self.clock.now() + kept, (kind, chat_id)))
        self.next_id += 1

    def wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in ON_REQUEST

    def waiting(self) -> list[Pending]:
        """What is still worth delivering."""
        now = self.clock.now()
        if any(one.expires <= now for one in self.pending):
            self.pending = deque(one for one in self.pending if one.expires > now)
        return list(self.pending)

    def confirm(self, offset: int) -> None:
        """Forgets everything before this id; a negative offset keeps only so many of the newest."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        while self.pending and offset > 0 and self.pending[0].id < offset:
            self.pending.popleft()

    def drop(self, done: Pending) -> None:
        if done in self.pending:
            self.pending.remove(done)

    def take_all(self) -> list[dict[str, Any]]:
        taken = [one.update for one in self.waiting()]
        self.pending.clear()
        return taken
