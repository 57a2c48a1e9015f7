from datetime import date

from bot.catalogue import approved, parse
from bot.domain.place import Place
from tests.catalogue.conftest import GOOD, parsed

ON = date(2026, 11, 24)


def test_promise_8_writing_the_approval_down_does_not_make_another_version(place: Place) -> None:
    first = parsed().template
    assert first
    again = parse(approved(first, 'Dr "Lee" \\o/\nx', ON), first.file, place).template
    assert again
    assert (again.approved_by, again.approved_on) == ('Dr "Lee" \\o/ x', ON)
    assert again.digest == first.digest


def test_an_approval_replaces_the_one_before_it(place: Place) -> None:
    text = GOOD.replace("author: Ann", "author: Ann\napproved_by: Bo\napproved_on: 2026-01-01")
    template = parse(text, "tea.en.md", place).template
    assert template and template.approved_by == "Bo"
    again = approved(template, "Lee", ON)
    assert again.count("approved_by") == 1 and "Bo" not in again


def test_promise_8_words_cannot_hide_behind_an_approval_line(place: Place) -> None:
    text = GOOD.replace("question: Where is it?", 'question: "Where\napproved_by: is\nit?"')
    assert [fault.rule for fault in parse(text, "tea.en.md", place).faults] == ["approval_lines"]


def test_promise_8_an_approval_line_in_the_text_itself_is_part_of_the_version() -> None:
    first, other = parsed("Words.\napproved_by: Bo").template, parsed("Words.\napproved_by: Al").template
    assert first and other and first.digest != other.digest
