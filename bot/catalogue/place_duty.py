"""`[working]`, `[[oncall]]` and `[care]` of place.toml: who works when, who is alarmed, how long answers are kept."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from bot.catalogue.findings import Finding, nearest
from bot.catalogue.toml_file import TomlFile, read_toml
from bot.catalogue.toml_values import Values
from bot.domain.concerns import WorkingHours
from bot.domain.rota import EVERY_DAY, Turn
from bot.domain.sayings import saying

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORKING = ("days", "from", "to", "holidays")
_ONCALL = ("days", "from", "to", "who", "except")
_EVERYBODY = "everybody"
_HOLIDAYS_AHEAD = timedelta(days=30)
LONGEST_KEPT = 1095  # days: 3 years, the most that anybody has to account for what was done


def read_working(table: Values, zone: str) -> WorkingHours:
    """Monday to Friday, 9 to 5, where the file says nothing."""
    table.unknown(_WORKING, saying("kind.working"))
    start, end = table.clock("from", time(9)), table.clock("to", time(17), midnight=True)
    if end != time(0) and start >= end:
        table.fault("to", saying("place_hours.working", start=f"{start:%H:%M}", end=f"{end:%H:%M}"))
    days = _weekdays(table, frozenset(range(5)))
    if not days:
        table.fault("days", saying("working_days"))
    return WorkingHours(zone, start, end, days, table.days("holidays"))


def read_oncall(top: Values) -> tuple[Turn, ...]:
    """Every coordinator, at any time, where the file says nothing."""
    listed = top.table.get("oncall")
    if listed is None:
        return (Turn(),)
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        top.fault("oncall", saying("oncall"))
        return (Turn(),)
    return tuple(_turn(Values(top.file, one, f"oncall.{n}", top.faults)) for n, one in enumerate(listed))


def read_keep_answers(table: Values) -> int:
    """Days after the end of somebody's check-ins; 90 where the file says nothing. Source: clinical brief 5.3."""
    table.unknown(("keep_answers_days",), saying("kind.care"))
    days = table.whole("keep_answers_days", 90)
    if not 1 <= days <= LONGEST_KEPT:
        table.fault("keep_answers_days", saying("keep_answers", days=days, most=LONGEST_KEPT))
    return days


def holidays_run_out(path: Path, working: WorkingHours, today: date) -> Iterator[Finding]:
    """Deadlines are measured with holidays: without next year's they would count on people who are not at work."""
    if working.holidays and max(working.holidays) < today + _HOLIDAYS_AHEAD:
        file = read_toml(path, path.name)
        line = file.line("working.holidays") if isinstance(file, TomlFile) else 1
        yield Finding(path.name, line, saying("holidays", last=max(working.holidays)))


def _turn(table: Values) -> Turn:
    table.unknown(_ONCALL, saying("kind.turn"))
    start, end = table.clock("from", time(0)), table.clock("to", time(0), midnight=True)
    return Turn(_weekdays(table, EVERY_DAY), start, end, _who(table), table.days("except"))


def _weekdays(table: Values, usual: frozenset[int]) -> frozenset[int]:
    if "days" not in table.table:
        return usual
    names = [one.casefold() for one in table.names("days")]
    for name in names:
        if name not in WEEKDAYS:
            table.fault("days", saying("weekday", name=name, nearest=nearest(name, WEEKDAYS)))
    return frozenset(WEEKDAYS.index(name) for name in names if name in WEEKDAYS)


def _who(table: Values) -> frozenset[int]:
    """Telegram ids; none means everybody."""
    value: Any = table.table.get("who", _EVERYBODY)
    if value == _EVERYBODY:
        return frozenset()
    if isinstance(value, list) and value and all(isinstance(one, int) and one > 0 for one in value):
        return frozenset(value)
    table.fault("who", saying("oncall_who", everybody=_EVERYBODY))
    return frozenset()
