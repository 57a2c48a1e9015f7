"""What a champion types into a field, read into its raw form, or refused with the key of the phrase that says why."""

import re
from dataclasses import dataclass
from datetime import date

from bot.catalogue.direction import clean
from bot.catalogue.typed_dates import read_date
from bot.catalogue.typed_times import read_time
from bot.domain.templates import Field, FieldType

MOST_CHARACTERS = 100
MOST_LINK_CHARACTERS = 200
# Every reason that `read` can give; each is a key of the phrases.
REASONS = (
    "fields.empty",
    "fields.too_long",
    "fields.date_unclear",
    "fields.date_past",
    "fields.date_weekday",
    "fields.date_far",
    "fields.time_unclear",
    "fields.time_which_half",
    "fields.choice_unknown",
    "fields.number_unclear",
    "fields.phone_unclear",
    "fields.link_unclear",
    "fields.text_link",
)
_LINK = re.compile(r"https://[\w-]+(\.[\w-]+)+(:\d+)?(/[^\s<>\"]*)?")
_LOOKS_LIKE_LINK = re.compile(r"https?:|www\.|\bt\.me/|\w\.(com|org|net|uk|me|io|info)\b", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d\s()-]{3,20}")
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True)
class Refused:
    """Why a typed answer cannot be taken: a phrase key out of REASONS."""

    reason: str


def read(field: Field, typed: str, language: str, today: date) -> str | Refused:
    """The raw value of what was typed in `language`, or why not. `today` is the local date of the place."""
    text = western_digits(" ".join(clean(typed).split()))
    if not text:
        return Refused("fields.empty")
    if len(text) > (MOST_LINK_CHARACTERS if field.type is FieldType.LINK else MOST_CHARACTERS):
        return Refused("fields.too_long")
    if field.type is FieldType.DATE:
        return _or_refused(read_date(text, language, today))
    if field.type is FieldType.TIME:
        return _or_refused(read_time(text))
    if field.type is FieldType.CHOICE:
        return _choice(field, text)
    return _words(field.type, text)


def western_digits(text: str) -> str:
    """Digits of any script as 0-9, so that what was typed can be read, and dialled."""
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def _or_refused(found: str) -> str | Refused:
    return Refused(found) if found.startswith("fields.") else found


def _choice(field: Field, text: str) -> str | Refused:
    """By key, by label, or by its number in the list."""
    for number, choice in enumerate(field.choices, start=1):
        if text.casefold() in (choice.key.casefold(), choice.label.casefold(), str(number)):
            return choice.key
    return Refused("fields.choice_unknown")


def _words(kind: FieldType, text: str) -> str | Refused:
    if kind is FieldType.NUMBER:
        return text if _NUMBER.fullmatch(text) else Refused("fields.number_unclear")
    if kind is FieldType.PHONE:
        return text if _PHONE.fullmatch(text) else Refused("fields.phone_unclear")
    if kind is FieldType.LINK:
        return text if _LINK.fullmatch(text) else Refused("fields.link_unclear")
    return Refused("fields.text_link") if _LOOKS_LIKE_LINK.search(text) else text
