"""One broken file a rule. Its name is the rule; `bad/expected.txt` holds what the editor is told, word for word.

After a change of wording: `python -m tests.catalogue.test_bad_files` writes the expectations again; read the diff.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalogue import Finding, Phrases, load
from bot.catalogue.place_file import read_place
from bot.domain.place import Place
from tests.catalogue.conftest import BAD, PLACE

EXPECTED = BAD / "expected.txt"
# These break more than one rule by their nature.
COMPANY = {"yaml_deep": {"field_incomplete"}}


def told(place: Place) -> Iterator[tuple[str, Finding]]:
    """(the rule that the file stands for, what is found)."""
    for folder in (BAD, BAD / "translations"):
        loaded = load(folder, place)
        for finding in (*loaded.faults, *loaded.warnings):
            yield Path(finding.file).name.split(".")[0].replace("-", "_"), finding
    for directory in sorted((BAD / "place").iterdir()):
        for finding in read_place(directory)[1]:
            yield directory.name, finding
    for directory in sorted((BAD / "phrases").iterdir()):
        _, faults, warnings = Phrases.load(directory, ["en"])
        for finding in (*faults, *warnings):
            yield directory.name, finding


def test_the_editor_is_told_the_line_and_what_to_do(place: Place) -> None:
    assert [str(finding) for _, finding in told(place)] == EXPECTED.read_text().splitlines()


def test_each_file_breaks_the_one_rule_it_is_named_for(place: Place) -> None:
    for rule, finding in told(place):
        if rule != "Bad Name":
            assert finding.rule in {rule} | COMPANY.get(rule, set()), str(finding)


def test_every_broken_file_is_found(place: Place) -> None:
    files = {f"{path.parent.name}/{path.name}" for path in BAD.glob("*.md")}
    assert files == {finding.file for _, finding in told(place) if finding.file.startswith("bad/")}
    folders = {path.name for kind in ("place", "phrases") for path in (BAD / kind).iterdir()}
    assert folders <= {rule for rule, _ in told(place)}


@pytest.mark.parametrize("mark", ["  ", ".."])
def test_every_sentence_ends_once(place: Place, mark: str) -> None:
    assert not [str(finding) for _, finding in told(place) if mark in str(finding)]


def main() -> None:
    EXPECTED.write_text("".join(f"{finding}\n" for _, finding in told(PLACE)))


if __name__ == "__main__":
    main()
