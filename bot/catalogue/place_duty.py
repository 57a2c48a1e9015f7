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

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORKING = ("days", "from", "to", "holidays")
_ONCALL = ("days", "from", "to", "who", "except")
_EVERYBODY = "everybody"
_HOLIDAYS_AHEAD = timedelta(days=30)
LONGEST_KEPT = 1095  # days: 3 years, the most that anybody has to account for what was done


def read_working(table: Values, zone: str) -> WorkingHours:
    """Monday to Friday, 9 to 5, where the file says nothing."""
    table.unknown(_WORKING, "a setting of working hours")
    start, end = table.clock("from", time(9)), table.clock("to", time(17), midnight=True)
    if end != time(0) and start >= end:
        message = f"Working hours end ({end:%H:%M}) before they begin ({start:%H:%M})"
        table.fault("to", "place_hours", message, "Put the earlier time in from, the later one in to")
    days = _weekdays(table, frozenset(range(5)))
    if not days:
        table.fault("days", "working_days", "Nobody works on any day", 'Write: days = ["monday", "tuesday"]')
    return WorkingHours(zone, start, end, days, table.days("holidays"))


def read_oncall(top: Values) -> tuple[Turn, ...]:
    """Every coordinator, at any time, where the file says nothing."""
    listed = top.table.get("oncall")
    if listed is None:
        return (Turn(),)
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        top.fault("oncall", "oncall", "“oncall” is not a turn", "Write [[oncall]] above each turn, with 2 brackets")
        return (Turn(),)
    return tuple(_turn(Values(top.file, one, f"oncall.{n}", top.faults)) for n, one in enumerate(listed))


def read_keep_answers(table: Values) -> int:
    """Days after the end of somebody's check-ins; 90 where the file says nothing. Source: clinical brief 5.3."""
    table.unknown(("keep_answers_days",), "a setting of care")
    days = table.whole("keep_answers_days", 90)
    if not 1 <= days <= LONGEST_KEPT:
        message = f"Answers cannot be kept for {days} days"
        table.fault("keep_answers_days", "keep_answers", message, f"Write a number from 1 to {LONGEST_KEPT}")
    return days


def holidays_run_out(path: Path, working: WorkingHours, today: date) -> Iterator[Finding]:
    """Deadlines are measured with holidays: without next year's they would count on people who are not at work."""
    if working.holidays and max(working.holidays) < today + _HOLIDAYS_AHEAD:
        file = read_toml(path, path.name)
        message = f"The last holiday listed is {max(working.holidays)}"
        line = file.line("working.holidays") if isinstance(file, TomlFile) else 1
        yield Finding(path.name, line, "holidays", message, "Write those of the coming year below [working]")


def _turn(table: Values) -> Turn:
    table.unknown(_ONCALL, "a setting of a turn")
    start, end = table.clock("from", time(0)), table.clock("to", time(0), midnight=True)
    return Turn(_weekdays(table, EVERY_DAY), start, end, _who(table), table.days("except"))


def _weekdays(table: Values, usual: frozenset[int]) -> frozenset[int]:
    if "days" not in table.table:
        return usual
    names = [one.casefold() for one in table.names("days")]
    for name in names:
        if name not in WEEKDAYS:
            table.fault("days", "weekday", f"“{name}” is not a day of the week", nearest(name, WEEKDAYS))
    return frozenset(WEEKDAYS.index(name) for name in names if name in WEEKDAYS)


def _who(table: Values) -> frozenset[int]:
    """Telegram ids; none means everybody."""
    value: Any = table.table.get("who", _EVERYBODY)
    if value == _EVERYBODY:
        return frozenset()
    if isinstance(value, list) and value and all(isinstance(one, int) and one > 0 for one in value):
        return frozenset(value)
    remedy = f'Write who = "{_EVERYBODY}", or the Telegram ids of coordinators: who = [123456789]'
    table.fault("who", "oncall_who", "“who” does not say who is on call", remedy)
    return frozenset()
