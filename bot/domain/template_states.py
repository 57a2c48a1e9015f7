"""Where the words of a topic in one language stand on their way to people. Pure rules."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.templates import Template, is_overdue

SOON = timedelta(days=31)
"""How long before the day of reading again a coordinator is warned."""
LONGEST_TOPIC = 40
_TOPIC = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Stage(StrEnum):
    """Each is a phrase of the desk."""

    PUBLISHED = "published"  # champions can send it today
    BLOCKED = "blocked"  # approved, and something stands against it today
    WAITING = "waiting"  # a file that nobody has read yet
    IN_REVIEW = "in_review"  # an edit that a second person has to read
    REFUSED = "refused"
    RETIRED = "retired"  # taken out of use
    DRAFT = "draft"  # nothing but a draft
    MISSING = "missing"  # nobody has written it in this language


class Marked(Protocol):
    """A version without its words."""

    @property
    def digest(self) -> str: ...
    @property
    def origin(self) -> str: ...


def is_news(digest: str, versions: Sequence[Marked]) -> bool:
    """Whether a file says something that is not known yet. `versions`: of its topic and language, oldest first.

    An edit wins until the file itself changes: so what counts is the newest version that came from a file. Words that
    were edited after it may come back as a file: that is an export, and nothing new.
    """
    from_files = [number for number, one in enumerate(versions) if one.origin == "file"]
    since = versions[from_files[-1] if from_files else 0 :]
    return all(one.digest != digest for one in since)


def is_due(template: Template, today: date) -> bool:
    """Whether it has to be read again within a month; one that is overdue is not due any more, it is late."""
    return not is_overdue(template, today) and template.review_by - today <= SOON


def is_topic(word: str) -> bool:
    """Small letters, digits and hyphens, as in the name of a file."""
    return len(word) <= LONGEST_TOPIC and bool(_TOPIC.fullmatch(word))
