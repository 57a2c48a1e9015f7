"""The only place from which deliveries leave for Telegram: a letter goes in, an `Outcome` comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.ext import ExtBot

from bot.delivery.pacing import PERMITTED
from bot.delivery.verdicts import sort
from bot.domain.deliveries import Method, Outcome, Sent, Unknown

__all__ = ["Gateway", "Letter", "sort"]

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Letter:
    """One call to make.

    method: SEND `html`; COPY `from_message_id` of `from_chat_id`, with `html` as its caption if there is one;
    EDIT `message_id` to `html`, or only its buttons when `html` is empty; DELETE `message_id`.
    buttons: rows of {"text", and "data" or "url", and perhaps "style"}; an EDIT without any takes them away.
    reply_to: quote this message if it still exists. protect: no forwarding, no saving.
    """

    method: Method
    chat_id: int
    html: str = ""
    buttons: Sequence[Sequence[dict[str, str]]] = field(default=())
    message_id: int | None = None
    reply_to: int | None = None
    from_chat_id: int | None = None
    from_message_id: int | None = None
    protect: bool = False


class Gateway:
    """`bot` must have a `Pacer` for its rate limiter, and the caller a permit for every letter."""

    def __init__(self, bot: ExtBot[Any]) -> None:
        self._bot = bot

    async def deliver(self, letter: Letter) -> Outcome:
        """Make the call once. Never raises, except when cancelled."""
        calls = {Method.SEND: self._send, Method.COPY: self._copy, Method.EDIT: self._edit, Method.DELETE: self._delete}
        try:
            return Sent(await calls[letter.method](letter))
        except Exception as error:
            outcome = sort(error, letter.method)
            _report(error, letter, outcome)
            return outcome

    async def _send(self, letter: Letter) -> int:
        message = await self._bot.send_message(
            letter.chat_id,
            letter.html,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=_keyboard(letter),
            reply_parameters=_quote(letter),
            protect_content=letter.protect,
            rate_limit_args=PERMITTED,
        )
        return message.message_id

    async def _copy(self, letter: Letter) -> int:
        copied = await self._bot.copy_message(
            letter.chat_id,
            _required(letter.from_chat_id, "from_chat_id"),
            _required(letter.from_message_id, "from_message_id"),
            caption=letter.html or None,
            parse_mode=ParseMode.HTML,
            reply_markup=_keyboard(letter),
            reply_parameters=_quote(letter),
            protect_content=letter.protect,
            rate_limit_args=PERMITTED,
        )
        return copied.message_id

    async def _edit(self, letter: Letter) -> int:
        message_id = _required(letter.message_id, "message_id")
        target: dict[str, Any] = {"chat_id": letter.chat_id, "message_id": message_id}
        target |= {"reply_markup": _keyboard(letter), "rate_limit_args": PERMITTED}
        if letter.html:
            target |= {"parse_mode": ParseMode.HTML, "link_preview_options": _NO_PREVIEW}
            await self._bot.edit_message_text(letter.html, **target)
        else:
            await self._bot.edit_message_reply_markup(**target)
        return message_id

    async def _delete(self, letter: Letter) -> int:
        message_id = _required(letter.message_id, "message_id")
        await self._bot.delete_message(letter.chat_id, message_id, rate_limit_args=PERMITTED)
        return message_id


def _keyboard(letter: Letter) -> InlineKeyboardMarkup | None:
    if not letter.buttons:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in letter.buttons])


def _button(button: dict[str, str]) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        button["text"], callback_data=button.get("data"), url=button.get("url"), style=button.get("style")
    )


def _quote(letter: Letter) -> ReplyParameters | None:
    if letter.reply_to is None:
        return None
    return ReplyParameters(letter.reply_to, allow_sending_without_reply=True)


def _required(value: int | None, name: str) -> int:
    if value is None:
        raise ValueError(f"this letter needs {name}")
    return value


def _report(error: Exception, letter: Letter, outcome: Outcome) -> None:
    """What happened and what Telegram said; never the letter's words, never whose chat."""
    if outcome == Unknown("unforeseen"):
        _log.error("a letter could not be handed over", method=letter.method.value, exc_info=error)
    else:
        _log.info("a letter was not taken", method=letter.method.value, said=str(error), outcome=outcome)
