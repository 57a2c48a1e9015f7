"""/away: a champion names somebody who answers meanwhile."""

from bot.actions import circles as actions
from bot.conversations.circles import champions_only
from bot.conversations.talk import Talk

DAYS = (3, 7, 14, 28)


async def away(talk: Talk) -> None:
    champions_only(talk)
    absence = await actions.absence(talk.runtime, talk.id)
    if absence is not None:
        until = talk.runtime.day(absence.until, talk.visitor.person.zone, talk.language)
        rows = [[talk.button("buttons.back_again", "back")]]
        await talk.say("circles.away_now", rows, cover=absence.cover.name, until=until)
        return
    covers = await actions.other_champions(talk.runtime, talk.id)
    if not covers:
        await talk.say("circles.away_nobody", contact=talk.runtime.place.contact)
        return
    rows = [[{"text": cover.name, "data": f"away:{cover.id}"}] for cover in covers[:20]]
    await talk.say("circles.away_question", [*rows, [talk.button("buttons.cancel", "cancel")]])


async def chosen(talk: Talk) -> None:
    """Buttons: away:<cover>, away:<cover>:<days>."""
    await talk.toast()
    champions_only(talk)
    cover_id, days = talk.number(), talk.number(1)
    if days not in DAYS:
        rows = [[talk.button("buttons.away_days", "away", cover_id, n, days=n)] for n in DAYS]
        await talk.show("circles.away_how_long", [*rows, [talk.button("buttons.cancel", "cancel")]])
        return
    until = await actions.ask_cover(talk.runtime, talk.id, cover_id, days)
    await talk.show("circles.away_asked", until=talk.runtime.day(until, talk.visitor.person.zone, talk.language))


async def cover_answered(talk: Talk) -> None:
    """Buttons: cover:yes:<away>, cover:no:<away>."""
    await talk.toast()
    agrees = talk.args[:1] == ["yes"]
    absence = await actions.answer_cover(talk.runtime, talk.id, talk.number(1), agrees)
    until = talk.runtime.day(absence.until, talk.visitor.person.zone, talk.language)
    key = "circles.cover_thanks" if agrees else "circles.cover_no_thanks"
    await talk.show(key, champion=absence.champion.name, until=until)


async def back(talk: Talk) -> None:
    await talk.toast()
    was_away = await actions.come_back(talk.runtime, talk.id)
    await talk.show("circles.back" if was_away else "circles.back_already")
