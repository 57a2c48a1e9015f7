"""An edit looked at by the rules of files, against its source text and the calendar; each finding at its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.catalogue.finding_places import Placed, placed
from bot.catalogue.findings import Finding
from bot.catalogue.loader import compare
from bot.catalogue.template_file import parse
from bot.domain.place import Place
from bot.domain.sayings import saying
from bot.domain.template_states import is_due
from bot.domain.templates import SOURCE_LANGUAGE, Template, is_overdue, is_stale


@dataclass(frozen=True)
class Checked:
    """`template`: None as long as there is a fault. Warnings never stand in the way."""

    template: Template | None
    faults: tuple[Placed, ...]
    warnings: tuple[Placed, ...]


def check(text: str, file: str, place: Place, source: Template | None, today: date) -> Checked:
    """`file` is `<topic>.<lang>.md`. `source`: the source text that a translation is made from, if there is one."""
    parsed = parse(text, file, place)
    if parsed.template is None:
        return Checked(None, placed(text, parsed.faults), ())
    faults = list(_misfits(parsed.template, source))
    warnings = [*parsed.warnings, *_stale(parsed.template, source), *_dates(parsed.template, today)]
    return Checked(None if faults else parsed.template, placed(text, faults), placed(text, warnings))


def _misfits(template: Template, source: Template | None) -> Iterator[Finding]:
    if template.language == SOURCE_LANGUAGE:
        return
    if source is None:
        yield Finding(template.file, 1, saying("source_missing.edit"))
        return
    for one in compare(template, source):
        missing = one.rule == "translated_missing"
        yield Finding(one.file, one.line, saying("translated_missing.edit")) if missing else one


def _stale(template: Template, source: Template | None) -> Iterator[Finding]:
    if source is not None and template.translated_from and is_stale(template, source):
        yield Finding(template.file, 1, saying("translation_stale.edit"))


def _dates(template: Template, today: date) -> Iterator[Finding]:
    lines = enumerate(template.source_text.split("\n"), 1)
    line = next((number for number, words in lines if words.startswith("review_by:")), 1)
    if is_overdue(template, today):
        yield Finding(template.file, line, saying("review_overdue.edit"))
    elif is_due(template, today):
        yield Finding(template.file, line, saying("review_due"))
