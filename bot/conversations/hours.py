"""/hours: one's own waking hours and zone. Every question takes a tap or typed words."""

from bot.actions import resting as actions
from bot.catalogue.fields import show_time
from bot.catalogue.typed import western_digits
from bot.catalogue.typed_times import read_time
from bot.catalogue.zones import city, find_zones
from bot.conversations.keyboards import Button, in_rows
from bot.conversations.talk import Talk
from bot.domain.errors import Refused
from bot.domain.people import MINUTES, SHORTEST_DAY
from bot.store.standings import hours_of

# Minutes after midnight worth a button.
STARTS = tuple(60 * hour for hour in (7, 8, 9, 10, 11, 12))
ENDS = tuple(60 * hour for hour in (17, 18, 19, 20, 21, 22))
LATEST_START = MINUTES - SHORTEST_DAY
MOST_ZONES = 8
FLOW = "hours"


async def ask(talk: Talk) -> None:
    """What it is now, and what can be changed."""
    mine = hours_of(talk.visitor.person, talk.runtime.place)
    rows = [[talk.button("buttons.hours_change", "hours", "change")], [talk.button("buttons.zone_change", "zone")]]
    await talk.show(
        "people.hours_now",
        rows,
        start=show_time(mine.start, talk.language),
        end=_minutes(talk, talk.visitor.person.sleeps_at) or show_time(mine.end, talk.language),
        zone=city(mine.zone, talk.language),
    )


def _minutes(talk: Talk, minutes: int | None) -> str:
    return "" if minutes is None else talk.runtime.clock_time(*divmod(minutes, 60), talk.language)


async def chosen(talk: Talk) -> None:
    """Buttons: hours:change, hours:from:540, hours:to:540:1140."""
    await talk.toast()
    step = talk.args[0] if talk.args else ""
    if step == "from":
        await _ask_end(talk, talk.number(1))
    elif step == "to":
        await _set(talk, talk.number(1), talk.number(2))
    else:
        await talk.keep(FLOW, "start")
        await talk.show("people.hours_start", in_rows([_hour(talk, one, "hours", "from", one) for one in STARTS], 3))


def _hour(talk: Talk, minutes: int, *data: object) -> Button:
    return {"text": _minutes(talk, minutes), "data": ":".join(map(str, data))}


async def _ask_end(talk: Talk, start: int) -> None:
    if start > LATEST_START:
        raise Refused("people.hours_too_short")
    await talk.keep(FLOW, "end", start=start)
    ends = [one for one in ENDS if one - start >= SHORTEST_DAY] or [MINUTES]
    rows = in_rows([_hour(talk, one, "hours", "to", start, one) for one in ends], 3)
    await talk.show("people.hours_end", rows, start=_minutes(talk, start))


async def _set(talk: Talk, start: int, end: int) -> None:
    await actions.set_hours(talk.runtime, talk.id, start, end)
    await talk.end(FLOW)
    await talk.show("people.hours_set", start=_minutes(talk, start), end=_minutes(talk, end))


async def typed(talk: Talk) -> None:
    """A time or a city that was typed."""
    dialogue = await talk.dialogue(FLOW)
    if dialogue is None:
        return
    if dialogue.step == "zone":
        await _zone_typed(talk)
    elif dialogue.step == "start":
        await _ask_end(talk, read_minutes(talk))
    else:
        await _set(talk, int(dialogue.data["start"]), read_minutes(talk) or MINUTES)  # midnight ends a day here


def read_minutes(talk: Talk) -> int:
    """The typed time in minutes after midnight. Raises Refused with the sentence that says what is wrong."""
    read = read_time(western_digits(talk.text).strip())
    if not read[:1].isdigit():
        raise Refused(read)
    hour, minute = (int(part) for part in read.split(":"))
    return hour * 60 + minute


async def zone_chosen(talk: Talk) -> None:
    """Buttons: zone, zone:place, zone:set:<zone>."""
    await talk.toast()
    if talk.args[:1] == ["place"]:
        await _set_zone(talk, talk.runtime.place.zone)
    elif talk.args[:1] == ["set"] and len(talk.args) > 1:
        await _set_zone(talk, _known(talk, talk.args[1]))
    else:
        await talk.keep(FLOW, "zone")
        here = talk.runtime.place
        rows = [[{"text": city(here.zone, talk.language), "data": "zone:place"}]]
        await talk.show("people.zone_question", rows, place=here.name)


def _known(talk: Talk, zone: str) -> str:
    """A zone out of a button, which anybody can forge."""
    return next((one for one in _zones(talk, zone) if one == zone), talk.runtime.place.zone)


def _zones(talk: Talk, text: str) -> list[str]:
    return find_zones(text, talk.runtime.place.languages, talk.runtime.now())


async def _zone_typed(talk: Talk) -> None:
    """A city is enough, and often a country."""
    found = _zones(talk, talk.text)
    if not found:
        raise Refused("people.zone_unknown")
    if len(found) == 1:
        await _set_zone(talk, found[0])
        return
    rows = in_rows([{"text": city(one, talk.language), "data": f"zone:set:{one}"} for one in found[:MOST_ZONES]], 2)
    await talk.say("people.zone_which", rows)


async def _set_zone(talk: Talk, name: str) -> None:
    await actions.set_zone(talk.runtime, talk.id, name)
    await talk.end(FLOW)
    now = talk.runtime.time(talk.runtime.now(), name, talk.language)
    await talk.show("people.zone_set", zone=city(name, talk.language), now=now)
