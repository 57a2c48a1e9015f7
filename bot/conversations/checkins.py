"""A check-in in the chat: a neutral question first, then one question after the other, each in place of the last.

Nothing that was answered stays readable: the question's message becomes the next one, and at the end the thanks.
"""

import hashlib

from bot.actions import answering, emergencies, plans, postponing, present
from bot.actions import red_words as red_word_actions
from bot.actions import replies as reply_actions
from bot.actions.present import Now
from bot.conversations import stopping
from bot.conversations.keyboards import Rows
from bot.conversations.talk import Talk
from bot.domain.checkins import LAST_QUESTION, Stage
from bot.domain.errors import NotNow
from bot.domain.plans import Change, Question
from bot.store.machine import Dialogue

SCRIPT_FLOW = "script"  # a volunteer taps and types in what somebody says on the phone
MARK = 10  # hex digits that tell one answer of a question from the others


async def tapped(talk: Talk) -> None:
    """Buttons: ci:now|later|not_today|stop:<check-in>."""
    what, checkin_id = talk.args[0] if talk.args else "", talk.number(1)
    if what == "stop":
        await stopping.stop(talk)
        await talk.without_buttons()
        return
    await talk.toast()
    steps = {"now": _begin, "later": _later, "not_today": _not_today}
    try:
        await steps.get(what, _begin)(talk, checkin_id)
    except NotNow as refusal:
        await _bring_current(talk, refusal)


async def _begin(talk: Talk, checkin_id: int) -> None:
    now = await present.begin(talk.runtime, talk.id, checkin_id)
    if now.person.id != talk.id:
        await talk.keep(SCRIPT_FLOW, "words", checkin=checkin_id)
    await _show(talk, now)


async def _later(talk: Talk, checkin_id: int) -> None:
    at = await postponing.later(talk.runtime, talk.id, checkin_id)
    when = talk.runtime.time(at, talk.visitor.person.zone, talk.language) if at else ""
    await _leave(talk, checkin_id, "checkins.later", when=when)


async def _not_today(talk: Talk, checkin_id: int) -> None:
    await postponing.not_today(talk.runtime, talk.id, checkin_id)
    await _leave(talk, checkin_id, "checkins.not_today")


async def _leave(talk: Talk, checkin_id: int, key: str, **values: object) -> None:
    """The question goes from the screen, wherever it stood."""
    shown = await talk.show(key, **values)
    now = await present.look(talk.runtime, checkin_id)
    await _empty_older(talk, now, shown.message_id if shown else 0)


async def answered(talk: Talk) -> None:
    """Buttons: ans:<check-in>:<mark of the answer>."""
    await talk.toast()
    checkin_id, mark = talk.number(), talk.args[1] if len(talk.args) > 1 else ""
    try:
        current = await present.by_id(talk.runtime, talk.id, checkin_id)
        chosen = _meant(current.question, mark)
        if current.question is None or chosen is None:
            raise NotNow("checkins.old_question")
        now = await answering.answer(talk.runtime, talk.id, checkin_id, current.question.id, chosen)
    except NotNow as refusal:
        await _bring_current(talk, refusal)
    else:
        await _show(talk, now)


def _mark(question: Question, answer_id: str) -> str:
    """Fits into a button however long the names in a plan are, and belongs to this question alone."""
    return hashlib.sha256(f"{question.id}\n{answer_id}".encode()).hexdigest()[:MARK]


def _meant(question: Question | None, mark: str) -> str | None:
    answers = question.answers if question else ()
    return next((one.id for one in answers if question and _mark(question, one.id) == mark), None)


async def typed(talk: Talk, dialogue: Dialogue | None) -> bool:
    """Typed words as an answer; False when they are for somebody else, or nothing is asked.

    `dialogue`: a question of ours on another matter; when it is the newer one, the words answer that.
    """
    message = talk.message
    now = await present.asked(talk.runtime, talk.id, asked_too=True)
    if message is None or not message.text or message.text.startswith("/"):
        return False
    if await present.came_before(talk.runtime, talk.id, message.message_id):
        await _again(talk, now)
        return True
    if now is None or await _is_for_another(talk, now, dialogue):
        return False
    if now.checkin.state is Stage.ASKED:
        return await _at_the_door(talk, now)
    await _typed(talk, now.checkin.id, message.message_id)
    return True


async def _is_for_another(talk: Talk, now: Now, dialogue: Dialogue | None) -> bool:
    quoted = talk.message.reply_to_message if talk.message else None
    if quoted and await reply_actions.is_from_somebody(talk.runtime, talk.id, quoted.message_id):
        return True
    said_at = await present.last_word(talk.runtime, now.checkin.id)
    return bool(dialogue and said_at and dialogue.updated_at > said_at)


async def _again(talk: Talk, now: Now | None) -> None:
    """The same update came twice, after a crash: what they have to see is shown, nothing is done twice."""
    if now is not None and now.checkin.state is Stage.OPEN:
        await _show(talk, now)
    else:
        await talk.say("checkins.over")


async def _at_the_door(talk: Talk, now: Now) -> bool:
    """Words under the neutral notification; what is none of its answers goes the way of all other words."""
    meant = answering.at_the_door(talk.runtime, talk.text)
    steps = {"now": _begin, "later": _later, "not_today": _not_today}
    if meant:
        await steps[meant](talk, now.checkin.id)
    elif talk.message is not None and answering.names_a_red_answer(now, talk.text):
        await _typed(talk, now.checkin.id, talk.message.message_id)
        return True
    return bool(meant)


