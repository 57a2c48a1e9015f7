"""What people send besides words, as Telegram writes it down."""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.simulator.messages import Media, Message
from tests.cast import Character

PAYLOADS: dict[str, dict[str, Any]] = {
    "sticker": {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"},
    "location": {"latitude": 51.5, "longitude": -0.1},
    "contact": {"phone_number": "+44 20 7946 0999", "first_name": "Ben"},
    "voice": {"duration": 3},
    "video": {"width": 640, "height": 480, "duration": 3},
    "video_note": {"length": 240, "duration": 3},
    "audio": {"duration": 3},
    "document": {"file_name": "letter.pdf"},
    "animation": {"width": 100, "height": 100, "duration": 1},
    "dice": {"emoji": "🎲", "value": 3},
    "story": {"id": 7, "chat": {"id": 5, "type": "private"}},
}


@dataclass(frozen=True)
class Attachment(Media):
    payload: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> Any:
        shown = super().as_json()
        return shown if self.kind == "photo" else {**shown, **self.payload}


async def sends(who: Character, kind: str, caption: str = "", album: str = "", reply_to: int | None = None) -> Message:
    """Any kind of attachment; `album` puts it together with others of the same key."""
    world = who.phone._world
    media = world.keep_file(Attachment(kind, caption, payload=PAYLOADS.get(kind, {})))
    number, now = next(world.message_ids), world.clock.now()
    message = world.post(Message(number, who.phone.user_id, False, now, caption, media=media, reply_to=reply_to))
    extra = {"media_group_id": album} if album else {}
    world.happened("message", who.phone.user_id, world.message_json(message) | extra)
    await who.town.settle()
    return message


async def changes(who: Character, message: Message, text: str) -> None:
    """They edit what they wrote."""
    world = who.phone._world
    edited = replace(message, text=text, edited_at=world.clock.now())
    world.chats[who.phone.user_id].messages[message.message_id] = edited
    world.happened("edited_message", who.phone.user_id, world.message_json(edited))
    await who.town.settle()


async def forges(who: Character, data: str) -> None:
    """A button that we never gave them: any client can send any data."""
    world, last = who.phone._world, who.phone.last
    assert last is not None
    content = {"id": world.tap(who.phone.user_id), "from": who.phone._chat.person.as_json(), "chat_instance": "1"}
    world.happened("callback_query", who.phone.user_id, content | {"data": data, "message": world.message_json(last)})
    await who.town.settle()


def written(who: Character, text: str) -> Message:
    """The newest message they wrote themselves with this text."""
    return next(one for one in reversed(who.phone.messages) if not one.from_bot and one.text == text)


def shown(who: Character, words: str) -> Message:
    """The newest message of the bot on their phone that holds these words."""
    return next(one for one in reversed(who.phone.messages) if one.from_bot and words in one.text)
