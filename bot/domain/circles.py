"""Circles: a champion and the people who said yes to them. Nobody is put into one (promise 1)."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

CHAMPION_INVITATION_LASTS = timedelta(days=7)
LONGEST_NAME = 40


@dataclass(frozen=True)
class Circle:
    id: int
    name: str
    champion_id: int | None
    link_serial: int
    closed_at: datetime | None = None


def link_token(secret: bytes, circle_id: int, serial: int) -> str:
    """The opaque part of a circle's link: made from the secret, so only its hash is kept; a new serial voids the old.

    24 characters of A-Z a-z 0-9 _ -, 144 bits. A start payload has room for 64.
    """
    digest = hmac.new(secret, f"circle:{circle_id}:{serial}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:18]).decode()


def press_token(secret: bytes, person_id: int, press: str) -> str:
    """The opaque part of a link that one press of a button makes: the same press makes the same, nobody else can."""
    digest = hmac.new(secret, f"press:{person_id}:{press}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:24]).decode()


def token_hash(token: str) -> str:
    """What is kept of a token: enough to know it again, useless to whoever reads the table."""
    return hashlib.sha256(token.encode()).hexdigest()


def forgotten_hash(secret: bytes, telegram_id: int) -> str:
    """What is kept of somebody forgotten: a keyed hash, so that they are not written to again."""
    return hmac.new(secret, f"forgotten:{telegram_id}".encode(), hashlib.sha256).hexdigest()
