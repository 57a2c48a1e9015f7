"""How often one token, and one chat, may speak. Arithmetic on instants of `Clock.monotonic`; nothing here waits.

Telegram publishes "about 30 a second" and "about one a second in a chat" and keeps the exact measure to itself, so
`TokenRate` satisfies both ways a server can count: a sliding window of a second, and a small bucket that refills.
"""

from collections import deque
from dataclasses import dataclass

GENTLE_SECONDS = 10.0  # so long after a halt only half the rate is used
MOST_DELAY = 0.5  # a request may be held up longer than this, but then a slow server would slow us too much
CHAT_GAP = 1.0
GROUP_GAP = 3.0  # Telegram: 20 a minute in a group
TALK_BURST = 3  # answers to one person that may follow each other at once


@dataclass(eq=False)
class Slot:
    """One permit: when it was given, when its request left, and how long the answer took (seconds)."""

    given_at: float
    sent_at: float | None = None
    round_trip: float | None = None

    def counted_at(self, quickest: float) -> float:
        """The latest instant at which the server may have counted it.

        Two messages sent a second apart are counted less than a second apart if the first is held up on its way.
        It cannot have been held up for longer than its answer took beyond the quickest round trip there is.
        """
        if self.sent_at is None:
            return self.given_at
        late = MOST_DELAY if self.round_trip is None else self.round_trip - quickest
        return self.sent_at + min(MOST_DELAY, max(0.0, late))


class TokenRate:
    """The whole token's rate.

    per_second: permits a second in the long run, at most.
    margin: the window is longer than a second by this share.
    """

    def __init__(self, per_second: float, margin: float) -> None:
        self._count = max(1, int(per_second))
        self._window = max(1.0, self._count / per_second) * (1 + margin)
        self._spacing = 1 / per_second
        self._burst = max(3, int(per_second / 10))
        self._slots: list[Slot] = []
        self._round_trips: deque[float] = deque(maxlen=512)
        self._quickest = 0.0
        self._next = float("-inf")  # when the next permit would be due if all were evenly spaced
        self.halted_until = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds until the next permit may be given; 0 or less is now."""
        return max(self.halted_until, self._window_opens(now), self._spacing_opens(now)) - now

    def take(self, now: float) -> Slot:
        self._slots = [slot for slot in self._slots if slot.counted_at(self._quickest) > now - self._window]
        self._slots.append(slot := Slot(now))
        self._next = max(self._next, now) + self._spacing_at(now)
        return slot

    def give_back(self, slot: Slot) -> None:
        """The permit was never used."""
        if slot in self._slots:
            self._slots.remove(slot)
            self._next -= self._spacing_at(slot.given_at)

    def sends(self, slot: Slot, now: float) -> None:
        """The request leaves, which may be long after the permit."""
        slot.sent_at = now
        if slot not in self._slots:
            self._slots.append(slot)

    def answered(self, slot: Slot, now: float, well: bool) -> None:
        """`well`: with a proper answer, whose time shows how quick the line can be."""
        if slot.sent_at is None:
            return
        slot.round_trip = now - slot.sent_at
        if well:
            self._round_trips.append(slot.round_trip)
            self._quickest = min(self._round_trips)

    def halt(self, until: float) -> None:
        """Silence until then. Never shortens an earlier halt; nothing is saved up meanwhile."""
        self.halted_until = max(self.halted_until, until)
        self._next = max(self._next, self.halted_until)

    def _gentle(self, now: float) -> bool:
        return now < self.halted_until + GENTLE_SECONDS

    def _spacing_at(self, now: float) -> float:
        return self._spacing * 2 if self._gentle(now) else self._spacing

    def _spacing_opens(self, now: float) -> float:
        ahead = 0 if self._gentle(now) else self._burst - 1
        return self._next - ahead * self._spacing

    def _window_opens(self, now: float) -> float:
        quota = max(1, self._count // 2) if self._gentle(now) else self._count
        if len(self._slots) < quota:
            return float("-inf")
        return sorted(slot.counted_at(self._quickest) for slot in self._slots)[-quota] + self._window


class ChatRate:
    """Every chat's rate. Chats that have cooled down are forgotten, so memory follows the last seconds only."""

    def __init__(self, margin: float) -> None:
        self._stretch = 1 + margin
        self._cool_at: dict[int, float] = {}
        self._sweep_at = float("-inf")

    def opens(self, chat_id: int | None, talk: bool) -> float:
        """The instant from which this chat may get one more. Answers may run a little ahead, others never."""
        if chat_id is None:
            return float("-inf")
        ahead = (TALK_BURST - 1) * self._gap(chat_id) if talk else 0.0
        return self._cool_at.get(chat_id, float("-inf")) - ahead

    def take(self, chat_id: int | None, now: float) -> None:
        if chat_id is None:
            return
        self._sweep(now)
        self._cool_at[chat_id] = max(self._cool_at.get(chat_id, now), now) + self._gap(chat_id)

    def give_back(self, chat_id: int | None) -> None:
        if chat_id in self._cool_at:
            self._cool_at[chat_id] -= self._gap(chat_id)

    def hot(self, now: float) -> frozenset[int]:
        return frozenset(chat for chat, cool in self._cool_at.items() if cool > now)

    def __len__(self) -> int:
        return len(self._cool_at)

    def _gap(self, chat_id: int) -> float:
        return (GROUP_GAP if chat_id < 0 else CHAT_GAP) * self._stretch

    def _sweep(self, now: float) -> None:
        if now >= self._sweep_at:
            self._sweep_at = now + CHAT_GAP
            self._cool_at = {chat: cool for chat, cool in self._cool_at.items() if cool > now}
