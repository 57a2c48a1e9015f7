"""What the page shows, as JSON: every phone with its newest messages.

Texts travel as Telegram HTML inside JSON strings; the page copies from it only what it knows.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.simulator.phones import PIXEL, Button, Media, Message, Phone
from bot.simulator.telegram import Telegram

MESSAGES_SHOWN = 100
"""How many of the newest messages a phone shows; a long session must not make every change slower."""

START_LINK = re.compile(r"https?://t\.me/(?P<bot>\w{3,32})\?start=(?P<payload>[A-Za-z0-9_-]{1,64})(?![A-Za-z0-9_-])")


def phones(telegram: Telegram, captions: Mapping[int, str]) -> dict[int, str]:
    """Each phone's JSON text by its id, in the order in which they joined."""
    return {p.user_id: json.dumps(phone(telegram, p, captions), ensure_ascii=False) for p in telegram.phones}


def phone(telegram: Telegram, owner: Phone, captions: Mapping[int, str]) -> dict[str, Any]:
    """One phone. `links` are this bot's start links seen on it, oldest first, each with its message's id."""
    messages = owner.messages[-MESSAGES_SHOWN:]
    return {
        "id": owner.user_id,
        "name": owner.first_name,
        "language": owner.language_code or "",
        "caption": captions.get(owner.user_id, ""),
        "blocked": owner.blocked,
        "started": owner.started,
        "commands": [{"command": c.command, "description": c.description} for c in owner.commands],
        "toasts": len(owner.toasts),
        "newest_toasts": [{"text": t.text, "alert": t.alert} for t in owner.toasts[-3:]],
        "messages": [message(m) for m in messages],
        "links": [
            {"message": m.message_id, "link": link} for m in messages for link in start_links(telegram.username, m)
        ],
    }


def message(shown: Message) -> dict[str, Any]:
    """One bubble. Instants are ISO 8601 in UTC; `image` says that the attachment can be shown as a picture."""
    return {
        "id": shown.message_id,
        "from_bot": shown.from_bot,
        "date": shown.date.isoformat(),
        "edited": shown.edited_at is not None,
        "html": shown.html,
        "plain": shown.text,
        "media": media(shown.media) if shown.media else None,
        "buttons": [[button(b) for b in row] for row in shown.buttons],
        "reply_to": shown.reply_to,
        "protected": shown.protect_content,
        "forwarded_from": shown.forwarded_from,
        "reaction": shown.reaction,
    }


def media(sent: Media) -> dict[str, Any]:
    """An attachment. A phone's own pretend photo is a single pixel: it is shown as a label, not as a picture."""
    return {
        "kind": sent.kind,
        "file_name": sent.file_name,
        "duration": sent.duration,
        "image": sent.content != PIXEL and picture_type(sent.content) is not None,
    }


def button(shown: Button) -> dict[str, Any]:
    return {"text": shown.text, "data": shown.data, "url": shown.url, "style": shown.style}


def start_links(username: str, shown: Message) -> list[str]:
    """This bot's start links in the text, behind its words and behind its buttons."""
    places = [shown.html, *(b.url or "" for row in shown.buttons for b in row)]
    found = [m for place in places for m in START_LINK.finditer(place)]
    return list(dict.fromkeys(m.group() for m in found if m["bot"].lower() == username.lower()))


def picture_type(content: bytes) -> str | None:
    """The type of a picture by its first bytes; None for anything that a browser must not draw or run (SVG too)."""
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    signatures = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    return next((kind for start, kind in signatures.items() if content.startswith(start)), None)
