"""Methods that put a message into a chat."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.simulator.entities import read_text
from bot.simulator.keyboards import inline_buttons, labels, reply_markup
from bot.simulator.messages import Media, Message
from bot.simulator.params import Params, bad_request
from bot.simulator.text_units import units
from bot.simulator.world import Chat, World

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_FILE_BYTES = {"photo": 10 << 20}
DEFAULT_MAX_FILE_BYTES = 50 << 20


def send_message(world: World, params: Params) -> Any:
    chat = world.writable(params)
    text, entities = body(params)
    return posted(world, chat, params, text=text, entities=entities)


def body(params: Params) -> tuple[str, list[dict[str, Any]]]:
    """The text of a message, 1 to 4096 units after parsing."""
    if not params.has("text"):
        raise bad_request("message text is empty")
    text, entities = read_text(params, "text", "entities")
    if not text:
        raise bad_request("text must be non-empty")
    if units(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def caption(params: Params) -> tuple[str, list[dict[str, Any]]]:
    text, entities = read_text(params, "caption", "caption_entities")
    if units(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def posted(world: World, chat: Chat, params: Params, **content: Any) -> dict[str, Any]:
    return world.message_json(post(world, chat, params, **content))


def post(world: World, chat: Chat, params: Params, **content: Any) -> Message:
    """The message with what every sending method can add to it."""
    markup = reply_markup(params)
    buttons, keyboard, reply_to = inline_buttons(markup), labels(markup), replied(chat, params)
    if keyboard is not None:
        chat.keyboard = keyboard
    message = Message(
        message_id=next(world.message_ids),
        chat_id=chat.person.id,
        from_bot=True,
        date=world.clock.now(),
        buttons=buttons,
        reply_to=reply_to,
        protect_content=params.flag("protect_content"),
        **content,
    )
    return world.post(message)


def replied(chat: Chat, params: Params) -> int | None:
    """The message to answer; also by the older parameter's name."""
    given = params.object("reply_parameters", "reply parameters") or {}
    wanted = Params({"id": given.get("message_id"), "without": given.get("allow_sending_without_reply")})
    message_id = wanted.integer("id") or params.integer("reply_to_message_id")
    if not message_id:
        return None
    if message_id in chat.messages:
        return message_id
    if wanted.flag("without") or params.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def send_photo(world: World, params: Params) -> Any:
    return send_media(world, params, "photo")


def send_voice(world: World, params: Params) -> Any:
    return send_media(world, params, "voice")


def send_document(world: World, params: Params) -> Any:
    return send_media(world, params, "document")


def send_media(world: World, params: Params, kind: str) -> dict[str, Any]:
    chat = world.writable(params)
    text, entities = caption(params)
    media = replace(attachment(world, params, kind), caption=text)
    return posted(world, chat, params, text=text, entities=entities, media=media)


def attachment(world: World, params: Params, kind: str) -> Media:
    """The file itself: uploaded now, or one that Telegram has already."""
    if upload := params.upload(kind):
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > MAX_FILE_BYTES.get(kind, DEFAULT_MAX_FILE_BYTES):
            raise bad_request(f"file is too big for a {kind}")
        name = upload.file_name if kind == "document" else None
        seconds = params.integer("duration") if kind == "voice" else None
        media = Media(kind, file_name=name, duration=seconds, content=upload.content, mime_type=upload.mime_type)
        return world.keep_file(media)
    if not params.has(kind):
        raise bad_request(f"there is no {kind} in the request")
    known = world.files.get(params.text(kind))
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if known.kind != kind:
        raise bad_request(f"can't use file of type {known.kind.title()} as {kind.title()}")
    return known


def source(world: World, params: Params, what: str) -> Message:
    """The message to copy or forward."""
    chat = world.chat(params, "from_chat_id")
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {what} not found")
    return message


def copy_message(world: World, params: Params) -> Any:
    """A copy names nobody; buttons are not copied, a caption may be replaced."""
    chat = world.writable(params)
    message = source(world, params, "copy")
    text, entities, media = message.text, message.entities, message.media
    if media and "caption" in params.values:
        text, entities = caption(params)
    copied_media = replace(media, caption=text) if media else None
    copied = post(world, chat, params, text=text, entities=entities, media=copied_media)
    return {"message_id": copied.message_id}


def forward_message(world: World, params: Params) -> Any:
    chat = world.writable(params)
    message = source(world, params, "forward")
    if message.protect_content:
        raise bad_request("the message can't be forwarded")
    author = world.bot if message.from_bot else world.chats[message.chat_id].person
    return posted(
        world,
        chat,
        Params({"protect_content": params.flag("protect_content")}),
        text=message.text,
        entities=message.entities,
        media=message.media,
        forwarded_from=message.forwarded_from or author.first_name,
    )


def send_chat_action(world: World, params: Params) -> Any:
    chat = world.writable(params)
    chat.action = params.text("action")
    if not chat.action:
        raise bad_request("wrong parameter action in request")
    world.changed()
    return True


METHODS: dict[str, Callable[[World, Params], Any]] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendVoice": send_voice,
    "sendDocument": send_document,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "sendChatAction": send_chat_action,
}
