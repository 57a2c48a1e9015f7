"""What residents write when it answers no question of ours, and what is written back."""

from babel.lists import format_list

from bot.actions import albums, stopping
from bot.actions import answers as answer_actions
from bot.actions import broadcasts as broadcast_actions
from bot.actions import circles as circle_actions
from bot.actions import replies as actions
from bot.actions.replies import Passed, Said
from bot.conversations import answers
from bot.conversations.keyboards import Rows
from bot.conversations.media import said_in
from bot.conversations.talk import Talk
from bot.domain.errors import NotNow, Refused

ASK_FLOW = "ask"


async def repeated(talk: Talk) -> bool:
    """A message that was dealt with before, when its update comes again; and photos that follow the first of them."""
    if talk.message is None:
        return False
    said = said_in(talk.message)
    known = await actions.recall(talk.runtime, talk.id, said.message_id)
    if known is None:
        return bool(said.album) and await albums.continue_album(talk.runtime, talk.id, said)
    if known.direction == "answer":
        await answers.acknowledge(talk, await answer_actions.answered_before(talk.runtime, known))
    elif known.direction == "question":
        await pass_on(talk, said)
    return True


async def written(talk: Talk) -> None:
    """Words or an attachment outside every dialogue."""
    if talk.message is None:
        return
    said = said_in(talk.message)
    if not said.text and not said.media:
        await talk.say("replies.contact_not_passed" if talk.message.contact else "replies.cannot_pass")
    elif said.quoted is not None and await answers.by_quoting(talk, said):
        return
    elif talk.visitor.roles and await _is_for_whom(talk, said):
        await answers.ask_whom(talk, said, await _pass_button(talk))
    else:
        await pass_on(talk, said)


async def _is_for_whom(talk: Talk, said: Said) -> bool:
    """Whether somebody with a task here has to say who their words are for."""
    if said.quoted is not None and await actions.is_from_somebody(talk.runtime, talk.id, said.quoted):
        return False
    return not await _is_resident(talk) or bool(await answer_actions.count_open(talk.runtime, talk.id))


async def _is_resident(talk: Talk) -> bool:
    return bool(await circle_actions.of_person(talk.runtime, talk.id))


async def pass_on(talk: Talk, said: Said, about_id: int | None = None) -> None:
    passed = await actions.pass_on(talk.runtime, talk.id, said, about_id)
    if passed.cover:
        await _ask_about_cover(talk, passed)
    else:
        await _acknowledge(talk, passed)


async def _acknowledge(talk: Talk, passed: Passed) -> None:
    rows = [[talk.button("buttons.allow_answer", "allow")]] if passed.needs_yes and passed.readers else None
    place, then = talk.runtime.place, passed.read_from
    await talk.show(
        _passed_key(passed),
        rows,
        champion=format_list(passed.readers, locale=talk.language),
        read_from=talk.runtime.moment(then, talk.visitor.person.zone, talk.language) if then else "",
        danger=place.emergency["life_in_danger"],
        urgent=place.emergency["urgent_advice"],
        contact=place.contact,
    )


def _passed_key(passed: Passed) -> str:
    if not passed.readers:
        return "replies.nobody"
    if passed.needs_yes:
        return "replies.passed_stopped" if passed.stopped else "replies.passed_unasked"
    if passed.again:
        return "replies.passed_again"
    return "replies.passed_to_coordinator" if passed.shared else "replies.passed"


async def _ask_about_cover(talk: Talk, passed: Passed) -> None:
    """The name first, then the words (promise 7)."""
    names = {"champion": passed.readers[0], "cover": passed.cover}
    rows = [
        [talk.button("buttons.to_cover", "reader", passed.reply.id, passed.away_id, **names)],
        [talk.button("buttons.to_champion", "reader", passed.reply.id, 0, **names)],
    ]
    place = talk.runtime.place
    numbers = {"danger": place.emergency["life_in_danger"], "urgent": place.emergency["urgent_advice"]}
    await talk.show("replies.cover_question", rows, **names, **numbers)


async def reader_chosen(talk: Talk) -> None:
    """Buttons: reader:<question>:<absence>, reader:<question>:0."""
    await talk.toast()
    await _acknowledge(talk, await actions.choose_reader(talk.runtime, talk.id, talk.number(), talk.number(1)))


async def allow_answer(talk: Talk) -> None:
    """After a stop, or before any yes: the answer may come, and nothing else."""
    await talk.toast()
    fresh = await stopping.allow_answers(talk.runtime, talk.id, "answers-1")
    await talk.show("replies.answer_allowed" if fresh else "replies.answer_comes")


async def helpful(talk: Talk) -> None:
    """The "helpful" button under a broadcast."""
    await broadcast_actions.helpful(talk.runtime, talk.id, talk.number())
    await talk.toast("replies.helpful_thanks")


async def ask(talk: Talk) -> None:
    """The "ask" button under a broadcast."""
    await talk.toast()
    champion = await actions.asked_whom(talk.runtime, talk.id, talk.number())
    await talk.keep(ASK_FLOW, "words", about=talk.number())
    await talk.say("replies.ask_now", [[talk.button("buttons.cancel", "cancel", ASK_FLOW)]], champion=champion)


async def asked(talk: Talk) -> None:
    """What they wrote after tapping "ask"."""
    dialogue, message = await talk.dialogue(ASK_FLOW), talk.message
    if message is None or dialogue is None:
        return
    said = said_in(message)
    if not said.text and not said.media:
        await written(talk)
        return
    await pass_on(talk, said, int(dialogue.data.get("about", 0)))
    await talk.end(ASK_FLOW)


async def unreadable(talk: Talk, refusal: Refused) -> None:
    """What answers none of our questions may have been meant for somebody: it is one tap away from them."""
    words, message = talk.words(refusal.phrase, **refusal.values), talk.message
    rows = await _pass_button(talk) if message is not None and message.text else []
    if not rows or message is None:
        await talk.write(words)
        return
    await talk.write(f"{words}\n\n{talk.words('replies.or_pass_on')}", rows, reply_to=message.message_id)


async def unknown_command(talk: Talk) -> None:
    """A slash before words of their own: those must not be lost."""
    await unreadable(talk, NotNow("errors.unknown_command"))


async def _pass_button(talk: Talk) -> Rows:
    """The way from a message to whoever answers its author; none for somebody who has nobody to turn to here."""
    names, shared = await actions.readers_of(talk.runtime, talk.id)
    if not names or (shared and talk.visitor.is_coordinator):
        return []
    if shared:
        return [[talk.button("buttons.pass_to_coordinator", "pass")]]
    return [[talk.button("buttons.pass_to", "pass", champion=names[0])]]


async def passed(talk: Talk) -> None:
    """Buttons: pass. The words stand in the message that ours replied to."""
    await talk.toast()
    await pass_on(talk, said_in(talk.quoted()))


async def edited(talk: Talk) -> None:
    """They changed what they had written; whoever reads it has to know."""
    message = talk.update.edited_message
    if message is None:
        return
    stamp = int((message.edit_date or message.date).timestamp())
    if await actions.edited(talk.runtime, talk.id, said_in(message), stamp):
        await talk.say("replies.edit_passed")
