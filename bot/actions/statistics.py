"""How messages and check-ins went over many people. What could point at somebody is hidden before it leaves here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions.handing_over import WORDING as MOVED
from bot.domain.hours import at_local, local
from bot.domain.small_numbers import LEAST, OPT_OUTS, Group, below, shown, visible
from bot.runtime import Runtime
from bot.store import statistics as store
from bot.store.sent import OUTCOMES

DAYS, WEEKS = 30, 12
WITHIN = timedelta(days=1)
OF_TOPICS = timedelta(days=365)
OF_CHECKINS = timedelta(days=90)
KEPT = timedelta(minutes=10)
# What still waits today is not yet an outcome.
ENDED = tuple(name for name in OUTCOMES if name != "waiting")


@dataclass(frozen=True)
class Day:
    """Messages of one local day by outcome; None where the number is hidden."""

    day: date
    outcomes: dict[str, int | None]


@dataclass(frozen=True)
class Week:
    """Replies of a week that begins on this day; None when hidden."""

    begins: date
    replies: Group | None


@dataclass(frozen=True)
class Topic:
    """Who opted out soon after a message; `left` is None when hidden, and `under` says what is known all the same."""

    topic: str
    people: int
    left: int | None
    under: bool

    @property
    def over(self) -> bool:
        return self.left is not None and self.left / self.people >= OPT_OUTS

    @property
    def share(self) -> float | None:
        return None if self.left is None else self.left / self.people


@dataclass(frozen=True)
class Numbers:
    """Everything the pictures show. `languages`, `tiers`: answered check-ins, of the groups that can be shown."""

    at: datetime
    days: list[Day]
    weeks: list[Week]
    topics: list[Topic]
    languages: dict[str, Group]
    tiers: dict[str, Group]
    hidden_languages: int
    hidden_tiers: int


class Statistics:
    """Counts once for all pictures of a page, and again when ten minutes have passed."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._numbers: Numbers | None = None

    async def numbers(self) -> Numbers:
        now = self._runtime.now()
        if self._numbers is None or not timedelta(0) <= now - self._numbers.at < KEPT:
            self._numbers = await count(self._runtime)
        return self._numbers


async def count(runtime: Runtime) -> Numbers:
    now = runtime.now()
    async with runtime.database.read() as tx:
        languages = await store.answered_by(tx, now - OF_CHECKINS, tier=False)
        tiers = await store.answered_by(tx, now - OF_CHECKINS, tier=True)
        seen = (visible(languages), visible(tiers))
        days, weeks = await _days(tx, runtime), await _weeks(tx, runtime)
        hidden = (len(languages) - len(seen[0]), len(tiers) - len(seen[1]))
        return Numbers(now, days, weeks, await _topics(tx, now), *seen, *hidden)


def _today(runtime: Runtime) -> date:
    return local(runtime.now(), runtime.place.zone).date()


async def _days(tx: AsyncConnection, runtime: Runtime) -> list[Day]:
    """The last 30 days, today included, the oldest first; a broadcast belongs to the day on which it began."""
    zone, today = runtime.place.zone, _today(runtime)
    first = today - timedelta(days=DAYS - 1)
    counts = {first + timedelta(days=n): dict.fromkeys(ENDED, 0) for n in range(DAYS)}
    for start, state, people in await store.outcomes(tx, at_local(first, time(0), zone)):
        name = next(name for name, states in OUTCOMES.items() if state in states)
        day = local(start, zone).date()
        if day in counts and name in ENDED:
            counts[day][name] += people
    return [Day(day, {name: shown(number) for name, number in of_day.items()}) for day, of_day in counts.items()]


async def _weeks(tx: AsyncConnection, runtime: Runtime) -> list[Week]:
    """What was asked in each of the last weeks and answered within a day. What is younger than a day does not count."""
    now, zone, today = runtime.now(), runtime.place.zone, _today(runtime)
    monday = today - timedelta(days=today.weekday())
    begins = [monday - timedelta(weeks=WEEKS - 1 - n) for n in range(WEEKS)]
    found: dict[date, list[tuple[int, bool]]] = {day: [] for day in begins}
    for person_id, at, answered_at in await store.questions(tx, at_local(begins[0], time(0), zone)):
        day = local(at, zone).date()
        if at + WITHIN <= now or answered_at is not None:
            in_time = answered_at is not None and answered_at - at <= WITHIN
            found[day - timedelta(days=day.weekday())].append((person_id, in_time))
    return [Week(day, _shown(_group(asked))) for day, asked in found.items()]


def _group(asked: list[tuple[int, bool]]) -> Group:
    return Group(len({person_id for person_id, _ in asked}), len(asked), sum(in_time for _, in_time in asked))


def _shown(group: Group) -> Group | None:
    return None if group.is_small else group


async def _topics(tx: AsyncConnection, now: datetime) -> list[Topic]:
    """Every topic of the last year that reached enough people, by name."""
    reached, left = await store.reached(tx, now - OF_TOPICS), await store.opted_out(tx, now - OF_TOPICS, MOVED)
    return [_topic(topic, people, left) for topic, people in sorted(reached.items()) if shown(people) is not None]


def _topic(topic: str, people: int, left: Mapping[str, int]) -> Topic:
    number = min(left.get(topic, 0), people)
    rest_is_small = 0 < people - number < LEAST
    return Topic(topic, people, None if rest_is_small else shown(number), number < LEAST and below(people))
