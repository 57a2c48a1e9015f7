"""`messages/place.toml` into a Place. Nothing starts without it, so every fault is said at once."""

import re
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.catalogue.finding_words import EDITED
from bot.catalogue.findings import Finding, nearest
from bot.catalogue.place_duty import read_keep_answers, read_oncall, read_working
from bot.catalogue.toml_file import TomlFile, parse_toml, read_toml
from bot.catalogue.toml_values import Values
from bot.domain.place import REQUIRED_NUMBERS, Caps, Place
from bot.domain.sayings import Saying, saying

FILE_NAME = "place.toml"
_TEXTS = ("name", "organisation", "zone", "nation", "contact", "privacy_contact")
_TABLES = ("waking", "caps", "emergency", "working", "oncall", "care")
_KNOWN = {"": {*_TEXTS, "languages", *_TABLES}, "waking": {"from", "to"}}
_CAPS = ("per_week", "hard_per_week", "per_month")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_DIALLED = re.compile(r"\+?\d.*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def read_place(directory: Path) -> tuple[Place | None, list[Finding]]:
    """The place of a messages folder, or None with every fault."""
    file = read_toml(directory / FILE_NAME, FILE_NAME)
    return (None, [file]) if isinstance(file, Finding) else _Reader(file).place()


def parse_place(text: str) -> tuple[Place | None, list[Finding]]:
    """The same of a text that was edited at the desk."""
    file = parse_toml(text, EDITED)
    return (None, [file]) if isinstance(file, Finding) else _Reader(file).place()


class _Reader:
    """Takes one value after the other and gathers what is wrong with each."""

    def __init__(self, file: TomlFile) -> None:
        self.file, self.faults = file, list[Finding]()

    def place(self) -> tuple[Place | None, list[Finding]]:
        self._unknown_keys("", _KNOWN[""])
        texts = {key: self._text(key) for key in _TEXTS}
        self._zone(texts["zone"])
        waking_from, waking_to = self._waking()
        languages, emergency, caps = self._languages(), self._emergency(), self._caps()
        duty = Values(self.file, self.file.data, faults=self.faults)
        place = Place(
            languages=languages,
            emergency=emergency,
            waking_from=waking_from,
            waking_to=waking_to,
            caps=caps,
            working=read_working(duty.child("working"), texts["zone"] or "UTC"),
            oncall=read_oncall(duty),
            keep_answers_days=read_keep_answers(duty.child("care")),
            **texts,
        )
        return (None if self.faults else place), sorted(set(self.faults))

    def _fault(self, key: str, what: Saying) -> None:
        self.faults.append(self.file.fault(key, what))

    def _text(self, key: str) -> str:
        value = self.file.data.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self._fault(key, saying("place_missing", name=key))
        return ""

    def _zone(self, zone: str) -> None:
        try:
            ZoneInfo(zone or "UTC")
        except (KeyError, ValueError, OSError):
            self._fault("zone", saying("place_zone", zone=zone))

    def _table(self, key: str) -> dict[str, Any]:
        value = self.file.data.get(key, {})
        if isinstance(value, dict):
            return value
        self._fault(key, saying("place_table", name=key))
        return {}

    def _unknown_keys(self, table: str, known: set[str]) -> None:
        content = self._table(table) if table else self.file.data
        for key in sorted(content.keys() - known):
            dotted = f"{table}.{key}" if table else key
            self._fault(dotted, saying("place_unknown", name=key, nearest=nearest(key, known)))

    def _waking(self) -> tuple[time, time]:
        self._unknown_keys("waking", _KNOWN["waking"])
        table = self._table("waking")
        start = self._time("waking.from", table.get("from", "09:00"))
        end = self._time("waking.to", table.get("to", "19:00"))
        if start and end and start >= end:
            self._fault("waking.to", saying("place_hours.waking", start=f"{start:%H:%M}", end=f"{end:%H:%M}"))
        return start or time(9), end or time(19)

    def _time(self, key: str, value: object) -> time | None:
        if isinstance(value, time):
            return value.replace(second=0, microsecond=0)
        if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            return time.fromisoformat(value)
        self._fault(key, saying("place_time", value=value))
        return None

    def _languages(self) -> tuple[str, ...]:
        value = self.file.data.get("languages")
        if isinstance(value, list) and value and all(isinstance(v, str) and _LANGUAGE.fullmatch(v) for v in value):
            return tuple(dict.fromkeys(value))
        self._fault("languages", saying("place_languages"))
        return ("en",)

    def _emergency(self) -> dict[str, str]:
        numbers = self._table("emergency")
        for key in REQUIRED_NUMBERS:
            if key not in numbers:
                self._fault("emergency", saying("place_emergency", number=key))
        return {key: str(value).strip() for key, value in numbers.items() if self._dialled(key, value)}

    def _dialled(self, key: str, value: object) -> bool:
        if isinstance(value, str) and _DIALLED.fullmatch(value.strip()) and _NAME.fullmatch(key):
            return True
        self._fault(f"emergency.{key}", saying("place_number", name=key, value=value))
        return False

    def _caps(self) -> Caps:
        self._unknown_keys("caps", set(_CAPS))
        table, usual = self._table("caps"), Caps()
        caps = Caps(**{key: self._cap(key, table.get(key, getattr(usual, key))) for key in _CAPS})
        if not caps.per_week <= caps.hard_per_week <= caps.per_month:
            self._fault("caps", saying("place_caps"))
        return caps

    def _cap(self, key: str, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self._fault(f"caps.{key}", saying("place_cap", name=key, value=value))
        return 1
