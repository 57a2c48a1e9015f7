"""The one-time link of a card for somebody who comes home: whether it can still be used."""

from dataclasses import dataclass
from datetime import datetime

from bot.actions.enrolling import HOME
from bot.domain.checkins import Enrolment as State
from bot.domain.circles import token_hash
from bot.runtime import Runtime
from bot.store import enrolments as store


@dataclass(frozen=True)
class HomeCard:
    """A card that nobody has used. `until`: when it can no longer be used."""

    link: str
    language: str
    until: datetime


async def unused(runtime: Runtime, enrolment_id: int, link: str) -> HomeCard | None:
    """None when the card was used, was taken back or is too old, or is another's."""
    token = link.partition(f"start={HOME}")[2]
    async with runtime.database.read() as tx:
        enrolment = await store.by_token(tx, token_hash(token)) if token else None
    if enrolment is None or enrolment.id != enrolment_id or enrolment.state is not State.INVITED:
        return None
    until = enrolment.expires_at
    if until is None or until <= runtime.now():
        return None
    return HomeCard(link, enrolment.language or runtime.place.default_language, until)
