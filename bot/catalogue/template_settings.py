"""The settings of a message file into a Template: every fault at once, each with its line."""

import re
from datetime import date

from bot.catalogue.field_settings import read_fields
from bot.catalogue.findings import Finding, nearest
from bot.catalogue.front_matter import Parts, Value
from bot.domain.sayings import Saying, saying
from bot.domain.templates import SOURCE_LANGUAGE, TRANSLATION_DIGITS, Template

REQUIRED = (
    "topic",
    "title",
    "summary",
    "nation",
    "source",
    "source_checked_on",
    "review_by",
    "author",
    "action",
)
_OPTIONAL = ("fields", "season", "approved_by", "approved_on", "translated_from")
_KNOWN = frozenset({*REQUIRED, *_OPTIONAL})
_DATES = ("source_checked_on", "review_by", "approved_on")
_FILE_NAME = re.compile(r"(?P<topic>[a-z0-9]+(?:-[a-z0-9]+)*)\.(?P<language>[a-z]{2,3})\.md")
_VERSION = re.compile(rf"[0-9a-f]{{{TRANSLATION_DIGITS}}}")


class Settings:
    """Takes the settings of one file and gathers in `faults` what is wrong with each."""

    def __init__(self, file: str, parts: Parts) -> None:
        self.file, self.parts, self.values = file, parts, parts.values
        self.faults: list[Finding] = []

    def template(self, text: str, digest: str) -> Template | None:
        """The template as far as it can be read; None without any settings. Look at `faults` before using it."""
        if not self.values:
            return None
        self._unknown()
        if not self.parts.body:
            self._fault(self.parts.body_line, saying("body_missing"))
        fields, faults = read_fields(self.file, self.values.get("fields"))
        self.faults += faults
        texts = {key: self._text(key, required=True) for key in REQUIRED if key not in _DATES}
        topic, language = self._name(texts["topic"])
        return Template(
            **texts | {"topic": topic},
            language=language,
            fields=fields,
            season=self._season(),
            source_checked_on=self._date("source_checked_on") or date.min,
            review_by=self._date("review_by") or date.min,
            approved_by=self._text("approved_by"),
            approved_on=self._date("approved_on"),
            translated_from=self._translated_from(language),
            body=self.parts.body,
            digest=digest,
            source_text=text,
            file=self.file,
            body_line=self.parts.body_line,
            action_line=self._line("action"),
        )

    def _line(self, key: str) -> int:
        return self.values[key].line if key in self.values else 1

    def _fault(self, line: int, what: Saying) -> None:
        self.faults.append(Finding(self.file, line, what))

    def _unknown(self) -> None:
        for key in self.values.keys() - _KNOWN:
            self._fault(self._line(key), saying("key_unknown", name=key, nearest=nearest(key, _KNOWN)))

    def _text(self, key: str, *, required: bool = False) -> str:
        words = self.values.get(key, Value(1, "")).words
        if words is None:
            self._fault(self._line(key), saying("key_kind", name=key))
        elif not words and required:
            self._fault(self._line(key), saying("key_missing", name=key))
        return words or ""

    def _date(self, key: str) -> date | None:
        words = self._text(key, required=key in REQUIRED)
        if not words:
            return None
        try:
            return date.fromisoformat(words)
        except ValueError:
            self._fault(self._line(key), saying("key_date", name=key, value=words))
            return None

    def _name(self, topic: str) -> tuple[str, str]:
        found = _FILE_NAME.fullmatch(self.file.rpartition("/")[2])
        if not found:
            self._fault(1, saying("file_name.message"))
            return topic, SOURCE_LANGUAGE
        if topic and topic != found["topic"]:
            self._fault(self._line("topic"), saying("topic_differs", topic=topic, file=found["topic"]))
        return found["topic"], found["language"]

    def _season(self) -> tuple[int, ...]:
        value = self.values.get("season", Value(1, []))
        items = value.content if isinstance(value.content, list) else []
        months = [item.words or "" for item in items]
        fits = all(month.isdecimal() and 1 <= int(month) <= 12 for month in months)
        if fits and (isinstance(value.content, list) or not value.words):
            return tuple(dict.fromkeys(int(month) for month in months))
        self._fault(value.line, saying("key_season"))
        return ()

    def _translated_from(self, language: str) -> str:
        words = self._text("translated_from")
        if words and language == SOURCE_LANGUAGE:
            self._fault(self._line("translated_from"), saying("translated_source"))
        elif words and not _VERSION.fullmatch(words):
            self._fault(self._line("translated_from"), saying("translated_from"))
        return words
