"""The coordinators' board: every concern in one look, without its answers and history."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions import escalating
from bot.domain.errors import NotAllowed
from bot.domain.people import Role
from bot.domain.plans import Level
from bot.runtime import Runtime
from bot.store import concerns as store
from bot.store import people as people_store
from bot.store.concerns import Concern

LATELY = timedelta(days=30)
MOST_CLOSED = 50


@dataclass(frozen=True)
class Card:
    """One concern on the board. `owner`: first name, empty while nobody has it. `until`: as in `concerns.View`."""

    concern: Concern
    name: str
    owner: str
    until: datetime


async def waiting(runtime: Runtime, coordinator_id: int) -> list[Card]:
    """What is not closed, the most urgent first, then the oldest."""
    order = list(Level)
    cards = await _cards(runtime, coordinator_id, None)
    return sorted(cards, key=lambda one: (order.index(one.concern.level), one.concern.id))


async def closed_lately(runtime: Runtime, coordinator_id: int) -> list[Card]:
    """What was closed in the last 30 days, the newest first."""
    return await _cards(runtime, coordinator_id, runtime.now() - LATELY)


async def _cards(runtime: Runtime, coordinator_id: int, closed_since: datetime | None) -> list[Card]:
    async with runtime.database.read() as tx:
        if Role.COORDINATOR not in await people_store.roles_of(tx, coordinator_id):
            raise NotAllowed("errors.coordinators_only")
        rows = await store.with_names(tx, closed_since, MOST_CLOSED)
    return [Card(one, name, owner, _until(runtime, one)) for one, name, owner in rows]


def _until(runtime: Runtime, concern: Concern) -> datetime:
    return escalating.deadline_of_owner(runtime, concern) if concern.owned_at else concern.deadline_at
