"""What the bot itself says: `messages/phrases/<lang>.toml`, one table a noun, one string or list a key."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from jinja2 import Template as Compiled
from markupsafe import Markup

from bot.catalogue.direction import keep_commands_whole
from bot.catalogue.findings import Finding
from bot.catalogue.phrase_files import PhraseFile, compare, read_phrases
from bot.catalogue.sandbox import environment
from bot.domain.templates import SOURCE_LANGUAGE


class Phrases:
    """Words by language and key. A key that a language lacks is said in the default language, then in English."""

    def __init__(self, words: dict[str, PhraseFile], languages: Sequence[str]) -> None:
        self._words, self.languages = words, tuple(languages)
        self._compiled: dict[tuple[str, str, bool], Compiled] = {}

    @classmethod
    def load(cls, directory: Path, languages: Sequence[str]) -> tuple["Phrases", list[Finding], list[Finding]]:
        """(phrases, faults, warnings) of the folder `messages/phrases`; the first language is the default."""
        words: dict[str, PhraseFile] = {}
        faults: list[Finding] = []
        others = sorted(path.stem for path in directory.glob("*.toml"))
        for language in dict.fromkeys([*languages, SOURCE_LANGUAGE, *others]):
            read, found = read_phrases(directory, language, required=language == languages[0])
            faults += found
            if read:
                words[language] = read
        compared, warnings = compare(words, languages)
        return cls(words, languages), faults + compared, warnings

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


def safe(html: str) -> Markup:
    """Marks HTML that has been checked or said already, so that a phrase does not escape it again."""
    return Markup(html)
