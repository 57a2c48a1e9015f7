"""The daily digest: what coordinators read each morning, also when all is well."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import desk as door
from bot.actions import notices, rereading, watching
from bot.actions import people as people_actions
from bot.actions.rereading import Reading
from bot.catalogue.phrases import safe
from bot.domain.checkins import Enrolment as State
from bot.domain.concerns import Phase
from bot.domain.hours import at_local, local
from bot.runtime import Runtime
from bot.store import concerns as concern_store
from bot.store import deliveries as delivery_store
from bot.store import enrolments as enrolment_store
from bot.store import mornings
from bot.store import people as people_store
from bot.store import waiting as waiting_store
from bot.store.concerns import Concern
from bot.store.people import Person
from bot.store.standings import hours_of
from bot.store.waiting import Named

MORNING = timedelta(hours=3)  # so long after the beginning of their waking hours it still is the morning's digest
MOST_NAMED = 15
MOST_MISSED = 100  # names of those who have not answered: Telegram takes no message of thousands
MOST_READINGS = 5  # words to be read again that are named; the desk lists all
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sums:
    """What is the same for every reader. `concerns`, `missed`, `asking`: the first of so many as the numbers say.

    `not_reached`: whose concern was closed since yesterday because nobody could reach them.

    `silent`: when the clock was found to stand still.
    """

    concerns: list[Concern]
    not_closed: int
    unowned: int
    names: dict[int, str]
    due: int
    missed: list[int]
    all_missed: int
    not_reached: list[int]
    uncertain: int
    silent: datetime | None
    asking: list[Named]
    all_asking: int


async def send(runtime: Runtime) -> int:
    """To every coordinator once a day, in their own morning. Returns how many were written now."""
    now = runtime.now()
    async with runtime.database.read() as tx:
        wanting = [one for one in await people_actions.coordinators(tx) if await _is_wanting(tx, runtime, one, now)]
        if not wanting or not await _is_worth_it(tx, now):
            return 0
    readings = {one.language: await rereading.wanted(runtime, one.language) for one in wanting}
    async with runtime.database.write() as tx:
        for person in wanting:
            await _write(tx, runtime, person, now, readings[person.language])
    return len(wanting)


async def earliest(tx: AsyncConnection, runtime: Runtime, after: datetime) -> datetime | None:
    """When the next coordinator's morning begins; None while there is nothing to tell."""
    if not await _is_worth_it(tx, after):
        return None
    mornings = [_next_morning(runtime, one, after) for one in await people_actions.coordinators(tx)]
    return min(mornings, default=None)


def _next_morning(runtime: Runtime, person: Person, after: datetime) -> datetime:
    hours = hours_of(person, runtime.place)
    today = local(after, hours.zone).date()
    starts = (at_local(today + timedelta(days=ahead), hours.start, hours.zone) for ahead in (0, 1, 2))
    return next(one for one in starts if one > after)


async def _is_wanting(tx: AsyncConnection, runtime: Runtime, person: Person, now: datetime) -> bool:
    hours = hours_of(person, runtime.place)
    starts = at_local(local(now, hours.zone).date(), hours.start, hours.zone)
    if not starts <= now < starts + MORNING:
        return False
    return await delivery_store.by_key(tx, _key(runtime, person, now)) is None


def _key(runtime: Runtime, person: Person, now: datetime) -> str:
    return f"digest:{person.id}:{local(now, person.zone or runtime.place.zone).date().isoformat()}"


async def _is_worth_it(tx: AsyncConnection, now: datetime) -> bool:
    """A place in which nobody is looked after and nothing is open gets none. Who asked just now is no reason."""
    if await enrolment_store.any_in(tx, State.ACTIVE) or sum(await concern_store.count_not_closed(tx)) > 0:
        return True
    return any(one.created_at <= now - MORNING for one in await enrolment_store.in_state(tx, State.WAITING))


