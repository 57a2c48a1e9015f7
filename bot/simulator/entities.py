"""A text with its entities: made from what a bot sends, found in what people type, shown again as safe HTML."""

import html
import re
from typing import Any

from bot.simulator.links import checked_link
from bot.simulator.markup_parser import Entity, MarkupParser
from bot.simulator.params import Params, bad_request
from bot.simulator.text_units import pieces, units

MAX_ENTITIES = 100
FORMATTING = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "spoiler": "tg-spoiler", "code": "code",
    "blockquote": "blockquote",
}  # fmt: skip
OUTER_FIRST = ("blockquote", "expandable_blockquote", "pre", "code", "text_link", "text_mention", "url", "email",
               "bot_command", "mention", "hashtag", "bold", "italic", "underline", "strikethrough", "spoiler",
               "custom_emoji")  # fmt: skip
FOUND = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"]+|(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:com|org|net|uk|me|info)\b(?:/[^\s<>\"]*)?)"
    r"|(?P<email>(?<![\w.])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<bot_command>(?<![\w/<])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31})"
    r"|(?P<hashtag>(?<!\w)#\w*[^\W\d]\w*)"
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def clean(text: str) -> str:
    """Telegram drops carriage returns and turns other control characters into spaces."""
    return CONTROL.sub(" ", text.replace("\r", ""))


def read_text(params: Params, name: str, entities_name: str) -> tuple[str, list[Entity]]:
    """A text or caption parameter after entity parsing, trimmed; refuses what Telegram cannot parse."""
    text, mode = clean(params.text(name)), params.text("parse_mode").lower()
    if mode and mode != "html":
        raise bad_request("unsupported parse_mode")
    given = params.array(entities_name, "message entities") or []
    entities = [taken_over(one) for one in given]
    if mode:
        text, entities = MarkupParser(text).parse()
    text, entities = trimmed(text, settled(entities))
    if len(entities) > MAX_ENTITIES:
        raise bad_request("ENTITIES_TOO_LONG")
    return text, with_found(text, entities)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Telegram HTML as text and entities; raises Refusal with Telegram's words."""
    text, entities = MarkupParser(source).parse()
    return text, settled(entities)


def settled(entities: list[Entity]) -> list[Entity]:
    """Outer before inner; nothing twice at the same place, and nothing inside code."""
    kept: list[Entity] = []
    for one in sorted(entities, key=order):
        if not any(holds(other, one) and other["type"] in (one["type"], "code", "pre") for other in kept):
            kept.append(one)
    return kept


def order(entity: Entity) -> tuple[int, int, int]:
    rank = OUTER_FIRST.index(entity["type"]) if entity["type"] in OUTER_FIRST else len(OUTER_FIRST)
    return entity["offset"], -entity["length"], rank


def holds(outer: Entity, inner: Entity) -> bool:
    ends = inner["offset"] + inner["length"] <= outer["offset"] + outer["length"]
    return outer["offset"] <= inner["offset"] and bool(ends)


def taken_over(given: Entity) -> Entity:
    """An entity as the API writes it; of a mentioned user only the id is kept."""
    if not isinstance(given.get("type"), str) or not all(natural(given.get(name)) for name in ("offset", "length")):
        raise bad_request("can't parse MessageEntity: Field is missing or of a wrong type")
    kept = {name: given[name] for name in ("type", "offset", "length")}
    if given["type"] == "text_mention":
        return kept | {"user_id": given.get("user", {}).get("id")}
    return kept | {name: str(given[name]) for name in ("url", "language", "custom_emoji_id") if name in given}


