"""/hours: one's own waking hours and zone."""

from zoneinfo import available_timezones

from bot.actions import people as actions
from bot.catalogue.fields import show_time
from bot.catalogue.typed_times import read_time
from bot.conversations.keyboards import in_rows
from bot.conversations.talk import Talk
from bot.domain.errors import Refused
from bot.store.standings import hours_of

STARTS = (7, 8, 9, 10, 11)
ENDS = (17, 18, 19, 20, 21)
FLOW = "hours"


async def ask(talk: Talk) -> None:
    """What it is now, and what can be changed."""
    mine = hours_of(talk.visitor.person, talk.runtime.place)
    rows = [[talk.button("buttons.hours_change", "hours", "change")], [talk.button("buttons.zone_change", "zone")]]
    await talk.show(
        "people.hours_now",
        rows,
        start=show_time(mine.start, talk.language),
        end=show_time(mine.end.replace(second=0), talk.language),
        zone=mine.zone,
    )


async def chosen(talk: Talk) -> None:
    """Buttons: hours:change, hours:from:9, hours:to:9:19."""
    await talk.toast()
    step = talk.args[0] if talk.args else ""
    if step == "from":
        await _ask_end(talk, talk.number(1))
    elif step == "to":
        await _set(talk, talk.number(1) * 60, talk.number(2) * 60)
    else:
        await talk.keep(FLOW, "start")
        await talk.show("people.hours_start", in_rows([_hour(talk, h, "hours", "from", h) for h in STARTS], 3))


def _hour(talk: Talk, hour: int, *data: object) -> dict[str, str]:
    return {"text": talk.runtime.clock_time(hour, 0, talk.language), "data": ":".join(map(str, data))}


async def _ask_end(talk: Talk, start: int) -> None:
    await talk.keep(FLOW, "end", start=start * 60)
    rows = in_rows([_hour(talk, h, "hours", "to", start, h) for h in ENDS], 3)
    await talk.show("people.hours_end", rows, start=talk.runtime.clock_time(start, 0, talk.language))


async def _set(talk: Talk, start: int, end: int) -> None:
    await actions.set_hours(talk.runtime, talk.id, start, end)
    await talk.end()
    times = [talk.runtime.clock_time(*divmod(minutes, 60), talk.language) for minutes in (start, end)]
    await talk.show("people.hours_set", start=times[0], end=times[1])


async def typed(talk: Talk) -> None:
    """A time that was typed instead of tapped."""
    dialogue = await talk.dialogue()
    if dialogue is None:
        return
    if dialogue.step == "zone":
        await zone_typed(talk)
        return
    read = read_time(talk.text)
    if not read[:1].isdigit():
        raise Refused(read)
    hour, minute = (int(part) for part in read.split(":"))
    minutes = hour * 60 + minute
    if dialogue.step == "start":
        await talk.keep(FLOW, "end", start=minutes)
        rows = in_rows([_hour(talk, h, "hours", "to", hour, h) for h in ENDS], 3)
        await talk.say("people.hours_end", rows, start=talk.runtime.clock_time(hour, minute, talk.language))
    else:
        await _set(talk, int(dialogue.data["start"]), minutes)


async def zone_chosen(talk: Talk) -> None:
    """Buttons: zone, zone:place."""
    await talk.toast()
    if talk.args[:1] == ["place"]:
        await _set_zone(talk, talk.runtime.place.zone)
        return
    await talk.keep(FLOW, "zone")
    rows = [[{"text": talk.runtime.place.zone, "data": "zone:place"}]]
    await talk.show("people.zone_question", rows, place=talk.runtime.place.name)


async def zone_typed(talk: Talk) -> None:
    """A city is enough: Dhaka finds Asia/Dhaka."""
    wanted = talk.text.strip().replace(" ", "_").casefold()
    matches = sorted(name for name in available_timezones() if wanted in (name.casefold(), _city(name)))
    if not matches:
        raise Refused("people.zone_unknown")
    await _set_zone(talk, matches[0])


def _city(name: str) -> str:
    return name.rpartition("/")[2].casefold()


async def _set_zone(talk: Talk, name: str) -> None:
    await actions.set_zone(talk.runtime, talk.id, name)
    await talk.end()
    now = talk.runtime.time(talk.runtime.now(), name, talk.language)
    await talk.show("people.zone_set", zone=name, now=now)
