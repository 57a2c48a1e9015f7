"""The word stop, as people type it."""

import pytest

from bot.domain.stopping import means_stop

WORDS = ("stop", "please stop", "বন্ধ করুন", "থামুন", "توقف", "أوقف", "إيقاف")


@pytest.mark.parametrize(
    "said",
    [
        "stop",
        "STOP",
        "Stop.",
        "stop!!!",
        "  stop \n",
        "“Stop”",
        "/ stop",
        "stop stop STOP",
        "stop 🛑",
        "Please, stop.",
        "ＳＴＯＰ",
        "st\u200bop",
        "থামুন।",
        "বন্ধ  করুন!",
        "توقف؟",
        "تَوَقَّف",
        "توقـــف",
        "اوقف",
        "ايقاف",
    ],
)
def test_promise_2_the_word_stop_is_understood_however_it_is_typed(said: str) -> None:
    assert means_stop(said, WORDS)


@pytest.mark.parametrize(
    "said",
    ["", "…", "🛑", "I cannot stop coughing", "stop smoking", "bus stop", "do not stop", "unstoppable", "sto p", "থাম"],
)
def test_other_words_are_for_somebody_to_read(said: str) -> None:
    assert not means_stop(said, WORDS)
