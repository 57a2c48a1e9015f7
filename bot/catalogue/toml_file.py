"""TOML with line numbers: the standard reader keeps none, and a fault without its line is a riddle."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from bot.catalogue.findings import Finding, read_text
from bot.domain.sayings import Saying, saying

_HEADER = re.compile(r"\s*\[\s*([\w.-]+)\s*\]")
_LISTED = re.compile(r"\s*\[\[\s*([\w.-]+)\s*\]\]")
_KEY = re.compile(r"\s*\"?([\w.-]+)\"?\s*=")
_QUOTES = ('"""', "'''")
_PLACE_IN_ERROR = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


class TomlFile:
    """A read file: `data` as tables, `line(key)` for a dotted key such as `people.welcome` or `oncall.0.days`."""

    def __init__(self, shown: str, text: str, data: dict[str, Any]) -> None:
        self.shown, self.text, self.data = shown, text, data
        self._lines, self._source = _lines_of_keys(text), text.splitlines()

    def line(self, key: str) -> int:
        """The line of the key, or of its table, or 1."""
        while key not in self._lines and "." in key:
            key = key.rpartition(".")[0]
        return self._lines.get(key, 1)

    def key_at(self, line: int) -> str:
        """The key that stands on a line, or empty."""
        return next((key for key, number in self._lines.items() if number == line), "")

    def line_of_text(self, key: str) -> int:
        """The line on which a string begins: the one below, when only three quotes follow the key."""
        line = self.line(key)
        return line + (self._source[line - 1].partition("=")[2].strip() in _QUOTES)

    def line_with(self, key: str, pattern: str) -> int:
        """The first line from the key to the next heading on which the pattern is found, or the line of the key."""
        first = self.line(key)
        for number, line in enumerate(self._source[first - 1 :], start=first):
            if number > first and (_HEADER.match(line) or _LISTED.match(line)):
                break
            if re.search(pattern, line):
                return number
        return first

    def fault(self, key: str, what: Saying) -> Finding:
        return Finding(self.shown, self.line(key), what)


def read_toml(path: Path, shown: str) -> TomlFile | Finding:
    """The file, or the one fault that keeps it from being read."""
    text = read_text(path, shown)
    return text if isinstance(text, Finding) else parse_toml(text, shown)


def parse_toml(text: str, shown: str) -> TomlFile | Finding:
    """The same of a text that is kept elsewhere."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        return TomlFile(shown, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        return _syntax_fault(shown, text, str(error))


def _syntax_fault(shown: str, text: str, error: str) -> Finding:
    place = _PLACE_IN_ERROR.search(error)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    reason = _PLACE_IN_ERROR.sub("", error)
    return Finding(shown, line, saying("toml_syntax", reason=reason))


def _lines_of_keys(text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    table, closing = "", ""
    listed: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = open_quotes(line, closing)
            continue
        if item := _LISTED.match(line):
            table = f"{item[1]}.{listed[item[1]]}."
            listed[item[1]] += 1
            lines.setdefault(table[:-1], number)
            lines.setdefault(item[1], number)
        elif header := _HEADER.match(line):
            table = header[1] + "."
            lines.setdefault(header[1], number)
        elif key := _KEY.match(line):
            lines.setdefault(table + key[1], number)
            closing = open_quotes(line)
    return lines


def open_quotes(line: str, before: str = "") -> str:
    """The three quotes that are open after this line, or nothing. `before`: those that were open before it."""
    if before:
        return "" if before in line else before
    return next((quotes for quotes in _QUOTES if line.count(quotes) % 2), "")
