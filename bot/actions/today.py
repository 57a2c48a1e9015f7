"""What a coordinator reads first: who needs somebody, what goes out, who is silent, and what waits for a decision."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import oncall, plans, rereading, templates
from bot.actions.enrolled import coordinators_only
from bot.actions.enrolled import today as span_of_today
from bot.actions.rereading import Reading
from bot.domain.broadcasts import Phase
from bot.domain.checkins import Stage
from bot.domain.concerns import deadline
from bot.domain.rota import Gap
from bot.domain.templates import SOURCE_LANGUAGE
from bot.runtime import Runtime
from bot.store import today as store
from bot.store import waiting as waiting_store
from bot.store.today import Asked, Going, Silent, Worry
from bot.store.waiting import Named, Unanswered

MOST = 10  # named in a list of this page; the rest are counted
TOO_LONG = timedelta(days=1)  # a reply that waits longer is told of


@dataclass(frozen=True)
class Needing:
    """A concern. `until`: by when somebody has to have it, or by when its owner said they would ring."""

    worry: Worry
    until: datetime
    is_late: bool


@dataclass(frozen=True)
class Sending:
    """A broadcast, and how many of its people have it."""

    broadcast: Going
    sent: int
    total: int


@dataclass(frozen=True)
class Waiting:
    """What waits for a coordinator, or for somebody they can ask. Lists are cut at MOST; the numbers are whole."""

    messages: int
    others_messages: int  # the reader wrote a part of them, so somebody else has to read them
    plans: int
    requests: list[Named]
    request_count: int
    companions: list[Named]
    cards: int
    replies: list[Unanswered]
    reply_count: int
    gap: Gap | None

    @property
    def is_nothing(self) -> bool:
        counts = (
            self.messages,
            self.others_messages,
            self.plans,
            self.request_count,
            len(self.companions),
            self.cards,
            self.reply_count,
        )
        return not any(counts) and self.gap is None


@dataclass(frozen=True)
class Today:
    """The page. Every list is cut at MOST and comes with how many there are. `stands`: today's check-ins by stage.

    `reread`: all words in use that have to be read again.
    """

    concerns: list[Needing]
    concern_count: int
    broadcasts: list[Sending]
    broadcast_count: int
    checkins: list[Asked]
    stands: dict[Stage, int]
    silent: list[Silent]
    silent_count: int
    reminded: list[Asked]
    reminded_count: int
    waiting: Waiting
    reread: list[Reading]
    steps: list["Step"]
    has_plan: bool  # whether somebody can be put on check-ins at all


@dataclass(frozen=True)
class Step:
    """One of the four that lead a new place to its first check-in. `what`: place, champion, message or enrolment."""

    what: str
    is_done: bool
    is_next: bool = False


async def today(runtime: Runtime, coordinator_id: int, reads: str = SOURCE_LANGUAGE) -> Today:
    """`reads`: the language of the coordinator."""
    mine, others = await templates.waiting_for(runtime, coordinator_id)
    unread, usable = len(await plans.waiting(runtime)), await plans.approved_plans(runtime)
    reread = await rereading.wanted(runtime, reads)
    span = span_of_today(runtime)
    async with runtime.database.read() as tx:
        await coordinators_only(tx, coordinator_id)
        worries, concern_count = await store.open_concerns(tx, MOST)
        broadcasts, broadcast_count = await store.broadcasts_today(tx, span, MOST)
        checkins, stands = await store.checkins_today(tx, span, MOST)
        silent, silent_count = await store.silent(tx, MOST)
        reminded, reminded_count = await store.reminded(tx, MOST)
        waiting = await _waiting(tx, runtime, len(mine), len(others), unread)
        return Today(
            [_needing(runtime, one) for one in worries],
            concern_count,
            await _sending(tx, broadcasts),
            broadcast_count,
            checkins,
            stands,
            silent,
            silent_count,
            reminded,
            reminded_count,
            waiting,
            reread,
            _steps(waiting.gap is None, *await waiting_store.is_begun(tx)),
            bool(usable),
        )


def _needing(runtime: Runtime, worry: Worry) -> Needing:
    """The owner's time runs from the moment they took it, by the same clock as the first one."""
    owned = worry.owned_at is not None
    until = deadline(worry.level, worry.owned_at, runtime.place.working) if worry.owned_at else worry.deadline_at
    return Needing(worry, until, not owned and until < runtime.now())


async def _sending(tx: AsyncConnection, broadcasts: list[Going]) -> list[Sending]:
    counts = await store.sent_of(tx, [one.id for one in broadcasts if one.state is Phase.SENDING])
    return [Sending(one, *counts.get(one.id, (0, 0))) for one in broadcasts]


async def _waiting(tx: AsyncConnection, runtime: Runtime, messages: int, others: int, unread: int) -> Waiting:
    requests, request_count = await waiting_store.requests(tx, MOST)
    replies, reply_count = await waiting_store.unanswered(tx, runtime.now() - TOO_LONG, MOST)
    gaps = await oncall.rota_gaps(tx, runtime)
    return Waiting(
        messages,
        others,
        unread,
        requests,
        request_count,
        await waiting_store.unanswering(tx, MOST),
        await waiting_store.cards_out(tx, runtime.now()),
        replies,
        reply_count,
        gaps[0] if gaps else None,
    )


def _steps(covered: bool, looked_over: bool, champion: bool, message: bool, enrolment: bool) -> list[Step]:
    """The first steps of a new place; none once it has a champion, a message and somebody on check-ins.

    The place is done once it was saved, or a champion was invited all the same, and somebody is on call at all times.
    """
    if champion and message and enrolment:
        return []
    done = {
        "place": covered and (looked_over or champion),
        "champion": champion,
        "message": message,
        "enrolment": enrolment,
    }
    steps = [Step(what, is_done) for what, is_done in done.items()]
    following = next((one for one in steps if not one.is_done), None)
    return [replace(one, is_next=one is following) for one in steps]
