"""A coordinator invites a champion, who says yes and tells a name; and ends that task one day."""

from bot.actions import champions as champion_actions
from bot.actions import invitations as actions
from bot.actions import people as people_actions
from bot.actions import printed_cards
from bot.actions.champions import Champion
from bot.actions.circles import checked_name
from bot.conversations import circles
from bot.conversations.keyboards import Button, data
from bot.conversations.talk import Talk
from bot.domain.errors import NotAllowed, NotNow
from bot.store.invitations import Unused

FLOW, NAME_FLOW = "champion", "champion_name"
WORDING = "champion-1"
MOST = 60  # champions on one page


async def invite(talk: Talk) -> None:
    """/champion by a coordinator: a link and a QR code to pass on."""
    await talk.toast()
    if not talk.visitor.is_coordinator:
        raise NotAllowed("errors.coordinators_only")
    link = await actions.invite_champion(talk.runtime, talk.id)
    image = await printed_cards.of_champion(talk.runtime, talk.language, link)
    known = len(await champion_actions.listed(talk.runtime, talk.id))
    rows = [[talk.button("buttons.champions", "champs", count=known)]]
    await talk.photo(image, "invitation.png", talk.words("circles.champion_link", link=link), rows)


async def listed(talk: Talk) -> None:
    """Who is a champion here; every name leads to what can be done."""
    found = await champion_actions.listed(talk.runtime, talk.id)
    rows = [[_entry(one)] for one in found[:MOST]]
    if links := await actions.unused(talk.runtime, talk.id):
        rows.append([talk.button("buttons.invitations", "champs", "links", count=len(links))])
    await talk.show("circles.champions" if found else "circles.champions_none", rows, count=len(found))


def _entry(one: Champion) -> Button:
    """First names come twice; a circle tells them apart."""
    circle = f" ({one.circles[0].name})" if one.circles else ""
    return {"text": f"{one.person.name}{circle}", "data": data("champs", "one", one.person.id)}


async def managed(talk: Talk) -> None:
    """Buttons: champs, champs:one|end|yes:<person>, champs:links, champs:drop:<invitation>. Ending takes two taps."""
    await talk.toast()
    what = talk.args[0] if talk.args else ""
    steps = {"one": _one, "end": _ask_end, "yes": _end, "links": _links, "drop": _drop}
    await steps.get(what, listed)(talk)


async def _one(talk: Talk) -> None:
    one = await champion_actions.view(talk.runtime, talk.id, talk.number(1))
    rows = [[talk.button("buttons.champion_end", "champs", "end", one.person.id)]]
    rows += [[talk.button("buttons.back", "champs")]]
    await talk.show("circles.champion_one", rows, **_facts(one))


async def _ask_end(talk: Talk) -> None:
    one = await champion_actions.view(talk.runtime, talk.id, talk.number(1))
    rows = [[talk.button("buttons.champion_end_yes", "champs", "yes", one.person.id, style="danger")]]
    rows += [[talk.button("buttons.course_keep", "champs", "one", one.person.id)]]
    await talk.show("circles.champion_end_question", rows, **_facts(one))


async def _end(talk: Talk) -> None:
    champion = await champion_actions.end_champion(talk.runtime, talk.id, talk.number(1))
    await talk.show("circles.champion_end_done", [[talk.button("buttons.back", "champs")]], name=champion.name)


async def _links(talk: Talk) -> None:
    """Invitations that nobody has used: each can be taken back with one tap, for a new one is quickly made."""
    links = (await actions.unused(talk.runtime, talk.id))[:MOST]
    rows = [[_link(talk, one)] for one in links]
    phrase = "circles.invitations" if links else "circles.invitations_none"
    await talk.show(phrase, [*rows, [talk.button("buttons.back", "champs")]], count=len(links))


def _link(talk: Talk, one: Unused) -> Button:
    made = talk.runtime.moment(one.created_at, talk.runtime.place.zone, talk.language)  # several a day are usual
    return talk.button("buttons.invitation_drop", "champs", "drop", one.id, when=made, maker=one.maker)


async def _drop(talk: Talk) -> None:
    await actions.withdraw(talk.runtime, talk.id, talk.number(1))
    await _links(talk)


def _facts(one: Champion) -> dict[str, object]:
    circles = [circle.name for circle in one.circles]
    return {"name": one.person.name, "circles": circles, "members": one.members, "looked_after": one.looked_after}


async def open_invitation(talk: Talk, token: str) -> None:
    """A champion's one-time link."""
    if talk.visitor.is_champion:
        await talk.say("circles.champion_already")
        return
    await actions.check(talk.runtime, token, talk.id)
    await talk.keep(FLOW, "yes", token=token)
    rows = [[talk.button("buttons.champion_yes", "champ", "yes", style="success")]]
    rows += [[talk.button("buttons.champion_no", "champ", "no")]]
    await talk.say("circles.champion_question", rows, place=talk.runtime.place.name)


async def chosen(talk: Talk) -> None:
    """Buttons: champ:yes, champ:no."""
    await talk.toast()
    dialogue = await talk.dialogue(FLOW)
    if talk.args[:1] != ["yes"]:
        await talk.end(FLOW)
        await talk.show("circles.champion_already" if talk.visitor.is_champion else "circles.champion_declined")
        return
    if dialogue is None and not talk.visitor.is_champion:
        raise NotNow("circles.open_link_again")
    if dialogue is not None:
        await actions.become_champion(talk.runtime, talk.id, str(dialogue.data["token"]), WORDING)
    await _ask_name(talk)
    await talk.end(FLOW)


async def _ask_name(talk: Talk) -> None:
    await talk.keep(NAME_FLOW, "name")
    name = talk.visitor.person.name
    await talk.show("circles.champion_name", [[talk.button("buttons.use_name", "myname", name=name)]], name=name)


async def name_kept(talk: Talk) -> None:
    """Buttons: myname."""
    await talk.toast()
    circles.champions_only(talk)
    if await talk.dialogue(NAME_FLOW) is None:
        await talk.without_buttons()
        await circles.mine(talk.without_query())
        return
    await _go_on(talk)


async def name_typed(talk: Talk) -> None:
    """Under what name people know them."""
    circles.champions_only(talk)
    await people_actions.set_name(talk.runtime, talk.id, checked_name(talk.text, "circles.own_name_length"))
    await _go_on(talk)


async def _go_on(talk: Talk) -> None:
    await talk.end(NAME_FLOW)
    await circles.ask_name(talk)
