"""A time zone by the name of a city or country, in any language of the place: "Dhaka", "ঢাকা", "Bangladesh"."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import get_timezone_location

_ALSO = {"GB": "UK", "US": "USA", "AE": "UAE"}
_ACCENTS = dict.fromkeys(range(0x0300, 0x0370))


def city(zone: str, language: str) -> str:
    """A zone as people call it: its best known city in the reader's language."""
    named = str(get_timezone_location(zone, locale=Locale.parse(language), return_city=True))
    return named or zone.rpartition("/")[2].replace("_", " ")


def find_zones(text: str, languages: tuple[str, ...], now: datetime) -> list[str]:
    """IANA names that `text` may mean, one for each way of telling the time; none when nobody knows such a place.

    "Dhaka, Bangladesh" is tried as a whole, then part by part.
    """
    index = _index(languages)
    for part in (text, *text.split(",")):
        if zones := index.get(_folded(part)):
            return _distinct(zones, now.year)
    return []


def _distinct(zones: tuple[str, ...], year: int) -> list[str]:
    """Zones whose clocks agree in winter and in summer are one choice."""
    found: dict[tuple[object, ...], str] = {}
    for zone in zones:
        seasons = (datetime(year, month, 1, tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset() for month in (1, 7))
        found.setdefault(tuple(seasons), zone)
    return list(found.values())


@lru_cache(maxsize=4)
def _index(languages: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Folded name -> zones. A city outranks a country of the same name, and both outrank an old name of a zone."""
    locales = [Locale.parse(language) for language in dict.fromkeys((*languages, "en"))]
    old, cities, countries = _old_names(), defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for country, zone in _zones_of_countries():
        for name in {
            country,
            _ALSO.get(country, country),
            *(locale.territories.get(country, "") for locale in locales),
        }:
            countries[_folded(name)].append(zone)
        for name in {zone, zone.rpartition("/")[2], *(city(zone, str(locale)) for locale in locales)}:
            cities[_folded(name)].append(zone)
    return {name: tuple(zones) for name, zones in {**old, **countries, **cities}.items() if name}


def _zones_of_countries() -> Iterator[tuple[str, str]]:
    """(country code, zone) as the time zone database lists them: of each country the most populous zone first."""
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            yield country, zone


def _old_names() -> dict[str, list[str]]:
    """Calcutta and Kiev still find their way."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return {_folded(name.rpartition("/")[2]): [name] for name in names}


def _folded(name: str) -> str:
    """Small letters, no accents, single spaces: "São Paulo" and "Sao_Paulo" are one place."""
    bare = unicodedata.normalize("NFKD", name.replace("_", " ")).translate(_ACCENTS).casefold()
    return " ".join(unicodedata.normalize("NFC", bare).replace(".", " ").split())
