"""The text of a message as parts that a form can show, and back: what is typed at the desk becomes the same file.

A shipped file that is taken apart and written again is the same, byte for byte.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from bot.catalogue.front_matter import FENCE, Value, take_apart

MOST_FIELDS = 12
WORDS = ("title", "summary", "nation", "source", "source_checked_on", "review_by", "author", "action")
_TIME = re.compile(r"\d+:\d+")
_STRANGE = yaml.reader.Reader.NON_PRINTABLE  # what YAML refuses to read, and nobody can see
_NAME = re.compile(r"[^\s:#'\"\[\]{},&*?|<>=!%@`-][^\s:#'\"\[\]{},&*?|<>=!%@`]*")


@dataclass(frozen=True)
class FieldSheet:
    """One field as it stands in the form. `choices`: one a line, `key: words`."""

    name: str = ""
    type: str = ""
    question: str = ""
    example: str = ""
    optional: bool = False
    choices: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.question or self.example or self.choices)


@dataclass(frozen=True)
class Sheet:
    """A message as it stands in the form: everything is the words that were typed."""

    topic: str
    title: str = ""
    summary: str = ""
    season: tuple[str, ...] = ()
    nation: str = ""
    source: str = ""
    source_checked_on: str = ""
    review_by: str = ""
    author: str = ""
    translated_from: str = ""
    fields: tuple[FieldSheet, ...] = ()
    action: str = ""
    body: str = ""


def read_sheet(text: str, file: str) -> Sheet:
    """The parts of a text, whatever may be wrong with them."""
    parts = take_apart(text.removeprefix("\ufeff").replace("\r\n", "\n"), file)
    values = parts.values
    season = values["season"].content if "season" in values else []
    months = tuple(one.words or "" for one in season) if isinstance(season, list) else ()
    words = {name: _words(values, name) for name in (*WORDS, "translated_from")}
    fields = values["fields"].content if "fields" in values else {}
    sheets = tuple(_field(name, one) for name, one in fields.items()) if isinstance(fields, dict) else ()
    return Sheet(_words(values, "topic"), season=months, fields=sheets, body=parts.body, **words)


def _words(values: dict[str, Value], name: str) -> str:
    return (values[name].words or "") if name in values else ""


def _field(name: str, value: Value) -> FieldSheet:
    settings = value.content if isinstance(value.content, dict) else {}
    said = {key: _words(settings, key) for key in ("type", "question", "example")}
    choices = settings["choices"].content if "choices" in settings else {}
    lines = [f"{key}: {one.words or ''}" for key, one in choices.items()] if isinstance(choices, dict) else []
    optional = _words(settings, "optional").lower() in ("yes", "true")
    return FieldSheet(name, optional=optional, choices="\n".join(lines), **said)


def write_sheet(sheet: Sheet) -> str:
    """The text of the file."""
    return "\n".join([FENCE, *_settings(sheet), FENCE, clean_text(sheet.body).strip("\n"), ""])


def _settings(sheet: Sheet) -> Iterator[str]:
    for name in ("topic", "title", "summary"):
        yield _line(name, getattr(sheet, name))
    if sheet.season:
        yield f"season: [{', '.join(_plain(month) for month in sheet.season)}]"
    for name in ("nation", "source", "source_checked_on", "review_by", "author"):
        yield _line(name, getattr(sheet, name))
    yield from ("approved_by:", "approved_on:")
    if sheet.translated_from:
        yield f"translated_from: {_quoted(sheet.translated_from)}"
    fields = {_key(one.name): one for one in sheet.fields if not one.is_empty}
    if fields:
        yield "fields:"
    for number, one in enumerate((one for one in sheet.fields if not one.is_empty), 1):
        yield from _field_lines(_key(one.name) or f"field_{number}", one)
    yield _line("action", sheet.action)


def _field_lines(name: str, field: FieldSheet) -> Iterator[str]:
    yield f"  {name}:"
    for key in ("type", "question", "example"):
        yield "    " + _line(key, getattr(field, key))
    if field.optional:
        yield "    optional: yes"
    choices = [line.partition(":") for line in clean_text(field.choices).split("\n") if line.strip()]
    if choices:
        yield "    choices:"
    for key, _, words in choices:
        yield "      " + _line(_key(key) or "choice", words)


def clean_text(text: str) -> str:
    """Without characters that nobody can see and no file can hold."""
    return _STRANGE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _line(name: str, words: str) -> str:
    return f"{name}: {_plain(words)}".rstrip()


def _plain(words: str) -> str:
    """On one line, and between quotes only where YAML would read something else."""
    words = " ".join(clean_text(words).split())
    return words if not words or _reads_the_same(words) else _quoted(words)


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _reads_the_same(words: str) -> bool:
    if _TIME.fullmatch(words) or words[0] in "'\"[{|>*&!%@`?":
        return False
    try:
        node = yaml.compose(f"key: {words}", Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return False
    value = node.value[0][1] if isinstance(node, yaml.MappingNode) and len(node.value) == 1 else None
    return isinstance(value, yaml.ScalarNode) and value.value == words


def _key(name: str) -> str:
    """A name as YAML can hold it; what is wrong with it the rules of fields say."""
    name = " ".join(clean_text(name).split())
    return name if not name or _NAME.fullmatch(name) else _quoted(name)


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, however they are written."""
    first, second = take_apart(one, ""), take_apart(other, "")
    return first.values == second.values and first.body == second.body


@dataclass(frozen=True)
class Part:
    """One part of a message, to be compared: its name in the form, and its words."""

    name: str
    words: str


def parts_of(text: str) -> list[Part]:
    """The parts in the order of the form. A text that cannot be taken apart is one part, its body."""
    sheet = read_sheet(text, "")
    names = ("title", "summary", "nation", "source", "source_checked_on", "review_by", "author", "translated_from")
    fields = [Part(f"field:{one.name}", _told(one)) for one in sheet.fields]
    plain = [Part(name, getattr(sheet, name)) for name in names]
    season = Part("season", ", ".join(sheet.season))
    return [*plain, season, *fields, Part("action", sheet.action), Part("body", sheet.body)]


def _told(field: FieldSheet) -> str:
    lines = [field.type, field.question, field.example, "optional" if field.optional else "", field.choices]
    return "\n".join(line for line in lines if line)
