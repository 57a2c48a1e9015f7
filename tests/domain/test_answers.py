from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import normal, understood
from tests.domain.plan_examples import choice, words

QUESTION = choice("how", "better", "same", "worse")
SAID = {
    "en": replace(
        words("en", how={"better": "Better", "same": "About the same", "worse": "I’m worse"}),
        typed={("how", "same"): ("no change", "don't know"), ("how", "better"): ("good", "mixed")},
    ),
    "bn": replace(
        words("bn", how={"better": "ভালো", "same": "একই রকম", "worse": "খারাপ"}),
        typed={("how", "worse"): ("mixed",)},
    ),
    "ar": words("ar", how={"better": "أحسن", "same": "كما كنت تقريبًا", "worse": "أسوأ"}),
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("better", "better"),
        ("  BETTER!! ", "better"),
        ("Bétter", "better"),
        ("better 👍", "better"),
        ("about  the\nsame.", "same"),
        ("im worse", "worse"),
        ("I'm worse", "worse"),
        ("dont know", "same"),
        ("don’t know", "same"),
        ("2", "same"),
        ("(2)", "same"),
        ("২", "same"),
        ("٢", "same"),
        ("২।", "same"),
        ("ভালো", "better"),
        ("খারাপ।", "worse"),
        ("احسن", "better"),
        ("أَحْسَن", "better"),
        ("أحســن", "better"),
        ("كما كنت تقريبا؟", "same"),
        ("\u200eأسوأ\u200f", "worse"),
    ],
)
def test_typed_words_are_understood_in_every_shipped_language(typed: str, meant: str) -> None:
    assert understood(QUESTION, SAID, typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "?",
        "👍",
        "0",
        "4",
        "22",
        "12",
        "2 3",
        "mixed",
        "better but my chest hurts",
        "not better",
        "ভাল না",
        "better worse",
    ],
)
def test_promise_6_what_is_not_certain_is_left_to_a_human(typed: str) -> None:
    assert understood(QUESTION, SAID, typed) is None


def test_bengali_vowels_are_letters_and_not_accents() -> None:
    assert normal("কি") != normal("কু") != normal("ক")
    assert normal("ক্ষ") != normal("কষ")


@given(st.text())
def test_any_text_is_heard_without_a_fault_and_reads_the_same_twice(typed: str) -> None:
    assert normal(normal(typed)) == normal(typed)
    assert understood(QUESTION, SAID, typed) in {None, "better", "same", "worse"}
