"""The three plans that come along: sound, worded plainly, drafts, and with every question where it belongs."""

from datetime import date
from itertools import product

import pytest

from bot.catalogue import Phrases, load_plans, plan_html
from bot.domain.answers import normal, understood
from bot.domain.concerns import Rung, first_rung
from bot.domain.neutral_words import telling
from bot.domain.paths import walk
from bot.domain.plans import LOUD, SENTENCES, Level, reason_of
from bot.domain.proof import prove
from tests.catalogue.conftest import MESSAGES, PLACE

SHIPPED = load_plans(MESSAGES / "checkins", PLACE)
PLANS = ("home-from-hospital", "after-an-operation", "keeping-company")
LANGUAGES = ("en", "bn", "ar")
EACH = list(product(PLANS, LANGUAGES))


def test_promise_8_three_plans_in_three_languages_without_a_fault_or_a_warning() -> None:
    assert [str(one) for one in (*SHIPPED.faults, *SHIPPED.warnings)] == []
    assert {(name, language) for name, plan in SHIPPED.plans.items() for language in plan.words} == set(EACH)
    assert not [prove(plan, PLACE) for plan in SHIPPED.plans.values() if prove(plan, PLACE)]


def test_the_days_are_those_of_the_taper() -> None:
    plan = SHIPPED.plans["home-from-hospital"]
    assert [day.number for day in plan.days] == [1, 2, 4, 7, 10, 14, 21, 28]
    assert plan.closing_day == 30
    assert all(1 <= len(day.questions) <= 4 for one in SHIPPED.plans.values() for day in one.days)


def test_promise_6_leg_and_breath_are_asked_every_time_after_a_stay() -> None:
    for name in ("home-from-hospital", "after-an-operation"):
        plan = SHIPPED.plans[name]
        assert set(plan.required) == {"leg", "breath"}
        for language in LANGUAGES:
            said = plan.words[language].closing
            assert "{{ urgent_advice }}" in said and "{{ life_in_danger }}" in said


@pytest.mark.parametrize(
    ("question", "answer", "level", "number"),
    [
        ("breath", "yes", Level.RED, "life_in_danger"),
        ("mind", "yes", Level.RED, "life_in_danger"),
        ("leg", "yes", Level.URGENT, "urgent_advice"),
        ("leg", "not_sure", Level.URGENT, "urgent_advice"),
        ("fall", "hurt", Level.URGENT, "urgent_advice"),
        ("wound", "changed", Level.AMBER, ""),
        ("fever", "yes", Level.AMBER, ""),
        ("food", "cannot_shop", Level.HELP, ""),
        ("safe", "prefer_call", Level.AMBER, ""),
    ],
)
def test_promise_6_what_a_worrying_answer_leads_to(question: str, answer: str, level: Level, number: str) -> None:
    for plan in SHIPPED.plans.values():
        if question in plan.questions:
            given = plan.questions[question].answer(answer)
            assert (given.concern, given.emergency, given.ends) == (level, number, level in LOUD)


def test_promise_6_a_high_temperature_leads_to_the_question_about_confusion() -> None:
    for name in ("home-from-hospital", "after-an-operation"):
        assert SHIPPED.plans[name].questions["fever"].answer("yes").next == "mind"


def test_promise_9_who_does_not_feel_safe_reaches_a_coordinator_and_types_nothing() -> None:
    for plan in SHIPPED.plans.values():
        safe = plan.questions["safe"]
        assert not safe.free_text
        assert first_rung(reason_of(safe, safe.answer("prefer_call"))) is Rung.COORDINATOR


@pytest.mark.parametrize(("name", "language"), EACH)
def test_promise_9_the_first_words_tell_nothing(name: str, language: str) -> None:
    words = SHIPPED.plans[name].words[language]
    for source in (words.hello, words.reminder):
        assert telling(source, of_health=True) == []
    assert telling(words.closing, of_health=False) == []


@pytest.mark.parametrize(("name", "language"), EACH)
def test_everything_that_is_said_can_be_said(name: str, language: str) -> None:
    words = SHIPPED.plans[name].words[language]
    sources = [getattr(words, part) for part in SENTENCES] + [*words.emergency.values(), *words.questions.values()]
    for source in sources:
        said = plan_html(source, language, PLACE, name="Amina", named="Rosa")
        assert said and "{" not in said and len(said) < 600


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["yes", "হ্যাঁ", "نعم", "2", "২", "٢"])
def test_promise_6_yes_and_the_number_are_understood_whatever_language_was_chosen(language: str, typed: str) -> None:
    plan = SHIPPED.plans["home-from-hospital"]
    assert understood(plan.questions["breath"], plan.words, typed) == "yes"
    assert plan.words[language].questions["breath"]


def test_promise_6_a_worse_day_is_understood_in_every_language() -> None:
    plan = SHIPPED.plans["home-from-hospital"]
    assert {understood(plan.questions["how"], plan.words, said) for said in ("worse", "খারাপ", "أسوأ")} == {"worse"}


def test_promise_2_no_way_to_answer_is_also_a_word_that_stops_everything() -> None:
    phrases, _, _ = Phrases.load(MESSAGES / "phrases", PLACE.languages)
    stop = {normal(word) for word in phrases.everywhere("words.stop")}
    for plan in SHIPPED.plans.values():
        for words in plan.words.values():
            said = {*words.answers.values(), *(way for ways in words.typed.values() for way in ways)}
            assert not stop & {normal(one) for one in said}


def test_promise_8_translations_say_that_they_are_drafts_of_the_present_english_words() -> None:
    for plan in SHIPPED.plans.values():
        for language in ("bn", "ar"):
            assert "not yet read by a native speaker" in plan.words[language].author
            assert "THIS IS A DRAFT" in (MESSAGES / plan.words[language].file).read_text().split("title")[0]
            assert not plan.is_stale(language)


def test_a_check_in_stays_short() -> None:
    for plan in SHIPPED.plans.values():
        assert max(walk(plan, day).longest for day in plan.days) <= 7
        assert plan.review_by > plan.source_checked_on > date(2026, 1, 1)
