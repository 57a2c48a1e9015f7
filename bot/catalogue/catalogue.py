"""Everything a person reads, in one object: the place, the phrases, the templates, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.catalogue.findings import CatalogueError, Finding
from bot.catalogue.loader import Key, Loaded, compare, load, overdue
from bot.catalogue.phrases import Phrases
from bot.catalogue.place_duty import holidays_run_out
from bot.catalogue.place_file import FILE_NAME, parse_place, read_place
from bot.catalogue.placeholders import of_place
from bot.catalogue.plan_loader import LoadedPlans, load_plans
from bot.catalogue.plan_loader import overdue as overdue_plans
from bot.catalogue.plan_rendering import plan_figures
from bot.catalogue.rendering import Rendered, render
from bot.catalogue.template_file import Parsed, parse
from bot.domain.place import Place
from bot.domain.plans import Plan
from bot.domain.templates import SOURCE_LANGUAGE, Template

PREVENTION, PHRASES, CHECKINS = "prevention", "phrases", "checkins"


@dataclass(frozen=True)
class Catalogue:
    """What was read from one `messages` folder. Never changes: `reload` gives another.

    `plans` are proved, by id; each has the languages whose words are sound.
    `faults` name broken files, of which an earlier good version may still be in use; `warnings` refuse nothing.
    """

    directory: Path
    place: Place
    phrases: Phrases
    templates: Mapping[Key, Template]
    faults: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    plans: Mapping[str, Plan] = field(default_factory=dict)

    @classmethod
    def open(cls, directory: Path, place_text: str = "") -> "Catalogue":
        """First start. Broken templates are left out; a broken place or phrase raises CatalogueError.

        `place_text`: the place as edited at the desk, which counts instead of the file while it can be read.
        """
        place, place_faults, strict = _place(directory, place_text)
        languages = place.languages if place else ("en",)
        phrases, faults, warnings = Phrases.load(directory / PHRASES, languages)
        if place is None or faults:
            raise CatalogueError([*place_faults, *faults])
        loaded, plans = load(directory / PREVENTION, place), load_plans(directory / CHECKINS, place)
        faults = [*strict, *loaded.faults, *plans.faults]
        warnings += [*loaded.warnings, *plans.warnings]
        return cls(directory, place, phrases, loaded.templates, tuple(faults), tuple(warnings), plans.plans)

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (*self.faults, *self.warnings)

    def reload(self, place_text: str = "") -> "Catalogue":
        """Reads the folder again. Whatever is broken now stays as it was, and `faults` say so."""
        place, faults, strict = _place(self.directory, place_text)
        place, faults = place or self.place, [*faults, *strict]
        phrases, phrase_faults, warnings = Phrases.load(self.directory / PHRASES, place.languages)
        if phrase_faults:
            phrases, warnings = self.phrases, []
        loaded = load(self.directory / PREVENTION, place)
        templates = {**self._still_good(loaded), **loaded.templates}
        read = load_plans(self.directory / CHECKINS, place)
        faults = [*faults, *phrase_faults, *loaded.faults, *read.faults]
        warnings = [*warnings, *loaded.warnings, *read.warnings]
        plans = self._plans_still_good(read)
        return Catalogue(self.directory, place, phrases, templates, tuple(faults), tuple(warnings), plans)

    def _plans_still_good(self, read: LoadedPlans) -> dict[str, Plan]:
        """A plan with any fault stays as it was, all languages: words and questions must fit one another."""
        here = {path.stem for path in (self.directory / CHECKINS).glob("*.toml")}
        kept = {name: plan for name, plan in self.plans.items() if name in read.broken & here}
        return {**read.plans, **kept}

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
    loaded, plans = load(directory / PREVENTION, place), load_plans(directory / CHECKINS, place)
    due = [*overdue(loaded.templates.values(), today)] if today else []
    if today:
        due += overdue_plans(plans.plans.values(), today, directory / CHECKINS)
        due += holidays_run_out(directory / FILE_NAME, place.working, today)
    faults += [*loaded.faults, *plans.faults]
    return faults, [*warnings, *loaded.warnings, *plans.warnings, *due]


def figures_of(directory: Path) -> dict[str, list[str]]:
    """The figures of every proved plan of a messages folder, by id; none without a sound place.toml."""
    place, _ = read_place(directory)
    if place is None:
        return {}
    plans = load_plans(directory / CHECKINS, place).plans
    return {name: plan_figures(plan, place) for name, plan in sorted(plans.items())}


def _place(directory: Path, place_text: str) -> tuple[Place | None, list[Finding], list[Finding]]:
    """(place, why there is none, what keeps its edit from counting): the rules may have become stricter since."""
    edited, faults = parse_place(place_text) if place_text else (None, [])
    if edited is not None:
        return edited, [], []
    place, missing = read_place(directory)
    return place, missing, faults
