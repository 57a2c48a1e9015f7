"""Joining a circle, becoming a champion, looking after circles."""

from bot.actions import circles as actions
from bot.actions import people as people_actions
from bot.actions.circles import CircleView
from bot.catalogue import cards
from bot.conversations import people
from bot.conversations.talk import Talk
from bot.domain.errors import NotAllowed, NotNow

NAME_FLOW, JOIN_FLOW, CHAMPION_FLOW = "circle", "join", "champion"
WORDING = "circle-1"


async def open_link(talk: Talk, token: str) -> None:
    """A circle's link: language first when there are several, then who invites and to what."""
    found = await actions.welcome(talk.runtime, token, talk.id)
    if found.member:
        await talk.say("circles.member_already", champion=found.champion.name, circle=found.circle.name)
        return
    await talk.keep(JOIN_FLOW, "language", circle=found.circle.id, token=token)
    if len(talk.runtime.place.languages) > 1:
        rows = people.language_rows(talk, "joinlang")
        await talk.say("circles.join_language", rows, champion=found.champion.name)
    else:
        await _ask_to_join(talk, token)


async def join_language(talk: Talk) -> None:
    await talk.toast()
    await people_actions.set_language(talk.runtime, talk.id, talk.args[0] if talk.args else "")
    talk.visitor = await people_actions.visitor(talk.runtime, talk.id) or talk.visitor
    await _ask_to_join(talk, await _open_token(talk))


async def _open_token(talk: Talk) -> str:
    """The link this person opened last: a yes counts only for that."""
    dialogue = await talk.dialogue()
    if dialogue is None or dialogue.flow != JOIN_FLOW:
        raise NotNow("circles.open_link_again")
    return str(dialogue.data["token"])


async def _ask_to_join(talk: Talk, token: str) -> None:
    found = await actions.welcome(talk.runtime, token, talk.id)
    await talk.keep(JOIN_FLOW, "yes", circle=found.circle.id, token=token)
    names = {"champion": found.champion.name, "circle": found.circle.name, "place": talk.runtime.place.name}
    rows = [
        [talk.button("buttons.join_yes", "join", "yes", style="success", **names)],
        [talk.button("buttons.join_no", "join", "no")],
    ]
    caps = talk.runtime.place.caps
    start = talk.runtime.clock_time(talk.runtime.place.waking_from.hour, 0, talk.language)
    end = talk.runtime.clock_time(talk.runtime.place.waking_to.hour, 0, talk.language)
    await talk.show("circles.join_question", rows, per_week=caps.per_week, start=start, end=end, **names)


async def join_chosen(talk: Talk) -> None:
    await talk.toast()
    if not talk.args or talk.args[0] != "yes":
        await talk.end()
        await talk.show("circles.not_joined")
        return
    found = await actions.welcome(talk.runtime, await _open_token(talk), talk.id)
    circle = await actions.join(talk.runtime, talk.id, found.circle.id, WORDING)
    await talk.show("circles.joined", champion=found.champion.name, circle=circle.name, name=talk.visitor.person.name)


async def open_invitation(talk: Talk, token: str) -> None:
    """A champion's one-time link."""
    if talk.visitor.is_champion:
        await talk.say("circles.champion_already")
        return
    await actions.check_invitation(talk.runtime, token, talk.id)
    await talk.keep(CHAMPION_FLOW, "yes", token=token)
    rows = [[talk.button("buttons.champion_yes", "champ", "yes", style="success")]]
    rows += [[talk.button("buttons.champion_no", "champ", "no")]]
    await talk.say("circles.champion_question", rows, place=talk.runtime.place.name)


async def invitation_chosen(talk: Talk) -> None:
    await talk.toast()
    dialogue = await talk.dialogue()
    if not talk.args or talk.args[0] != "yes":
        await talk.end()
        await talk.show("circles.champion_declined")
        return
    if dialogue is None or dialogue.flow != CHAMPION_FLOW:
        raise NotNow("circles.open_link_again")
    await actions.become_champion(talk.runtime, talk.id, str(dialogue.data["token"]), "champion-1")
    await talk.keep(NAME_FLOW, "champion_name")
    name = talk.visitor.person.name
    await talk.show("circles.champion_name", [[talk.button("buttons.use_name", "myname", name=name)]], name=name)


async def name_kept(talk: Talk) -> None:
    await talk.toast()
    await _ask_circle_name(talk)


async def _ask_circle_name(talk: Talk) -> None:
    await talk.keep(NAME_FLOW, "new")
    await talk.show("circles.name_question", [[talk.button("buttons.cancel", "cancel")]])


