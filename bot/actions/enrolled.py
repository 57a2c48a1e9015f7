"""Who is on which plan and on which day of it: the list that coordinators read at the desk."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.hours import at_local, local
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import enrolled as store
from bot.store import people as people_store
from bot.store.enrolled import KINDS, Row, Span

PER_PAGE = 50
LONGEST_SEARCH = 60


@dataclass(frozen=True)
class Listed:
    """One page of the list. `counts`: how many there are of each kind; `number` counts pages from 1."""

    rows: list[Row]
    counts: dict[str, int]
    total: int
    number: int
    last: int


async def listed(runtime: Runtime, coordinator_id: int, kind: str, words: str = "", number: int = 1) -> Listed:
    """`kind`: one of KINDS. `words`: a part of the first name. Raises NotFound for another kind."""
    if kind not in KINDS:
        raise NotFound("desk.no_page")
    span = today(runtime)
    async with runtime.database.read() as tx:
        await coordinators_only(tx, coordinator_id)
        words = words[:LONGEST_SEARCH]
        total = await store.count(tx, kind, words, span)
        last = max(1, -(-total // PER_PAGE))
        number = max(1, min(number, last))
        rows = await store.page(tx, kind, words, span, PER_PAGE, (number - 1) * PER_PAGE)
        return Listed(rows, await store.counts(tx, span), total, number, last)


async def coordinators_only(tx: AsyncConnection, person_id: int) -> None:
    if Role.COORDINATOR not in await people_store.roles_of(tx, person_id):
        raise NotAllowed("errors.coordinators_only")


def today(runtime: Runtime) -> Span:
    """The day by the place's clock, from midnight to midnight."""
    now, zone, day = runtime.now(), runtime.place.zone, local_day(runtime)
    start, end = (at_local(one, datetime.min.time(), zone) for one in (day, day + timedelta(days=1)))
    return Span(now, start, end)


def local_day(runtime: Runtime) -> date:
    return local(runtime.now(), runtime.place.zone).date()


def day_of(runtime: Runtime, home_on: date) -> int:
    """How many days somebody is home; day 0 is the day of coming home, and below 0 it is still to come."""
    return (local_day(runtime) - home_on).days
