"""What a visitor does with the phones on the page: each function is one press, handed to its phone."""

import re
from collections.abc import Callable
from typing import Any

from bot.simulator.links import start_payload
from bot.simulator.pages_guard import Refused, text, whole_number
from bot.simulator.phones import Phone
from bot.simulator.telegram import Telegram

MOST_PHONES = 24
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
"""What Telegram lets stand behind start= (https://core.telegram.org/bots/features#deep-linking)."""

Sent = dict[str, Any]
Press = Callable[[Telegram, Phone, Sent], Any]


def add(telegram: Telegram, sent: Sent) -> int:
    """A new phone from `{"name", "language"}`; its id."""
    name, language = text(sent, "name", at_most=64).strip(), sent.get("language", "en")
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        raise Refused("“language” must be a language code such as en, bn or ar.")
    if any(phone.first_name == name for phone in telegram.phones):
        raise Refused(f"There is a phone of {name} already: give this one another name.", 409)
    if len(telegram.phones) >= MOST_PHONES:
        raise Refused(f"There are {MOST_PHONES} phones already, which is as many as this page shows.", 409)
    return telegram.phone(name, language_code=language).user_id


def find(telegram: Telegram, user_id: int) -> Phone:
    for phone in telegram.phones:
        if phone.user_id == user_id:
            return phone
    raise Refused(f"There is no phone {user_id} here: reload the page.", 404)


def types(telegram: Telegram, phone: Phone, sent: Sent) -> None:
    reply_to = whole_number(sent, "reply_to", at_most=2**53) if sent.get("reply_to") is not None else None
    phone.types(text(sent, "text", at_most=4096), reply_to=reply_to)


def taps(telegram: Telegram, phone: Phone, sent: Sent) -> str:
    data = text(sent, "data", at_most=64)
    return phone.taps(data, message_id=whole_number(sent, "message_id", at_most=2**53))


def opens(telegram: Telegram, phone: Phone, sent: Sent) -> None:
    """A start link of this bot, or only what stands behind `start=`."""
    link = text(sent, "link", at_most=512).strip()
    payload = start_payload(link, telegram.username)
    if not PAYLOAD.fullmatch(link if payload is None else payload):
        like = f"https://t.me/{telegram.username}?start=…"
        raise Refused(f"That is not a link to this bot, or it is not whole. One looks like {like}")
    phone.opens(link)


def photo(telegram: Telegram, phone: Phone, sent: Sent) -> None:
    phone.sends_photo(caption=text(sent, "caption", at_most=1024, optional=True))


def voice(telegram: Telegram, phone: Phone, sent: Sent) -> None:
    phone.sends_voice(seconds=whole_number({"seconds": 4, **sent}, "seconds", at_most=3600))


def blocks(telegram: Telegram, phone: Phone, sent: Sent) -> None:
    phone.blocks()


def unblocks(telegram: Telegram, phone: Phone, sent: Sent) -> None:
    phone.unblocks()


PRESSES: dict[str, Press] = {press.__name__: press for press in (types, taps, opens, photo, voice, blocks, unblocks)}


def press(telegram: Telegram, user_id: int, name: str, sent: Sent) -> Any:
    """Does the named press on one phone; what the phone itself refuses is told in its own words."""
    if name not in PRESSES:
        raise Refused(f"A phone cannot do “{name}”. It can: {', '.join(PRESSES)}.", 404)
    phone = find(telegram, user_id)
    try:
        return PRESSES[name](telegram, phone, sent)
    except (LookupError, ValueError) as refused:
        raise Refused(str(refused.args[0]), 409) from None
