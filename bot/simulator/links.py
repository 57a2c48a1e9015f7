"""Which links Telegram takes: http, https and tg; a host needs a dot, so http://localhost is none."""

import re
from urllib.parse import parse_qs, urlsplit, urlunsplit

SCHEMES = ("http", "https", "tg", "ton", "tonsite")


def checked_link(target: str) -> str:
    """The link as Telegram stores it, or empty when it is none."""
    target = target.strip()
    if not target or re.search(r"\s", target):
        return ""
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", target):
        target = f"http://{target}"
    try:
        parts = urlsplit(target)
        _ = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in SCHEMES:
        return ""
    return target if parts.scheme.lower() == "tg" else web_link(target)


def web_link(target: str) -> str:
    parts = urlsplit(target)
    host = parts.hostname or ""
    if "." not in host.strip("."):
        return ""
    return urlunsplit(parts._replace(path=parts.path or "/"))


def linked_user(target: str) -> int:
    """The user a `tg://user?id=…` link speaks of, else 0."""
    parts = urlsplit(target) if target.lower().startswith("tg://user") else None
    found = parse_qs(parts.query).get("id", [""])[0] if parts else ""
    return int(found) if found.isdecimal() else 0


def start_payload(target: str, username: str) -> str | None:
    """The payload of a deep link to this bot (may be empty); None when it is no link to this bot."""
    pattern = rf"(?:https?://)?(?:t|telegram)\.me/{re.escape(username)}/?(?:\?(.*))?"
    found = re.fullmatch(pattern, target.strip(), re.IGNORECASE)
    if not found:
        return None
    payload: str = parse_qs(found.group(1) or "").get("start", [""])[0]
    return payload
