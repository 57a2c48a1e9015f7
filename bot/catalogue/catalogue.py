"""Everything a person reads, in one object: the place, the phrases, the templates, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.catalogue.findings import CatalogueError, Finding
from bot.catalogue.loader import Key, Loaded, compare, load, overdue
from bot.catalogue.phrases import Phrases
from bot.catalogue.place_file import read_place
from bot.catalogue.placeholders import of_place
from bot.catalogue.rendering import Rendered, render
from bot.catalogue.template_file import Parsed, parse
from bot.domain.place import Place
from bot.domain.templates import SOURCE_LANGUAGE, Template

PREVENTION, PHRASES = "prevention", "phrases"


@dataclass(frozen=True)
class Catalogue:
    """What was read from one `messages` folder. Never changes: `reload` gives another.

    `faults` name broken files, of which an earlier good version may still be in use; `warnings` refuse nothing.
    """

    directory: Path
    place: Place
    phrases: Phrases
    templates: Mapping[Key, Template]
    faults: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    @classmethod
    def open(cls, directory: Path) -> "Catalogue":
        """First start. Broken templates are left out; a broken place or phrase raises CatalogueError."""
        place, place_faults = read_place(directory)
        languages = place.languages if place else ("en",)
        phrases, faults, warnings = Phrases.load(directory / PHRASES, languages)
        if place is None or faults:
            raise CatalogueError([*place_faults, *faults])
        loaded = load(directory / PREVENTION, place)
        return cls(directory, place, phrases, loaded.templates, loaded.faults, (*warnings, *loaded.warnings))

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (*self.faults, *self.warnings)

    def reload(self) -> "Catalogue":
        """Reads the folder again. Whatever is broken now stays as it was, and `faults` say so."""
        place, faults = read_place(self.directory)
        place = place or self.place
        phrases, phrase_faults, warnings = Phrases.load(self.directory / PHRASES, place.languages)
        if phrase_faults:
            phrases, warnings = self.phrases, []
        loaded = load(self.directory / PREVENTION, place)
        templates = {**self._still_good(loaded), **loaded.templates}
        faults = [*faults, *phrase_faults, *loaded.faults]
        return Catalogue(self.directory, place, phrases, templates, tuple(faults), (*warnings, *loaded.warnings))

    def _still_good(self, loaded: Loaded) -> dict[Key, Template]:
        """The versions of files that are broken now. A deleted file is gone; so is what no longer fits its source."""
        broken = {finding.file for finding in loaded.faults}
        kept = {key: template for key, template in self.templates.items() if template.file in broken}
        now = {**kept, **loaded.templates}
        return {key: template for key, template in kept.items() if not _misfits(template, now)}

    def parse(self, text: str, file_name: str) -> Parsed:
        """Reads a text that does not come from a file, by the same rules; `file_name` is `<topic>.<lang>.md`."""
        parsed = parse(text, file_name, self.place)
        misfits = _misfits(parsed.template, self.templates) if parsed.template else ()
        return Parsed(None, misfits) if misfits else parsed

    def render(self, template: Template, values: Mapping[str, str], *, language: str | None = None) -> Rendered:
        """As `rendering.render`, with the place and its emergency numbers filled in."""
        return render(template, {**of_place(self.place), **values}, language=language)


def _misfits(template: Template, templates: Mapping[Key, Template]) -> tuple[Finding, ...]:
    source = templates.get((template.topic, SOURCE_LANGUAGE))
    if source is None or template.language == SOURCE_LANGUAGE:
        return ()
    return tuple(compare(template, source))


def check(directory: Path, today: date | None = None) -> list[Finding]:
    """Every fault and warning of every file; the faults come first. See `checked`."""
    faults, warnings = checked(directory, today)
    return [*faults, *warnings]


def checked(directory: Path, today: date | None = None) -> tuple[list[Finding], list[Finding]]:
    """(faults, warnings) of every file, for `first-mile check`. With `today`, also what is due to be read again."""
    place, faults = read_place(directory)
    languages = place.languages if place else ("en",)
    _, phrase_faults, warnings = Phrases.load(directory / PHRASES, languages)
    faults = [*faults, *phrase_faults]
    if place is None:
        return faults, warnings
    loaded = load(directory / PREVENTION, place)
    due = overdue(loaded.templates.values(), today) if today else ()
    return [*faults, *loaded.faults], [*warnings, *loaded.warnings, *due]
