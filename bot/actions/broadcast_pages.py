"""Broadcasts as a coordinator sees them: what runs, what is past, and of one who got it, who did not and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import audience, on_behalf
from bot.actions.audience import Draft
from bot.actions.directory import PAGE, pages
from bot.actions.reports import Counts, counted, counts_of
from bot.actions.templates import template_of
from bot.catalogue.rendering import RenderError
from bot.domain.broadcasts import Broadcast, Phase
from bot.domain.deliveries import State
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store import replies as reply_store
from bot.store import sent as store
from bot.store import templates as template_store
from bot.store.people import Person
from bot.store.sent import Line, Question, Recipient, Sent

MOST_QUESTIONS = 50


@dataclass(frozen=True)
class Running:
    """A broadcast that waits or goes out, and how far it is."""

    line: Line
    counts: Counts


@dataclass(frozen=True)
class Words:
    """What one version says. `html`: as Telegram gets it, with a sample name; empty when it cannot be made any more."""

    sent: Sent
    html: str


@dataclass(frozen=True)
class Possible:
    """What can still be done with it."""

    stop: bool
    take_back: int
    correct: bool
    send_again: bool


@dataclass(frozen=True)
class View:
    """`left_out`: reason -> people. `page`: of the people with the outcome that was asked for."""

    broadcast: Broadcast
    circle: str
    champion: Person | None
    counts: Counts
    left_out: dict[str, int]
    has_it: int
    helpful: int
    replies: int
    answered: int
    questions: list[Question]
    people: list[Recipient]
    page: int
    last: int
    words: list[Words]
    possible: Possible


async def running(runtime: Runtime) -> list[Running]:
    async with runtime.database.read() as tx:
        return [Running(line, await counted(tx, line.id)) for line in await store.lines(tx, PAGE, running=True)]


async def past(runtime: Runtime, page: int) -> tuple[list[Line], int]:
    """A page of those that are over, the newest first, and how many pages there are."""
    async with runtime.database.read() as tx:
        last = pages(await store.count_past(tx))
        return await store.lines(tx, PAGE, PAGE * (min(page, last) - 1)), last


async def one(runtime: Runtime, actor_id: int, broadcast_id: int) -> Broadcast:
    """For its champion, or a coordinator; raises NotFound for anybody else."""
    async with runtime.database.read() as tx:
        return await on_behalf.broadcast(tx, actor_id, broadcast_id)


async def view(runtime: Runtime, actor_id: int, broadcast_id: int, outcome: str, page: int) -> View:
    """One broadcast. `outcome`: whose names are shown, a key of `store.OUTCOMES`, or empty for everybody.

    Raises NotFound for somebody else's.
    """
    now = runtime.now()
    async with runtime.database.read() as tx:
        broadcast = await on_behalf.broadcast(tx, actor_id, broadcast_id)
        found = await delivery_store.counts(tx, broadcast.id)
        counts, left_out = counts_of(found), _left_out(found)
        last = pages(_rows(counts, left_out, outcome))
        page = min(page, last)
        circle = await circle_store.by_id(tx, broadcast.circle_id)
        champion = await people_store.find(tx, broadcast.champion_id) if broadcast.champion_id else None
        has_it, deletable, helpful = await store.standing(tx, broadcast.id, now)
        replies, answered = await reply_store.about_broadcast(tx, broadcast.id)
        sent = await store.versions(tx, broadcast.id)
        return View(
            broadcast,
            circle.name if circle else "",
            champion,
            counts,
            left_out,
            has_it,
            helpful,
            replies,
            answered,
            await store.questions(tx, broadcast.id, MOST_QUESTIONS),
            await store.recipients(tx, broadcast.id, outcome, PAGE, PAGE * (page - 1)),
            page,
            last,
            [await _words(tx, runtime, broadcast, champion, circle.name if circle else "", one) for one in sent],
            _possible(runtime, broadcast, counts, has_it, deletable),
        )


def _left_out(found: Mapping[tuple[State, str], int]) -> dict[str, int]:
    """Why people were left out, and how many."""
    reasons: dict[str, int] = {}
    for (state, reason), people in found.items():
        if state in (State.SUPPRESSED, State.CLEARED):
            reasons[reason] = reasons.get(reason, 0) + people
    return reasons


def _rows(counts: Counts, left_out: dict[str, int], outcome: str) -> int:
    """How many people have this outcome."""
    without = sum(left_out.values())
    of_each = {"got": counts.sent, "waiting": counts.waiting, "maybe": counts.uncertain, "missed": counts.not_reached}
    return {**of_each, "left_out": without}.get(outcome, counts.total + without)


def _possible(runtime: Runtime, broadcast: Broadcast, counts: Counts, has_it: int, deletable: int) -> Possible:
    state = broadcast.state
    return Possible(
        stop=state in (Phase.WAITING, Phase.SENDING),
        take_back=deletable,
        correct=has_it > 0 and state in (Phase.SENDING, Phase.FINISHED, Phase.STOPPED),
        send_again=counts.uncertain > 0
        and broadcast.not_after > runtime.now()
        and state in (Phase.SENDING, Phase.FINISHED),
    )


async def _words(
    tx: AsyncConnection,
    runtime: Runtime,
    broadcast: Broadcast,
    champion: Person | None,
    circle: str,
    sent: Sent,
) -> Words:
    version = await template_store.by_id(tx, sent.version_id)
    template = template_of(runtime, version) if version else None
    if template is None or champion is None:
        return Words(sent, "")
    somebody = replace(champion, name=runtime.plain(sent.language, "plans.example_name"))
    try:
        return Words(sent, audience.message(runtime, template, somebody, champion, circle, Draft.of(broadcast)))
    except RenderError:
        return Words(sent, "")
