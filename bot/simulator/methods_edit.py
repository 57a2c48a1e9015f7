"""Methods that change what stands in a chat already, and answers to taps."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.simulator.keyboards import inline_only
from bot.simulator.messages import Message
from bot.simulator.methods_send import body, caption
from bot.simulator.params import Params, bad_request
from bot.simulator.text_units import units
from bot.simulator.world import TAP_LIFE, Chat, Toast, World

DELETABLE = timedelta(hours=48)
MAX_ANSWER = 200
MAX_AT_ONCE = 100
UNMODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
REACTIONS = frozenset("👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳💯🤣⚡🏆💔🤝✍🤗🫡👀😇")


def own(world: World, params: Params) -> Message:
    """The bot's own message to edit."""
    chat = world.writable(params)
    if not params.has("message_id"):
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot or message.forwarded_from:
        raise bad_request("message can't be edited")
    return message


def edited(world: World, message: Message, visible: bool = True, **changes: Any) -> dict[str, Any]:
    """The message after the edit; an edit of the buttons alone is not marked as one on the phone."""
    if all(getattr(message, name) == value for name, value in changes.items()):
        raise bad_request(UNMODIFIED)
    if visible:
        changes["edited_at"] = world.clock.now()
    return world.message_json(world.change(message, **changes))


def edit_message_text(world: World, params: Params) -> Any:
    """Buttons that are not sent again are gone, as on the real one."""
    message = own(world, params)
    text, entities = body(params)
    if message.media:
        raise bad_request("there is no text in the message to edit")
    buttons = inline_only(params)
    return edited(world, message, text=text, entities=entities, buttons=buttons)


def edit_message_caption(world: World, params: Params) -> Any:
    message = own(world, params)
    text, entities = caption(params)
    if not message.media:
        raise bad_request("there is no caption in the message to edit")
    media, buttons = replace(message.media, caption=text), inline_only(params)
    return edited(world, message, text=text, entities=entities, media=media, buttons=buttons)


def edit_message_reply_markup(world: World, params: Params) -> Any:
    message = own(world, params)
    return edited(world, message, visible=False, buttons=inline_only(params))


def delete_message(world: World, params: Params) -> Any:
    chat = world.chat(params)
    if not params.has("message_id"):
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    erase(world, chat, [message])
    return True


def delete_messages(world: World, params: Params) -> Any:
    """Up to a hundred at once; those that are not there are passed over."""
    chat = world.chat(params)
    wanted = params.array("message_ids", "message identifiers", int)
    if not wanted:
        raise bad_request("message identifiers are not specified")
    if len(wanted) > MAX_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    there = [chat.messages[one] for one in dict.fromkeys(wanted) if one in chat.messages]
    erase(world, chat, there)
    return True


def erase(world: World, chat: Chat, messages: list[Message]) -> None:
    """All or nothing."""
    if chat.person.deleted:
        raise bad_request("message can't be deleted")
    if any(world.clock.now() - message.date >= DELETABLE for message in messages):
        raise bad_request("message can't be deleted for everyone")
    for message in messages:
        world.remove(message)


def answer_callback_query(world: World, params: Params) -> Any:
    tap = world.taps.get(params.text("callback_query_id"))
    if tap is None or tap.answered or world.clock.now() - tap.at >= TAP_LIFE:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if units(params.text("text")) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    tap.answered = True
    url = params.text("url") or None
    toast = Toast(params.text("text"), params.flag("show_alert"), world.clock.now(), url)
    if toast.text or toast.url:
        world.chats[tap.chat_id].toasts.append(toast)
    world.changed()
    return True


def set_message_reaction(world: World, params: Params) -> Any:
    """One emoji at most; an empty list takes it back."""
    chat = world.writable(params)
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to react not found")
    reactions = params.array("reaction", "reaction types") or []
    emoji = [str(one.get("emoji", "")).replace("\ufe0f", "") for one in reactions]
    if len(emoji) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(one not in REACTIONS for one in emoji):
        raise bad_request("REACTION_INVALID")
    changed = replace(message, reaction=emoji[0] if emoji else None)
    chat.messages[message.message_id] = changed
    world.changed()
    return True


METHODS: dict[str, Callable[[World, Params], Any]] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "setMessageReaction": set_message_reaction,
}
