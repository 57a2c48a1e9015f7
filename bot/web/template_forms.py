"""The editor's form: what was typed into it as the text of a message, and the text as what stands in the form."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.catalogue.finding_places import Placed
from bot.catalogue.template_writing import MOST_FIELDS, FieldSheet, Sheet, clean_text, same_words, write_sheet
from bot.domain.templates import SOURCE_LANGUAGE
from bot.web.desk import Desk

WORDS = ("title", "summary", "nation", "source", "source_checked_on", "review_by", "author", "action")
SPARE = 2  # empty fields at the end, to fill in
INSERT = "insert"  # a placeholder that shall be put at the end of the text


@dataclass(frozen=True)
class Typed:
    """What came with the form. `serial`: the save it was begun on. `fits`: the translation says the same."""

    text: str
    sheet: Sheet
    serial: int
    fits: bool


def typed(desk: Desk, topic: str, before: str, translated_from: str) -> Typed:
    """The text of the form. `before`: the text it began from, which stays byte for byte when nothing else is said.

    `translated_from`: the version of the source text, written down when somebody says that the two say the same.
    """
    fits = desk.given("fits") == "yes"
    sheet = _sheet(desk, topic, translated_from if fits else desk.given("translated_from"))
    text = write_sheet(sheet)
    serial = desk.given("serial", "0")
    text = before if before and same_words(before, text) else text
    return Typed(text, sheet, int(serial) if serial.isdecimal() and len(serial) < 12 else 0, fits)


def _sheet(desk: Desk, topic: str, translated_from: str) -> Sheet:
    words = {name: clean_text(desk.given(name)) for name in WORDS}
    body = clean_text(desk.given("body"))
    if name := desk.given(INSERT):
        body = f"{body} {{{{ {name[:40]} }}}}".strip()
    season = tuple(month for month in desk.chosen("season") if month in MONTHS)
    return Sheet(topic, season=season, translated_from=translated_from, fields=_fields(desk), body=body, **words)


MONTHS = tuple(str(number) for number in range(1, 13))


def _fields(desk: Desk) -> tuple[FieldSheet, ...]:
    found = []
    for number in range(MOST_FIELDS + SPARE):
        names = ("name", "type", "question", "example", "choices")
        said = {name: clean_text(desk.given(f"field_{number}_{name}")) for name in names}
        one = FieldSheet(optional=desk.given(f"field_{number}_optional") == "yes", **said)
        if not one.is_empty:
            found.append(one)
    return tuple(found)


@dataclass(frozen=True)
class Form:
    """What the editor shows. `fields` have two empty ones at the end."""

    sheet: Sheet
    fields: list[FieldSheet]
    translates: bool


def form_of(sheet: Sheet, language: str) -> Form:
    spare = min(SPARE, max(0, MOST_FIELDS - len(sheet.fields)))
    fields = [*sheet.fields, *(FieldSheet(type="text") for _ in range(spare))]
    return Form(sheet, fields, language != SOURCE_LANGUAGE)


def placed_at(findings: Iterable[Placed], part: str) -> list[Placed]:
    return [one for one in findings if one.part == part]


def elsewhere(findings: Iterable[Placed], parts: Iterable[str]) -> list[Placed]:
    """Findings that belong to no part of the form."""
    known = {*parts}
    return [one for one in findings if one.part not in known]
