"""/away: a champion names somebody who answers meanwhile."""

from bot.actions import away as actions
from bot.actions.away import Absence, Candidate
from bot.conversations.circles import champions_only
from bot.conversations.talk import Talk

MOST = 80  # Telegram shows at most 100 buttons


async def away(talk: Talk) -> None:
    """What holds now, and what can be done about it."""
    await talk.toast()
    champions_only(talk)
    for one in await actions.covered_by(talk.runtime, talk.id):
        rows = [[talk.button("buttons.give_back", "uncover", one.id)]]
        await talk.say("circles.covering", rows, champion=one.champion.name, until=_day(talk, one))
    absence = await actions.absence(talk.runtime, talk.id)
    if absence is None:
        await _ask_who(talk)
    else:
        phrase, button = ("away_now", "back_again") if absence.agreed else ("away_waiting", "not_away")
        rows = [[talk.button(f"buttons.{button}", "back")], [talk.button("buttons.other_cover", "away", "other")]]
        await talk.say(f"circles.{phrase}", rows, cover=absence.cover.name, until=_day(talk, absence))


def _day(talk: Talk, absence: Absence) -> str:
    return talk.runtime.day(absence.until, talk.visitor.person.zone, talk.language)


async def _ask_who(talk: Talk) -> None:
    found = await actions.candidates(talk.runtime, talk.id)
    if not found:
        await talk.show("circles.away_nobody", contact=talk.runtime.place.contact)
        return
    rows = [[{"text": known_by(one), "data": f"away:{one.person.id}"}] for one in found[:MOST]]
    await talk.show("circles.away_question", [*rows, [talk.button("buttons.cancel", "cancel")]])


def known_by(one: Candidate) -> str:
    """First names come twice; a circle tells them apart."""
    return f"{one.person.name} ({one.circles[0]})" if one.circles else one.person.name


async def chosen(talk: Talk) -> None:
    """Buttons: away:other, away:<cover>, away:<cover>:<days>."""
    await talk.toast()
    champions_only(talk)
    cover_id, days = talk.number(), talk.number(1)
    if talk.args[:1] == ["other"]:
        await _ask_who(talk)
    elif days in actions.DAYS:
        until = await actions.ask_cover(talk.runtime, talk.id, cover_id, days)
        day = talk.runtime.day(until, talk.visitor.person.zone, talk.language)
        await talk.show("circles.away_asked", until=day)
    else:
        rows = [[talk.button("buttons.away_days", "away", cover_id, n, days=n)] for n in actions.DAYS]
        await talk.show("circles.away_how_long", [*rows, [talk.button("buttons.cancel", "cancel")]])


async def cover_answered(talk: Talk) -> None:
    """Buttons: cover:yes:<away>, cover:no:<away>."""
    await talk.toast()
    agrees = talk.args[:1] == ["yes"]
    absence = await actions.answer_cover(talk.runtime, talk.id, talk.number(1), agrees)
    key = "circles.cover_thanks" if agrees else "circles.cover_no_thanks"
    await talk.show(key, champion=absence.champion.name, until=_day(talk, absence))


async def gave_back(talk: Talk) -> None:
    """Buttons: uncover:<away>."""
    await talk.toast()
    absence = await actions.give_back(talk.runtime, talk.id, talk.number())
    await talk.show("circles.gave_back", champion=absence.champion.name)


async def back(talk: Talk) -> None:
    await talk.toast()
    was_away = await actions.come_back(talk.runtime, talk.id)
    await talk.show("circles.back" if was_away else "circles.back_already")
