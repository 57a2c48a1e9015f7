"""/pause and /resume: a rest from messages that ends by itself."""

import re
from datetime import date

from bot.actions import resting as actions
from bot.catalogue.typed import western_digits
from bot.catalogue.typed_dates import read_date
from bot.conversations import stopping
from bot.conversations.talk import Talk
from bot.domain.errors import Refused
from bot.domain.hours import local

FLOW = "pause"
PAUSES = (7, 14, 30, 90)  # days
_SPAN = re.compile(r"(\d{1,3})\s*(\D*)")
_UNITS = {"words.days": 1, "words.weeks": 7, "words.months": 30}  # phrase key -> days


async def pause(talk: Talk) -> None:
    if talk.visitor.person.stopped_at is not None and await stopping.something_stopped(talk):
        await stopping.ask_to_go_on(talk)
    elif not await stopping.something_stopped(talk):
        await talk.say("people.nothing_to_pause")
    else:
        await _ask(talk)


async def _ask(talk: Talk) -> None:
    await talk.keep(FLOW, "until")
    rows = [[talk.button("buttons.pause_days", "pause", days, days=days)] for days in PAUSES]
    until = talk.visitor.person.paused_until
    if until is not None and until > talk.runtime.now():
        rows.append([talk.button("buttons.resume", "resume")])
        day = talk.runtime.day(until, talk.visitor.person.zone, talk.language)
        await talk.say("people.pause_other_end", rows, until=day)
        return
    await talk.say("people.pause_question", [*rows, [talk.button("buttons.no_pause", "pause", 0)]])


async def chosen(talk: Talk) -> None:
    """Buttons: pause:<days>; 0 for none."""
    await talk.toast()
    days = talk.number()
    if days in PAUSES:
        await _rest(talk, days)
    else:
        await talk.end(FLOW)
        await talk.show("people.pause_none")


async def typed(talk: Talk) -> None:
    """A span or an end that was typed: 10, 2 weeks, 3 December."""
    await _rest(talk, _days(talk))


def _days(talk: Talk) -> int:
    text = western_digits(talk.text).strip().casefold()
    span = _SPAN.fullmatch(text)
    if span and (unit := _unit(talk, span[2].strip())):
        return int(span[1]) * unit
    today = local(talk.runtime.now(), talk.visitor.person.zone or talk.runtime.place.zone).date()
    day = read_date(talk.text.strip(), talk.language, today)
    if not day[:1].isdigit():
        raise Refused("people.pause_unclear")
    return (date.fromisoformat(day) - today).days


def _unit(talk: Talk, word: str) -> int:
    """How many days a unit is; a number alone means days."""
    everywhere = talk.runtime.catalogue.phrases.everywhere
    return next((days for key, days in _UNITS.items() if word in everywhere(key)), 0 if word else 1)


async def _rest(talk: Talk, days: int) -> None:
    until = await actions.pause(talk.runtime, talk.id, days)
    await talk.end(FLOW)
    day = talk.runtime.day(until, talk.visitor.person.zone, talk.language)
    rows = [[talk.button("buttons.resume", "resume")]]
    await talk.show("people.paused", rows, until=day, works=bool(talk.visitor.roles))


async def resume(talk: Talk) -> None:
    await talk.toast()
    await talk.end(FLOW)
    if talk.visitor.person.stopped_at is not None and await stopping.something_stopped(talk):
        await stopping.ask_to_go_on(talk)
    elif await actions.resume(talk.runtime, talk.id):
        await talk.show("people.resumed")
    else:
        await talk.show("people.nothing_paused")
