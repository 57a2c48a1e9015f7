"""The way back to residents: answering by a button, by quoting, or from /inbox."""

from bot.actions import answers as actions
from bot.actions import relaying
from bot.actions.answers import Answered, Question
from bot.actions.replies import Said
from bot.conversations.keyboards import Button, Rows
from bot.conversations.media import said_in
from bot.conversations.talk import Talk
from bot.domain.errors import NotAllowed, Refused
from bot.store.replies import Reply

FLOW = "answer"
MOST_SHOWN = 5
LONGEST_LABEL = 40


async def by_quoting(talk: Talk, said: Said) -> bool:
    """A reader replies to the message that brought a resident's words. False when it brought none."""
    question = await actions.of_relay(talk.runtime, talk.id, said.quoted or 0)
    if question is None:
        return False
    await _answer(talk, question.id, said)
    return True


async def ask_whom(talk: Talk, said: Said, besides: Rows) -> None:
    """Words of somebody with a task here, addressed to nobody: one tap gives them to whom they are for.

    `besides`: the way to the people who answer this reader in turn.
    """
    page = await actions.inbox(talk.runtime, talk.id)
    waiting = [(reply, name) for reply, name in page.questions if reply.state == "open"][:MOST_SHOWN]
    rows = [[_label(talk, reply, name, "give")] for reply, name in waiting]
    if page.waiting > len(waiting):
        rows.append([talk.button("buttons.inbox", "inbox", count=page.waiting)])
    await talk.write(talk.words("replies.whom", waiting=page.waiting), [*rows, *besides], reply_to=said.message_id)


async def given(talk: Talk) -> None:
    """Buttons: give:<question>. The words stand in the message that ours replied to."""
    await talk.toast()
    await _answer(talk, talk.number(), said_in(talk.quoted()))


async def start(talk: Talk) -> None:
    """Buttons: answer:<question>, under a relayed message or in the inbox."""
    await talk.toast()
    found = await actions.question(talk.runtime, talk.id, talk.number())
    if found.answer is not None and found.answer.author_id != talk.id:
        await talk.say("replies.answered_already", champion=found.answered_by, text=_short(found.answer.body))
        return
    await talk.keep(FLOW, "words", reply=found.reply.id)
    rows = [[talk.button("buttons.cancel", "cancel", FLOW)]]
    await talk.write(talk.words("replies.answer_now", **_shown(found)), rows, reply_to=found.brought)


def _shown(found: Question) -> dict[str, object]:
    return {
        "name": found.resident.name,
        "text": _short(found.reply.body),
        "media": found.reply.media,
        "answered": _short(found.answer.body) if found.answer else "",
    }


def _short(text: str) -> str:
    return relaying.shortened(text, 1000)


async def written(talk: Talk) -> None:
    """What they wrote after tapping "answer"."""
    dialogue = await talk.dialogue(FLOW)
    if talk.message is None or dialogue is None:
        return
    said = said_in(talk.message)
    if not said.text and not said.media:
        await talk.say("replies.contact_not_passed" if talk.message.contact else "replies.cannot_pass")
        return
    try:
        await _answer(talk, int(dialogue.data["reply"]), said)
    finally:
        await talk.end(FLOW)


async def _answer(talk: Talk, reply_id: int, said: Said) -> None:
    if not said.text and not said.media:
        raise Refused("replies.cannot_pass")
    await acknowledge(talk, await actions.answer(talk.runtime, talk.id, reply_id, said))


async def acknowledge(talk: Talk, done: Answered) -> None:
    rows = [[talk.button("buttons.inbox", "inbox", count=done.waiting)]] if done.waiting else None
    arrives = talk.runtime.moment(done.arrives, talk.visitor.person.zone, talk.language) if done.arrives else ""
    await talk.show("replies.answer_sent", rows, name=done.resident, waiting=done.waiting, arrives=arrives)


async def inbox(talk: Talk) -> None:
    """/inbox, and buttons inbox:<page>: unanswered first."""
    await talk.toast()
    if not talk.visitor.roles:
        raise NotAllowed("errors.champions_only")
    page = await actions.inbox(talk.runtime, talk.id, talk.number() if talk.query else 0)
    if not page.questions:
        await talk.show("replies.inbox_empty")
        return
    rows = [[_label(talk, reply, name, "answer")] for reply, name in page.questions]
    turn = [talk.button("buttons.back", "inbox", page.number - 1)] if page.number else []
    turn += [talk.button("buttons.more", "inbox", page.number + 1)] if page.more else []
    await talk.show("replies.inbox", [*rows, *([turn] if turn else [])], waiting=page.waiting, answered=page.answered)


def _label(talk: Talk, reply: Reply, name: str, verb: str) -> Button:
    key = "buttons.question_open" if reply.state == "open" else "buttons.question_done"
    words = " ".join(reply.body.split()) or talk.label(f"media.{reply.media}")
    return talk.button(key, verb, reply.id, name=name, text=relaying.shortened(words, LONGEST_LABEL))
