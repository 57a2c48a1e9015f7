"""The words of findings by language. They ship inside the package, because files of messages/ may be what is broken.

`{name}` stands for a value; every other brace is a brace, because that is what most of these sentences are about.
What speaks of how a file is written has other words, `message_at_form` and `remedy_at_form`, for who fills in a form.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.catalogue.direction import LEFT_TO_RIGHT, POP, clean, is_right_to_left, isolate
from bot.domain.sayings import Saying, saying
from bot.domain.templates import SOURCE_LANGUAGE

FOLDER = Path(__file__).parent / "words"
MESSAGE, REMEDY = "message", "remedy"
AT_FORM = "_at_form"
EDITED = "place.toml@desk"  # the place as edited at the desk: no file, so words say what it is
CLOSED = ("?", ".", "…", "؟", "।")
_VALUE = re.compile(r"\{([a-z_]+)\}")
# Between backticks stands what is typed as it is; a right-to-left sentence would turn it around.
_TYPED = re.compile(r"`([^`]*)`")
Words = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Told:
    """A text, and the language that it is really in: English where a translation is missing."""

    text: str
    language: str


@cache
def words_of(language: str) -> Words:
    """{message, remedy} by key; empty for a language without a file."""
    path = FOLDER / f"findings.{language}.toml"
    return dict(_entries("", tomllib.loads(path.read_text("utf-8")))) if path.is_file() else {}


@cache
def languages() -> frozenset[str]:
    """The languages that have words for findings."""
    return frozenset(path.name.split(".")[1] for path in FOLDER.glob("findings.*.toml"))


def tell(what: Saying, language: str, within: str = "", *, at_form: bool = False) -> Told:
    """Both sentences with their full stops. `within`: the name of the text that it is about, said first."""
    language = language if language in languages() and what.key in words_of(language) else SOURCE_LANGUAGE
    end = words_of(language)["sentence"]["end"]
    known = words_of(language)[what.key]
    parts = [part + AT_FORM if at_form and part + AT_FORM in known else part for part in (MESSAGE, REMEDY)]
    said = [_closed(_filled(what, part, language), end) for part in parts]
    prefix = f"{isolate(within, language)}: " if within else ""
    return Told(prefix + " ".join(one for one in said if one), language)


def name_of(file: str, language: str) -> str:
    """What a reader of `language` knows a file by."""
    return _filled(saying("edited"), MESSAGE, language) if file == EDITED else file


def _closed(said: str, end: str) -> str:
    return said if not said or said.endswith(CLOSED) else said + end


def _filled(what: Saying, part: str, language: str) -> str:
    """One pass: whatever a value holds is never read as a name again."""
    words = words_of(language).get(what.key) or words_of(SOURCE_LANGUAGE)[what.key]
    values = {name: _shown(value, language) for name, value in what.values}
    source = words.get(part, "")
    if is_right_to_left(language):
        source = _TYPED.sub(lambda typed: f"{LEFT_TO_RIGHT}{typed[1]}{POP}", source)
    return _VALUE.sub(lambda found: values[found[1]], source)


def _shown(value: str | Saying, language: str) -> str:
    return _filled(value, MESSAGE, language) if isinstance(value, Saying) else isolate(clean(value), language)


def _entries(above: str, table: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every table that holds words, by its dotted name."""
    words = {name: value for name, value in table.items() if isinstance(value, str)}
    if words:
        yield above, words
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _entries(f"{above}.{name}".removeprefix("."), value)
