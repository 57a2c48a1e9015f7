import pytest

from bot.domain.personal_line import FAULTS, MOST_CHARACTERS, WARNINGS, lint_line
from bot.domain.wording import lint, lint_whole, words_of


@pytest.mark.parametrize(
    "line",
    [
        "See you there, I will bring cake.",
        "I had mine last week at 5:30pm.",
        "আমিও যাচ্ছি, দেখা হবে।",
        "سأكون هناك أيضًا، أراكم.",
        "Bring a pillow and your diet cola to the station.",
        "Bring 2 friends to flat 12 & ask for Rosa.",
    ],
)
def test_a_warm_line_is_fine(line: str) -> None:
    remarks = lint_line(line, "en")
    assert remarks.fine and remarks.warnings == ()


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (" ", "line.empty"),
        ("x" * (MOST_CHARACTERS + 1), "line.too_long"),
        ("See\nyou", "line.several_lines"),
        ("Look at https://example.org", "line.link"),
        ("Look at example.com", "line.link"),
        ("Write to @rosa_elm", "line.link"),
        ("Ring 020 7946 0111", "line.phone"),
        ("Ring +44 7700 900123", "line.phone"),
        ("<b>Come</b>", "line.html"),
        ("Hi {{ name }}", "line.html"),
        ("Take 2 tablets first", "line.medicine"),
        ("I take 200mg of it", "line.medicine"),
        ("ওষুধ খেয়ে নিন", "line.medicine"),
        ("خذ الدواء أولا", "line.medicine"),
    ],
)
def test_promise_8_a_personal_line_is_never_a_link_a_number_or_medical_advice(line: str, rule: str) -> None:
    assert lint_line(line, "en").faults == (rule,)
    assert rule in FAULTS


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("COME along", "line.capitals"),
        ("You could die without it", "line.frightening"),
        ("Good for your diabetes", "line.illness"),
        ("You don't want to miss it", "line.contraction"),
    ],
)
def test_a_doubtful_line_is_told_and_allowed(line: str, rule: str) -> None:
    remarks = lint_line(line, "en")
    assert remarks.fine and remarks.warnings == (rule,)
    assert rule in WARNINGS


def test_placeholders_count_as_one_word_and_tags_as_none() -> None:
    assert words_of("<b>Hi</b> {{ name }}{% if x %} you{% endif %}") == "Hi Words you"


def test_word_rules_hold_in_english_only() -> None:
    assert [remark.rule for remark in lint("Come at 17:30.", "en")] == ["clock"]
    assert lint("Come at 17:30.", "bn") == []


def test_bengali_and_arabic_sentences_are_counted() -> None:
    assert [r.rule for r in lint("এক। দুই। তিন। চার।", "bn")] == ["paragraph_long"]
    assert [r.rule for r in lint("هل؟ نعم. لا. ربما.", "ar")] == ["paragraph_long"]


def test_an_emoji_before_the_words_of_a_line_is_fine() -> None:
    assert lint("☀️ Stay in the shade.", "en") == []


def test_a_full_stop_inside_a_time_does_not_end_a_sentence() -> None:
    assert lint_whole("Come at 5.30pm to the hall.", "", 30) == []
