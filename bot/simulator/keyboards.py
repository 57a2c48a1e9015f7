"""Buttons as a bot sends them, refused where Telegram refuses them."""

from typing import Any

from bot.simulator.links import checked_link
from bot.simulator.messages import Button
from bot.simulator.params import Params, bad_request

MAX_BUTTONS = 100
MAX_DATA_BYTES = 64
FIELDS = ("callback_data", "url", "style")
ACTIONS = ("callback_data", "url", "login_url", "web_app", "switch_inline_query", "copy_text",
           "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "pay", "callback_game")  # fmt: skip


def reply_markup(params: Params) -> dict[str, Any]:
    """The object under `reply_markup`, empty when there is none."""
    return params.object("reply_markup", "reply keyboard markup JSON object") or {}


def inline_only(params: Params) -> list[list[Button]]:
    """The buttons of an edit, which can carry no other keyboard."""
    markup = reply_markup(params)
    if markup and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return inline_buttons(markup)


def inline_buttons(markup: dict[str, Any]) -> list[list[Button]]:
    """The inline keyboard; rows without buttons fall away."""
    rows = markup.get("inline_keyboard") or []
    if not grid(rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    buttons = [[button(one) for one in row] for row in rows if row]
    if sum(len(row) for row in buttons) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return buttons


def grid(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, list) for row in rows)


def button(given: Any) -> Button:
    if not isinstance(given, dict) or not isinstance(given.get("text"), str) or not given["text"].strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not any(action in given for action in ACTIONS):
        complaint = "Text buttons are unallowed in the inline keyboard"
        raise bad_request(f"can't parse inline keyboard button: {complaint}")
    data, url, style = (None if given.get(name) is None else str(given[name]) for name in FIELDS)
    if data is not None and not 1 <= len(data.encode()) <= MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if url is not None and not checked_link(url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return Button(given["text"], data, url, style)


def labels(markup: dict[str, Any]) -> list[list[str]] | None:
    """A keyboard in place of the phone's own: its labels; an empty list removes one, None leaves it alone."""
    if markup.get("remove_keyboard"):
        return []
    if "keyboard" not in markup:
        return None
    if not grid(markup["keyboard"]):
        raise bad_request('field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    return [[label(one) for one in row] for row in markup["keyboard"]]


def label(given: Any) -> str:
    return str(given.get("text", "")) if isinstance(given, dict) else str(given)
