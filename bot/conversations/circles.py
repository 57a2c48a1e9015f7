"""A champion looks after circles: name one, its link and card, a new link, another name, close it."""

from bot.actions import circles as actions
from bot.actions import people as people_actions
from bot.actions import printed_cards
from bot.actions.circles import CircleView
from bot.conversations import joining
from bot.conversations.talk import Talk
from bot.domain.errors import NotAllowed, NotFound

FLOW = "circle"
MOST = 60  # Telegram shows at most 100 buttons


def champions_only(talk: Talk) -> None:
    if not talk.visitor.is_champion:
        raise NotAllowed("errors.champions_only")


async def mine(talk: Talk) -> None:
    """/circle: the champion's circles; for anybody else those they are in."""
    if not talk.visitor.is_champion:
        await joining.mine(talk)
        return
    found = await actions.mine(talk.runtime, talk.id)
    if not found:
        await ask_name(talk)
        return
    rows = [[talk.button("buttons.circle", "circle", one.circle.id, circle=one.circle.name)] for one in found[:MOST]]
    rows.append([talk.button("buttons.circle_new", "circle", "new")])
    if await actions.of_person(talk.runtime, talk.id):
        rows.append([talk.button("buttons.circles_joined", "circle", "joined")])
    await talk.show("circles.mine", rows, circles=[f"{one.circle.name}: {one.members}" for one in found[:MOST]])


async def ask_name(talk: Talk) -> None:
    await talk.keep(FLOW, "new")
    await talk.show("circles.name_question", [[talk.button("buttons.cancel", "cancel", FLOW)]])


async def name_typed(talk: Talk) -> None:
    """A new circle's name, or a circle's other name."""
    dialogue = await talk.dialogue(FLOW)
    if dialogue is None:
        return
    try:
        await (_renamed if dialogue.step == "rename" else _created)(talk, dialogue.data)
    except (NotAllowed, NotFound):  # not a champion any more, or the circle is closed: typing again cannot help
        await talk.end(FLOW)
        raise
    await talk.end(FLOW)


async def _renamed(talk: Talk, asked: dict[str, int]) -> None:
    made = await actions.rename(talk.runtime, talk.id, int(asked["circle"]), talk.text)
    await talk.say("circles.renamed", circle=made.circle.name)


async def _created(talk: Talk, asked: dict[str, int]) -> None:
    made = await actions.create(talk.runtime, talk.id, talk.text)
    await talk.say("circles.created", circle=made.circle.name)
    await send_card(talk, made)


async def chosen(talk: Talk) -> None:
    """Buttons: circle:new, circle:joined, circle:<id>, circle:<id>:card|link|linkyes|name|close|closeyes."""
    await talk.toast()
    if talk.args[:1] == ["joined"]:
        await joining.mine(talk)
        return
    champions_only(talk)
    if talk.args[:1] == ["new"]:
        await ask_name(talk)
        return
    circle_id, what = talk.number(), talk.args[1] if len(talk.args) > 1 else ""
    steps = {"card": _card, "link": _ask_link, "linkyes": _new_link, "name": _rename}
    steps |= {"close": _ask_close, "closeyes": _close}
    await steps.get(what, _one)(talk, circle_id)


async def _one(talk: Talk, circle_id: int) -> None:
    one = await actions.view(talk.runtime, talk.id, circle_id)
    verbs = ("card", "link", "name", "close")
    rows = [[talk.button(f"buttons.circle_{verb}", "circle", circle_id, verb)] for verb in verbs]
    await talk.show("circles.one", rows, circle=one.circle.name, members=one.members, link=one.link)


async def _card(talk: Talk, circle_id: int) -> None:
    await send_card(talk, await actions.view(talk.runtime, talk.id, circle_id))


async def _ask_link(talk: Talk, circle_id: int) -> None:
    """Asked once more: every printed card would become useless."""
    one = await actions.view(talk.runtime, talk.id, circle_id)
    rows = [[talk.button("buttons.link_yes", "circle", circle_id, "linkyes", style="danger")]]
    rows += [[talk.button("buttons.link_no", "circle", circle_id)]]
    await talk.show("circles.link_question", rows, circle=one.circle.name)


async def _new_link(talk: Talk, circle_id: int) -> None:
    made = await actions.renew_link(talk.runtime, talk.id, circle_id)
    await talk.show("circles.link_renewed", circle=made.circle.name)
    await send_card(talk, made)


async def _rename(talk: Talk, circle_id: int) -> None:
    await actions.view(talk.runtime, talk.id, circle_id)
    await talk.keep(FLOW, "rename", circle=circle_id)
    await talk.show("circles.rename_question", [[talk.button("buttons.cancel", "cancel", FLOW)]])


async def _ask_close(talk: Talk, circle_id: int) -> None:
    one = await actions.view(talk.runtime, talk.id, circle_id)
    rows = [[talk.button("buttons.close_yes", "circle", circle_id, "closeyes", style="danger")]]
    rows += [[talk.button("buttons.hand_over", "handto", circle_id)]] if one.members else []
    rows += [[talk.button("buttons.close_no", "circle", circle_id)]]
    await talk.show("circles.close_question", rows, circle=one.circle.name, members=one.members)


async def _close(talk: Talk, circle_id: int) -> None:
    told = await actions.close(talk.runtime, talk.id, circle_id)
    await talk.show("circles.closed", count=told)


async def send_card(talk: Talk, one: CircleView) -> None:
    """The link to send on, and a card with a QR code to print and hand over."""
    fresh = await people_actions.visitor(talk.runtime, talk.id)
    champion = fresh.person.name if fresh else talk.visitor.person.name
    image = await printed_cards.of_circle(talk.runtime, talk.language, one, champion)
    caption = talk.words("circles.card_caption", circle=one.circle.name, champion=champion, link=one.link)
    await talk.photo(image, "card.png", caption)


async def cancel(talk: Talk) -> None:
    """Buttons: cancel, cancel:<flow>. A button of one conversation ends no other."""
    await talk.toast()
    flow = talk.args[0] if talk.args else ""
    if flow:
        await talk.end(flow)
    await talk.show("errors.cancelled")
