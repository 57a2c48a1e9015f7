from datetime import date

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.catalogue import load, render, samples
from bot.domain.place import Place
from bot.domain.templates import in_season, is_stale
from tests.catalogue.conftest import MESSAGES, PLACE

TOPICS = ("flu-jab", "heat", "falls", "blood-pressure-check", "pharmacy-first", "loneliness")
LANGUAGES = ("en", "bn", "ar")
SHIPPED = load(MESSAGES / "prevention", PLACE)


def test_six_topics_are_shipped_in_three_languages_without_a_fault() -> None:
    assert set(SHIPPED.templates) == {(topic, language) for topic in TOPICS for language in LANGUAGES}
    assert [str(fault) for fault in SHIPPED.faults] == []


def test_nothing_shipped_could_be_worded_better_as_far_as_the_rules_know() -> None:
    assert [str(warning) for warning in SHIPPED.warnings] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_what_people_get(topic: str, language: str, place: Place, snapshot: SnapshotAssertion) -> None:
    template = SHIPPED.templates[topic, language]
    rendered = render(template, samples(template, place))
    assert rendered.html == snapshot
    assert rendered.text_length_utf16 <= 600


def test_promise_8_shipped_files_are_nobodys_approval() -> None:
    for template in SHIPPED.templates.values():
        assert template.approved_by == ""
        assert template.approved_on is None


def test_promise_8_translations_are_drafts_of_the_present_english_text() -> None:
    for (topic, language), template in SHIPPED.templates.items():
        if language != "en":
            assert "not yet read by a native speaker" in template.author
            assert not is_stale(template, SHIPPED.templates[topic, "en"])


def test_every_topic_names_its_source_and_a_day_to_read_it_again() -> None:
    for template in SHIPPED.templates.values():
        assert template.source
        assert template.review_by > template.source_checked_on > date(2026, 1, 1)


def test_the_season_is_found_across_the_year() -> None:
    flu, falls = SHIPPED.templates["flu-jab", "en"], SHIPPED.templates["falls", "en"]
    assert in_season(flu, 10) and not in_season(flu, 6)
    assert all(in_season(falls, month) for month in range(1, 13))
