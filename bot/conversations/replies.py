"""What people write when it answers no question of ours, and what is written back."""

from telegram import Message

from bot.actions import broadcasts as broadcast_actions
from bot.actions import circles as circle_actions
from bot.actions import people as people_actions
from bot.actions import replies as actions
from bot.actions.replies import Passed, Said
from bot.conversations.talk import Talk
from bot.domain.errors import NotFound, Refused
from bot.store.replies import Reply

ASK_FLOW, ANSWER_FLOW = "ask", "answer"
MEDIA = ("photo", "voice", "video", "document", "audio", "sticker", "video_note", "location", "animation")
INBOX_PAGE = 8


def said_in(message: Message) -> Said:
    """The words and the kind of attachment of a message."""
    media = next((kind for kind in MEDIA if getattr(message, kind, None)), "")
    quoted = message.reply_to_message.message_id if message.reply_to_message else None
    return Said(message.message_id, message.text or message.caption or "", media, quoted)


async def written(talk: Talk) -> None:
    """Words or an attachment outside every dialogue."""
    message = talk.message
    if message is None:
        return
    said = said_in(message)
    if not said.text and not said.media:
        await talk.say("replies.cannot_pass")
        return
    if said.quoted is not None and await _answered_by_quoting(talk, said):
        return
    if talk.visitor.roles and not await _is_resident_too(talk):
        await talk.say("replies.whom", waiting=await actions.count_open(talk.runtime, talk.id))
        return
    await pass_on(talk, said)


async def _is_resident_too(talk: Talk) -> bool:
    """A champion or coordinator who is also in somebody's circle may write as a resident."""
    return bool(await circle_actions.of_person(talk.runtime, talk.id))


async def _answered_by_quoting(talk: Talk, said: Said) -> bool:
    """A champion replies to the message that brought a resident's words."""
    question = await actions.of_relay(talk.runtime, talk.id, said.quoted or 0)
    if question is None:
        return False
    await _answer(talk, question.id, said)
    return True


async def pass_on(talk: Talk, said: Said, about_id: int | None = None) -> None:
    passed = await actions.pass_on(talk.runtime, talk.id, said, about_id)
    await talk.end()
    if passed.ask_about is not None and passed.reader is not None:
        await _ask_about_cover(talk, passed)
        return
    rows = [[talk.button("buttons.allow_answer", "allow")]] if passed.stopped else None
    await talk.say(_passed_key(passed), rows, **_passed_values(talk, passed))


def _passed_key(passed: Passed) -> str:
    if passed.reader is None:
        return "replies.nobody"
    if passed.stopped:
        return "replies.passed_stopped"
    return "replies.passed_to_coordinator" if passed.is_coordinator else "replies.passed"


def _passed_values(talk: Talk, passed: Passed) -> dict[str, object]:
    place = talk.runtime.place
    from_then = passed.read_from
    return {
        "champion": passed.reader.name if passed.reader else "",
        "read_from": talk.runtime.moment(from_then, talk.visitor.person.zone, talk.language) if from_then else "",
        "danger": place.emergency["life_in_danger"],
        "urgent": place.emergency["urgent_advice"],
        "contact": place.contact,
    }


async def _ask_about_cover(talk: Talk, passed: Passed) -> None:
    """The name first, then the words (promise 7)."""
    assert passed.reader is not None
    assert passed.ask_about is not None
    names = {"champion": passed.reader.name, "cover": passed.ask_about.name}
    rows = [
        [talk.button("buttons.to_cover", "reader", "cover", passed.reply.id, **names)],
        [talk.button("buttons.to_champion", "reader", "own", passed.reply.id, **names)],
    ]
    await talk.say("replies.cover_question", rows, **names)


async def reader_chosen(talk: Talk) -> None:
    await talk.toast()
    passed = await actions.choose_reader(talk.runtime, talk.id, talk.number(1), talk.args[:1] == ["cover"])
    await talk.show(_passed_key(passed), None, **_passed_values(talk, passed))


async def allow_answer(talk: Talk) -> None:
    """After a stop: one answer may come, and nothing else."""
    await talk.toast()
    await people_actions.allow_answers(talk.runtime, talk.id, "answers-1")
    await talk.show("replies.answer_allowed")


async def helpful(talk: Talk) -> None:
    """The "helpful" button under a broadcast."""
    await broadcast_actions.helpful(talk.runtime, talk.id, talk.number())
    await talk.toast("replies.helpful_thanks")


async def ask(talk: Talk) -> None:
    """The "ask" button under a broadcast."""
    await talk.toast()
    await talk.keep(ASK_FLOW, "words", about=talk.number())
    await talk.say("replies.ask_now", [[talk.button("buttons.cancel", "cancel")]])


async def asked(talk: Talk) -> None:
    """What they wrote after tapping "ask"."""
    dialogue = await talk.dialogue()
    if talk.message is not None and dialogue is not None:
        await pass_on(talk, said_in(talk.message), int(dialogue.data.get("about", 0)))


async def start_answer(talk: Talk) -> None:
    """The "answer" button under a relayed message or in the inbox."""
    await talk.toast()
    reply, resident = await actions.question(talk.runtime, talk.id, talk.number())
    await talk.keep(ANSWER_FLOW, "words", reply=reply.id)
    rows = [[talk.button("buttons.cancel", "cancel")]]
    await talk.say("replies.answer_now", rows, name=resident.name, text=reply.body, media=reply.media)


async def answer_written(talk: Talk) -> None:
    dialogue = await talk.dialogue()
    if talk.message is not None and dialogue is not None:
        await _answer(talk, int(dialogue.data["reply"]), said_in(talk.message))


async def _answer(talk: Talk, reply_id: int, said: Said) -> None:
    try:
        resident = await actions.answer(talk.runtime, talk.id, reply_id, said)
    except (Refused, NotFound):
        await talk.end()
        raise
    await talk.end()
    left = await actions.count_open(talk.runtime, talk.id)
    rows = [[talk.button("buttons.inbox", "inbox")]] if left else None
    await talk.say("replies.answer_sent", rows, name=resident.name, waiting=left)


async def inbox(talk: Talk) -> None:
    """/inbox: unanswered first."""
    await talk.toast()
    questions = await actions.inbox(talk.runtime, talk.id)
    waiting = [(reply, name) for reply, name in questions if reply.state == "open"]
    done = [(reply, name) for reply, name in questions if reply.state != "open"]
    if not questions:
        await talk.show("replies.inbox_empty")
        return
    shown = [*waiting, *done][:INBOX_PAGE]
    rows = [[_question_button(talk, reply, name)] for reply, name in shown]
    await talk.show("replies.inbox", rows, waiting=len(waiting), answered=len(done))


def _question_button(talk: Talk, reply: Reply, name: str) -> dict[str, str]:
    key = "buttons.question_open" if reply.state == "open" else "buttons.question_done"
    words = reply.body or talk.label(f"media.{reply.media}")
    return {"text": talk.label(key, name=name, text=words[:30]), "data": f"answer:{reply.id}"}


async def edited(talk: Talk) -> None:
    """They changed what they had written; whoever reads it has to know."""
    message = talk.update.edited_message
    if message is None:
        return
    stamp = int((message.edit_date or message.date).timestamp())
    if await actions.edited(talk.runtime, talk.id, said_in(message), stamp):
        await talk.say("replies.edit_passed")
