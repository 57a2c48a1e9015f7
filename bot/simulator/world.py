"""Everything Telegram knows about one bot: its people, their chats, the messages in them, and what changed when."""

import asyncio
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.clock import Clock
from bot.simulator.messages import Media, Message, User
from bot.simulator.params import Params, Refusal, bad_request
from bot.simulator.updates import UpdateQueue

TAP_LIFE = timedelta(seconds=150)
HISTORY = 2_000
FIRST_TAP = 4_000_000_000_000_000_000


@dataclass(frozen=True)
class Toast:
    """What a phone shows after a tap: a line at the top, or a box to close when `alert`."""

    text: str
    alert: bool
    at: datetime
    url: str | None = None


@dataclass(frozen=True)
class Command:
    """A line of the commands menu."""

    command: str
    description: str


@dataclass
class Tap:
    """A callback query that waits for its answer."""

    chat_id: int
    at: datetime
    answered: bool = False


@dataclass
class Chat:
    """One person's private chat with the bot. `blocked_at` None means the bot may write."""

    person: User
    started: bool = False
    blocked_at: datetime | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    history: deque[Message] = field(default_factory=lambda: deque(maxlen=HISTORY))
    toasts: deque[Toast] = field(default_factory=lambda: deque(maxlen=HISTORY))
    keyboard: list[list[str]] = field(default_factory=list)
    action: str | None = None


class World:
    """State and the few ways to change it; who may do so is the business of the methods and the phones."""

    def __init__(self, clock: Clock, bot: User) -> None:
        self.clock = clock
        self.bot = bot
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, Media] = {}
        self.taps: dict[str, Tap] = {}
        self.menus: dict[tuple[str, str], list[Command]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int, dict[str, Any]] = {}
        self.updates = UpdateQueue(clock)
        self.message_ids = count(1)
        self.numbers = count(1)
        self.version = 0
        self._waiting: list[asyncio.Future[None]] = []

    def changed(self) -> None:
        """Wakes everybody who waits for news. Only to be called in the loop's own thread."""
        self.version += 1
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)

    async def wait_change(self, version: int) -> int:
        """Returns as soon as something is newer than `version`, with the version it is now."""
        while self.version == version:
            news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(news)
            await news
        return self.version

    def add_person(self, person: User) -> Chat:
        self.users[person.id] = person
        self.chats[person.id] = Chat(person)
        self.changed()
        return self.chats[person.id]

    def tap(self, chat_id: int) -> str:
        """A new callback query's id; those nobody can answer any more are forgotten."""
        now = self.clock.now()
        self.taps = {one: tap for one, tap in self.taps.items() if now - tap.at < TAP_LIFE}
        query_id = str(FIRST_TAP + next(self.numbers))
        self.taps[query_id] = Tap(chat_id, now)
        return query_id

    def chat(self, params: Params, name: str = "chat_id") -> Chat:
        """The chat a bot names; one that never started the bot does not exist for it."""
        if not params.has(name):
            raise bad_request("chat_id is empty")
        chat = self.chats.get(params.integer(name))
        if chat is None or not chat.started:
            raise bad_request("chat not found")
        return chat

    def writable(self, params: Params) -> Chat:
        """The chat, if the bot may write there now."""
        if params.integer("chat_id") == self.bot.id:
            raise Refusal(403, "Forbidden: bots can't send messages to bots")
        chat = self.chat(params)
        if chat.person.deleted:
            raise Refusal(403, "Forbidden: user is deactivated")
        if chat.blocked_at:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat

    def post(self, message: Message) -> Message:
        """Puts a new message where it belongs."""
        chat = self.chats[message.chat_id]
        chat.messages[message.message_id] = message
        if message.from_bot:
            chat.history.append(message)
            chat.action = None
        self.changed()
        return message

    def change(self, message: Message, **changes: Any) -> Message:
        """Puts a new version of a message in its place."""
        changed = replace(message, **changes)
        chat = self.chats[message.chat_id]
        chat.messages[message.message_id] = changed
        if changed.from_bot:
            chat.history.append(changed)
        self.changed()
        return changed

    def remove(self, message: Message) -> None:
        del self.chats[message.chat_id].messages[message.message_id]
        self.changed()

    def happened(self, kind: str, chat_id: int, content: dict[str, Any]) -> None:
        """Something the bot will hear of."""
        self.updates.add(kind, chat_id, content)
        self.changed()

    def message_json(self, message: Message) -> dict[str, Any]:
        replied = self.chats[message.chat_id].messages.get(message.reply_to or 0)
        return message.as_json(self.users, self.bot, replied)

    def keep_file(self, media: Media) -> Media:
        """Gives the file the id under which it can be sent again and fetched."""
        kept = replace(media, file_id=f"SIM{media.kind}-{next(self.numbers):012d}")
        self.files[kept.file_id] = kept
        return kept
