"""All files of `messages/checkins`: read, joined, proved. One broken file hides no other."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.catalogue.findings import Finding
from bot.catalogue.plan_file import ReadPlan, line_of, read_plan
from bot.catalogue.plan_words import ReadWords, read_words
from bot.catalogue.toml_file import TomlFile, open_quotes, read_toml
from bot.domain.place import Place
from bot.domain.plan_faults import Fault
from bot.domain.plans import Plan
from bot.domain.proof import prove
from bot.domain.templates import SOURCE_LANGUAGE

_FILE_NAME = re.compile(r"(?P<plan>[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(?P<language>[a-z]{2,3}))?\.toml")


@dataclass(frozen=True)
class LoadedPlans:
    """Proved plans by id, each with the languages whose words are sound; `broken` names the plans with any fault."""

    plans: Mapping[str, Plan]
    faults: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    broken: frozenset[str]


@dataclass(frozen=True)
class _Files:
    plans: dict[str, ReadPlan]
    words: dict[str, dict[str, ReadWords]]
    faults: list[Finding]


def load_plans(directory: Path, place: Place) -> LoadedPlans:
    """Reads one folder; a folder that is not there holds no plan. The caller keeps the last good version."""
    files = _read(directory, place)
    plans: dict[str, Plan] = {}
    faults, warnings = list(files.faults), list[Finding]()
    for plan_id, read in files.plans.items():
        words = files.words.pop(plan_id, {})
        plan, found, remarks = _join(read, words, place)
        faults += found
        warnings += remarks
        if plan:
            plans[plan_id] = plan
    faults += _without_plan(directory, files)
    broken = frozenset(finding.file.rpartition("/")[2].partition(".")[0] for finding in faults)
    return LoadedPlans(plans, tuple(sorted(set(faults))), tuple(sorted(set(warnings))), broken)


def overdue(plans: Iterable[Plan], today: date, files: Path) -> Iterator[Finding]:
    """The plans that nobody may be enrolled on any more before somebody has read them again."""
    for plan in plans:
        if plan.is_overdue(today):
            file = read_toml(files / plan.file.rpartition("/")[2], plan.file)
            message = f"This should have been read again by {plan.review_by}, so nobody can begin it"
            remedy = "Check every question against the source, then set source_checked_on and a new review_by"
            line = file.line("review_by") if isinstance(file, TomlFile) else 1
            yield Finding(plan.file, line, "review_overdue", message, remedy)


def _read(directory: Path, place: Place) -> _Files:
    files = _Files({}, {}, [])
    for path in sorted(directory.glob("*.toml")):
        shown, named = f"{directory.name}/{path.name}", _FILE_NAME.fullmatch(path.name)
        if not named:
            remedy = "Name it plan.toml or plan.language.toml, such as home-again.en.toml: small letters and hyphens"
            files.faults.append(Finding(shown, 1, "file_name", "The file name does not say which plan it is", remedy))
            continue
        file = read_toml(path, shown)
        if isinstance(file, Finding):
            files.faults.append(file)
        elif named["language"]:
            read = read_words(named["language"], file, digest_of(file.text), place)
            files.words.setdefault(named["plan"], {})[named["language"]] = read
        else:
            files.plans[named["plan"]] = read_plan(named["plan"], file, digest_of(file.text))
    return files


def digest_of(text: str) -> str:
    """Of the words, not of the line ends and comments. Between three quotes a line that begins with # is words."""
    lines, quotes = list[str](), ""
    for line in text.splitlines():
        if quotes or not line.startswith("#"):
            lines.append(line.rstrip())
        quotes = open_quotes(line, quotes)
    return hashlib.sha256("\n".join(line for line in lines if line).encode()).hexdigest()


def _join(
    read: ReadPlan, words: dict[str, ReadWords], place: Place
) -> tuple[Plan | None, list[Finding], list[Finding]]:
    """(plan or None, faults, warnings) of one plan and its words."""
    whole = replace(read.plan, words={language: one.words for language, one in words.items()})
    faults = [*read.faults, *(fault for one in words.values() for fault in one.faults)]
    told = {(fault.file, fault.line) for fault in faults}
    proved = [_placed(fault, read, words) for fault in prove(whole, place)]
    faults += [finding for finding in proved if (finding.file, finding.line) not in told]
    broken = {fault.file for fault in faults}
    sound = {language: one for language, one in whole.words.items() if one.file not in broken}
    warnings = [remark for one in words.values() for remark in one.warnings]
    warnings += [*_of_nation(read, place), *_untranslated(read, words, place), *_stale(whole, words)]
    usable = bool(sound) and read.file.shown not in broken
    return (replace(read.plan, words=sound) if usable else None), faults, warnings


def _placed(fault: Fault, read: ReadPlan, words: dict[str, ReadWords]) -> Finding:
    file = words[fault.language].file if fault.language else read.file
    return Finding(file.shown, line_of(file, fault.at), fault.rule, fault.message, fault.remedy)


def _without_plan(directory: Path, files: _Files) -> Iterator[Finding]:
    for plan_id, words in files.words.items():
        yield from (fault for one in words.values() for fault in one.faults)
        if not (directory / f"{plan_id}.toml").exists():
            message = f"There is no {plan_id}.toml that these words belong to"
            for one in words.values():
                yield Finding(one.file.shown, 1, "plan_missing", message, "Write it, or correct the name of this file")
    for plan_id, read in files.plans.items():
        if not list(directory.glob(f"{plan_id}.*.toml")):
            remedy = f"Write {plan_id}.{SOURCE_LANGUAGE}.toml, as the other plans have it"
            yield Finding(read.file.shown, 1, "words_missing", "This plan has no words in any language", remedy)


def _of_nation(read: ReadPlan, place: Place) -> Iterator[Finding]:
    if read.plan.nation and not read.plan.suits(place.nation):
        message = f"This was written for {read.plan.nation}, and the place is in {place.nation}"
        remedy = "Check every number and service for your nation, then change the nation"
        yield read.file.fault("nation", "nation", message, remedy)


def _untranslated(read: ReadPlan, words: dict[str, ReadWords], place: Place) -> Iterator[Finding]:
    missing = [language for language in place.languages if language not in words]
    if words and missing:
        message = f"There are no words in {', '.join(missing)}, so people who chose that cannot be enrolled on it"
        name = f"{read.plan.id}.{missing[0]}.toml"
        yield Finding(read.file.shown, 1, "untranslated", message, f"Write {name}, or leave it so")


def _stale(plan: Plan, words: dict[str, ReadWords]) -> Iterator[Finding]:
    source = plan.words.get(SOURCE_LANGUAGE)
    for language, one in words.items():
        if source and plan.is_stale(language):
            message = f"{source.file} has changed since this translation was made"
            remedy = f'Compare the two, then write: translated_from = "{source.version}"'
            yield one.file.fault("translated_from", "translation_stale", message, remedy)
