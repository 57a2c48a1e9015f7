"""The `fields:` of a message file: what the champion is asked, one after the other."""

import re
from datetime import date, time

from bot.catalogue.findings import Finding, nearest
from bot.catalogue.front_matter import Value
from bot.catalogue.typed import Refused, read
from bot.domain.sayings import Saying, saying
from bot.domain.templates import Choice, Field, FieldType

_KNOWN = ("type", "question", "example", "optional", "choices")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Words that Jinja reads in its own way, so that the value would never be seen.
_TAKEN_BY_JINJA = frozenset(
    {"and", "caller", "else", "false", "if", "in", "is", "kwargs", "loop", "none"}
    | {"not", "or", "self", "super", "true", "varargs"}
)
_YES, _NO = ("yes", "true"), ("no", "false", "")
_LONG_AGO = date(2000, 1, 1)


def read_fields(file: str, value: Value | None) -> tuple[tuple[Field, ...], list[Finding]]:
    """The sound fields in their order, and the faults of all."""
    reader = _Fields(file)
    if value is None or value.words == "":
        return (), []
    if not isinstance(value.content, dict):
        reader.fault(value.line, saying("fields_shape"))
        return (), reader.faults
    found = [reader.read(name, settings) for name, settings in value.content.items()]
    return tuple(field for field in found if field), reader.faults


class _Fields:
    def __init__(self, file: str) -> None:
        self.file, self.faults = file, list[Finding]()

    def fault(self, line: int, what: Saying) -> None:
        self.faults.append(Finding(self.file, line, what))

    def read(self, name: str, value: Value) -> Field | None:
        """One field; also with faults as long as its type is known, so that its name counts as declared."""
        if not isinstance(value.content, dict):
            self.fault(value.line, saying("field_incomplete.empty", field=name))
            return None
        self._names(name, value, value.content)
        kind = self._kind(name, value, value.content)
        question = self._words(name, "question", value, value.content)
        example = self._words(name, "example", value, value.content)
        optional = self._optional(name, value.content)
        choices = self._choices(name, kind, value, value.content)
        if kind is None:
            return None
        field = Field(name, kind, question, example, optional, choices)
        if example:
            self._example(field, value.content["example"])
        return field

    def _names(self, name: str, value: Value, settings: dict[str, Value]) -> None:
        if not _NAME.fullmatch(name) or name in _TAKEN_BY_JINJA:
            self.fault(value.line, saying("field_name", field=name))
        for key in settings.keys() - set(_KNOWN):
            self.fault(settings[key].line, saying("field_setting", name=key, nearest=nearest(key, _KNOWN)))

    def _words(self, name: str, key: str, value: Value, settings: dict[str, Value]) -> str:
        words = settings[key].words if key in settings else ""
        if not words:
            line = settings[key].line if key in settings else value.line
            self.fault(line, saying("field_incomplete.lacking", field=name, name=key))
        return words or ""

    def _kind(self, name: str, value: Value, settings: dict[str, Value]) -> FieldType | None:
        words = self._words(name, "type", value, settings)
        if words in {kind.value for kind in FieldType}:
            return FieldType(words)
        if words:
            unknown = saying("field_type", field=name, type=words, nearest=nearest(words, FieldType))
            self.fault(settings["type"].line, unknown)
        return None

    def _optional(self, name: str, settings: dict[str, Value]) -> bool:
        words = (settings["optional"].words or "").lower() if "optional" in settings else ""
        if words not in (*_YES, *_NO):
            self.fault(settings["optional"].line, saying("field_optional", field=name))
        return words in _YES

    def _choices(
        self, name: str, kind: FieldType | None, value: Value, settings: dict[str, Value]
    ) -> tuple[Choice, ...]:
        content = settings["choices"].content if "choices" in settings else {}
        choices = tuple(Choice(key, v.words or "") for key, v in content.items()) if isinstance(content, dict) else ()
        enough = len(choices) > 1 and all(choice.label for choice in choices)
        if kind is FieldType.CHOICE and not enough:
            line = settings["choices"].line if "choices" in settings else value.line
            self.fault(line, saying("field_choices", field=name))
        return choices

    def _example(self, field: Field, value: Value) -> None:
        """The example is stored raw: it stands in for an answer wherever the message is tried out."""
        if not _is_raw(field):
            self.fault(value.line, _not_an_example(field.type, field.name, field.example))


def _not_an_example(kind: FieldType, name: str, example: str) -> Saying:
    if kind is FieldType.DATE:
        return saying("field_example.date", field=name, example=example)
    if kind is FieldType.TIME:
        return saying("field_example.time", field=name, example=example)
    if kind is FieldType.CHOICE:
        return saying("field_example.choice", field=name, example=example)
    if kind is FieldType.LINK:
        return saying("field_example.link", field=name, example=example)
    return saying("field_example.other", field=name, type=kind, example=example)


def _is_raw(field: Field) -> bool:
    try:
        if field.type is FieldType.DATE:
            return date.fromisoformat(field.example).isoformat() == field.example
        if field.type is FieldType.TIME:
            return f"{time.fromisoformat(field.example):%H:%M}" == field.example
    except ValueError:
        return False
    if field.type is FieldType.CHOICE:
        return field.example in {choice.key for choice in field.choices}
    return not isinstance(read(field, field.example, "en", _LONG_AGO), Refused)
