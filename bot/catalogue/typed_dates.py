"""Days as people type them: 3 dec, friday, tomorrow, 03/12/2026. Never a day that has passed."""

import re
from datetime import date, timedelta
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError

UNCLEAR, PAST, OTHER_WEEKDAY, FAR = (
    "fields.date_unclear",
    "fields.date_past",
    "fields.date_weekday",
    "fields.date_far",
)
# A day without a year that has just passed is a slip; one that passed long ago means next year.
JUST_PASSED = timedelta(days=90)
FARTHEST = timedelta(days=400)
_RELATIVE = {
    "today": 0,
    "tomorrow": 1,
    "আজ": 0,
    "আগামীকাল": 1,
    "কাল": 1,
    "اليوم": 0,
    "غدا": 1,
    "غداً": 1,
    "غدًا": 1,
}
_FILLERS = frozenset({"on", "the", "of", "this", "يوم", "তারিখ"})
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2}|\d{4}))?")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)\b")


def read_date(text: str, language: str, today: date) -> str:
    """The day as 2026-12-03, or one of the four reasons above."""
    words = _ORDINAL.sub(r"\1", text.casefold().replace(",", " ").replace("،", " ")).split()
    words = [word.strip(".") for word in words if word not in _FILLERS]
    if len(words) == 1 and words[0] in _RELATIVE:
        return (today + timedelta(days=_RELATIVE[words[0]])).isoformat()
    weekdays, months = names(language)
    weekday = weekdays.get(words[0]) if words else None
    if weekday is not None and len(words) == 1:
        return _next(weekday, today).isoformat()
    day = _day_and_month(words if weekday is None else words[1:], months, today)
    return _judge(day, weekday, today)


def _judge(day: date | str, weekday: int | None, today: date) -> str:
    if isinstance(day, str):
        return day
    if day < today:
        return PAST
    if day - today > FARTHEST:
        return FAR
    return OTHER_WEEKDAY if weekday not in (None, day.weekday()) else day.isoformat()


def _next(weekday: int, today: date) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _day_and_month(words: list[str], months: dict[str, int], today: date) -> date | str:
    if len(words) == 1:
        return _from_numbers(words[0], today)
    numbers = [int(word) for word in words if word.isdecimal()]
    named = [months[word] for word in words if word in months]
    if len(named) != 1 or len(named) + len(numbers) != len(words) or len(numbers) not in (1, 2):
        return UNCLEAR
    return _on(numbers[0], named[0], numbers[1] if len(numbers) == 2 else None, today)


def _from_numbers(word: str, today: date) -> date | str:
    """2026-12-03, or day first as in 3/12 and 3.12.26."""
    if iso := _ISO.fullmatch(word):
        return _on(int(iso[3]), int(iso[2]), int(iso[1]), today)
    if found := _NUMBERS.fullmatch(word):
        year = int(found[3]) if found[3] else None
        return _on(int(found[1]), int(found[2]), year, today)
    return UNCLEAR


def _on(day: int, month: int, year: int | None, today: date) -> date | str:
    if year is not None and year < 100:
        year += 2000
    try:
        found = date(year or today.year, month, day)
        if year is None and today - found > JUST_PASSED:
            found = date(today.year + 1, month, day)
    except ValueError:
        return UNCLEAR
    return found


@lru_cache(maxsize=32)
def names(language: str) -> tuple[dict[str, int], dict[str, int]]:
    """(weekday names to 0-6 from Monday, month names to 1-12) of this language and of English."""
    weekdays, months = dict[str, int](), dict[str, int]()
    for code in ("en", language):
        locale = _locale(code)
        for form in ("wide", "abbreviated"):
            weekdays |= {_plain(name): day for day, name in locale.days["format"][form].items()}
            months |= {_plain(name): month for month, name in locale.months["format"][form].items()}
    return weekdays | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}, months | {"sept": 9}


def _plain(name: str) -> str:
    return name.casefold().strip(".")


def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
