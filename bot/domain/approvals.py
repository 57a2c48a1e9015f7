"""Approved words only (promise 8): why a template version may not be sent here today, if it may not."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.templates import Template, is_overdue, is_stale, suits


class Obstacle(StrEnum):
    """Why words cannot be sent; each is a phrase under `obstacles`."""

    NOT_READ = "not_read"  # no coordinator has read and approved it yet
    SECOND_READER = "second_reader"  # a coordinator wrote it here, and another one has to read it
    REFUSED = "refused"  # a coordinator said: not for us
    OVERDUE = "overdue"  # the day for reading it again has passed
    OTHER_NATION = "other_nation"  # its facts hold elsewhere
    OUTDATED = "outdated"  # the translation was made from an earlier text
    UNREADABLE = "unreadable"  # they were approved by rules that have become stricter since
    REMOVED = "removed"  # its file is gone


@dataclass(frozen=True)
class Usable:
    """A version that may be sent: its row id and its text."""

    version_id: int
    template: Template


def may_approve(person_id: int, *authors: int | None) -> bool:
    """Never anybody who wrote a part of the edit; a shipped file has no author among us."""
    return person_id not in authors


def obstacle(template: Template, nation: str, today: date, source: Template | None) -> Obstacle | None:
    """Why approved words still may not go out. `source`: the usable source-language text of the same topic."""
    if not suits(template, nation):
        return Obstacle.OTHER_NATION
    if is_overdue(template, today):
        return Obstacle.OVERDUE
    if source is not None and is_stale(template, source):
        return Obstacle.OUTDATED
    return None
