"""Every handler, on one page. A new conversation is a line here and a file beside the others."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

import structlog
from telegram import Update, User
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot.actions import dialogues
from bot.actions import people as people_actions
from bot.actions import replies as reply_actions
from bot.actions.people import Visitor
from bot.conversations import (
    answers,
    away,
    broadcasts,
    champions,
    checkins,
    circles,
    companions,
    concerns,
    course,
    course_changes,
    discharge,
    enrolment,
    errors,
    handing_over,
    hours,
    joining,
    menus,
    oncall,
    pausing,
    people,
    plans,
    preview,
    privacy,
    replies,
    reports,
    stopping,
    templates,
)
from bot.conversations.talk import Talk, opened
from bot.domain.deliveries import Outcome
from bot.domain.errors import Refused
from bot.domain.stopping import means_stop
from bot.runtime import Runtime

Handler = Callable[[Talk], Awaitable[None]]
Sort = Callable[[Exception], Outcome]
_log = structlog.get_logger(__name__)
AnyApplication = Application[Any, Any, Any, Any, Any, Any]

COMMANDS: dict[str, Handler] = {
    "start": people.start,
    "help": people.help_,
    "stop": stopping.stop,
    "pause": pausing.pause,
    "resume": pausing.resume,
    "language": people.language,
    "hours": hours.ask,
    "privacy": privacy.policy,
    "mydata": privacy.my_data,
    "forget": privacy.forget,
    "broadcast": broadcasts.start,
    "circle": circles.mine,
    "inbox": answers.inbox,
    "away": away.away,
    "desk": templates.desk,
    "champion": champions.invite,
    "discharge": discharge.start,
    "concerns": concerns.listed,
    "oncall": oncall.show,
    "home": course.home,
}

BUTTONS: dict[str, Handler] = {
    "work": people.agree_to_work,
    "goon": stopping.go_on,
    "stay": stopping.stay_stopped,
    "stop": stopping.stop,
    "pause": pausing.chosen,
    "resume": pausing.resume,
    "language": people.language_chosen,
    "hours": hours.chosen,
    "zone": hours.zone_chosen,
    "forget": privacy.forget_chosen,
    "joinlang": joining.language_chosen,
    "join": joining.chosen,
    "leave": joining.leave,
    "champ": champions.chosen,
    "champs": champions.managed,
    "myname": champions.name_kept,
    "circle": circles.chosen,
    "handto": handing_over.chosen,
    "hand": handing_over.answered,
    "move": handing_over.moved,
    "cancel": circles.cancel,
    "away": away.chosen,
    "cover": away.cover_answered,
    "back": away.back,
    "uncover": away.gave_back,
    "approve": templates.chosen,
    "invite": champions.invite,
    "b": broadcasts.tapped,
    "bnew": broadcasts.new,
    "redo": broadcasts.redo,
    "correct": broadcasts.correct,
    "sample": preview.sample_tapped,
    "undo": reports.undo,
    "halt": reports.halt,
    "report": reports.report,
    "reports": reports.reports,
    "again": reports.again,
    "takeback": reports.take_back,
    "helpful": replies.helpful,
    "ask": replies.ask,
    "answer": answers.start,
    "give": answers.given,
    "pass": replies.passed,
    "reader": replies.reader_chosen,
    "allow": replies.allow_answer,
    "inbox": answers.inbox,
    "plan": plans.chosen,
    "dis": discharge.chosen,
    "enlang": enrolment.language_chosen,
    "en": enrolment.chosen,
    "comp": companions.answered,
    "home": course.asked,
    "course": course_changes.chosen,
    "ci": checkins.tapped,
    "ans": checkins.answered,
    "called": checkins.called,
    "phoned": checkins.elsewhere,
    "concerns": concerns.listed,
    "concern": concerns.chosen,
    "takeover": oncall.take_over,
}

# What is typed while a question of ours is open.
FLOWS: dict[str, Handler] = {
    hours.FLOW: hours.typed,
    pausing.FLOW: pausing.typed,
    people.LANGUAGE_FLOW: people.language_typed,
    circles.FLOW: circles.name_typed,
    champions.NAME_FLOW: champions.name_typed,
    broadcasts.FLOW: broadcasts.typed,
    replies.ASK_FLOW: replies.asked,
    answers.FLOW: answers.written,
    discharge.FLOW: discharge.typed,
    enrolment.FLOW: enrolment.typed,
    course_changes.FLOW: course_changes.typed,
    checkins.SCRIPT_FLOW: checkins.script_typed,
    concerns.NOTE_FLOW: concerns.note_typed,
}


# What a helper writes there is about somebody else: “chest pain” is not their own.
ABOUT_OTHERS = {answers.FLOW, broadcasts.FLOW, circles.FLOW, champions.NAME_FLOW, discharge.FLOW}
ABOUT_OTHERS |= {checkins.SCRIPT_FLOW, concerns.NOTE_FLOW}
# A day, a time or a language is asked: other words would only not be understood.
NOT_FOR_ANYBODY = {hours.FLOW, pausing.FLOW, people.LANGUAGE_FLOW, enrolment.FLOW, course_changes.FLOW}
# Asked everybody, so what they send may well be words for their champion: never a photo, and not for long.
OF_WORDS_ONLY = {hours.FLOW, pausing.FLOW, people.LANGUAGE_FLOW}
# After that it is no longer clear that what is typed answers the question: asking for whom it is is safer.
FLOW_LASTS = dict.fromkeys(OF_WORDS_ONLY, timedelta(hours=1)) | {
    replies.ASK_FLOW: timedelta(hours=12),
    answers.FLOW: timedelta(hours=12),
}


async def edited(talk: Talk) -> None:
    """Somebody may change their words into stop."""
    if is_stop(talk):
        await stopping.stop(talk)
    else:
        await replies.edited(talk)


async def typed(talk: Talk) -> None:
    """Stop first, then an answer to a check-in, to a quoted message, to our own question; then words for somebody."""
    if is_stop(talk):
        await stopping.stop(talk)
        return
    flow = await _open_flow(talk)
    if await checkins.typed(talk, await talk.dialogue() if flow else None):
        return
    if await replies.repeated(talk):
        return
    if flow not in ABOUT_OTHERS and await checkins.red_words(talk) and flow in NOT_FOR_ANYBODY:
        return
    if talk.text.startswith("/"):
        await replies.unknown_command(talk)
        return
    if flow is None:
        await replies.written(talk)
        return
    try:
        await FLOWS[flow](talk)
    except Refused as refusal:
        await replies.unreadable(talk, refusal)


async def _open_flow(talk: Talk) -> str | None:
    """The question of ours that these words answer; None when they are for somebody."""
    dialogue, message = await talk.dialogue(), talk.message
    if dialogue is None or message is None or dialogue.flow not in FLOWS:
        return None
    age = talk.runtime.now() - dialogue.updated_at
    if age > FLOW_LASTS.get(dialogue.flow, dialogues.LASTS):
        return None
    if dialogue.flow in OF_WORDS_ONLY and not message.text:
        return None
    quoted = message.reply_to_message
    speaks_to = quoted and await reply_actions.is_from_somebody(talk.runtime, talk.id, quoted.message_id)
    return None if speaks_to else dialogue.flow


def is_stop(talk: Talk) -> bool:
    """The word stop in any shipped language, alone."""
    return means_stop(talk.text, talk.runtime.catalogue.phrases.everywhere("words.stop"))


async def tapped(talk: Talk) -> None:
    """A button; one that nobody knows any more is refused kindly."""
    verb = opened(talk.update)[0]
    handler = BUTTONS.get(verb)
    if handler is None:
        await talk.toast("errors.old_button")
        return
    await handler(talk)


def register(application: AnyApplication, runtime: Runtime, sort: Sort) -> None:
    """Put every handler in place. Only private chats are answered; in a group the bot keeps silent."""

    def entry(handler: Handler) -> Callable[[Update, Any], Coroutine[Any, Any, Any]]:
        async def answer(update: Update, context: Any) -> None:
            await _answer(handler, runtime, sort, update, context)

        return answer

    private = filters.ChatType.PRIVATE
    fresh = filters.UpdateType.MESSAGE & private
    handlers: list[BaseHandler[Any, Any, Any]] = [
        *(CommandHandler(name, entry(handler), fresh) for name, handler in COMMANDS.items()),
        CallbackQueryHandler(entry(tapped)),
        ChatMemberHandler(entry(stopping.membership), ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE & private, entry(edited)),
        MessageHandler(fresh & ~filters.StatusUpdate.ALL, entry(typed)),
    ]
    application.add_handlers(handlers)
    application.add_error_handler(errors.remember)


async def _visitor(runtime: Runtime, update: Update, user: User) -> Visitor | None:
    """Only words make somebody known: a tap on an old button, or a block, is no wish to be known (again)."""
    visitor = None if update.message else await people_actions.known(runtime, user.id)
    if update.message or (visitor and not update.my_chat_member):
        return await people_actions.meet(runtime, user.id, user.first_name, user.language_code or "")
    return visitor


async def _refuse_stranger(runtime: Runtime, update: Update, user: User) -> None:
    if update.callback_query is None:
        return
    language = people_actions.guess_language(user.language_code or "", runtime.place.languages)
    try:
        await update.callback_query.answer(runtime.plain(language, "errors.old_button_start"))
    except TelegramError as error:
        _log.info("a tap could not be answered", said=str(error))


async def _answer(handler: Handler, runtime: Runtime, sort: Sort, update: Update, context: Any) -> None:
    user, chat = update.effective_user, update.effective_chat
    if user is None or user.is_bot or (chat is not None and chat.type != "private"):
        return
    visitor = await _visitor(runtime, update, user)
    if visitor is None:
        await _refuse_stranger(runtime, update, user)
        return
    talk = Talk(runtime, context.bot, update, visitor, opened(update)[1], sort)
    try:
        await handler(talk)
    except Refused as refusal:
        await talk.toast()
        await talk.write(talk.words(refusal.phrase, **refusal.values))
    if update.my_chat_member is None:
        await menus.refresh(talk)
