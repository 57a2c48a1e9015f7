"""Whether a row still says something that somebody waits for, asked at the moment of sending (promise 2).

What ends a check-in or a concern clears what is queued for it. A row that was on its way just then is none of these;
when nobody can know whether it arrived it comes back into the queue, and is asked here before it goes out again.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.checkins import Stage
from bot.domain.concerns import Phase
from bot.store import checkins as checkin_store
from bot.store import concerns as concern_store
from bot.store.checkins import RUNNING
from bot.store.deliveries import Delivery

CHECKIN, ALERT = "checkin", "alert"


async def is_over(tx: AsyncConnection, delivery: Delivery) -> bool:
    """The check-in it asks about is over, or the concern it tells of is closed."""
    about, _, rest = delivery.key.partition(":")
    if about == CHECKIN:
        return await _checkin_is_over(tx, ":".join(delivery.key.split(":")[:3]))
    if about == ALERT:
        concern = await concern_store.by_id(tx, int(rest.partition(":")[0]))
        return concern is None or concern.state is Phase.CLOSED
    return False


async def _checkin_is_over(tx: AsyncConnection, key: str) -> bool:
    """The last words of a plan come when all is done; anything else comes while it can be answered."""
    checkin = await checkin_store.by_key(tx, key)
    if checkin is None:
        return False
    return checkin.state not in ((Stage.DONE,) if checkin.kind == "closing" else RUNNING)
