"""What is wrong with a file, and where. Read by people who never programmed, each in their language."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.catalogue.direction import isolate
from bot.catalogue.finding_words import Told, name_of, tell
from bot.domain.sayings import Saying, saying
from bot.domain.templates import SOURCE_LANGUAGE


@dataclass(frozen=True, order=True)
class Finding:
    """One fault or warning: `line` counts from 1; `within`: the key of the phrase that it is about, if it is one."""

    file: str
    line: int
    what: Saying
    within: str = ""

    @property
    def rule(self) -> str:
        """A stable key: the rule that was broken."""
        return self.what.rule

    def told(self, language: str, *, at_form: bool = False) -> Told:
        """What is wrong and what to do, for a reader of `language`."""
        return tell(self.what, language, self.within, at_form=at_form)

    def located(self, language: str) -> Told:
        """The same after its file and line."""
        said = self.told(language)
        place = f"{name_of(self.file, said.language)}:{self.line}"
        return Told(f"{isolate(place, said.language)}: {said.text}", said.language)

    def __str__(self) -> str:
        return self.located(SOURCE_LANGUAGE).text


class CatalogueError(Exception):
    """Files that nothing can start without are broken. Says every fault, one a line."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def nearest(word: str, known: Iterable[str]) -> Saying:
    """Whether the mistyped word was meant to be one of these, or the whole list when nothing is near."""
    known = sorted(known)
    close = closest(word, known)
    return saying("nearest.one", word=close) if close else saying("nearest.none", known=", ".join(known))


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that a mistyped one looks like, or empty."""
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1)), "")


def read_text(path: Path, shown: str) -> str | Finding:
    """The file's text with the line ends it has, or the fault that it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return Finding(shown, line, saying("not_utf8"))
    except OSError as error:
        why = saying("unreadable", reason=error.strerror) if error.strerror else saying("unreadable.unknown")
        return Finding(shown, 1, why)
