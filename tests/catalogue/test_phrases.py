from pathlib import Path

import pytest
from jinja2 import UndefinedError

from bot.catalogue import Finding, Phrases, safe

EN = """\
[people]
welcome = "Hello <b>{{ name }}</b>"
only_english = "Only here"
people = '''{{ count }} {{ count|plural(one="person", other="people") }}'''
list = '''
These:
{% for name, place in rows %}
- {{ name }} ({{ place }})
{% endfor %}'''
stop = ["stop", "end"]
"""
AR = """\
[people]
welcome = "مرحبا <b>{{ name }}</b>"
people = '''{{ count }} {{ count|plural(zero="لا أحد", one="شخص", two="شخصان", few="أشخاص", other="شخصًا") }}'''
stop = ["توقف"]
"""


def loaded(folder: Path, **files: str) -> tuple[Phrases, list[Finding], list[Finding]]:
    for language, text in files.items():
        (folder / f"{language}.toml").write_text(text)
    return Phrases.load(folder, ["en", "ar"])


@pytest.fixture
def phrases(tmp_path: Path) -> Phrases:
    return loaded(tmp_path, en=EN, ar=AR)[0]


def test_say_escapes_and_plain_does_not(phrases: Phrases) -> None:
    assert phrases.say("en", "people.welcome", name="A & <B>") == "Hello <b>A &amp; &lt;B&gt;</b>"
    assert phrases.plain("en", "people.welcome", name="A & <B>'s") == "Hello <b>A & <B>'s</b>"


def test_what_was_said_already_is_not_escaped_again(phrases: Phrases) -> None:
    assert phrases.say("en", "people.welcome", name=safe("<u>A</u>")) == "Hello <b><u>A</u></b>"


def test_values_are_isolated_in_right_to_left_languages(phrases: Phrases) -> None:
    assert phrases.say("ar", "people.welcome", name="Sam") == "مرحبا <b>\u2068Sam\u2069</b>"
    assert "\u20663\u2069" in phrases.say("ar", "people.people", count=3)


def test_a_phrase_that_is_not_translated_falls_back(phrases: Phrases) -> None:
    assert phrases.say("ar", "people.only_english") == "Only here"
    assert phrases.say("xx", "people.only_english") == "Only here"
    assert phrases.shown_in("ar", "people.only_english") == "en"


def test_plurals_follow_the_language(phrases: Phrases) -> None:
    assert phrases.plain("en", "people.people", count=1) == "1 person"
    assert "أشخاص" in phrases.plain("ar", "people.people", count=3)
    assert "شخصان" in phrases.plain("ar", "people.people", count=2)


def test_a_list_can_be_repeated(phrases: Phrases) -> None:
    rows = [("Ben", "Elm"), ("Eve", "Oak")]
    assert phrases.say("en", "people.list", rows=rows) == "These:\n- Ben (Elm)\n- Eve (Oak)\n"


def test_arrays_are_lists_and_can_be_asked_in_every_language(phrases: Phrases) -> None:
    assert phrases.list("ar", "people.stop") == ["توقف"]
    assert phrases.everywhere("people.stop") == {"stop", "end", "توقف"}


def test_promise_2_stop_words_of_a_language_the_place_does_not_use_still_count(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text(EN)
    (tmp_path / "ar.toml").write_text(AR)
    phrases, _, _ = Phrases.load(tmp_path, ["en"])
    assert "توقف" in phrases.everywhere("people.stop")


def test_an_undefined_value_raises(phrases: Phrases) -> None:
    with pytest.raises(UndefinedError):
        phrases.say("en", "people.welcome")


def test_an_unknown_key_raises(phrases: Phrases) -> None:
    with pytest.raises(KeyError, match=r"people\.nothing"):
        phrases.say("en", "people.nothing")
    assert phrases.has("people.stop") and not phrases.has("people.nothing")


def test_a_missing_language_is_no_fault_but_a_missing_default_is(tmp_path: Path) -> None:
    _, faults, _ = loaded(tmp_path, en=EN)
    assert faults == []
    _, faults, _ = Phrases.load(tmp_path, ["ar", "en"])
    assert [fault.rule for fault in faults] == ["unreadable"]


def test_one_broken_phrase_leaves_the_others_and_says_its_line(tmp_path: Path) -> None:
    phrases, faults, _ = loaded(tmp_path, en=EN.replace("Only here", "Only {{ here"), ar=AR)
    assert [(fault.line, fault.rule) for fault in faults] == [(3, "jinja_syntax")]
    assert phrases.say("en", "people.welcome", name="Ben") == "Hello <b>Ben</b>"


def test_a_translation_with_fewer_placeholders_is_still_said_and_warned_about(tmp_path: Path) -> None:
    phrases, faults, warnings = loaded(tmp_path, en=EN, ar=AR.replace(" <b>{{ name }}</b>", ""))
    assert faults == []
    assert "phrase_names" in [warning.rule for warning in warnings]
    assert phrases.say("ar", "people.welcome", name="Sam") == "مرحبا"


def test_a_translation_with_a_placeholder_that_nobody_fills_is_refused(tmp_path: Path) -> None:
    _, faults, _ = loaded(tmp_path, en=EN, ar=AR.replace("{{ name }}", "{{ nmae }}"))
    assert [fault.rule for fault in faults] == ["phrase_names"]


def test_a_key_that_english_no_longer_has_does_no_harm(tmp_path: Path) -> None:
    _, faults, warnings = loaded(tmp_path, en=EN, ar=AR + 'old = "قديم"\n')
    assert faults == []
    assert "phrase_stranger" in [warning.rule for warning in warnings]


def test_commands_keep_their_slash_in_right_to_left_text(tmp_path: Path) -> None:
    phrases, _, _ = loaded(tmp_path, en=EN, ar='[people]\nonly_english = "اكتب /stop، <b>هنا</b>"\n')
    assert phrases.say("ar", "people.only_english") == "اكتب \u200e/stop، <b>هنا</b>"


def test_the_words_of_a_page_of_the_desk_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    folder, desk = tmp_path / "phrases", tmp_path / "desk"
    folder.mkdir(), desk.mkdir()
    (folder / "en.toml").write_text('[people]\nwelcome = "Hello"\n')
    (desk / "today.en.toml").write_text('[desk_today]\ntitle = "Today"\n\n[people]\nwelcome = "Not here"\n')
    phrases, faults, _ = Phrases.load(folder, ["en"])
    assert (phrases.plain("en", "desk_today.title"), phrases.plain("en", "people.welcome")) == ("Today", "Hello")
    assert [(fault.rule, fault.file, fault.line) for fault in faults] == [("desk_heading", "desk/today.en.toml", 5)]
