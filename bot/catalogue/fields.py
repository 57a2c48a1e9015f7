"""Field values as people read them: stored raw, shown in the reader's language."""

from datetime import date, time, timedelta

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_time
from babel.units import format_unit

from bot.domain.templates import Field, FieldType

DAYS_SUGGESTED = 7
USUAL_HOURS = (9, 10, 11, 12, 14, 15, 16, 17, 18)
# The part of the day first, then the time, where that is how people speak; elsewhere Babel's own short form.
_TIME_PATTERNS = {"ar": "h:mm a", "bn": "B h:mm"}
_MIDNIGHT, _MIDDAY = time(0, 0), time(12, 0)


def show(field: Field, raw: str, language: str) -> str:
    """The raw value as the reader of `language` should see it. Raises ValueError for a value that is not raw."""
    if field.type is FieldType.DATE:
        return show_date(date.fromisoformat(raw), language)
    if field.type is FieldType.TIME:
        return show_time(time.fromisoformat(raw), language)
    if field.type is FieldType.CHOICE:
        return _label(field, raw)
    return raw


def suggestions(field: Field, today: date) -> list[str]:
    """Raw values worth a button: the next seven days, usual hours, the choices; none for what must be typed."""
    if field.type is FieldType.DATE:
        return [(today + timedelta(days=n)).isoformat() for n in range(1, DAYS_SUGGESTED + 1)]
    if field.type is FieldType.TIME:
        return [f"{hour:02}:00" for hour in USUAL_HOURS]
    return [choice.key for choice in field.choices]


def _label(field: Field, raw: str) -> str:
    for choice in field.choices:
        if choice.key == raw:
            return choice.label
    raise ValueError(f"{raw!r} is not a choice of {field.name!r}")


def _locale(language: str) -> Locale:
    try:
        return Locale.parse("en_GB" if language == "en" else language, sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def show_date(day: date, language: str) -> str:
    return format_date(day, "EEEE d MMMM", locale=_locale(language))


def show_time(moment: time, language: str) -> str:
    if language == "en":
        return _english_time(moment)
    return format_time(moment, _TIME_PATTERNS.get(language, "short"), locale=_locale(language))


def show_span(length: timedelta, language: str) -> str:
    """“15 days 10 hours”, “15 minutes”: the two largest units that are not nothing."""
    minutes = int(length.total_seconds()) // 60
    units = (("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60))
    locale = _locale(language)
    said = [format_unit(count, f"duration-{unit}", locale=locale) for unit, count in units if count]
    return " ".join(said[:2]) or format_unit(0, "duration-minute", locale=locale)


def _english_time(moment: time) -> str:
    """As the NHS content manual writes times: 5pm, 5:30pm, midday, midnight."""
    if moment in (_MIDNIGHT, _MIDDAY):
        return "midday" if moment == _MIDDAY else "midnight"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"
