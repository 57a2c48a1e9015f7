"""Who may come in at the coordinators' desk: what a link, a session and a Mini App are worth. Pure rules."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

LINK_LASTS = timedelta(minutes=10)
SESSION_LASTS = timedelta(hours=12)
SESSION_RESTS = timedelta(hours=2)
"""Longest time without a page before a session ends: desks stand in offices with doors."""
SIGNED_LASTS = timedelta(minutes=10)
KEPT = timedelta(days=30)
"""How long an ended session is still listed in /mydata."""


@dataclass(frozen=True)
class Signed:
    """What Telegram says about whoever opened a Mini App. `once`: the same for each use of the same signature."""

    telegram_id: int
    once: str


def is_open(seen_at: datetime, expires_at: datetime, now: datetime) -> bool:
    """Whether a session still lets its holder in."""
    return now < expires_at and now - seen_at < SESSION_RESTS


def form_token(secret: bytes, session_hash: str) -> str:
    """What every form of a session carries, and no other page can know."""
    return hmac.new(secret, f"form:{session_hash}".encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(one.encode(), other.encode())


def read_signed(init_data: str, bot_token: str, now: datetime) -> Signed | None:
    """Who opened the Mini App; None unless Telegram signed it for this bot within the last ten minutes.

    Source: core.telegram.org/bots/webapps, "Validating data received via the Mini App": HMAC-SHA-256 over all fields
    but `hash`, sorted, under the key HMAC-SHA-256("WebAppData", token).
    """
    try:
        fields = dict(parse_qsl(init_data, keep_blank_values=True, strict_parsing=True, max_num_fields=32))
        given = fields.pop("hash")
        signed_at = datetime.fromtimestamp(int(fields["auth_date"]), UTC)
        telegram_id = int(json.loads(fields["user"])["id"])
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        return None
    if not same(_signature(fields, bot_token), given):
        return None
    fresh = timedelta(minutes=-1) < now - signed_at < SIGNED_LASTS
    return Signed(telegram_id, given) if fresh else None


def _signature(fields: dict[str, str], bot_token: str) -> str:
    lines = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.new(b"WebAppData", bot_token.encode(), hashlib.sha256).digest()
    return hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
