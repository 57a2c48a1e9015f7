from datetime import date
from pathlib import Path

import pytest

from bot.catalogue import Catalogue, CatalogueError, check, export
from tests.catalogue.conftest import GOOD, parsed


def test_a_broken_file_never_hides_the_others_and_the_last_good_version_stays(
    catalogue: Catalogue, folder: Path
) -> None:
    (folder / "prevention" / "tea.en.md").write_text(GOOD.replace("{{ where }}", "{{ wehre }}"))
    (folder / "prevention" / "soup.en.md").write_text(GOOD.replace("topic: tea", "topic: soup"))
    again = catalogue.reload()
    assert again.templates["tea", "en"] == catalogue.templates["tea", "en"]
    assert ("soup", "en") in again.templates
    assert "prevention/tea.en.md:20: There is no placeholder “wehre”" in str(again.faults[0])


def test_a_deleted_message_is_gone(catalogue: Catalogue, folder: Path) -> None:
    (folder / "prevention" / "tea.en.md").unlink()
    assert catalogue.reload().templates == {}


def test_a_mended_message_is_a_new_version(catalogue: Catalogue, folder: Path) -> None:
    (folder / "prevention" / "tea.en.md").write_text(GOOD.replace("Some words", "Other words"))
    again = catalogue.reload()
    assert again.templates["tea", "en"].digest != catalogue.templates["tea", "en"].digest
    assert again.faults == ()


def test_a_broken_place_or_phrase_later_keeps_what_was_there(catalogue: Catalogue, folder: Path) -> None:
    (folder / "place.toml").write_text("name = \n")
    (folder / "phrases" / "en.toml").write_text('[people]\nwelcome = "{{ name"\n')
    again = catalogue.reload()
    assert again.place == catalogue.place
    assert again.phrases.say("en", "people.welcome", name="Amina") == "Hello Amina"
    assert {fault.file for fault in again.faults} == {"place.toml", "phrases/en.toml"}


def test_the_first_start_says_every_fault_at_once(folder: Path) -> None:
    (folder / "place.toml").write_text('name = "Elm Park"\nzone = "Mars"\n')
    (folder / "phrases" / "en.toml").write_text('[people]\na = "<b>x"\nb = "{{ x"\n')
    with pytest.raises(CatalogueError) as caught:
        Catalogue.open(folder)
    told = str(caught.value)
    assert len(told.splitlines()) == len(caught.value.findings) > 8
    assert "place.toml:2: There is no time zone" in told
    assert "phrases/en.toml:2" in told and "phrases/en.toml:3" in told


def test_a_place_without_emergency_numbers_does_not_start(folder: Path) -> None:
    text = (folder / "place.toml").read_text()
    (folder / "place.toml").write_text(text.partition("[emergency]")[0])
    with pytest.raises(CatalogueError, match='"life_in_danger" is missing'):
        Catalogue.open(folder)


def test_an_empty_folder_says_so_instead_of_failing_strangely(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"place\.toml:1: The file cannot be read"):
        Catalogue.open(tmp_path)


def test_check_lists_faults_and_warnings_of_every_file(folder: Path) -> None:
    assert check(folder) == []
    (folder / "prevention" / "tea.en.md").write_text(GOOD.replace("Some words", "Do not, don't"))
    (folder / "prevention" / "soup.en.md").write_text("soup")
    assert [finding.rule for finding in check(folder)] == ["fence", "contraction"]


def test_promise_8_check_says_what_is_due_to_be_read_again(folder: Path) -> None:
    assert check(folder, date(2027, 11, 1)) == []
    assert [str(finding.rule) for finding in check(folder, date(2027, 11, 2))] == ["review_overdue"]


def test_an_edit_at_the_desk_obeys_the_same_rules(catalogue: Catalogue) -> None:
    assert catalogue.parse(GOOD, "tea.en.md").template
    assert [f.rule for f in catalogue.parse(GOOD.replace("tea", "{{"), "tea.en.md").faults]


def test_an_edited_translation_must_keep_the_fields_of_the_english_text(catalogue: Catalogue) -> None:
    version = catalogue.templates["tea", "en"].version
    text = GOOD.replace("author: Ann", f'author: Ann\ntranslated_from: "{version}"')
    assert catalogue.parse(text, "tea.bn.md").template
    other = catalogue.parse(text.replace("optional: yes", "optional: no"), "tea.bn.md")
    assert [fault.rule for fault in other.faults] == ["translation_fields"]


@pytest.mark.parametrize("text", [GOOD, GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD, GOOD + "\n\n"])
def test_export_gives_the_file_back_byte_for_byte(folder: Path, text: str) -> None:
    path = folder / "prevention" / "tea.en.md"
    path.write_bytes(text.encode())
    template = Catalogue.open(folder).templates["tea", "en"]
    assert export(template).encode() == path.read_bytes()


def test_promise_8_the_version_follows_the_words_and_not_the_line_ends() -> None:
    first = parsed().template
    assert first
    for same in ("Some words for you.  ", "Some words for you.\n\n"):
        again = parsed(same).template
        assert again and again.digest == first.digest
    for other in ("Some words for you", "Some  words for you."):
        changed = parsed(other).template
        assert changed and changed.digest != first.digest