async def red_words(talk: Talk) -> bool:
    """Somebody who is looked after names a danger, whatever they are in the middle of: the number comes at once."""
    message = talk.message
    if message is None or not message.text or message.text.startswith("/"):
        return False
    now = await red_word_actions.heard(talk.runtime, talk.id, message.text, message.message_id)
    if now is not None:
        await _say_emergency(talk, now)
    return now is not None


async def script_typed(talk: Talk) -> None:
    """A volunteer types what the person said on the phone."""
    dialogue = await talk.dialogue(SCRIPT_FLOW)
    if dialogue is not None and talk.message is not None:
        await _typed(talk, int(dialogue.data.get("checkin", 0)), talk.message.message_id)


async def _typed(talk: Talk, checkin_id: int, message_id: int) -> None:
    try:
        now = await answering.typed(talk.runtime, talk.id, checkin_id, talk.text, message_id)
    except NotNow as refusal:
        await talk.end(SCRIPT_FLOW)
        await _bring_current(talk, refusal)
        return
    if now.not_understood:
        await _say_passed_on(talk, now)
    await _show(talk, now)


async def _say_passed_on(talk: Talk, now: Now) -> None:
    emergency = talk.runtime.place.emergency
    numbers = {"danger": emergency["life_in_danger"], "urgent": emergency["urgent_advice"]}
    await talk.say("checkins.not_understood", **numbers, mind=emergency.get("mental_health", ""))


async def _bring_current(talk: Talk, refusal: NotNow) -> None:
    """An old button is refused kindly, and the question that is open now comes to the end of the chat."""
    now = await present.asked(talk.runtime, talk.id)
    tapped_id = talk.message.message_id if talk.query and talk.message else 0
    if now is not None and now.checkin.message_id == tapped_id:  # a double tap
        await _show(talk, now)
        return
    await talk.show(refusal.phrase, **refusal.values)
    if now is not None:
        await _show(talk.without_query(), now)


async def _show(talk: Talk, now: Now) -> None:
    """The question, or the end; what was on the screen before is emptied."""
    await _say_emergency(talk, now)
    html, rows = (_asked(talk, now), _rows(talk, now)) if now.question else (_end(talk, now), None)
    shown = await talk.show_html(html, rows, protect=True)
    message_id = shown.message_id if shown else 0
    await _empty_older(talk, now, message_id)
    if now.question and message_id:
        await present.shown(talk.runtime, now.checkin.id, message_id)
    elif now.person.id != talk.id:
        await talk.end(SCRIPT_FLOW)


async def _say_emergency(talk: Talk, now: Now) -> None:
    """Before anything else, and as a message of its own."""
    if now.emergency is None:
        return
    said = await talk.write(now.emergency.html)
    if said is not None:
        await emergencies.said(talk.runtime, now.emergency, said.message_id)


async def _empty_older(talk: Talk, now: Now, newer: int) -> None:
    older = now.checkin.message_id
    if older and older != newer:
        await talk.empty(older, talk.words("checkins.emptied"))


def _asked(talk: Talk, now: Now) -> str:
    if now.question is LAST_QUESTION:
        return talk.words("checkins.last_question", name=now.person.name, named=now.named)
    assert now.question is not None
    names = {"name": now.person.name, "named": now.named}
    return plans.question_text(talk.runtime, now.plan, talk.language, now.question.id, **names)


def _rows(talk: Talk, now: Now) -> Rows:
    question = now.question
    assert question is not None
    return [
        [{"text": _label(talk, now, question, one.id), "data": f"ans:{now.checkin.id}:{_mark(question, one.id)}"}]
        for one in question.answers
    ]


def _label(talk: Talk, now: Now, question: Question, answer_id: str) -> str:
    if question is LAST_QUESTION:
        return talk.label(f"buttons.last_{answer_id}")
    return now.plan.spoken(talk.language).answers[question.id, answer_id]


def _end(talk: Talk, now: Now) -> str:
    """Thanks, who reads this, and by when. After a red answer nothing stands beside the emergency words."""
    if now.loud:
        return talk.words("checkins.thanks_loud")
    said = [_thanks(talk, now), *(_of_plan(talk, now, one) for one in ("reader", "deadline", "urgent"))]
    return "\n\n".join(one.strip() for one in said)


def _thanks(talk: Talk, now: Now) -> str:
    """The first words of an ending: what becomes of the questions."""
    fewer = now.change is Change.FEWER
    if now.change is Change.STOP:
        return talk.words("checkins.thanks_stop", name=now.person.name)
    if now.checkin.kind == "last_question":
        return talk.words("checkins.thanks_last", name=now.person.name, ring=now.level is not None, fewer=fewer)
    thanks = _of_plan(talk, now, "thanks").strip()
    return "\n\n".join([thanks, talk.words("checkins.fewer")]) if fewer else thanks


def _of_plan(talk: Talk, now: Now, what: str) -> str:
    return plans.say(talk.runtime, now.plan, talk.language, what, name=now.person.name, named=now.named)


async def called(talk: Talk) -> None:
    """Buttons: called:yes|no:<concern>, ten minutes after a red answer."""
    await talk.toast()
    yes, concern_id = talk.args[:1] == ["yes"], talk.number(1)
    now = await emergencies.has_called(talk.runtime, talk.id, concern_id, yes)
    if now is not None:
        await _say_emergency(talk, now)
    if yes:
        await talk.show("concerns.called_thanks")
    else:
        await talk.show("concerns.not_called", [[talk.button("buttons.called_yes", "called", "yes", concern_id)]])


async def elsewhere(talk: Talk) -> None:
    """Buttons: phoned:<person>. Whoever looks after them has talked to them: the questions are not needed."""
    cleared = await postponing.answered_elsewhere(talk.runtime, talk.id, talk.number())
    await talk.toast("checkins.cleared" if cleared else "checkins.nothing_open", alert=True)
