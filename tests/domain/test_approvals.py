"""Who may approve words, and why approved words still may not go out."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.domain.approvals import Obstacle, may_approve, obstacle
from bot.domain.templates import Template

MESSAGES = Path(__file__).parents[2] / "messages"


@pytest.fixture(scope="module")
def template() -> Template:
    return Catalogue.open(MESSAGES).templates["loneliness", "en"]


def test_promise_8_nobody_approves_their_own_words() -> None:
    assert not may_approve(7, 7)
    assert may_approve(7, 8)
    assert may_approve(7, None), "a shipped file has no author among us"


def test_promise_8_words_may_be_sent_up_to_the_day_of_their_review_and_not_after(template: Template) -> None:
    day = template.review_by
    assert obstacle(template, "England", day, None) is None
    assert obstacle(template, "England", day + timedelta(days=1), None) is Obstacle.OVERDUE


def test_promise_8_facts_of_another_country_stay_there(template: Template) -> None:
    welsh = replace(template, nation="Wales")
    assert obstacle(welsh, "England", date(2026, 10, 5), None) is Obstacle.OTHER_NATION
    assert obstacle(welsh, "wales", date(2026, 10, 5), None) is None


def test_promise_8_a_translation_of_an_earlier_text_is_not_sent(template: Template) -> None:
    translated = replace(template, language="bn", translated_from=template.version)
    changed = replace(template, digest="f" * 64)
    today = date(2026, 10, 5)
    assert obstacle(translated, "England", today, template) is None
    assert obstacle(translated, "England", today, changed) is Obstacle.OUTDATED
    assert obstacle(translated, "England", today, None) is None, "without a usable source there is nothing to compare"