async def name_typed(talk: Talk) -> None:
    """The champion's own name, a new circle's name, or a circle's other name."""
    dialogue = await talk.dialogue()
    if dialogue is None:
        return
    if dialogue.step == "champion_name":
        await people_actions.set_name(talk.runtime, talk.id, actions.checked_name(talk.text))
        await _ask_circle_name(talk)
    elif dialogue.step == "rename":
        made = await actions.rename(talk.runtime, talk.id, int(dialogue.data["circle"]), talk.text)
        await talk.end()
        await talk.say("circles.renamed", circle=made.circle.name)
    else:
        made = await actions.create(talk.runtime, talk.id, talk.text)
        await talk.end()
        await talk.say("circles.created", circle=made.circle.name)
        await send_card(talk, made)


async def mine(talk: Talk) -> None:
    """/circle: the champion's circles."""
    champions_only(talk)
    circles = await actions.mine(talk.runtime, talk.id)
    if not circles:
        await _ask_circle_name(talk)
        return
    rows = [[talk.button("buttons.circle", "circle", one.circle.id, circle=one.circle.name)] for one in circles]
    rows.append([talk.button("buttons.circle_new", "circle", "new")])
    listed = [f"{one.circle.name}: {one.members}" for one in circles]
    await talk.say("circles.mine", rows, circles=listed)


def champions_only(talk: Talk) -> None:
    if not talk.visitor.is_champion:
        raise NotAllowed("errors.champions_only")


async def chosen(talk: Talk) -> None:
    """Buttons: circle:new, circle:<id>, circle:<id>:card|link|name|close|closeyes."""
    await talk.toast()
    champions_only(talk)
    if talk.args[:1] == ["new"]:
        await _ask_circle_name(talk)
        return
    circle_id, what = talk.number(), talk.args[1] if len(talk.args) > 1 else ""
    steps = {"card": _card, "link": _new_link, "name": _rename, "close": _ask_close, "closeyes": _close}
    await steps.get(what, _one)(talk, circle_id)


async def _one(talk: Talk, circle_id: int) -> None:
    one = await actions.view(talk.runtime, talk.id, circle_id)
    verbs = ("card", "link", "name", "close")
    rows = [[talk.button(f"buttons.circle_{verb}", "circle", circle_id, verb)] for verb in verbs]
    await talk.show("circles.one", rows, circle=one.circle.name, members=one.members, link=one.link)


async def _card(talk: Talk, circle_id: int) -> None:
    await send_card(talk, await actions.view(talk.runtime, talk.id, circle_id))


async def _new_link(talk: Talk, circle_id: int) -> None:
    made = await actions.renew_link(talk.runtime, talk.id, circle_id)
    await talk.show("circles.link_renewed", circle=made.circle.name)
    await send_card(talk, made)


async def _rename(talk: Talk, circle_id: int) -> None:
    await talk.keep(NAME_FLOW, "rename", circle=circle_id)
    await talk.show("circles.rename_question", [[talk.button("buttons.cancel", "cancel")]])


async def _ask_close(talk: Talk, circle_id: int) -> None:
    one = await actions.view(talk.runtime, talk.id, circle_id)
    rows = [[talk.button("buttons.close_yes", "circle", circle_id, "closeyes", style="danger")]]
    rows += [[talk.button("buttons.close_no", "circle", circle_id)]]
    await talk.show("circles.close_question", rows, circle=one.circle.name, members=one.members)


async def _close(talk: Talk, circle_id: int) -> None:
    told = await actions.close(talk.runtime, talk.id, circle_id)
    await talk.show("circles.closed", count=told)


async def send_card(talk: Talk, one: CircleView) -> None:
    """The link to send on, and a card with a QR code to print and hand over."""
    champion = talk.visitor.person.name
    fresh = await people_actions.visitor(talk.runtime, talk.id)
    champion = fresh.person.name if fresh else champion
    lines = cards.Lines(
        title=talk.label("cards.circle_title", champion=champion),
        middle=talk.label("cards.circle_text", circle=one.circle.name, place=talk.runtime.place.name),
        foot=talk.label("cards.circle_foot"),
    )
    image = cards.card(one.link, lines)
    caption = talk.words("circles.card_caption", circle=one.circle.name, champion=champion, link=one.link)
    await talk.photo(image, "card.png", caption)


async def invite_champion(talk: Talk) -> None:
    """/champion by a coordinator."""
    if not talk.visitor.is_coordinator:
        raise NotAllowed("errors.coordinators_only")
    link = await actions.invite_champion(talk.runtime, talk.id)
    lines = cards.Lines(
        title=talk.label("cards.champion_title"),
        middle=talk.label("cards.champion_text", place=talk.runtime.place.name),
        foot=talk.label("cards.champion_foot"),
    )
    await talk.photo(cards.card(link, lines), "invitation.png", talk.words("circles.champion_link", link=link))


async def cancel(talk: Talk) -> None:
    await talk.toast()
    await talk.end()
    await talk.show("errors.cancelled")
