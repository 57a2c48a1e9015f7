"""Concerns at the desk: take, spoken to them, pass on, note, close with an outcome, and everything that happened."""

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import alerts, concern_board, postponing
from bot.actions import concerns as actions
from bot.actions import desk as door
from bot.actions.concerns import View
from bot.domain.concerns import Outcome, Phase
from bot.domain.errors import NotNow
from bot.runtime import Runtime
from bot.store.concerns import Event
from bot.web.desk import Desk, Pages


@dataclass(frozen=True)
class Line:
    """One thing that happened, as it is read."""

    at: str
    what: str


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.shows("/concerns", listed),
        pages.shows("/concerns/{id:int}", one),
        pages.does("/concerns/{id:int}/take", take),
        pages.does("/concerns/{id:int}/spoken", spoken),
        pages.does("/concerns/{id:int}/pass", pass_on),
        pages.does("/concerns/{id:int}/phoned", phoned),
        pages.does("/concerns/{id:int}/note", note),
        pages.does("/concerns/{id:int}/close", close),
        pages.does("/concerns/{id:int}/decide", decide),
    ]


async def listed(desk: Desk) -> Response:
    """What is not closed, the most urgent first; below, what was closed lately."""
    return desk.show(
        "concerns.html",
        waiting=await concern_board.waiting(desk.runtime, desk.id),
        closed=await concern_board.closed_lately(desk.runtime, desk.id),
        outcome_of=lambda card: _outcome(desk, card.concern.outcome),
    )


async def one(desk: Desk) -> Response:
    """One concern with its history. Looking at it is recorded: it may show what somebody answered."""
    return await _shown(desk)


async def _shown(desk: Desk, status: int = 200, fault: str = "", *, closing: bool = False) -> Response:
    """`fault`: why a form of this page was refused; what was typed stays in it, and in the note when it is closed."""
    view = await actions.view(desk.runtime, desk.id, desk.number())
    await door.note(desk.runtime, desk.id, "concern_seen", f"concern:{view.concern.id}")
    closing = closing and view.concern.state is not Phase.CLOSED
    words = desk.given("words")
    return desk.show(
        "concern.html",
        status,
        view=view,
        fault=fault,
        closing={"outcome": desk.given("outcome"), "words": words} if closing else {"outcome": "", "words": ""},
        noting="" if closing else words,
        is_open=view.concern.state is not Phase.CLOSED,
        is_mine=view.concern.owner_id == desk.id,
        decides=view.concern.reason == "human_decides",
        outcome=_outcome(desk, view.concern.outcome),
        outcomes=[(each.value, _outcome(desk, each.value)) for each in Outcome],
        history=[_line(desk, event, actor) for event, actor in view.history],
        longest=actions.LONGEST_NOTE,
    )


def _line(desk: Desk, event: Event, actor: str) -> Line:
    return Line(desk.moment(event.at), desk.plain(f"concern_events.{event.what}", actor=actor, note=event.note))


def _outcome(desk: Desk, outcome: str) -> str:
    return desk.plain(f"buttons.outcome_{outcome}", **alerts.numbers(desk.runtime)) if outcome else ""


def _back(desk: Desk, said: str, view: View | None = None) -> Response:
    name = view.resident.name if view else ""
    return desk.go(f"/concerns/{desk.number()}", said, name=name)


async def take(desk: Desk) -> Response:
    view = await actions.take(desk.runtime, desk.id, desk.number())
    if view.concern.owner_id != desk.id:
        return desk.go(f"/concerns/{desk.number()}", "desk_concerns.had", owner=view.owner.name if view.owner else "")
    return _back(desk, "desk_concerns.taken", view)


async def spoken(desk: Desk) -> Response:
    return _back(desk, "desk_concerns.spoken", await actions.spoken(desk.runtime, desk.id, desk.number()))


async def pass_on(desk: Desk) -> Response:
    return _back(desk, "desk_concerns.passed_on", await actions.pass_on(desk.runtime, desk.id, desk.number()))


async def phoned(desk: Desk) -> Response:
    """They have been talked to: the questions that are open are not needed."""
    view = await actions.view(desk.runtime, desk.id, desk.number())
    cleared = await postponing.answered_elsewhere(desk.runtime, desk.id, view.resident.id)
    return _back(desk, "checkins.cleared" if cleared else "checkins.nothing_open")


async def note(desk: Desk) -> Response:
    words = desk.given("words")
    if not words:
        return await _shown(desk, 422, desk.plain("desk_concerns.note_empty"))
    await actions.add_note(desk.runtime, desk.id, desk.number(), words)
    return _back(desk, "desk_concerns.noted")


async def close(desk: Desk) -> Response:
    outcome = desk.given("outcome")
    if outcome not in {each.value for each in Outcome}:
        return await _shown(desk, 422, desk.plain("desk_concerns.no_outcome"), closing=True)
    try:
        view = await actions.close(desk.runtime, desk.id, desk.number(), Outcome(outcome), desk.given("words"))
    except NotNow as refusal:  # somebody else was first: what was typed is still worth a note
        return await _shown(desk, 409, desk.plain(refusal.phrase, **refusal.values), closing=True)
    return _back(desk, "desk_concerns.closed" if view.concern.outcome else "desk_concerns.not_reached", view)


async def decide(desk: Desk) -> Response:
    """After the last question: whether the check-ins go on."""
    goes_on = desk.given("goes_on") == "yes"
    await actions.decide(desk.runtime, desk.id, desk.number(), goes_on)
    return _back(desk, "concerns.goes_on" if goes_on else "concerns.ends")
