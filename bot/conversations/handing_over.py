"""A circle changes hands: its champion asks another one, that one answers, and then each of its people."""

from bot.actions import circles as circle_actions
from bot.actions import handing_over as actions
from bot.conversations.away import MOST, known_by
from bot.conversations.circles import champions_only
from bot.conversations.talk import Talk


async def chosen(talk: Talk) -> None:
    """Buttons: handto:<circle>, handto:<circle>:<champion>."""
    await talk.toast()
    champions_only(talk)
    circle_id, champion_id = talk.number(), talk.number(1)
    if champion_id:
        new = await actions.ask(talk.runtime, talk.id, circle_id, champion_id)
        await talk.show("circles.handover_asked", to=new.name)
        return
    one = await circle_actions.view(talk.runtime, talk.id, circle_id)
    found = await actions.candidates(talk.runtime, talk.id, circle_id)
    if not found:
        await talk.show("circles.handover_nobody", contact=talk.runtime.place.contact)
        return
    rows = [[{"text": known_by(each), "data": f"handto:{circle_id}:{each.person.id}"}] for each in found[:MOST]]
    await talk.show(
        "circles.handover_which", [*rows, [talk.button("buttons.cancel", "cancel")]], circle=one.circle.name
    )


async def answered(talk: Talk) -> None:
    """Buttons: hand:yes|no:<circle>:<number of the question>."""
    await talk.toast()
    agrees = talk.args[:1] == ["yes"]
    circle = await actions.answer(talk.runtime, talk.id, talk.number(1), talk.number(2), agrees)
    await talk.show("circles.handover_thanks" if agrees else "circles.handover_no_thanks", circle=circle.name)


async def moved(talk: Talk) -> None:
    """Buttons: move:yes|no:<handing over>."""
    await talk.toast()
    agrees = talk.args[:1] == ["yes"]
    found = await actions.move(talk.runtime, talk.id, talk.number(1), agrees)
    names = {"champion": found.champion.name, "circle": found.circle.name, "name": talk.visitor.person.name}
    await talk.show("circles.joined" if agrees else "circles.not_moved", **names)
