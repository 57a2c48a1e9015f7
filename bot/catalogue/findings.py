"""What is wrong with a file, and where. Read by people who never programmed."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """One fault or warning: `line` counts from 1; `rule` is a stable key; the two sentences bear no full stop."""

    file: str
    line: int
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        end = "" if self.remedy.endswith(("?", ".", "…")) else "."
        return f"{self.file}:{self.line}: {self.message}. {self.remedy}{end}"


class CatalogueError(Exception):
    """Files that nothing can start without are broken. Says every fault, one a line."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def nearest(word: str, known: Iterable[str]) -> str:
    """`Did you mean "…"` for a mistyped word, or the whole list when nothing is near."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1)
    return f'Did you mean "{close[0]}"?' if close else f"Known: {', '.join(known)}"


def read_text(path: Path, shown: str) -> str | Finding:
    """The file's text with the line ends it has, or the fault that it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return Finding(shown, line, "not_utf8", "The file is not saved as UTF-8", "Save it again with encoding UTF-8")
    except OSError as error:
        reason = error.strerror or "unknown reason"
        return Finding(
            shown, 1, "unreadable", f"The file cannot be read ({reason})", "Check that it exists and may be read"
        )
