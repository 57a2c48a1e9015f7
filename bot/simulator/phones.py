"""What a person does with their phone, and what they see on it.

Everything happens at once; the bot hears of it by an update.
"""

import re
from datetime import UTC, datetime
from typing import Any

from bot.simulator.entities import clean, find
from bot.simulator.links import start_payload
from bot.simulator.messages import Button, Media, Message, chat_json
from bot.simulator.methods_menu import resolved
from bot.simulator.world import Chat, Command, Toast, World

__all__ = ["Button", "Command", "Media", "Message", "Phone", "Toast"]

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
FIRST_SOUND_PAGE = b"OggS\x00\x02" + bytes(22) + b"OpusHead\x01\x01"


class Phone:
    """One person's phone. Its methods raise ValueError where the app would not let them, in one sentence."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self._chat = chat

    def __repr__(self) -> str:
        return f"<Phone {self.first_name} {self.user_id}>"

    @property
    def user_id(self) -> int:
        return self._chat.person.id

    @property
    def first_name(self) -> str:
        return self._chat.person.first_name

    @property
    def username(self) -> str | None:
        return self._chat.person.username

    @property
    def language_code(self) -> str | None:
        return self._chat.person.language_code

    @property
    def started(self) -> bool:
        """Whether the bot knows this chat."""
        return self._chat.started

    @property
    def blocked(self) -> bool:
        return self._chat.blocked_at is not None

    @property
    def deleted(self) -> bool:
        return self._chat.person.deleted

    @property
    def messages(self) -> list[Message]:
        """What the chat shows now, oldest first."""
        return list(self._chat.messages.values())

    @property
    def history(self) -> list[Message]:
        """Every text the bot ever showed here, also those edited or deleted since; the newest two thousand."""
        return list(self._chat.history)

    @property
    def last(self) -> Message | None:
        """The newest message from the bot that is still there."""
        return next((one for one in reversed(self._chat.messages.values()) if one.from_bot), None)

    @property
    def commands(self) -> list[Command]:
        """The menu this person is offered."""
        return resolved(self._world, self._chat)

    @property
    def toasts(self) -> list[Toast]:
        """Answers to taps, oldest first."""
        return list(self._chat.toasts)

    @property
    def keyboard(self) -> list[list[str]]:
        """The bot's keyboard in place of the phone's own, empty when there is none."""
        return self._chat.keyboard

    @property
    def action(self) -> str | None:
        """What the bot is seen doing, such as typing."""
        return self._chat.action

    def types(self, text: str, reply_to: int | None = None) -> Message:
        """Sends a text; the first one opens the chat."""
        text = clean(text).strip()
        if not 1 <= len(text.encode("utf-16-le")) // 2 <= 4096:
            raise ValueError("A message has 1 to 4096 characters: write something, or split it.")
        return self._send(reply_to, text=text, entities=find(text))

    def opens(self, link_or_payload: str = "") -> Message:
        """Follows a link to the bot, or its payload alone, and presses Start; that also ends a block."""
        payload = start_payload(link_or_payload, self._world.bot.username or "")
        if payload is None and "/" in link_or_payload:
            raise ValueError(f"{link_or_payload} is no link to @{self._world.bot.username}: check the bot's name.")
        wanted = link_or_payload if payload is None else payload
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", wanted):
            raise ValueError(f"“{wanted}” is no start payload: it has at most 64 of A-Z a-z 0-9 _ and -.")
        if self.blocked:
            self.unblocks()
        return self.types(f"/start {wanted}")

    def taps(self, label_or_data: str, message_id: int | None = None) -> str:
        """Taps the newest button of that label or data; gives the callback query's id.

        Empty when the button is a link: one to this bot is followed. A label of the bot's keyboard is typed.
        """
        message, button = self._button(label_or_data, message_id)
        if message is None or button is None:
            self.types(label_or_data)
            return ""
        if button.data is None:
            self._follow(button)
            return ""
        return self._tap(message, button.data)

    def sends_photo(self, caption: str = "", reply_to: int | None = None) -> Message:
        media = self._world.keep_file(Media("photo", caption, content=PIXEL, mime_type="image/png"))
        return self._send(reply_to, text=caption, entities=find(caption), media=media)

    def sends_voice(self, seconds: int = 4, reply_to: int | None = None) -> Message:
        content = FIRST_SOUND_PAGE + bytes(40 * seconds)
        media = Media("voice", duration=seconds, content=content, mime_type="audio/ogg")
        return self._send(reply_to, media=self._world.keep_file(media))

    def blocks(self) -> None:
        """Stops the bot; it is told if it had a chat here."""
        if not self.blocked:
            self._chat.blocked_at = self._world.clock.now()
            self._membership("member", "kicked")

    def has_long_started(self) -> None:
        """As if Start had been pressed long ago: the bot may write, and no update tells of it."""
        self._chat.started = True

    def has_long_blocked(self) -> None:
        """As if the bot had been blocked while its update got lost: it finds out when it writes."""
        self._chat.blocked_at = self._world.clock.now()
        self._world.changed()

    def unblocks(self) -> None:
        if self.blocked:
            self._chat.blocked_at = None
            self._membership("kicked", "member")

    def deletes_account(self) -> None:
        """The bot is not told; it finds out when it writes."""
        self._chat.person.deleted = True
        self._world.changed()

    def _allowed(self) -> None:
        if self.deleted:
            raise ValueError(f"{self.first_name}'s account is deleted: use another phone.")
        if self.blocked:
            raise ValueError(f"{self.first_name} has blocked the bot: unblock it first.")

    def _send(self, reply_to: int | None, **content: Any) -> Message:
        self._allowed()
        if reply_to is not None and reply_to not in self._chat.messages:
            raise ValueError(f"Message {reply_to} is not on this phone: choose one that is there.")
        self._chat.started = True
        number, now = next(self._world.message_ids), self._world.clock.now()
        message = Message(number, self.user_id, False, now, reply_to=reply_to, **content)
        self._world.post(message)
        self._world.happened("message", self.user_id, self._world.message_json(message))
        return message

    def _button(self, wanted: str, message_id: int | None) -> tuple[Message | None, Button | None]:
        shown = [one for one in reversed(self.messages) if message_id in (None, one.message_id)]
        buttons = [(message, button) for message in shown for row in message.buttons for button in row]
        for message, button in buttons:
            if wanted in (button.text, button.data):
                return message, button
        if message_id is None and any(wanted in row for row in self.keyboard):
            return None, None
        there = ", ".join(f"“{button.text}”" for _, button in buttons) or "none"
        raise LookupError(f"No button “{wanted}” on {self.first_name}'s phone; there are: {there}.")

    def _follow(self, button: Button) -> None:
        if start_payload(button.url or "", self._world.bot.username or "") is not None:
            self.opens(button.url or "")

    def _tap(self, message: Message, data: str) -> str:
        self._allowed()
        query_id = self._world.tap(self.user_id)
        content = {"id": query_id, "from": self._chat.person.as_json(), "chat_instance": str(-self.user_id)}
        content |= {"data": data, "message": self._world.message_json(message)}
        self._world.happened("callback_query", self.user_id, content)
        return query_id

    def _membership(self, before: str, after: str) -> None:
        person, now = self._chat.person, self._world.clock.now()
        if not self._chat.started:
            return self._world.changed()
        content = {"chat": chat_json(person), "from": person.as_json(), "date": int(now.timestamp())}
        bot = self._world.bot.as_json()
        content |= {"old_chat_member": member(before, bot), "new_chat_member": member(after, bot)}
        return self._world.happened("my_chat_member", self.user_id, content)


def member(status: str, bot: dict[str, Any]) -> dict[str, Any]:
    """The bot's standing in a chat; until_date 0 is for ever."""
    forever = int(datetime.fromtimestamp(0, UTC).timestamp())
    return {"user": bot, "status": status} | ({"until_date": forever} if status == "kicked" else {})
