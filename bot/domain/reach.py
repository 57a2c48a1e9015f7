"""Whether messages reach a person at present, in one word. What the gate asks in detail stands in `domain.people`."""

from datetime import datetime
from enum import StrEnum


class Reach(StrEnum):
    GETS = "gets"  # messages come
    PAUSED = "paused"  # they asked for a rest
    STOPPED = "stopped"  # they stopped all messages
    UNREACHABLE = "unreachable"  # they blocked the bot or left Telegram
    NO_TELEGRAM = "no_telegram"  # a volunteer phones them
    NO_YES = "no_yes"  # they have not said yes, or have taken it back


def reach(
    stopped_at: datetime | None, paused_until: datetime | None, unreachable_why: str | None, agreed: bool, now: datetime
) -> Reach:
    """The first of these that holds, in the order in which the gate asks."""
    if unreachable_why is not None:
        return Reach.NO_TELEGRAM if unreachable_why == "no_telegram" else Reach.UNREACHABLE
    if stopped_at is not None:
        return Reach.STOPPED
    if not agreed:
        return Reach.NO_YES
    return Reach.PAUSED if paused_until is not None and paused_until > now else Reach.GETS
