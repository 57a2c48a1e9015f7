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
from bot.domain.sayings import saying
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
            line = file.line("review_by") if isinstance(file, TomlFile) else 1
            yield Finding(plan.file, line, saying("review_overdue.plan", day=plan.review_by))


def _read(directory: Path, place: Place) -> _Files:
    files = _Files({}, {}, [])
    for path in sorted(directory.glob("*.toml")):
        shown, named = f"{directory.name}/{path.name}", _FILE_NAME.fullmatch(path.name)
        if not named:
            files.faults.append(Finding(shown, 1, saying("file_name.plan")))
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
    return Finding(file.shown, line_of(file, fault.at), fault.what)


def _without_plan(directory: Path, files: _Files) -> Iterator[Finding]:
    for plan_id, words in files.words.items():
        yield from (fault for one in words.values() for fault in one.faults)
        if not (directory / f"{plan_id}.toml").exists():
            for one in words.values():
                yield Finding(one.file.shown, 1, saying("plan_missing", file=f"{plan_id}.toml"))
    for plan_id, read in files.plans.items():
        if not list(directory.glob(f"{plan_id}.*.toml")):
            yield Finding(read.file.shown, 1, saying("words_missing", file=f"{plan_id}.{SOURCE_LANGUAGE}.toml"))


def _of_nation(read: ReadPlan, place: Place) -> Iterator[Finding]:
    if read.plan.nation and not read.plan.suits(place.nation):
        yield read.file.fault("nation", saying("nation.plan", nation=read.plan.nation, place=place.nation))


def _untranslated(read: ReadPlan, words: dict[str, ReadWords], place: Place) -> Iterator[Finding]:
    missing = [language for language in place.languages if language not in words]
    if words and missing:
        name = f"{read.plan.id}.{missing[0]}.toml"
        yield Finding(read.file.shown, 1, saying("untranslated", languages=", ".join(missing), file=name))


def _stale(plan: Plan, words: dict[str, ReadWords]) -> Iterator[Finding]:
    source = plan.words.get(SOURCE_LANGUAGE)
    for language, one in words.items():
        if source and plan.is_stale(language):
            stale = saying("translation_stale.plan", file=source.file, version=source.version)
            yield one.file.fault("translated_from", stale)
