"""One update being answered: who speaks, what they said, and the ways to answer at once.

A direct answer goes straight out through the pacer's first lane. Whatever we start ourselves is an outbox row.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog
from telegram import CallbackQuery, InputFile, LinkPreviewOptions, Message, ReplyParameters, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.actions import dialogues, stopping
from bot.actions.people import Visitor
from bot.conversations.keyboards import Button, Rows, data, markup, parse
from bot.domain.deliveries import Outcome, Unknown, Unreachable
from bot.domain.errors import NotNow
from bot.runtime import Runtime
from bot.store.machine import Dialogue

_log = structlog.get_logger(__name__)
LONGEST_NUMBER = 15  # whoever forges a button shall not overflow a column
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass
class Talk:
    runtime: Runtime
    bot: ExtBot[Any]
    update: Update
    visitor: Visitor
    args: list[str]
    """What follows a command, or a button's verb."""
    sort: Callable[[Exception], Outcome]
    """What an error of the wire means; the door of delivery knows, and the app hands it in."""
    below: bool = False
    """Whether the next question goes below, although a button was tapped."""
    answered: bool = False
    """Whether the tap has had its answer: Telegram takes one, and says of a second that the tap is too old."""

    @property
    def language(self) -> str:
        return self.visitor.language

    @property
    def id(self) -> int:
        return self.visitor.id

    @property
    def chat_id(self) -> int:
        return self.visitor.person.telegram_id

    @property
    def message(self) -> Message | None:
        """What they wrote, or the message whose button they tapped."""
        return self.update.effective_message

    @property
    def query(self) -> CallbackQuery | None:
        return self.update.callback_query

    @property
    def text(self) -> str:
        return (self.message.text or self.message.caption or "") if self.message else ""

    def number(self, place: int = 0) -> int:
        """An argument that is an id; 0 when it is missing or no number."""
        text = self.args[place] if place < len(self.args) else ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else 0

    def words(self, key: str, /, **values: object) -> str:
        return self.runtime.say(self.language, key, **values)

    def label(self, key: str, /, **values: object) -> str:
        return self.runtime.plain(self.language, key, **values)

    def button(self, key: str, verb: str, /, *args: object, style: str = "", **values: object) -> Button:
        made = {"text": self.label(key, **values), "data": data(verb, *args)}
        return {**made, "style": style} if style else made

    def without_query(self) -> "Talk":
        """The same talk, answering below instead of in the place of the message that was tapped."""
        return replace(self, below=True)

    async def say(self, key: str, rows: Rows | None = None, /, **values: object) -> Message | None:
        """Answer with a phrase of the bot's own."""
        return await self.write(self.words(key, **values), rows)

    async def write(
        self, html: str, rows: Rows | None = None, reply_to: int | None = None, *, protect: bool = False
    ) -> Message | None:
        """Answer with ready HTML; None when it cannot be known to have arrived. `protect`: no forwarding, no saving."""
        quote = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
        return await self._attempt(
            self.bot.send_message(
                self.chat_id,
                html,
                parse_mode=ParseMode.HTML,
                reply_markup=markup(rows),
                reply_parameters=quote,
                link_preview_options=_NO_PREVIEW,
                protect_content=protect or None,
            )
        )

    async def show(self, key: str, rows: Rows | None = None, /, **values: object) -> Message | None:
        """The next question: in the place of the one whose button was tapped, or as a new message."""
        return await self.show_html(self.words(key, **values), rows)

    async def show_html(self, html: str, rows: Rows | None = None, *, protect: bool = False) -> Message | None:
        if self.below or self.query is None or self.message is None or not getattr(self.message, "text", None):
            return await self.write(html, rows, protect=protect)
        edit = self.bot.edit_message_text(
            html,
            self.chat_id,
            self.message.message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=markup(rows),
            link_preview_options=_NO_PREVIEW,
        )
        try:
            return await self._attempt(edit) or self.message
        except BadRequest as error:
            if "not modified" in str(error):
                return self.message
            return await self.write(html, rows, protect=protect)  # too old to edit, or deleted meanwhile

    async def empty(self, message_id: int, html: str) -> None:
        """Put other words in the place of an older message of ours, and take its buttons off."""
        try:
            await self.bot.edit_message_text(html, self.chat_id, message_id, parse_mode=ParseMode.HTML)
        except TelegramError as error:
            _log.info("an older message stayed as it was", said=str(error))

    async def without_buttons(self) -> None:
        """Take the buttons off the message that was tapped: its question is answered."""
        if self.query and self.message:
            try:
                await self.bot.edit_message_reply_markup(self.chat_id, self.message.message_id, reply_markup=None)
            except TelegramError as error:
                _log.info("buttons stayed", said=str(error))

    async def photo(self, content: bytes, name: str, caption: str, rows: Rows | None = None) -> Message | None:
        file = InputFile(content, filename=name)
        return await self._attempt(
            self.bot.send_photo(
                self.chat_id, file, caption=caption, parse_mode=ParseMode.HTML, reply_markup=markup(rows)
            )
        )

    async def document(self, content: bytes, name: str, caption: str, rows: Rows | None = None) -> Message | None:
        file = InputFile(content, filename=name)
        return await self._attempt(
            self.bot.send_document(
                self.chat_id, file, caption=caption, parse_mode=ParseMode.HTML, reply_markup=markup(rows)
            )
        )

    async def _attempt(self, call: Any) -> Message | None:
        """A reply that may have arrived is not said twice; one that certainly did not is tried again by the inbox."""
        try:
            sent = await call
            return sent if isinstance(sent, Message) else None
        except TelegramError as error:
            outcome = self.sort(error)
            if isinstance(outcome, Unreachable):
                await stopping.unreachable(self.runtime, self.chat_id, outcome.why)
            elif isinstance(outcome, Unknown):
                _log.warning("a reply may not have arrived", said=str(error))
            else:
                raise
            return None

    async def toast(self, key: str = "", /, *, alert: bool = False, **values: object) -> None:
        """The short answer to a tap. Taps are forgotten by Telegram after a while; that is no error of ours."""
        if self.query is None or self.answered:
            return
        self.answered = True
        try:
            text = self.label(key, **values)[:200] if key else None
            await self.query.answer(text, show_alert=alert)
        except TelegramError as error:
            _log.info("a tap could not be answered", said=str(error))

    def quoted(self) -> Message:
        """The message that the one with the tapped button replies to. Raises NotNow when it cannot be seen any more."""
        ours = self.query.message if self.query else None
        quoted = ours.reply_to_message if isinstance(ours, Message) else None
        if quoted is None:
            raise NotNow("errors.old_button")
        return quoted

    async def dialogue(self, flow: str = "") -> Dialogue | None:
        """The half-finished conversation of this kind, or the one that went on last."""
        return await dialogues.current(self.runtime, self.id, flow)

    async def keep(self, flow: str, step: str, **content: Any) -> None:
        """Remember where this conversation stands."""
        await dialogues.keep(self.runtime, self.id, flow, step, content)

    async def end(self, flow: str = "") -> None:
        await dialogues.end(self.runtime, self.id, flow)


def opened(update: Update) -> tuple[str, list[str]]:
    """The verb and arguments of a tap, or the arguments of a command."""
    if update.callback_query and update.callback_query.data:
        return parse(update.callback_query.data)
    text = (update.effective_message.text or "") if update.effective_message else ""
    return "", text.split()[1:] if text.startswith("/") else []
