"""The settings of the place as fields of a form, and the fields that came back as settings of place.toml."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.catalogue.place_duty import WEEKDAYS
from bot.web.desk import Desk
from bot.web.numbers import whole

TEXTS = ("name", "organisation", "nation", "zone", "contact", "privacy_contact")
CAPS = ("per_week", "hard_per_week", "per_month")
OTHERS = ("waking_from", "waking_to", "working_from", "working_to", "holidays", "usual", "keep_answers_days")
EVERYBODY = "everybody"
MOST_TURNS = 40
_NUMBER = re.compile(r"emergency\.([a-z][a-z0-9_]*)")


@dataclass
class Form:
    """What stands in the fields, by name: words as typed, lists of ticked values, turns in their order.

    `faults`: what is wrong, by the name of a field; those that belong to none stand under an empty name.
    """

    values: dict[str, str] = field(default_factory=dict)
    ticked: dict[str, list[str]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    turns: list["TurnForm"] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def fault(self, name: str) -> str:
        return self.faults.get(name, "")


@dataclass
class TurnForm:
    """One turn of being on call."""

    days: list[str]
    start: str
    end: str
    who: list[str]
    off: str


def of_data(data: Mapping[str, Any]) -> Form:
    """What the form shows for the settings of a text."""
    waking, caps, working = (data.get(name, {}) for name in ("waking", "caps", "working"))
    values = {name: str(data.get(name, "")) for name in TEXTS}
    values |= {"waking_from": str(waking.get("from", "09:00")), "waking_to": str(waking.get("to", "19:00"))}
    values |= {name: str(caps.get(name, "")) for name in CAPS}
    values |= {"working_from": str(working.get("from", "09:00")), "working_to": _shown(working.get("to", "17:00"))}
    values["holidays"] = "\n".join(str(day) for day in working.get("holidays", []))
    values["keep_answers_days"] = str(data.get("care", {}).get("keep_answers_days", 90))
    values["usual"] = str(next(iter(data.get("languages", [])), ""))
    ticked = {"languages": [str(one) for one in data.get("languages", [])]}
    ticked["working_days"] = [str(one) for one in working.get("days", WEEKDAYS[:5])]
    numbers = {str(name): str(number) for name, number in data.get("emergency", {}).items()}
    turns = [_turn(one) for one in data.get("oncall", [{}])]
    return Form(values, ticked, numbers, turns)


def _turn(table: Mapping[str, Any]) -> TurnForm:
    who = table.get("who", EVERYBODY)
    return TurnForm(
        [str(one) for one in table.get("days", WEEKDAYS)],
        _shown(table.get("from", "00:00")),
        _shown(table.get("to", "00:00")),
        [EVERYBODY] if who == EVERYBODY else [str(one) for one in who],
        "\n".join(str(day) for day in table.get("except", [])),
    )


def _shown(clock: object) -> str:
    """Browsers know no 24:00: the end of a day is the midnight that follows."""
    return "00:00" if str(clock) == "24:00" else str(clock)[:5]


def of_request(desk: Desk) -> Form:
    """What was sent, exactly as typed: a form that is refused shows it again."""
    fixed = (
        *TEXTS,
        *CAPS,
        "waking_from",
        "waking_to",
        "working_from",
        "working_to",
        "holidays",
        "usual",
        "keep_answers_days",
    )
    values = {name: desk.given(name) for name in fixed}
    ticked = {name: desk.chosen(name) for name in ("languages", "working_days")}
    numbers = {found[1]: desk.given(found[0]) for name in desk.form if (found := _NUMBER.fullmatch(name))}
    count = desk.given("turns")
    turns = [_sent_turn(desk, place) for place in range(min(whole(count, 0), MOST_TURNS))]
    return Form(values, ticked, numbers, turns)


def _sent_turn(desk: Desk, place: int) -> TurnForm:
    start = f"oncall.{place}"
    return TurnForm(
        desk.chosen(f"{start}.days"),
        desk.given(f"{start}.from"),
        desk.given(f"{start}.to"),
        desk.chosen(f"{start}.who"),
        desk.given(f"{start}.except"),
    )


def settings(form: Form) -> dict[str, Any]:
    """The settings as place.toml has them. What is no day or number stays as typed: its reader says what is wrong."""
    values = form.values
    usual = [one for one in form.ticked["languages"] if one == values["usual"]]
    return {
        **{name: values[name] for name in TEXTS},
        "languages": [*usual, *(one for one in form.ticked["languages"] if one not in usual)],
        "waking": {"from": values["waking_from"], "to": values["waking_to"]},
        "caps": {name: _whole(values[name]) for name in CAPS},
        "emergency": dict(form.numbers),
        "working": {
            "days": form.ticked["working_days"],
            "from": values["working_from"],
            "to": _end(values["working_to"]),
            "holidays": _days(values["holidays"]),
        },
        "oncall": [_turn_settings(one) for one in form.turns],
        "care": {"keep_answers_days": _whole(values["keep_answers_days"])},
    }


def _turn_settings(turn: TurnForm) -> dict[str, Any]:
    everybody = EVERYBODY in turn.who or not turn.who
    found: dict[str, Any] = {"days": turn.days, "from": turn.start, "to": _end(turn.end)}
    found["who"] = EVERYBODY if everybody else [who for one in turn.who if (who := whole(one, 0))]
    return {**found, "except": _days(turn.off)} if turn.off else found


def _end(clock: str) -> str:
    return "24:00" if clock == "00:00" else clock


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


def _days(text: str) -> list[date | str]:
    return [_day(line) for line in text.split()]


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def field_name(key: str, known: Callable[[str], bool]) -> str:
    """The field of a setting's key: waking.from is the field waking_from; empty when no field fits."""
    flat = key.replace(".", "_")
    for name in (key, flat, key.rpartition(".")[2], key.partition(".")[0]):
        if known(name):
            return name
    return ""