def natural(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Space at the end goes, space in front goes as far as no entity holds it."""
    short = text.rstrip(" \n\t")
    first = min((entity["offset"] for entity in entities), default=units(short))
    front = min(len(short) - len(short.lstrip(" \n\t")), first)
    length = units(short) - front
    return short[front:], [kept for entity in entities if (kept := moved(entity, -front, length))]


def moved(entity: Entity, by: int, length: int) -> Entity | None:
    offset = entity["offset"] + by
    inside = min(entity["length"], length - offset)
    return entity | {"offset": offset, "length": inside} if inside > 0 else None


def with_found(text: str, entities: list[Entity]) -> list[Entity]:
    """Adds the links, commands and mentions that Telegram finds by itself, where nothing stands in the way."""
    taken = [entity for entity in entities if entity["type"] in ("code", "pre", "text_link", "text_mention")]
    found = [entity for entity in find(text) if not any(overlap(entity, other) for other in taken)]
    room = max(0, MAX_ENTITIES - len(entities))
    return sorted(entities + found[:room], key=order)


def find(text: str) -> list[Entity]:
    """The entities of a text that nobody formatted."""
    return [
        {
            "type": match.lastgroup,
            "offset": units(text[: match.start()]),
            "length": units(match.group().rstrip(".,;:!?)")),
        }
        for match in FOUND.finditer(text)
    ]


def overlap(one: Entity, other: Entity) -> bool:
    starts_before: bool = one["offset"] < other["offset"] + other["length"]
    ends_after: bool = other["offset"] < one["offset"] + one["length"]
    return starts_before and ends_after


def to_html(text: str, entities: list[Entity]) -> str:
    """Telegram HTML that means exactly this; also safe to put into a page: every tag and link in it is ours."""
    if not entities:
        return html.escape(text, quote=False)
    borders = sorted({border for one in entities for border in (one["offset"], one["offset"] + one["length"])})
    stack: list[Entity] = []
    out = []
    for at, piece in zip([-1, *borders], pieces(text, borders), strict=True):
        out.append(closing(stack, at))
        out.append(opening(stack, at, entities))
        out.append(html.escape(piece, quote=False))
    return "".join(out)


def closing(stack: list[Entity], at: int) -> str:
    """Closes what ends here, and for a moment what lies above it."""
    ends = [number for number, one in enumerate(stack) if one["offset"] + one["length"] <= at]
    if not ends:
        return ""
    above = stack[ends[0] :]
    del stack[ends[0] :]
    kept = [one for one in above if one["offset"] + one["length"] > at]
    stack.extend(kept)
    return "".join(tags(one)[1] for one in reversed(above)) + "".join(tags(one)[0] for one in kept)


def opening(stack: list[Entity], at: int, entities: list[Entity]) -> str:
    starts = [one for one in entities if one["offset"] == at]
    starts.sort(key=lambda one: -int(one["length"]))
    stack.extend(starts)
    return "".join(tags(one)[0] for one in starts)


def tags(entity: Entity) -> tuple[str, str]:
    kind = entity["type"]
    if kind in FORMATTING:
        return f"<{FORMATTING[kind]}>", f"</{FORMATTING[kind]}>"
    if kind == "text_link":
        return anchor(entity["url"])
    return special(kind, entity)


def special(kind: str, entity: Entity) -> tuple[str, str]:
    if kind == "pre":
        language = html.escape(entity.get("language", ""))
        if not language:
            return "<pre>", "</pre>"
        return f'<pre><code class="language-{language}">', "</code></pre>"
    if kind == "text_mention":
        return anchor(f"tg://user?id={int(entity['user_id'])}")
    if kind == "custom_emoji":
        return f'<tg-emoji emoji-id="{html.escape(str(entity["custom_emoji_id"]))}">', "</tg-emoji>"
    return ("<blockquote expandable>", "</blockquote>") if kind == "expandable_blockquote" else ("", "")


def anchor(url: str) -> tuple[str, str]:
    return (f'<a href="{html.escape(checked_link(url))}">', "</a>") if checked_link(url) else ("", "")


def as_sent(text: str, entities: list[Entity], users: dict[int, Any]) -> list[Entity]:
    """The entities as the API shows them: a mention names its user."""
    return [
        {key: value for key, value in entity.items() if key != "user_id"}
        | ({"user": users[entity["user_id"]].as_json()} if entity.get("user_id") in users else {})
        for entity in entities
        if entity["type"] != "text_mention" or entity.get("user_id") in users
    ]
