"""What is typed at the desk becomes the same file that somebody would have written by hand."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.edit_checks import check
from bot.catalogue.template_changes import changes
from bot.catalogue.template_writing import FieldSheet, Sheet, clean_text, read_sheet, same_words, write_sheet
from tests.catalogue.conftest import MESSAGES, PLACE

SHIPPED = sorted((MESSAGES / "prevention").glob("*.md"))
TODAY = date(2026, 11, 23)
WORDS = st.text(max_size=40)
FIELD = st.builds(
    FieldSheet,
    st.sampled_from(["day", "who", "a b", "{x", "yes"]),
    st.just("choice"),
    WORDS,
    WORDS,
    st.booleans(),
    WORDS,
)
SHEET = st.builds(Sheet, st.just("tea"), WORDS, WORDS, st.just(("1",)), WORDS, WORDS, WORDS, WORDS, WORDS, action=WORDS)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_file_is_the_same_byte_for_byte(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert write_sheet(read_sheet(text, path.name)) == text
    assert changes(text, text) == []


@given(SHEET, st.lists(FIELD, max_size=2, unique_by=lambda one: one.name), WORDS)
def test_whatever_is_typed_comes_back(sheet: Sheet, fields: list[FieldSheet], body: str) -> None:
    """Apart from spaces at the ends, and characters that nobody can see."""
    typed = Sheet(**{**vars(sheet), "fields": tuple(fields), "body": body})
    text = write_sheet(typed)
    back = read_sheet(text, "tea.en.md")
    assert back.topic == "tea"
    for name in ("title", "summary", "source", "author", "action"):
        assert getattr(back, name) == " ".join(clean_text(getattr(typed, name)).split())
    assert same_words(write_sheet(back), text)
    check(text, "tea.en.md", PLACE, None, TODAY)


def test_a_translation_is_compared_with_the_text_it_is_made_from() -> None:
    english = check((MESSAGES / "prevention" / "heat.en.md").read_text(), "heat.en.md", PLACE, None, TODAY).template
    arabic = (MESSAGES / "prevention" / "heat.ar.md").read_text()
    assert english is not None
    fine = check(arabic, "heat.ar.md", PLACE, english, TODAY)
    assert fine.template is not None
    stale = check(arabic.replace(english.version, "0" * 12), "heat.ar.md", PLACE, english, TODAY)
    assert [(one.part, one.rule) for one in stale.warnings] == [("translated_from", "translation_stale")]
    unread = check(arabic.replace(f'translated_from: "{english.version}"\n', ""), "heat.ar.md", PLACE, english, TODAY)
    assert [(one.part, one.rule) for one in unread.faults] == [("translated_from", "translated_missing")]
    alone = check(arabic, "heat.ar.md", PLACE, None, TODAY)
    assert [one.rule for one in alone.faults] == ["source_missing"]
