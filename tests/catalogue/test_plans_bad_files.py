"""One broken plan a rule. Its folder is the rule; `bad_plans/expected.txt` holds what the editor is told.

After a change of wording, run `python -m tests.catalogue.test_plans_bad_files` to write it again, and read the diff.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.catalogue import Finding, load_plans
from bot.domain import proof_safety, proof_shape, proof_words
from tests.catalogue.conftest import PLACE

BAD = Path(__file__).parent / "bad_plans"
EXPECTED = BAD / "expected.txt"
HERE = replace(PLACE, languages=("en",))
# A broken plan or a missing one breaks something else by its nature.
COMPANY = {
    "answers": {"no_choice"},
    "no_days": {"unreachable"},
    "true_false": {"no_choice"},
    "toml_syntax": {"plan_missing"},
}


def told() -> Iterator[tuple[str, Finding]]:
    """(the rule that the folder stands for, what is found)."""
    for directory in sorted(path for path in BAD.iterdir() if path.is_dir()):
        loaded = load_plans(directory, HERE)
        for finding in (*loaded.faults, *loaded.warnings):
            yield directory.name, finding


def test_promise_6_the_editor_is_told_the_line_and_what_to_do() -> None:
    assert [str(finding) for _, finding in told()] == EXPECTED.read_text().splitlines()


def test_each_plan_breaks_the_rule_it_is_named_for() -> None:
    found = list(told())
    assert {rule for rule, _ in found} == {path.name for path in BAD.iterdir() if path.is_dir()}
    for rule, finding in found:
        assert finding.rule in {rule} | COMPANY.get(rule, set()), f"{rule}: {finding.rule}: {finding}"


def test_every_rule_of_the_proof_has_a_broken_plan() -> None:
    """What the rules can say, read out of their source; a plan too tangled to walk is made in tests/domain."""
    sources = [Path(module.__file__ or "").read_text() for module in (proof_shape, proof_safety, proof_words)]
    said = {part.split('"')[1].partition(".")[0] for source in sources for part in source.split("saying(")[1:]}
    assert said - {"tangled"} <= {path.name for path in BAD.iterdir()}
    assert len(said) > 30


def test_promise_8_a_plan_with_a_fault_is_not_used_and_one_with_a_warning_is() -> None:
    for directory in (path for path in BAD.iterdir() if path.is_dir()):
        loaded = load_plans(directory, HERE)
        used = bool(loaded.plans)
        assert used != bool(loaded.faults) or directory.name == "file_name", directory.name


@pytest.mark.parametrize("mark", ["  ", ".."])
def test_every_sentence_ends_once(mark: str) -> None:
    assert not [str(finding) for _, finding in told() if mark in str(finding)]


def main() -> None:
    EXPECTED.write_text("".join(f"{finding}\n" for _, finding in told()))


if __name__ == "__main__":
    main()
