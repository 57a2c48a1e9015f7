"""Who is on call: the rota of place.toml, and whoever has taken over for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import people as people_actions
from bot.domain.errors import NotAllowed, Refused
from bot.domain.people import Role
from bot.domain.rota import LOOK_AHEAD, Gap, gaps, on_call
from bot.runtime import Runtime
from bot.store import machine
from bot.store import oncall as store
from bot.store import people as people_store
from bot.store.oncall import Swap
from bot.store.people import Person

LONGEST_TURN = timedelta(days=7)
STEP = timedelta(minutes=15)


@dataclass(frozen=True)
class Stretch:
    """From `start` to `end` these people are on call; nobody when `names` is empty."""

    start: datetime
    end: datetime
    names: tuple[str, ...]


@dataclass(frozen=True)
class Week:
    """`now`: who is on call at this moment. `mine`: until when the reader has taken over, if they have.

    `only_mine`: the rota has nobody but the reader in all these days, so there is nobody to take over from.
    """

    now: list[str]
    stretches: list[Stretch]
    mine: datetime | None
    only_mine: bool


async def on_call_now(tx: AsyncConnection, runtime: Runtime) -> list[Person]:
    """Those whose turn it is, and those who have taken over; all coordinators when nobody's turn it is.

    Whoever takes over comes first and alone: that is what taking over means. Somebody has to know in any case.
    """
    people = await people_actions.coordinators(tx)
    swapped = {swap.person_id for swap in await store.standing(tx, runtime.now())}
    taken = [person for person in people if person.id in swapped]
    return taken or _of_rota(runtime, people, runtime.now()) or people


def _of_rota(runtime: Runtime, people: list[Person], instant: datetime) -> list[Person]:
    ids = frozenset(person.telegram_id for person in people)
    now_on = on_call(runtime.place.oncall, ids, runtime.place.zone, instant)
    return [person for person in people if person.telegram_id in now_on]


async def week(runtime: Runtime, reader_id: int) -> Week:
    """/oncall: now, the coming 7 days, and the gaps among them."""
    now = runtime.now()
    async with runtime.database.read() as tx:
        await _coordinators_only(tx, reader_id)
        people = await people_actions.coordinators(tx)
        swaps = await store.standing(tx, now)
        mine = max((swap.until for swap in swaps if swap.person_id == reader_id), default=None)
        names = [person.name for person in await on_call_now(tx, runtime)] if _somebody(runtime, people, swaps) else []
        only_mine = _only(runtime, people, swaps, reader_id)
        return Week(names, _stretches(runtime, people, swaps, now), mine, only_mine)


def _only(runtime: Runtime, people: list[Person], swaps: list[Swap], reader_id: int) -> bool:
    """By the rota and by what others have taken over; a turn of the reader's own is none to take from."""
    now, others = runtime.now(), [one for one in people if one.id != reader_id]
    mine = _stretches(runtime, [one for one in people if one.id == reader_id], [], now)
    return all(one.names for one in mine) and not any(one.names for one in _stretches(runtime, others, swaps, now))


def _somebody(runtime: Runtime, people: list[Person], swaps: list[Swap]) -> bool:
    return bool(swaps) or bool(_of_rota(runtime, people, runtime.now()))


def _stretches(runtime: Runtime, people: list[Person], swaps: list[Swap], now: datetime) -> list[Stretch]:
    """Quarter by quarter, alike ones together."""
    found, at = list[Stretch](), now
    while at < now + LOOK_AHEAD:
        step = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0) + STEP
        names = _names_at(runtime, people, swaps, at)
        if found and found[-1].names == names:
            found[-1] = Stretch(found[-1].start, step, names)
        else:
            found.append(Stretch(at, step, names))
        at = step
    return found


def _names_at(runtime: Runtime, people: list[Person], swaps: list[Swap], at: datetime) -> tuple[str, ...]:
    over = {swap.person_id for swap in swaps if swap.since <= at < swap.until}
    taken = [person.name for person in people if person.id in over]
    return tuple(taken or (person.name for person in _of_rota(runtime, people, at)))


async def take_over(runtime: Runtime, coordinator_id: int, until: datetime) -> None:
    """ "I take over until": every alert of the coordinators' rung goes to them until then."""
    now = runtime.now()
    if not now < until <= now + LONGEST_TURN:
        raise Refused("oncall.time_wrong")
    async with runtime.database.write() as tx:
        await _coordinators_only(tx, coordinator_id)
        if coordinator_id not in {person.id for person in await people_actions.coordinators(tx)}:
            raise Refused("oncall.cannot_be_reached")
        await store.end(tx, coordinator_id, now)
        await store.add(tx, coordinator_id, now, until)
        await machine.note(tx, now, coordinator_id, "oncall_taken_over", until.isoformat())


async def give_back(runtime: Runtime, coordinator_id: int) -> None:
    async with runtime.database.write() as tx:
        await store.end(tx, coordinator_id, runtime.now())


async def rota_gaps(tx: AsyncConnection, runtime: Runtime) -> list[Gap]:
    """The spans of the coming week in which nobody is on call; a turn taken over fills one."""
    people = await people_actions.coordinators(tx)
    ids = frozenset(person.telegram_id for person in people)
    found = gaps(runtime.place.oncall, ids, runtime.place.zone, runtime.now())
    for swap in await store.standing(tx, runtime.now()):
        if swap.person_id in {person.id for person in people}:
            found = [left for gap in found for left in _without(gap, swap)]
    return found


def _without(gap: Gap, swap: Swap) -> list[Gap]:
    before, after = Gap(gap.start, min(gap.end, swap.since)), Gap(max(gap.start, swap.until), gap.end)
    return [left for left in (before, after) if left.start < left.end]


async def _coordinators_only(tx: AsyncConnection, person_id: int) -> None:
    if Role.COORDINATOR not in await people_store.roles_of(tx, person_id):
        raise NotAllowed("errors.coordinators_only")
