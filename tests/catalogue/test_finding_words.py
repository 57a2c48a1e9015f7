"""Every finding has words in every language, and they hold what the finding has to fill in. Read off the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalogue import Finding
from bot.catalogue.direction import FIRST_STRONG, LEFT_TO_RIGHT, POP
from bot.catalogue.finding_words import CLOSED, EDITED, languages, tell, words_of
from bot.domain.place import Place
from bot.domain.sayings import saying
from tests.catalogue.test_bad_files import told
from tests.catalogue.test_plans_bad_files import told as told_of_plans

BOT = Path(__file__).parents[2] / "bot"
LANGUAGES = sorted(languages())
NOT_SAID = {"sentence"}  # how a sentence ends
_VALUE = re.compile(r"\{([a-z_]+)\}")
_TYPED = re.compile(r"`[^`]*`")


def sayings() -> Iterator[tuple[str, int, str, frozenset[str]]]:
    """(file, line, key, names of the values) of everything that the code can say is wrong."""
    for path in sorted(BOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "saying":
                key = node.args[0]
                assert isinstance(key, ast.Constant), f"{path}:{node.lineno}: write the key out, for this to find it"
                assert all(one.arg for one in node.keywords), f"{path}:{node.lineno}: name each value"
                yield path.name, node.lineno, key.value, frozenset(str(one.arg) for one in node.keywords)


SAID = list(sayings())


def names_in(language: str, key: str) -> frozenset[str]:
    return frozenset(name for words in words_of(language)[key].values() for name in _VALUE.findall(words))


def test_the_code_says_many_things() -> None:
    assert len({key for _, _, key, _ in SAID}) > 200
    assert {"ar", "bn", "en"} <= languages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_words_and_no_words_are_left_over(language: str) -> None:
    assert {key for _, _, key, _ in SAID} == words_of(language).keys() - NOT_SAID


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_hold_every_value_and_no_other(language: str) -> None:
    wrong = [one for one in SAID if one[3] != names_in(language, one[2])]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_remedy_is_there_wherever_english_has_one(language: str) -> None:
    parts = {key: words.keys() for key, words in words_of(language).items()}
    assert parts == {key: words.keys() for key, words in words_of("en").items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_brings_its_own_full_stop(language: str) -> None:
    stops = tuple(set(CLOSED) - {"?", "؟", "…"})
    ended = [key for key, words in words_of(language).items() if key not in NOT_SAID and _ends(words, stops)]
    assert ended == []


def _ends(words: dict[str, str], stops: tuple[str, ...]) -> bool:
    return any(part.endswith(stops) for part in words.values())


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_a_translation_is_one(language: str) -> None:
    english, own = words_of("en"), words_of(language)
    same = [key for key in own if key not in NOT_SAID and own[key]["message"] == english[key]["message"] != "{names}"]
    assert same == []


def test_what_is_typed_stands_apart_in_arabic() -> None:
    """Brackets and equals signs between Arabic words are read backwards, unless they are isolated."""
    bare = {key: _TYPED.sub("", " ".join(words.values())) for key, words in words_of("ar").items()}
    loose = [key for key, words in bare.items() if "`" in words or re.search(r"[\[\]{}<>=%]", _VALUE.sub("", words))]
    assert loose == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_broken_file_is_told_in_every_language(place: Place, language: str) -> None:
    for _, finding in [*told(place), *told_of_plans()]:
        said = finding.located(language)
        assert said.language == language and "``" not in said.text
        assert said.text.count(FIRST_STRONG) + said.text.count(LEFT_TO_RIGHT) == said.text.count(POP)
        assert said.text.rstrip(POP).endswith(CLOSED), said.text


def test_what_a_file_holds_is_never_read_as_words() -> None:
    tricky = "{nearest} {{ name }} {% if x %} <b> `a` %s"
    what = saying("place_unknown", name=tricky, nearest=saying("nearest.one", word="{known}"))
    assert tell(what, "en").text == f'"{tricky}" is not a setting of a place. Did you mean "{{known}}"?'
    assert tricky in tell(what, "bn").text and tricky in tell(what, "ar").text


def test_a_language_without_words_is_told_in_english_and_says_so() -> None:
    assert tell(saying("not_utf8"), "pl") == tell(saying("not_utf8"), "en")
    assert tell(saying("not_utf8"), "pl").language == "en"


def test_names_and_code_stand_apart_in_right_to_left_text() -> None:
    said = Finding("place.toml", 3, saying("missing", name="zone")).located("ar").text
    assert said.startswith(f"{FIRST_STRONG}place.toml:3{POP}: «{FIRST_STRONG}zone{POP}»")
    assert f'{LEFT_TO_RIGHT}{FIRST_STRONG}zone{POP} = "…"{POP}.' in said


def test_a_name_cannot_bring_characters_that_turn_the_sentence_around() -> None:
    said = tell(saying("missing", name="zo\u202ene\u0007"), "ar").text
    assert "\u202e" not in said and "\u0007" not in said and "zone" in said


def test_the_place_as_edited_at_the_desk_is_called_in_words() -> None:
    finding = Finding(EDITED, 1, saying("place_caps"))
    assert str(finding).startswith("place.toml (edited at the desk):1: The caps")
    assert EDITED not in finding.located("bn").text and "place.toml" in finding.located("bn").text


def test_a_problem_of_a_phrase_names_the_phrase_first() -> None:
    finding = Finding("phrases/en.toml", 9, saying("too_deep"), within="people.welcome")
    assert str(finding).startswith("phrases/en.toml:9: people.welcome: The text holds")
