"""All files of `messages/prevention`: read, checked, compared with the English ones. One broken file hides no other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.catalogue.findings import Finding, read_text
from bot.catalogue.template_file import parse
from bot.domain.place import Place
from bot.domain.templates import SOURCE_LANGUAGE, Field, Template, is_overdue, is_stale

Key = tuple[str, str]


@dataclass(frozen=True)
class Loaded:
    """Sound templates by (topic, language); what is wrong with the others; what could be better."""

    templates: dict[Key, Template]
    faults: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


def load(directory: Path, place: Place) -> Loaded:
    """Reads the `<topic>.<lang>.md` files of one folder. The caller keeps the last good version of a broken one."""
    templates: dict[Key, Template] = {}
    faults, warnings = list[Finding](), list[Finding]()
    for path in sorted(directory.glob("*.md")):
        shown = f"{directory.name}/{path.name}"
        text = read_text(path, shown)
        if isinstance(text, Finding):
            faults.append(text)
            continue
        parsed = parse(text, shown, place)
        faults += parsed.faults
        warnings += parsed.warnings
        if parsed.template:
            templates[parsed.template.key] = parsed.template
    faults += _different(templates)
    warnings += _alone(templates, directory)
    broken = {finding.file for finding in faults}
    sound = {key: t for key, t in templates.items() if t.file not in broken}
    return Loaded(sound, tuple(sorted(faults)), tuple(sorted([*warnings, *_stale(sound)])))


def compare(translation: Template, source: Template) -> Iterator[Finding]:
    """Faults of a translation against its English text: the fields must be the same, in name, type and choices."""
    if not translation.translated_from:
        remedy = f"Compare it with {source.file}, then write: translated_from: {source.version}"
        yield Finding(translation.file, 1, "translated_missing", "“translated_from” is missing", remedy)
    theirs = {f.name: f for f in source.fields}
    ours = {f.name: f for f in translation.fields}
    for name in sorted(theirs.keys() ^ ours.keys()):
        have, lack = (source.file, "here") if name in theirs else ("here", source.file)
        message = f"The field “{name}” is in {have}, but not in {lack}".replace("in here", "here")
        yield _fault(translation, "translation_fields", message, "Give both texts the same fields")
    for name in sorted(theirs.keys() & ours.keys()):
        if _shape(theirs[name]) != _shape(ours[name]):
            message = f"The field “{name}” has another type, other choices or another optional in {source.file}"
            yield _fault(translation, "translation_fields", message, "Make them the same")


def _shape(field: Field) -> tuple[object, ...]:
    return (field.type, field.optional, tuple(choice.key for choice in field.choices))


def _different(templates: Mapping[Key, Template]) -> Iterator[Finding]:
    for (topic, language), template in templates.items():
        source = templates.get((topic, SOURCE_LANGUAGE))
        if language != SOURCE_LANGUAGE and source:
            yield from compare(template, source)


def _alone(templates: Mapping[Key, Template], directory: Path) -> Iterator[Finding]:
    for (topic, language), template in templates.items():
        name = f"{topic}.{SOURCE_LANGUAGE}.md"
        if language != SOURCE_LANGUAGE and not (directory / name).exists():
            message = f"There is no {name} to compare this text with"
            yield Finding(template.file, 1, "source_missing", message, "Write it, so that others can translate it too")


def _stale(templates: Mapping[Key, Template]) -> Iterator[Finding]:
    for (topic, language), template in templates.items():
        source = templates.get((topic, SOURCE_LANGUAGE))
        if source and language != SOURCE_LANGUAGE and is_stale(template, source):
            message = f"{source.file} has changed since this translation was made"
            remedy = f"Compare the two, then write: translated_from: {source.version}"
            line = _line_of(template, "translated_from")
            yield Finding(template.file, line, "translation_stale", message, remedy)


def overdue(templates: Iterable[Template], today: date) -> Iterator[Finding]:
    """The templates that nobody may send any more before somebody has read them again."""
    for template in templates:
        if is_overdue(template, today):
            message = f"This should have been read again by {template.review_by}, so it cannot be sent"
            remedy = "Check every fact against the source, then set source_checked_on and a new review_by"
            yield Finding(template.file, _line_of(template, "review_by"), "review_overdue", message, remedy)


def _fault(template: Template, rule: str, message: str, remedy: str) -> Finding:
    return Finding(template.file, _line_of(template, "fields"), rule, message, remedy)


def _line_of(template: Template, key: str) -> int:
    lines = template.source_text.split("\n")
    return next((n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1)
