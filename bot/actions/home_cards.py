"""The one-time link of a card for somebody who comes home: whether it can still be used."""

from datetime import datetime

from bot.actions.enrolling import HOME
from bot.domain.checkins import Enrolment as State
from bot.domain.circles import token_hash
from bot.runtime import Runtime
from bot.store import enrolments as store


async def is_good(runtime: Runtime, enrolment_id: int, link: str) -> datetime | None:
    """Until when this card can be used; None when it was used, was taken back or is too old, or is another's."""
    token = link.partition(f"start={HOME}")[2]
    async with runtime.database.read() as tx:
        enrolment = await store.by_token(tx, token_hash(token)) if token else None
    if enrolment is None or enrolment.id != enrolment_id or enrolment.state is not State.INVITED:
        return None
    until = enrolment.expires_at
    return until if until is not None and until > runtime.now() else None
