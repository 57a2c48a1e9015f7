"""Telegram's HTML parse mode: the tags it knows, its errors in its words, with offsets in bytes.

A hand-written reader on purpose: Telegram's rules are not a browser's. `<br>` is an error, an end tag may be empty,
only four named character references exist, and an entity that covers nothing vanishes.
"""

import re
from dataclasses import dataclass
from typing import Any

from bot.simulator.links import checked_link, linked_user
from bot.simulator.params import bad_request
from bot.simulator.text_units import units

Entity = dict[str, Any]

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler",
    "tg-spoiler": "spoiler", "tg-emoji": "custom_emoji", "a": "text_link", "code": "code", "pre": "pre",
    "blockquote": "blockquote",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,8})|([A-Za-z]+));?")
PLAIN = re.compile(r"[^<&]+")
SPACE = " \t\n\r\x00\x0b"


@dataclass
class Open:
    """A start tag that waits for its end."""

    tag: str
    argument: str
    offset: int
    part: int


class MarkupParser:
    """One text, read once: `parse()` gives the plain text and its entities, inner ones first."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.parts: list[str] = []
        self.length = 0
        self.open: list[Open] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            self.step()
        if self.open:
            raise self.wrong(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.parts), self.entities

    def step(self) -> None:
        if plain := PLAIN.match(self.source, self.at):
            self.at = plain.end()
            self.say(plain.group())
        elif self.source[self.at] == "&":
            self.say(self.reference())
        elif self.peek(1) == "/":
            self.end_tag()
        else:
            self.start_tag()

    def say(self, text: str) -> None:
        self.parts.append(text)
        self.length += units(text)

    def peek(self, ahead: int = 0) -> str:
        """The character there, empty behind the end."""
        return self.source[self.at + ahead : self.at + ahead + 1]

    def wrong(self, what: str, at: int | None = None) -> Exception:
        place = "" if at is None else f" at byte offset {len(self.source[:at].encode())}"
        return bad_request(f"can't parse entities: {what}{place}")

    def reference(self) -> str:
        """A character reference; what is none stands for itself."""
        found = REFERENCE.match(self.source, self.at)
        character = decoded(found) if found else ""
        self.at = found.end() if found and character else self.at + 1
        return character or "&"

    def until(self, stops: str) -> str:
        start = self.at
        while self.at < len(self.source) and self.source[self.at] not in stops:
            self.at += 1
        return self.source[start : self.at]

    def skip_space(self) -> None:
        while self.peek() and self.peek() in SPACE:
            self.at += 1

    def start_tag(self) -> None:
        begin = self.at
        self.at += 1
        tag = self.until(SPACE + ">").lower()
        if not self.peek():
            raise self.wrong("Unclosed start tag", begin)
        if tag not in TAGS:
            raise self.wrong(f'Unsupported start tag "{tag}"', begin)
        argument = self.attributes(tag, begin)
        if tag == "span" and argument != "spoiler":
            raise self.wrong('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(Open(tag, argument, self.length, len(self.parts)))

    def attributes(self, tag: str, begin: int) -> str:
        """Reads up to and over the `>`; gives the one attribute value that means something for this tag."""
        argument = ""
        while True:
            self.skip_space()
            if self.peek() == ">":
                self.at += 1
                return argument
            name = self.until(SPACE + "=>/\"'").lower()
            if not name:
                raise self.wrong(self.unnamed(tag), begin)
            argument = meaning(tag, name, self.value(tag, name, begin)) or argument

    def unnamed(self, tag: str) -> str:
        return f'Empty attribute name in the tag "{tag}"' if self.peek() else f'Unclosed start tag "{tag}"'

    def value(self, tag: str, name: str, begin: int) -> str:
        self.skip_space()
        if self.peek() != "=":
            if (tag, name) == ("blockquote", "expandable"):
                return ""
            raise self.wrong(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
        self.at += 1
        self.skip_space()
        value = self.quoted() if self.peek() and self.peek() in "'\"" else self.token()
        if not self.peek():
            raise self.wrong("Unclosed start tag", begin)
        return value

    def token(self) -> str:
        begin = self.at
        while self.peek().isalnum() or (self.peek() and self.peek() in ".-"):
            self.at += 1
        if self.peek() and self.peek() not in SPACE + ">":
            raise self.wrong("Unexpected end of name token", begin)
        return self.source[begin : self.at].lower()

    def quoted(self) -> str:
        quote, value = self.peek(), ""
        self.at += 1
        while self.peek() and self.peek() != quote:
            if self.peek() == "&":
                value += self.reference()
            else:
                value += self.until(quote + "&")
        self.at += 1
        return value

    def end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self.wrong("Unexpected end tag", begin)
        self.at += 2
        name = self.until(SPACE + ">").lower()
        self.skip_space()
        if self.peek() != ">":
            raise self.wrong("Unclosed end tag", begin)
        started = self.open.pop()
        if name and name != started.tag:
            found = f'expected "</{started.tag}>", found "</{name}>"'
            place = len(self.source[:begin].encode())
            raise self.wrong(f"Unmatched end tag at byte offset {place}, {found}")
        self.at += 1
        self.close(started)

    def close(self, started: Open) -> None:
        length = self.length - started.offset
        if length == 0:
            return
        entity: Entity = {"type": TAGS[started.tag], "offset": started.offset, "length": length}
        filled = self.filled(entity, started)
        if filled:
            self.entities.append(filled)

    def filled(self, entity: Entity, started: Open) -> Entity | None:
        """The entity with what its kind adds; None where Telegram quietly leaves it out."""
        if started.tag == "a":
            return link(entity, started.argument or "".join(self.parts[started.part :]))
        if started.tag == "tg-emoji":
            return entity | {"custom_emoji_id": started.argument}
        if started.tag == "blockquote" and started.argument:
            return entity | {"type": "expandable_blockquote"}
        if started.tag in ("pre", "code"):
            return self.code(entity, started)
        return entity

    def code(self, entity: Entity, started: Open) -> Entity | None:
        """`<pre><code class="language-x">` is one entity, not two."""
        last = self.entities[-1] if self.entities else {}
        same = last.get("offset") == entity["offset"] and last.get("length") == entity["length"]
        if same and started.tag == "pre" and last.get("type") == "code":
            language = self.entities.pop().get("language")
            return entity | ({"language": language} if language else {})
        return entity | ({"language": started.argument} if started.argument else {})


def decoded(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return NAMED.get(name, "")
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else ""


def meaning(tag: str, name: str, value: str) -> str:
    if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id")):
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return "expandable" if (tag, name) == ("blockquote", "expandable") else ""


def link(entity: Entity, target: str) -> Entity | None:
    if user_id := linked_user(target):
        return entity | {"type": "text_mention", "user_id": user_id}
    url = checked_link(target)
    return entity | {"url": url} if url else None
