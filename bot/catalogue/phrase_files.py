"""Reading and comparing the phrase files: every fault with file and line, whatever else is broken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.catalogue import telegram_html
from bot.catalogue.findings import Finding, nearest
from bot.catalogue.syntax import read_phrase
from bot.catalogue.toml_file import TomlFile, read_toml
from bot.domain.sayings import Saying, saying
from bot.domain.templates import SOURCE_LANGUAGE


@dataclass(frozen=True)
class PhraseFile:
    """One language: sources and lists by dotted key, and the names that each source asks for."""

    file: TomlFile
    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, frozenset[str]] = field(default_factory=dict)


def read_phrases(
    directory: Path, language: str, *, required: bool, page: str = ""
) -> tuple[PhraseFile | None, list[Finding]]:
    """The sound phrases of one language and the faults of the others. A missing file counts only when required.

    `page`: of the desk, whose words stand in a file of their own, below the one heading [desk_<page>].
    """
    path = directory / f"{page + '.' if page else ''}{language}.toml"
    if not required and not path.exists():
        return None, []
    file = read_toml(path, f"{directory.name}/{path.name}")
    if isinstance(file, Finding):
        return None, [file]
    words, faults = PhraseFile(file), []
    for key, value in _entries(file.data):
        strange = page and key.partition(".")[0] != f"desk_{page}"
        faults += [_other_heading(file, key, page)] if strange else _take(words, key, value)
    return words, faults


def _other_heading(file: TomlFile, key: str, page: str) -> Finding:
    return file.fault(key, saying("desk_heading", name=key, heading=f"desk_{page}"))


def pages(directory: Path) -> list[str]:
    """The pages of the desk that have words in this folder: the first part of <page>.<language>.toml."""
    return sorted({path.name.split(".")[0] for path in directory.glob("*.*.toml")})


def _entries(data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for table, content in data.items():
        if isinstance(content, dict):
            yield from ((f"{table}.{key}", value) for key, value in content.items())
        else:
            yield table, None


def _take(words: PhraseFile, key: str, value: Any) -> list[Finding]:
    if isinstance(value, str):
        return _take_text(words, key, value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        words.lists[key] = tuple(value)
        return []
    if value is None:
        return [words.file.fault(key, saying("phrase_outside", name=key))]
    return [words.file.fault(key, saying("phrase_kind", name=key))]


def _take_text(words: PhraseFile, key: str, source: str) -> list[Finding]:
    syntax = read_phrase(source)
    problems = syntax.problems or telegram_html.check(source, branches_closed=False)
    first = words.file.line_of_text(key)
    if not problems:
        words.texts[key] = source
        words.names[key] = frozenset(syntax.names)
    return [Finding(words.file.shown, first + p.line - 1, p.what, within=key) for p in problems]


def compare(words: dict[str, PhraseFile], languages: Sequence[str]) -> tuple[list[Finding], list[Finding]]:
    """(faults, warnings): translations are measured against the source language, English where it is there."""
    base = SOURCE_LANGUAGE if SOURCE_LANGUAGE in words else languages[0]
    source = words.get(base)
    if source is None:
        return [], []
    faults, warnings = list[Finding](), list[Finding]()
    for language, translation in words.items():
        if language != base:
            faults += _other_names(source, translation)
            warnings += _strangers(source, translation)
            warnings += _fewer_names(source, translation)
            warnings += _untranslated(source, translation)
    return faults, warnings


def _keys(words: PhraseFile) -> set[str]:
    return {*words.texts, *words.lists}


def _strangers(source: PhraseFile, translation: PhraseFile) -> Iterator[Finding]:
    """Keys that nothing says: misspelt, or left over from an earlier version. They do no harm."""
    for key in sorted(_keys(translation) - _keys(source)):
        if source.file.line(key) == 1 or not _known_broken(source, key):
            near = nearest(key, _keys(source))
            yield translation.file.fault(key, saying("phrase_stranger", name=key, file=source.file.shown, nearest=near))


def _known_broken(source: PhraseFile, key: str) -> bool:
    """The source has the key, but it is at fault itself and was reported already."""
    table, _, name = key.partition(".")
    content = source.file.data.get(table)
    return isinstance(content, dict) and name in content


def _other_names(source: PhraseFile, translation: PhraseFile) -> Iterator[Finding]:
    """Names that nobody fills in: the phrase could not be said at all."""
    for key in sorted(source.names.keys() & translation.names.keys()):
        if translation.names[key] - source.names[key]:
            yield _names_differ(source, translation, key)


def _fewer_names(source: PhraseFile, translation: PhraseFile) -> Iterator[Finding]:
    """The source has learnt to say more since: the translation is still better than another language."""
    for key in sorted(source.names.keys() & translation.names.keys()):
        if translation.names[key] < source.names[key]:
            yield _names_differ(source, translation, key)


def _names_differ(source: PhraseFile, translation: PhraseFile, key: str) -> Finding:
    got, wanted = _listed(translation.names[key]), _listed(source.names[key])
    differ = saying("phrase_names", name=key, got=got, file=source.file.shown, wanted=wanted)
    return translation.file.fault(key, differ)


def _listed(names: frozenset[str]) -> Saying:
    return saying("names.some", names=", ".join(sorted(names))) if names else saying("names.none")


def _untranslated(source: PhraseFile, translation: PhraseFile) -> Iterator[Finding]:
    missing = sorted(_keys(source) - _keys(translation))
    if missing:
        some = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        yield Finding(translation.file.shown, 1, saying("phrase_untranslated", count=len(missing), names=some))
