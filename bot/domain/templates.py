"""A template: approved words for one topic in one language, with fields that a champion fills."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

TRANSLATION_DIGITS = 12
ANY_NATION = "any"
# The language every topic is written in first; the others are translations of it.
SOURCE_LANGUAGE = "en"


class FieldType(StrEnum):
    """What a field holds, and the raw form it is stored in."""

    DATE = "date"  # 2026-12-03
    TIME = "time"  # 17:30
    PLACE = "place"  # words
    CHOICE = "choice"  # the key of the choice
    TEXT = "text"  # words
    NUMBER = "number"  # digits
    PHONE = "phone"  # as people write it: 020 7946 0000
    LINK = "link"  # https://…


@dataclass(frozen=True)
class Choice:
    """One answer to a choice field: `key` is the same in every language, `label` is what people read."""

    key: str
    label: str


@dataclass(frozen=True)
class Field:
    """Something a champion fills in. `example` is the raw form, so that it can stand in for an answer."""

    name: str
    type: FieldType
    question: str
    example: str
    optional: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Template:
    """One file of `messages/prevention/`, or one edit made at the desk.

    `body` and `action` are Jinja sources; `body_line` and `action_line` say where they begin in `source_text`.
    `season` holds months 1-12, none means all year. `digest` is the version: 64 hex digits over the whole text,
    without the two approval lines. `translated_from` holds the first 12 digits of the source-language version.
    """

    topic: str
    language: str
    title: str
    summary: str
    fields: tuple[Field, ...]
    season: tuple[int, ...]
    nation: str
    source: str
    source_checked_on: date
    review_by: date
    author: str
    approved_by: str
    approved_on: date | None
    translated_from: str
    action: str
    body: str
    digest: str
    source_text: str
    file: str
    body_line: int
    action_line: int

    @property
    def key(self) -> tuple[str, str]:
        return (self.topic, self.language)

    @property
    def version(self) -> str:
        """What a translator writes into `translated_from`."""
        return self.digest[:TRANSLATION_DIGITS]

    def field(self, name: str) -> Field:
        """The field of this name. Raises KeyError when there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


def in_season(template: Template, month: int) -> bool:
    """Whether a topic fits this month (1-12); a topic without months fits always."""
    return not template.season or month in template.season


def is_overdue(template: Template, today: date) -> bool:
    """Whether the day by which somebody should have read it again has passed (promise 8)."""
    return today > template.review_by


def is_stale(translation: Template, source: Template) -> bool:
    """Whether a translation was made from another version of the source than the present one."""
    return translation.language != source.language and translation.translated_from != source.version


def suits(template: Template, nation: str) -> bool:
    """Whether the facts hold in this nation: who is offered what differs between them."""
    return template.nation == ANY_NATION or template.nation.casefold() == nation.casefold()
