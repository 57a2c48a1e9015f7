from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue import REASONS, Refused, read, show, suggestions
from bot.domain.templates import Choice, Field, FieldType

TODAY = date(2026, 11, 23)  # a Monday
CHOICES = (Choice("hall", "the hall"), Choice("park", "the park"))


def field(kind: FieldType) -> Field:
    return Field("it", kind, "What?", "…", choices=CHOICES if kind is FieldType.CHOICE else ())


DATE, TIME, CHOICE = field(FieldType.DATE), field(FieldType.TIME), field(FieldType.CHOICE)


@pytest.mark.parametrize(
    ("typed", "raw"),
    [
        ("3 dec", "2026-12-03"),
        ("3rd of December", "2026-12-03"),
        ("Dec 3", "2026-12-03"),
        ("Thursday 3 December", "2026-12-03"),
        ("thu, 3 dec 2026", "2026-12-03"),
        ("3/12", "2026-12-03"),
        ("03.12.26", "2026-12-03"),
        ("2026-12-03", "2026-12-03"),
        ("today", "2026-11-23"),
        ("tomorrow", "2026-11-24"),
        ("friday", "2026-11-27"),
        ("on Monday", "2026-11-30"),
        ("5 feb", "2027-02-05"),
        ("৩ ডিসেম্বর", "2026-12-03"),
        ("আগামীকাল", "2026-11-24"),
        ("٣ ديسمبر", "2026-12-03"),
        ("يوم الخميس", "2026-11-26"),
        ("20 nov", Refused("fields.date_past")),
        ("3 dec 2025", Refused("fields.date_past")),
        ("friday 3 december", Refused("fields.date_weekday")),
        ("3 dec 2029", Refused("fields.date_far")),
        ("31 feb", Refused("fields.date_unclear")),
        ("next week", Refused("fields.date_unclear")),
        ("soon", Refused("fields.date_unclear")),
        ("  ", Refused("fields.empty")),
    ],
)
def test_days_are_understood_as_people_type_them(typed: str, raw: str | Refused) -> None:
    language = "bn" if "ডিসেম্বর" in typed else "ar" if any("\u0600" <= c <= "\u06ff" for c in typed) else "en"
    assert read(DATE, typed, language, TODAY) == raw


@pytest.mark.parametrize(
    ("typed", "raw"),
    [
        ("5.30pm", "17:30"),
        ("5:30 PM", "17:30"),
        ("17:30", "17:30"),
        ("5pm", "17:00"),
        ("9", "09:00"),
        ("9am", "09:00"),
        ("12pm", "12:00"),
        ("12am", "00:00"),
        ("midday", "12:00"),
        ("at noon", "12:00"),
        ("05:30", "05:30"),
        ("বিকাল ৫টা", "17:00"),
        ("5 م", "17:00"),
        ("5:30", Refused("fields.time_which_half")),
        ("5", Refused("fields.time_which_half")),
        ("25:00", Refused("fields.time_unclear")),
        ("13pm", Refused("fields.time_unclear")),
        ("9:75", Refused("fields.time_unclear")),
        ("teatime", Refused("fields.time_unclear")),
    ],
)
def test_times_are_understood_as_people_type_them(typed: str, raw: str | Refused) -> None:
    assert read(TIME, typed, "en", TODAY) == raw


@pytest.mark.parametrize(
    ("kind", "typed", "raw"),
    [
        (FieldType.CHOICE, "The Park", "park"),
        (FieldType.CHOICE, "hall", "hall"),
        (FieldType.CHOICE, "2", "park"),
        (FieldType.CHOICE, "pub", Refused("fields.choice_unknown")),
        (FieldType.NUMBER, "১২", "12"),
        (FieldType.NUMBER, "a few", Refused("fields.number_unclear")),
        (FieldType.PHONE, "020 7946 0111", "020 7946 0111"),
        (FieldType.PHONE, "ask Rosa", Refused("fields.phone_unclear")),
        (FieldType.LINK, "https://www.nhs.uk/live-well/", "https://www.nhs.uk/live-well/"),
        (FieldType.LINK, "http://nhs.uk", Refused("fields.link_unclear")),
        (FieldType.LINK, "javascript:alert(1)", Refused("fields.link_unclear")),
        (FieldType.PLACE, "  the   hall ", "the hall"),
        (FieldType.PLACE, "see www.example.org", Refused("fields.text_link")),
        (FieldType.TEXT, "x" * 101, Refused("fields.too_long")),
    ],
)
def test_other_answers(kind: FieldType, typed: str, raw: str | Refused) -> None:
    assert read(field(kind), typed, "en", TODAY) == raw


@settings(deadline=None)
@given(st.sampled_from(FieldType), st.text(max_size=60), st.sampled_from(["en", "bn", "ar", "xx"]))
def test_whatever_is_typed_is_read_or_refused_with_a_known_reason(kind: FieldType, text: str, lang: str) -> None:
    found = read(field(kind), text, lang, TODAY)
    if isinstance(found, Refused):
        assert found.reason in REASONS
    else:
        assert show(field(kind), found, lang)


@settings(deadline=None)
@given(st.text(max_size=30) | st.dates(date(2026, 1, 1), date(2028, 1, 1)).map(str))
def test_no_date_is_ever_in_the_past(typed: str) -> None:
    found = read(DATE, typed, "en", TODAY)
    assert isinstance(found, Refused) or date.fromisoformat(found) >= TODAY


@pytest.mark.parametrize(
    ("raw", "language", "shown"),
    [
        ("2026-12-03", "en", "Thursday 3 December"),
        ("2026-12-03", "bn", "বৃহস্পতিবার 3 ডিসেম্বর"),
        ("2026-12-03", "ar", "الخميس 3 ديسمبر"),
    ],
)
def test_days_are_shown_in_the_readers_language(raw: str, language: str, shown: str) -> None:
    assert show(DATE, raw, language) == shown


@pytest.mark.parametrize(
    ("raw", "language", "shown"),
    [
        ("17:30", "en", "5:30pm"),
        ("17:00", "en", "5pm"),
        ("12:00", "en", "midday"),
        ("00:00", "en", "midnight"),
        ("00:15", "en", "12:15am"),
        ("17:30", "bn", "বিকাল 5:30"),
        ("17:30", "ar", "5:30 م"),
        ("17:30", "tlh", "17:30"),
    ],
)
def test_times_are_shown_in_the_readers_language(raw: str, language: str, shown: str) -> None:
    assert show(TIME, raw, language) == shown


def test_a_choice_is_kept_by_its_key_and_shown_by_its_words() -> None:
    assert show(CHOICE, "park", "en") == "the park"
    with pytest.raises(ValueError, match="not a choice"):
        show(CHOICE, "pub", "en")


def test_buttons_offer_the_next_seven_days_usual_hours_and_the_choices() -> None:
    assert suggestions(DATE, TODAY) == [(TODAY + timedelta(days=n)).isoformat() for n in range(1, 8)]
    assert suggestions(TIME, TODAY)[0] == "09:00"
    assert suggestions(CHOICE, TODAY) == ["hall", "park"]
    assert suggestions(field(FieldType.TEXT), TODAY) == []


def test_every_suggestion_can_be_read_back() -> None:
    for kind in (DATE, TIME, CHOICE):
        for raw in suggestions(kind, TODAY):
            assert read(kind, raw, "en", TODAY) == raw