async def _write(tx: AsyncConnection, runtime: Runtime, person: Person, now: datetime, readings: list[Reading]) -> None:
    sums = await _sums(tx, runtime, person, now)
    rows = [[notices.button(runtime, person.language, "buttons.concerns", "concerns")]] if sums.concerns else None
    told_of = [*(one.person_id for one in sums.concerns), *(one.person_id for one in sums.asking)]
    named = tuple({*told_of, *sums.missed, *sums.not_reached})
    silent = runtime.moment(sums.silent, person.zone, person.language) if sums.silent else ""
    said = {
        "open": sums.not_closed,
        "unowned": sums.unowned,
        "lines": [_line(runtime, person, sums, one, now) for one in sums.concerns],
        "due": sums.due,
        "missed": [sums.names[one] for one in sums.missed],
        "more": sums.all_missed - len(sums.missed),
        "not_reached": [sums.names[one] for one in sums.not_reached],
        "uncertain": sums.uncertain,
        "silent": silent,
        "asking": [_asking(runtime, person, one, now) for one in sums.asking],
        "more_asking": sums.all_asking - len(sums.asking),
        "readings": [_reading(runtime, person, one) for one in readings[:MOST_READINGS]],
        "more_readings": max(0, len(readings) - MOST_READINGS),
        "desk": door.address(runtime),
    }
    key = _key(runtime, person, now)
    await notices.to_worker(tx, runtime, person, key, "concerns.digest", rows, named, None, **said)


def _line(runtime: Runtime, person: Person, sums: Sums, concern: Concern, now: datetime) -> str:
    """One open concern; the oldest come first."""
    said = runtime.say(
        person.language,
        "concerns.digest_line",
        name=sums.names[concern.person_id],
        level=concern.level.value,
        days=(now - concern.opened_at).days,
        hours=int((now - concern.opened_at).total_seconds() // 3600),
        owned=concern.state is Phase.OWNED,
    )
    return safe(said.strip())


def _asking(runtime: Runtime, person: Person, one: Named, now: datetime) -> str:
    """Somebody who waits for a yes or no; who has waited longest comes first."""
    waits = now - (one.at or now)
    said = {"name": one.name, "days": waits.days, "hours": int(waits.total_seconds() // 3600)}
    return safe(runtime.say(person.language, "concerns.digest_asking", **said).strip())


def _reading(runtime: Runtime, person: Person, one: Reading) -> str:
    """Words in use that have to be read again, and where."""
    phrases = runtime.catalogue.phrases
    language = phrases.plain(one.language, "language.name") if one.language in runtime.place.languages else one.language
    address = f"{door.address(runtime)}{one.path}"
    said = {"title": one.title, "language": language, "what": one.what, "address": address}
    return safe(runtime.say(person.language, "concerns.digest_reading", **said).strip())


async def _sums(tx: AsyncConnection, runtime: Runtime, person: Person, now: datetime) -> Sums:
    zone = person.zone or runtime.place.zone
    today = at_local(local(now, zone).date(), datetime.min.time(), zone)
    unowned, owned = await concern_store.count_not_closed(tx)
    concerns = await concern_store.not_closed(tx, most=MOST_NAMED)
    everybody = await mornings.missed_by(tx, today - DAY, now)
    missed = everybody[:MOST_MISSED]
    not_reached = (await concern_store.not_reached_since(tx, now - DAY))[:MOST_MISSED]
    everyone = {*(one.person_id for one in concerns), *missed, *not_reached}
    names = {one: (await people_store.by_id(tx, one)).name for one in everyone}
    silent = await delivery_store.last_with_prefix(tx, person.id, watching.SILENT_CLOCK, now - DAY)
    return Sums(
        concerns,
        unowned + owned,
        unowned,
        names,
        await mornings.count_due(tx, today, today + DAY),
        missed,
        len(everybody),
        not_reached,
        await delivery_store.count_uncertain(tx, now - DAY),
        silent,
        *await waiting_store.requests(tx, MOST_NAMED),
    )
