"""All files of `messages/prevention`: read, checked, compared with the English ones. One broken file hides no other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.catalogue.findings import Finding, read_text
from bot.catalogue.template_file import parse
from bot.domain.place import Place
from bot.domain.sayings import Saying, saying
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
        missing = saying("translated_missing.in_file", file=source.file, version=source.version)
        yield Finding(translation.file, 1, missing)
    theirs = {f.name: f for f in source.fields}
    ours = {f.name: f for f in translation.fields}
    for name in sorted(theirs.keys() ^ ours.keys()):
        lacking = saying("translation_fields.lacking", field=name, file=source.file)
        only_here = saying("translation_fields.only_here", field=name, file=source.file)
        yield _fault(translation, lacking if name in theirs else only_here)
    for name in sorted(theirs.keys() & ours.keys()):
        if _shape(theirs[name]) != _shape(ours[name]):
            yield _fault(translation, saying("translation_fields.differ", field=name, file=source.file))


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
            yield Finding(template.file, 1, saying("source_missing.file", file=name))


def _stale(templates: Mapping[Key, Template]) -> Iterator[Finding]:
    for (topic, language), template in templates.items():
        source = templates.get((topic, SOURCE_LANGUAGE))
        if source and language != SOURCE_LANGUAGE and is_stale(template, source):
            stale = saying("translation_stale.file", file=source.file, version=source.version)
            yield Finding(template.file, _line_of(template, "translated_from"), stale)


def overdue(templates: Iterable[Template], today: date) -> Iterator[Finding]:
    """The templates that nobody may send any more before somebody has read them again."""
    for template in templates:
        if is_overdue(template, today):
            late = saying("review_overdue.file", day=template.review_by)
            yield Finding(template.file, _line_of(template, "review_by"), late)


def _fault(template: Template, what: Saying) -> Finding:
    return Finding(template.file, _line_of(template, "fields"), what)


def _line_of(template: Template, key: str) -> int:
    lines = template.source_text.split("\n")
    return next((n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1)
