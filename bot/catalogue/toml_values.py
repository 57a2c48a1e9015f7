"""One value after the other out of a TOML table; what is wrong with each is gathered as file:line."""

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from typing import Any

from bot.catalogue.findings import Finding, nearest
from bot.catalogue.toml_file import TomlFile
from bot.domain.sayings import Saying, saying

_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


class Values:
    """A table of a file. `under` is the dotted key of the table, "" for the top; `faults` is shared by its children.

    Each getter answers with something usable even after a fault, so that every fault can be found at once.
    """

    def __init__(self, file: TomlFile, table: Any, under: str = "", faults: list[Finding] | None = None) -> None:
        self.file, self.under = file, under
        self.faults: list[Finding] = [] if faults is None else faults
        self.table: dict[str, Any] = table if isinstance(table, dict) else {}

    def key(self, name: str) -> str:
        return f"{self.under}.{name}" if self.under else name

    def fault(self, name: str, what: Saying) -> None:
        self.faults.append(self.file.fault(self.key(name), what))

    def unknown(self, known: Collection[str], kind: Saying) -> None:
        """Every key that is not one of `known`, with the nearest that is. `kind`: what each of `known` is."""
        for name in sorted(self.table.keys() - set(known)):
            self.fault(name, saying("unknown", name=name, kind=kind, nearest=nearest(name, known)))

    def child(self, name: str) -> "Values":
        """The table below a heading; empty when it is missing."""
        value = self.table.get(name, {})
        if not isinstance(value, dict):
            self.fault(name, saying("heading", name=name, heading=self.key(name)))
        return Values(self.file, value, self.key(name), self.faults)

    def words(self, name: str, *, required: bool = True) -> str:
        value = self.table.get(name, "")
        if isinstance(value, str) and (value.strip() or not required):
            return value.strip()
        missing = name not in self.table or value == ""
        self.fault(name, saying("missing", name=name) if missing else saying("words", name=name))
        return ""

    def yes(self, name: str) -> bool:
        value = self.table.get(name, False)
        if not isinstance(value, bool):
            self.fault(name, saying("true_false", name=name))
        return value is True

    def whole(self, name: str, usual: int | None = None) -> int:
        """A whole number from 0; `usual` is taken when it is missing."""
        value = self.table.get(name, usual)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        wrong = saying("number.wrong", name=name, value=value)
        self.fault(name, saying("number.missing", name=name) if value is None else wrong)
        return usual or 0

    def clock(self, name: str, usual: time | None = None, *, midnight: bool = False) -> time:
        """A time of day; with `midnight` also 24:00, the end of the day, as time(0)."""
        value = self.table.get(name, usual)
        if isinstance(value, time):
            return value.replace(second=0, microsecond=0)
        if isinstance(value, str) and _CLOCK.fullmatch(value):
            return time.fromisoformat(value.rjust(5, "0"))
        if midnight and value == "24:00":
            return time(0)
        wrong = saying("clock.wrong", name=name, value=value)
        self.fault(name, saying("clock.missing", name=name) if value is None else wrong)
        return usual or time(9)

    def day(self, name: str) -> date:
        value = self.table.get(name)
        found = as_day(value)
        if found is None:
            wrong = saying("day.wrong", name=name, value=value)
            self.fault(name, saying("day.missing", name=name) if value is None else wrong)
        return found or date.min

    def names(self, name: str) -> tuple[str, ...]:
        """A list of words between brackets."""
        value = self.table.get(name, [])
        if isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value):
            return tuple(one.strip() for one in value)
        self.fault(name, saying("list", name=name))
        return ()

    def days(self, name: str) -> frozenset[date]:
        """A list of days of the year."""
        value = self.table.get(name, [])
        found = [as_day(one) for one in value] if isinstance(value, list) else [None]
        for one in value if isinstance(value, list) else [value]:
            if as_day(one) is None:
                self.fault(name, saying("day.in_list", name=name, value=one))
        return frozenset(one for one in found if one)

    def one_of(self, name: str, known: Iterable[str]) -> str:
        """One of a few words, or "" when it is missing."""
        value, choices = self.table.get(name, ""), sorted(known)
        if value == "" or value in choices:
            return str(value)
        self.fault(name, saying("choice", name=name, value=value, nearest=nearest(str(value), choices)))
        return ""


def as_day(value: object) -> date | None:
    """A day as TOML reads it, or as words; None when it is neither."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
