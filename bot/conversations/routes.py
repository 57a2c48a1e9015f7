"""Every handler, on one page. A new conversation is a line here and a file beside the others."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot.actions import people as people_actions
from bot.conversations import (
    away,
    broadcasts,
    circles,
    errors,
    hours,
    menus,
    people,
    preview,
    privacy,
    replies,
    templates,
)
from bot.conversations.talk import Talk, opened
from bot.domain.deliveries import Outcome
from bot.domain.errors import Refused
from bot.runtime import Runtime

Handler = Callable[[Talk], Awaitable[None]]
Sort = Callable[[Exception], Outcome]
AnyApplication = Application[Any, Any, Any, Any, Any, Any]

COMMANDS: dict[str, Handler] = {
    "start": people.start,
    "help": people.help_,
    "stop": people.stop,
    "pause": people.pause,
    "resume": people.resume,
    "language": people.language,
    "hours": hours.ask,
    "privacy": privacy.policy,
    "mydata": privacy.my_data,
    "forget": privacy.forget,
    "broadcast": broadcasts.start,
    "circle": circles.mine,
    "inbox": replies.inbox,
    "away": away.away,
    "desk": templates.desk,
    "champion": circles.invite_champion,
}

BUTTONS: dict[str, Handler] = {
    "work": people.agree_to_work,
    "goon": people.go_on,
    "stay": people.stay_stopped,
    "stop": people.stop,
    "pause": people.pause_chosen,
    "resume": people.resume,
    "language": people.language_chosen,
    "hours": hours.chosen,
    "zone": hours.zone_chosen,
    "forget": privacy.forget_chosen,
    "joinlang": circles.join_language,
    "join": circles.join_chosen,
    "champ": circles.invitation_chosen,
    "myname": circles.name_kept,
    "circle": circles.chosen,
    "cancel": circles.cancel,
    "away": away.chosen,
    "cover": away.cover_answered,
    "back": away.back,
    "approve": templates.chosen,
    "invite": templates.invite,
    "b": broadcasts.tapped,
    "bnew": broadcasts.new,
    "redo": broadcasts.redo,
    "correct": broadcasts.correct,
    "sample": preview.sample_tapped,
    "undo": preview.undo,
    "halt": preview.halt,
    "report": preview.report,
    "reports": preview.reports,
    "again": preview.again,
    "takeback": preview.take_back,
    "helpful": replies.helpful,
    "ask": replies.ask,
    "answer": replies.start_answer,
    "reader": replies.reader_chosen,
    "allow": replies.allow_answer,
    "inbox": replies.inbox,
}

# What is typed while a question of ours is open.
FLOWS: dict[str, Handler] = {
    hours.FLOW: hours.typed,
    circles.NAME_FLOW: circles.name_typed,
    broadcasts.FLOW: broadcasts.typed,
    replies.ASK_FLOW: replies.asked,
    replies.ANSWER_FLOW: replies.answer_written,
}


async def typed(talk: Talk) -> None:
    """Stop first, then an answer to a quoted message, then one to our own question, then words for somebody."""
    if is_stop(talk):
        await people.stop(talk)
        return
    if talk.text.startswith("/"):
        await talk.say("errors.unknown_command")
        return
    quoting = talk.message is not None and talk.message.reply_to_message is not None
    dialogue = None if quoting else await talk.dialogue()
    flow = FLOWS.get(dialogue.flow) if dialogue else None
    await (flow or replies.written)(talk)


def is_stop(talk: Talk) -> bool:
    """The word stop in any shipped language, alone."""
    said = talk.text.strip().strip(".!?؟।\"'“”").casefold()
    return said in {word.casefold() for word in talk.runtime.catalogue.phrases.everywhere("words.stop")}


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
        ChatMemberHandler(entry(people.membership), ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE & private, entry(replies.edited)),
        MessageHandler(fresh, entry(typed)),
    ]
    application.add_handlers(handlers)
    application.add_error_handler(errors.remember)


async def _answer(handler: Handler, runtime: Runtime, sort: Sort, update: Update, context: Any) -> None:
    user, chat = update.effective_user, update.effective_chat
    if user is None or user.is_bot or (chat is not None and chat.type != "private"):
        return
    unblocked = update.my_chat_member is None
    visitor = await people_actions.meet(runtime, user.id, user.first_name, user.language_code or "", speaks=unblocked)
    talk = Talk(runtime, context.bot, update, visitor, opened(update)[1], sort)
    try:
        await handler(talk)
    except Refused as refusal:
        await talk.toast()
        await talk.write(talk.words(refusal.phrase, **refusal.values))
    if update.my_chat_member is None:
        await menus.refresh(talk)
