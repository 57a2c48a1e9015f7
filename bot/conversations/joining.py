"""Joining a circle by one's own yes, seeing which ones one is in, and leaving one."""

from bot.actions import circles as actions
from bot.actions import people as people_actions
from bot.conversations import people
from bot.conversations.keyboards import Rows
from bot.conversations.talk import Talk
from bot.domain.circles import Circle
from bot.domain.errors import NotNow
from bot.store.standings import hours_of

FLOW = "join"
WORDING = "circle-1"  # the version of the words they said yes to; count it up when `circles.join_question` changes


async def open_link(talk: Talk, token: str) -> None:
    """A circle's link: language first when there are several, then who invites and to what."""
    found = await actions.welcome(talk.runtime, token, talk.id)
    if found.member and talk.visitor.person.stopped_at is None:
        await _member_already(talk, found)
        return
    await talk.keep(FLOW, "language", circle=found.circle.id, token=token)
    if len(talk.runtime.place.languages) > 1:
        rows = people.language_rows(talk, "joinlang")
        await talk.say("circles.join_language", rows, champion=found.champion.name)
    else:
        await _ask(talk, token)


async def _member_already(talk: Talk, found: actions.Welcome) -> None:
    rows = [[talk.button("buttons.leave_circle", "leave", found.circle.id, circle=found.circle.name)]]
    await talk.show("circles.member_already", rows, champion=found.champion.name, circle=found.circle.name)


async def language_chosen(talk: Talk) -> None:
    """Buttons: joinlang:<language>."""
    await talk.toast()
    await people_actions.set_language(talk.runtime, talk.id, talk.args[0] if talk.args else "")
    talk.visitor = await people_actions.visitor(talk.runtime, talk.id) or talk.visitor
    await _ask(talk, await _open_token(talk))


async def _open_token(talk: Talk) -> str:
    """The link this person opened last: a yes counts only for that."""
    dialogue = await talk.dialogue(FLOW)
    if dialogue is None:
        raise NotNow("circles.open_link_again")
    return str(dialogue.data["token"])


async def _ask(talk: Talk, token: str) -> None:
    found = await actions.welcome(talk.runtime, token, talk.id)
    await talk.keep(FLOW, "yes", circle=found.circle.id, token=token)
    names = {"champion": found.champion.name, "circle": found.circle.name, "place": talk.runtime.place.name}
    rows = [
        [talk.button("buttons.join_yes", "join", "yes", found.circle.id, style="success", **names)],
        [talk.button("buttons.join_no", "join", "no", found.circle.id)],
    ]
    mine = hours_of(talk.visitor.person, talk.runtime.place)
    start, end = (talk.runtime.clock_time(one.hour, one.minute, talk.language) for one in (mine.start, mine.end))
    caps = talk.runtime.place.caps
    await talk.show("circles.join_question", rows, per_week=caps.per_week, start=start, end=end, **names)


async def chosen(talk: Talk) -> None:
    """Buttons: join:yes:<circle>, join:no:<circle>. The circle keeps a yes from counting for another link."""
    await talk.toast()
    circle_id = talk.number(1)
    inside = await actions.joined(talk.runtime, talk.id, circle_id)
    if inside is not None and talk.visitor.person.stopped_at is None:
        await _greet(talk, inside) if talk.args[:1] == ["yes"] else await _member_already(talk, inside)
    elif talk.args[:1] == ["yes"]:
        await _join(talk, circle_id)
    else:
        await talk.end(FLOW)
        await talk.show("circles.not_joined")


async def _join(talk: Talk, circle_id: int) -> None:
    found = await actions.welcome(talk.runtime, await _open_token(talk), talk.id)
    if found.circle.id != circle_id:
        raise NotNow("circles.open_link_again")
    await actions.join(talk.runtime, talk.id, circle_id, WORDING)
    await _greet(talk, found)
    await talk.end(FLOW)


async def _greet(talk: Talk, found: actions.Welcome) -> None:
    names = {"champion": found.champion.name, "circle": found.circle.name, "name": talk.visitor.person.name}
    await talk.show("circles.joined", **names)


async def mine(talk: Talk) -> None:
    """/circle by somebody who leads none: the circles they are in, with the way out of each."""
    found = await actions.of_person(talk.runtime, talk.id)
    if not found:
        await talk.show("circles.in_none")
        return
    names = [f"{circle.name}: {champion.name}" for circle, champion in found]
    await talk.show("circles.in_these", _ways_out(talk, [circle for circle, _ in found]), circles=names)


def _ways_out(talk: Talk, circles: list[Circle]) -> Rows:
    return [[talk.button("buttons.leave_circle", "leave", one.id, circle=one.name)] for one in circles]


async def leave(talk: Talk) -> None:
    """Buttons: leave:<circle>, leave:<circle>:yes, leave:<circle>:no."""
    await talk.toast()
    circle_id, step = talk.number(), talk.args[1] if len(talk.args) > 1 else ""
    if step == "yes":
        circle = await actions.leave(talk.runtime, talk.id, circle_id, f"leave-{WORDING}")
        await talk.show("circles.left", circle=circle.name)
        return
    inside = await actions.joined(talk.runtime, talk.id, circle_id)
    if inside is None or step == "no":
        await mine(talk)
        return
    rows = [[talk.button("buttons.leave_yes", "leave", circle_id, "yes", style="danger")]]
    rows += [[talk.button("buttons.leave_no", "leave", circle_id, "no")]]
    await talk.show("circles.leave_question", rows, circle=inside.circle.name, champion=inside.champion.name)
