"""Where in the form a finding belongs: its line in the text becomes the name of a part, and a line of that part."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.catalogue.finding_words import Told, tell
from bot.catalogue.findings import Finding
from bot.catalogue.front_matter import Parts, take_apart
from bot.domain.sayings import Saying


@dataclass(frozen=True)
class Placed:
    """`part`: body, the name of a setting, field:<number from 0>, or empty for the message as a whole.

    `line`: within the body, counted from 1; 0 elsewhere.
    """

    part: str
    line: int
    what: Saying

    @property
    def rule(self) -> str:
        return self.what.rule

    def told(self, language: str) -> Told:
        """What is wrong and what to do, for a reader of `language` who fills in the form."""
        return tell(self.what, language, at_form=True)


def placed(text: str, findings: Iterable[Finding]) -> tuple[Placed, ...]:
    """Each finding at its place in the form, in the order of the text; what is said twice is said once."""
    parts = take_apart(text, "")
    starts = _starts(parts)
    found = [_placed(parts, starts, one) for one in sorted(findings)]
    return tuple(dict.fromkeys(found))


def _placed(parts: Parts, starts: list[tuple[int, str]], finding: Finding) -> Placed:
    part, line = _named(finding), 0
    if not part and parts.values and finding.line >= parts.body_line:
        part, line = "body", finding.line - parts.body_line + 1
    elif not part:
        part = next((name for start, name in reversed(starts) if start <= finding.line), "")
    return Placed(part, line, finding.what)


def _named(finding: Finding) -> str:
    """A setting that is missing stands on no line: the finding names it."""
    if finding.rule in ("translated_missing", "translation_stale", "translated_from", "translated_source"):
        return "translated_from"
    if finding.rule == "body_missing":
        return "body"
    return str(dict(finding.what.values)["name"]) if finding.rule == "key_missing" else ""


def _starts(parts: Parts) -> list[tuple[int, str]]:
    """(line, part) of every setting and field, in order."""
    found = [(value.line, name) for name, value in parts.values.items()]
    fields = parts.values["fields"].content if "fields" in parts.values else {}
    if isinstance(fields, dict):
        found += [(value.line, f"field:{number}") for number, value in enumerate(fields.values())]
    return sorted(found)
