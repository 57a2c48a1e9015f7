"""What stands in a chat: messages, what hangs on them, and how the API writes them down."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.simulator.entities import as_sent, to_html
from bot.simulator.markup_parser import Entity


@dataclass
class User:
    """Somebody with a Telegram account; `deleted` accounts cannot be written to any more."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    deleted: bool = False

    def as_json(self) -> dict[str, Any]:
        shown = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        return shown | present(username=self.username, language_code=self.language_code)


@dataclass(frozen=True)
class Button:
    """An inline button: `data` comes back as a callback query, `url` opens a page."""

    text: str
    data: str | None = None
    url: str | None = None
    style: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"text": self.text} | present(callback_data=self.data, url=self.url, style=self.style)


@dataclass(frozen=True)
class Media:
    """An attachment; kind is photo, voice or document, duration in seconds, content as far as it was uploaded."""

    kind: str
    caption: str = ""
    file_name: str | None = None
    duration: int | None = None
    file_id: str = ""
    content: bytes = field(default=b"", repr=False)
    mime_type: str | None = None

    def as_json(self) -> Any:
        file = {"file_id": self.file_id, "file_unique_id": self.file_id[-12:], "file_size": len(self.content)}
        if self.kind == "photo":
            return [file | {"width": 640, "height": 640}]
        named = present(file_name=self.file_name, mime_type=self.mime_type)
        return file | named | present(duration=self.duration)


@dataclass(frozen=True)
class Message:
    """One message as it stands now; an edit makes a new one. `text` is what can be read: of media, the caption.

    `date` and `edited_at` are aware UTC instants, `reply_to` a message id of the same chat, `forwarded_from` a name.
    """

    message_id: int
    chat_id: int
    from_bot: bool
    date: datetime
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    media: Media | None = None
    buttons: list[list[Button]] = field(default_factory=list)
    reply_to: int | None = None
    edited_at: datetime | None = None
    protect_content: bool = False
    forwarded_from: str | None = None
    reaction: str | None = None

    @cached_property
    def html(self) -> str:
        """Telegram HTML made anew from the entities: nothing in it but Telegram's tags and escaped text."""
        return to_html(self.text, self.entities)

    def as_json(self, users: dict[int, User], bot: User, replied: "Message | None" = None) -> dict[str, Any]:
        """The API's Message object; `replied` is the message this one answers, embedded once."""
        person = users[self.chat_id]
        sender = bot if self.from_bot else person
        shown: dict[str, Any] = {
            "message_id": self.message_id, "from": sender.as_json(), "chat": chat_json(person),
            "date": int(self.date.timestamp()),
        }  # fmt: skip
        shown |= self.content_json(users) | self.trimmings_json()
        return shown | ({"reply_to_message": replied.as_json(users, bot)} if replied else {})

    def content_json(self, users: dict[int, User]) -> dict[str, Any]:
        entities = as_sent(self.text, self.entities, users) or None
        if self.media is None:
            return {"text": self.text} | present(entities=entities)
        caption = present(caption=self.text or None, caption_entities=entities)
        return {self.media.kind: self.media.as_json()} | caption

    def trimmings_json(self) -> dict[str, Any]:
        keyboard: dict[str, Any] = {"inline_keyboard": [[button.as_json() for button in row] for row in self.buttons]}
        origin: dict[str, Any] = {"type": "hidden_user", "sender_user_name": self.forwarded_from}
        origin |= {"date": int(self.date.timestamp())}
        return present(
            reply_markup=keyboard if self.buttons else None,
            edit_date=int(self.edited_at.timestamp()) if self.edited_at else None,
            has_protected_content=self.protect_content or None,
            forward_origin=origin if self.forwarded_from else None,
        )


def chat_json(person: User) -> dict[str, Any]:
    names: dict[str, Any] = {"id": person.id, "type": "private", "first_name": person.first_name}
    return names | present(username=person.username)


def present(**values: Any) -> dict[str, Any]:
    """The values that are there."""
    return {name: value for name, value in values.items() if value is not None}
