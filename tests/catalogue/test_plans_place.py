"""Working hours and the rota in place.toml."""

from datetime import date, time
from pathlib import Path

import pytest

from bot.catalogue.place_duty import holidays_run_out
from bot.catalogue.place_file import read_place
from bot.domain.place import Place
from bot.domain.rota import EVERY_DAY, Turn
from tests.catalogue.conftest import MESSAGES, PLACE

BARE = (MESSAGES / "place.toml").read_text().partition("\n# When somebody works")[0]


def read(tmp_path: Path, added: str) -> tuple[Place | None, list[str]]:
    (tmp_path / "place.toml").write_text(BARE + "\n" + added)
    place, faults = read_place(tmp_path)
    return place, [str(fault).partition(": ")[2] for fault in faults]


def test_promise_6_the_shipped_place_has_every_coordinator_on_call_all_the_time() -> None:
    assert PLACE.oncall == (Turn(),)


def test_the_shipped_place_works_on_weekdays_and_not_on_bank_holidays() -> None:
    assert PLACE.working.zone == "Europe/London"
    assert PLACE.working.works_on(date(2026, 12, 24))
    for holiday in (date(2026, 12, 25), date(2026, 12, 28), date(2027, 3, 29), date(2027, 12, 28), date(2026, 12, 26)):
        assert not PLACE.working.works_on(holiday)


def test_a_place_that_says_nothing_has_the_usual_hours_and_everybody_on_call(tmp_path: Path) -> None:
    place, faults = read(tmp_path, "")
    assert place and faults == []
    assert (place.working.start, place.working.end, place.working.holidays) == (time(9), time(17), frozenset())
    assert place.oncall == (Turn(),)
    assert place.keep_answers_days == PLACE.keep_answers_days == 90


def test_turns_are_read_with_their_people_and_exceptions(tmp_path: Path) -> None:
    added = """
[[oncall]]
days = ["saturday", "Sunday"]
from = "22:00"
to = "8:00"
who = [5, 6]
except = [2026-12-26, "2027-01-02"]
[[oncall]]
who = "everybody"
"""
    place, faults = read(tmp_path, added)
    assert place and faults == []
    off = frozenset({date(2026, 12, 26), date(2027, 1, 2)})
    assert place.oncall[0] == Turn(frozenset({5, 6}), time(22), time(8), frozenset({5, 6}), off)
    assert place.oncall[1].days == EVERY_DAY


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ('[working]\ndays = ["mondy"]', '“mondy” is not a day of the week. Did you mean "monday"?'),
        ("[working]\ndays = []", "Nobody works on any day"),
        ('[working]\nfrom = "17:00"\nto = "09:00"', "Working hours end (09:00) before they begin (17:00)"),
        ('[working]\nform = "09:00"', '“form” is not a setting of working hours. Did you mean "from"?'),
        ('[working]\nholidays = ["Christmas"]', "“Christmas” is not a day"),
        ('[working]\nfrom = "9 o\'clock"', "is not a time of day"),
        ("[care]\nkeep_answers_days = 0", "Answers cannot be kept for 0 days. Write a number from 1 to 1095"),
        ("[care]\nkeep_answers_days = 4000", "Answers cannot be kept for 4000 days"),
        ('[care]\nkeep_answers_days = "90"', "“90” is not a whole number"),
        ("[care]\nkeep_answer_days = 9", 'not a setting of care. Did you mean "keep_answers_days"?'),
        ("[oncall]\nwho = 'everybody'", "“oncall” is not a turn. Write [[oncall]] above each turn"),
        ("[[oncall]]\nwho = 'Ann'", "“who” does not say who is on call"),
        ("[[oncall]]\nwho = [true]\n[[oncall]]\nwho = []", "“who” does not say who is on call"),
        ('[[oncall]]\n[[oncall]]\ntwo = "09:00"', "“two” is not a setting of a turn"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, added: str, told: str) -> None:
    place, faults = read(tmp_path, added)
    assert place is None
    assert any(told in fault for fault in faults), faults


def test_promise_6_the_line_of_a_fault_is_that_of_its_turn(tmp_path: Path) -> None:
    (tmp_path / "place.toml").write_text(BARE + "\n[[oncall]]\nwho = [1]\n\n[[oncall]]\nwho = 7\n")
    _, faults = read_place(tmp_path)
    lines = (BARE + "\n[[oncall]]\nwho = [1]\n\n[[oncall]]\nwho = 7\n").splitlines()
    assert [fault.line for fault in faults] == [lines.index("who = 7") + 1]


def test_check_says_when_the_holidays_run_out(tmp_path: Path) -> None:
    path = MESSAGES / "place.toml"
    assert not list(holidays_run_out(path, PLACE.working, date(2027, 11, 28)))
    (found,) = holidays_run_out(path, PLACE.working, date(2027, 11, 29))
    assert "2026-12-25" in path.read_text().splitlines()[found.line]
