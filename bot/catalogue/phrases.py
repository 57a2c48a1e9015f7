"""What the bot itself says: `messages/phrases/<lang>.toml`, one table a noun, one string or list a key.

The pages of the desk have files of their own, `messages/desk/<page>.<lang>.toml`; their keys begin with desk_<page>.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from jinja2 import Template as Compiled
from markupsafe import Markup, escape

from bot.catalogue.direction import keep_commands_whole
from bot.catalogue.findings import Finding
from bot.catalogue.phrase_files import PhraseFile, compare, pages, read_phrases
from bot.catalogue.sandbox import environment
from bot.domain.templates import SOURCE_LANGUAGE

DESK = "desk"
Words = dict[str, PhraseFile]


class Phrases:
    """Words by language and key. A key that a language lacks is said in the default language, then in English."""

    def __init__(self, words: dict[str, PhraseFile], languages: Sequence[str]) -> None:
        self._words, self.languages = words, tuple(languages)
        self._compiled: dict[tuple[str, str, bool], Compiled] = {}

    @classmethod
    def load(cls, directory: Path, languages: Sequence[str]) -> tuple["Phrases", list[Finding], list[Finding]]:
        """(phrases, faults, warnings) of the folder `messages/phrases`; the first language is the default."""
        others = sorted(path.stem for path in directory.glob("*.toml"))
        order = tuple(dict.fromkeys([*languages, SOURCE_LANGUAGE, *others]))
        words, faults, warnings = _read(directory, order, languages)
        desk = directory.parent / DESK
        for page in pages(desk):
            of_page, more_faults, more_warnings = _read(desk, order, languages, page)
            faults, warnings = faults + more_faults, warnings + more_warnings
            _put_in(words, of_page)
        return cls(words, languages), faults, warnings

    def say(self, language: str, key: str, /, **values: Any) -> str:
        """The phrase as Telegram HTML, values escaped. Raises KeyError for a key nobody has, jinja2.UndefinedError."""
        return self._render(language, key, values, escaped=True)

    def plain(self, language: str, key: str, /, **values: Any) -> str:
        """The phrase without HTML escaping: button labels, menu texts, callback answers."""
        return self._render(language, key, values, escaped=False)

    def list(self, language: str, key: str, /) -> list[str]:
        """The words of an array such as `words.stop`; falls back like a phrase. Raises KeyError."""
        found = self._words[self._language_of(language, key, "lists")].lists[key]
        return [*found]

    def everywhere(self, key: str, /) -> set[str]:
        """The words of an array in every language there is: stop must mean stop in all of them (promise 2)."""
        return {word for words in self._words.values() for word in words.lists.get(key, ())}

    def has(self, key: str) -> bool:
        return key in self.keys()

    def keys(self) -> set[str]:
        """Every key that any loaded language has, lists as well."""
        return {key for words in self._words.values() for key in (*words.texts, *words.lists)}

    def spoken(self) -> set[str]:
        """The languages that have any phrase."""
        return {language for language, words in self._words.items() if words.texts}

    def shown_in(self, language: str, key: str) -> str:
        """The language that a phrase would really be said in. Raises KeyError for a key that nobody has."""
        return self._language_of(language, key, "texts")

    def _render(self, language: str, key: str, values: dict[str, Any], *, escaped: bool) -> str:
        said = self._language_of(language, key, "texts")
        compiled = self._compiled.get((said, key, escaped))
        if compiled is None:
            source = keep_commands_whole(self._words[said].texts[key], said)
            compiled = environment(said, escaped=escaped).from_string(source)
            self._compiled[said, key, escaped] = compiled
        return compiled.render(values)

    def _language_of(self, language: str, key: str, kind: str) -> str:
        for candidate in (language, self.languages[0], SOURCE_LANGUAGE):
            words = self._words.get(candidate)
            if words and key in cast(dict[str, object], getattr(words, kind)):
                return candidate
        raise KeyError(f"no phrase {key!r} in {', '.join(self._words) or 'any language'}")


def _read(
    directory: Path, order: Sequence[str], languages: Sequence[str], page: str = ""
) -> tuple[Words, list[Finding], list[Finding]]:
    """(words, faults, warnings) of the files of one folder, or of one page; only the default language must be there."""
    words: Words = {}
    faults: list[Finding] = []
    for language in order:
        read, found = read_phrases(directory, language, required=language == languages[0], page=page)
        faults += found
        if read:
            words[language] = read
    compared, warnings = compare(words, languages)
    return words, faults + compared, warnings


def _put_in(words: Words, more: Words) -> None:
    """Headings never clash: those of a page begin with its name."""
    for language, file in more.items():
        known = words.setdefault(language, PhraseFile(file.file))
        known.texts.update(file.texts)
        known.lists.update(file.lists)
        known.names.update(file.names)


def said_safely(finding: Finding, language: str) -> Markup:
    """A finding with its file and line, to be put into a phrase: its own isolates of right-to-left text stay in it."""
    return escape(finding.located(language).text)


def safe(html: str) -> Markup:
    """Marks HTML that has been checked or said already, so that a phrase does not escape it again."""
    return Markup(html)
