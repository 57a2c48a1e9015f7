"""Broadcasts at the desk: what runs and what is past, who got one and who did not; stop, send again, take back."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import broadcast_pages as pages_actions
from bot.actions import broadcasts as actions
from bot.actions import corrections, reports, wording
from bot.actions.broadcast_pages import View
from bot.actions.reports import Report
from bot.domain.broadcasts import Phase
from bot.runtime import Runtime
from bot.store.sent import OUTCOMES
from bot.web.bubbles import bubble_html
from bot.web.desk import Desk, Pages
from bot.web.people import page_asked

LOOKS = {Phase.WAITING: "amber", Phase.SENDING: "amber", Phase.FINISHED: "good"}
# In the chat these are said to the champion, as "you".
OWN_WORDS = {
    "stopped_by_champion": "desk_broadcasts.reason_stopped",
    "taken_back": "desk_broadcasts.reason_taken_back",
}


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.shows("/broadcasts", listed),
        pages.shows("/broadcasts/{id:int}", one),
        pages.does("/broadcasts/{id:int}/stop", stop),
        pages.does("/broadcasts/{id:int}/again", again),
        pages.does("/broadcasts/{id:int}/take-back", take_back),
    ]


def title_of(desk: Desk, topic: str) -> str:
    return wording.title(desk.runtime, topic, desk.language)


async def listed(desk: Desk) -> Response:
    page = page_asked(desk)
    past, last = await pages_actions.past(desk.runtime, page)
    return desk.show(
        "broadcasts.html",
        running=await pages_actions.running(desk.runtime),
        past=past,
        page=min(page, last),
        last=last,
        title_of=lambda topic: title_of(desk, topic),
        look_of=lambda state: LOOKS.get(state, "calm"),
    )


async def one(desk: Desk) -> Response:
    outcome = desk.asked("who") if desk.asked("who") in OUTCOMES else ""
    view = await pages_actions.view(desk.runtime, desk.id, desk.number(), outcome, page_asked(desk))
    return desk.show(
        "broadcast.html",
        view=view,
        broadcast=view.broadcast,
        title=title_of(desk, view.broadcast.topic),
        why=_why(desk, view),
        look=LOOKS.get(view.broadcast.state, "calm"),
        outcome=outcome,
        outcomes=_outcomes(view),
        reason_of=lambda key: reason(desk, key),
        outcome_of=_outcome_of,
        words=[(words.sent, language_name(desk, words.sent.language), bubble_html(words.html)) for words in view.words],
    )


def language_name(desk: Desk, language: str) -> str:
    """A language by its own name."""
    return desk.runtime.plain(language, "language.name")


def _outcomes(view: View) -> list[tuple[str, int]]:
    """How many people there are with each outcome, of those outcomes that there are."""
    counts, without = view.counts, sum(view.left_out.values())
    numbers = (counts.sent, counts.waiting, counts.uncertain, counts.not_reached, without)
    return [(name, number) for name, number in zip(OUTCOMES, numbers, strict=True) if number]


def _outcome_of(state: object) -> str:
    return next(name for name, states in OUTCOMES.items() if state in states)


def reason(desk: Desk, key: str) -> str:
    """Why somebody did not get it, in words for somebody who is not its champion."""
    return desk.plain(OWN_WORDS[key]) if key in OWN_WORDS else wording.reason(desk.runtime, desk.language, key)


def _why(desk: Desk, view: View) -> str:
    """Why the whole of it ended early."""
    if view.broadcast.reason in OWN_WORDS:
        return reason(desk, view.broadcast.reason)
    return wording.why(desk.runtime, desk.language, Report(view.broadcast, view.circle))


def _back(desk: Desk, said: str, **values: object) -> Response:
    return desk.go(f"/broadcasts/{desk.number()}", said, **values)


async def stop(desk: Desk) -> Response:
    stopped = await actions.stop(desk.runtime, desk.id, desk.number())
    return _back(desk, "desk_broadcasts.stopped" if stopped else "desk_broadcasts.over_already")


async def again(desk: Desk) -> Response:
    """To those who may not have got it."""
    count = await reports.send_again(desk.runtime, desk.id, desk.number())
    return _back(desk, "desk_broadcasts.sent_again", count=count)


async def take_back(desk: Desk) -> Response:
    count = await corrections.take_back(desk.runtime, desk.id, desk.number())
    return _back(desk, "desk_broadcasts.taking_back", count=count)
