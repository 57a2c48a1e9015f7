"""The text of one message file into a Template: every fault of the file at once, each with its line."""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from bot.catalogue.findings import Finding
from bot.catalogue.front_matter import FENCE, Parts, take_apart
from bot.catalogue.template_checks import faults_of, warnings_of
from bot.catalogue.template_settings import Settings
from bot.domain.place import Place
from bot.domain.sayings import saying
from bot.domain.templates import Template

_APPROVAL = re.compile(r"^approved_(by|on)\s*:.*\n?", re.MULTILINE)


@dataclass(frozen=True)
class Parsed:
    """A template when there is no fault; warnings never stand in the way."""

    template: Template | None
    faults: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()


def parse(text: str, file_name: str, place: Place) -> Parsed:
    """Reads one text, from a file or from an edit; `file_name` is `<topic>.<lang>.md`, folders before it are shown."""
    parts = take_apart(_plain(text), file_name)
    reader = Settings(file_name, parts)
    template = reader.template(text, digest_of(text))
    faults = [*parts.faults, *reader.faults, *_approval_faults(text, parts, file_name)]
    if template is not None and not parts.faults:
        faults += faults_of(template, place, settings_fine=not faults)
    if faults or template is None:
        return Parsed(None, tuple(sorted(set(faults))))
    return Parsed(template, (), tuple(sorted(warnings_of(template, place))))


def export(template: Template) -> str:
    """The text of the file that the template was read from, byte for byte."""
    return template.source_text


def approved(template: Template, by: str, on: date) -> str:
    """The text with its approval written in; the version stays the same."""
    head, fence, body = _without_approval(template.source_text)
    name = json.dumps(" ".join(by.split()), ensure_ascii=False)  # quoted as YAML quotes
    return f"{head}approved_by: {name}\napproved_on: {on.isoformat()}{fence}{body}"


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _without_approval(text: str) -> tuple[str, str, str]:
    """(settings without the approval lines, the fence that closes them, the text)."""
    head, fence, body = _plain(text).partition(f"\n{FENCE}")
    return _APPROVAL.sub("", head + "\n"), fence, body


def _approval_faults(text: str, parts: Parts, file: str) -> list[Finding]:
    """The version leaves the two lines out by their look, so nothing else may look like one: not half of a value."""
    head, fence, body = _without_approval(text)
    rest = {key: value for key, value in parts.values.items() if key not in ("approved_by", "approved_on")}
    if take_apart(head.removesuffix("\n") + fence + body, file).values == rest:
        return []
    return [Finding(file, 1, saying("approval_lines"))]


def digest_of(text: str) -> str:
    """64 hex digits of what was written: line ends, trailing spaces and the approval lines do not count.

    A byte more or less of wording, field or date is a new version, which has to be approved anew.
    """
    kept = "".join(_without_approval(text))
    lines = [line.rstrip() for line in unicodedata.normalize("NFC", kept).strip().split("\n")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
