"""The tour's last step: what no single step can show, looked at on all phones together."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.simulator.messages import Message
from bot.simulator.phones import Phone
from bot.simulator.tour_night import ALERT
from bot.simulator.tour_stage import Stage

WAKING = range(9, 19)
SOON = timedelta(hours=1)  # so long after somebody used the bot an answer wakes nobody
ASKED = "I have a few short questions for you"
DAYS_ASKED = 12  # 1, 2, 4, 7 and 10; then, home again, 1, 2, 4, 7, 10, 14 and 21
NOT_FOR_COMPANIONS = ("or you have fainted", "next appointment", "enough to eat")


async def all_of_it(stage: Stage) -> None:
    rose = stage.actor("Rose")
    asked = rose.ever_heard(ASKED)
    stage.expects(asked == DAYS_ASKED, f"Rose should have been asked {DAYS_ASKED} times, and was {asked}.")
    for phone in stage.town.telegram.phones:
        woken = [f"“{one.text[:40]}…” at {_local(stage, one):%H:%M}" for one in _at_night(stage, phone)]
        stage.expects(not woken, f"Nothing should have woken {phone.first_name}, but this did: {', '.join(woken)}.")
    for name in ("Amara", "Sanjay"):
        for words in NOT_FOR_COMPANIONS:
            heard = stage.actor(name).ever_heard(words)
            stage.expects(heard == 0, f"{name} should never have read “{words}”: Rose said no to that.")


def _at_night(stage: Stage, phone: Phone) -> list[Message]:
    """What came at night to somebody who was not just using the bot; alerts are agreed to beforehand."""
    first: dict[int, Message] = {}
    for one in phone.history:
        first.setdefault(one.message_id, one)
    acted = stage.acted.get(phone.user_id, [])
    return [one for one in first.values() if _local(stage, one).hour not in WAKING and not _expected(one, acted)]


def _local(stage: Stage, message: Message) -> datetime:
    return message.date.astimezone(ZoneInfo(stage.town.zone))


def _expected(message: Message, acted: list[datetime]) -> bool:
    return not message.from_bot or ALERT in message.text or any(0 * SOON <= message.date - at <= SOON for at in acted)
