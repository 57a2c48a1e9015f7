"""Callback data: built and taken apart in one place. `verb:arg:arg`, at most 64 bytes."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

MOST_BYTES = 64
Button = dict[str, str]
Rows = Sequence[Sequence[Button]]


def data(verb: str, *args: object) -> str:
    """The data of a button. Raises ValueError when it does not fit."""
    text = ":".join([verb, *(str(arg) for arg in args)])
    if len(text.encode()) > MOST_BYTES:
        raise ValueError(f"callback data of {len(text.encode())} bytes, at most {MOST_BYTES} fit: {text}")
    return text


def parse(text: str) -> tuple[str, list[str]]:
    """The verb and its arguments; a value may itself hold colons, so the last argument keeps them."""
    verb, *args = text.split(":")
    return verb, args


def link(text: str, url: str) -> Button:
    return {"text": text, "url": url}


def app(text: str, url: str) -> Button:
    """Opens an https page inside Telegram, which tells the page who opened it."""
    return {"text": text, "app": url}


def markup(rows: Rows | None) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup([[_button(one) for one in row] for row in rows])


def _button(one: Button) -> InlineKeyboardButton:
    web_app = WebAppInfo(one["app"]) if "app" in one else None
    data, url, style = one.get("data"), one.get("url"), one.get("style")
    return InlineKeyboardButton(one["text"], callback_data=data, url=url, web_app=web_app, style=style)


def in_rows(buttons: Sequence[Button], per_row: int) -> list[list[Button]]:
    return [list(buttons[start : start + per_row]) for start in range(0, len(buttons), per_row)]
