"""docs/safety.md is whole: every hazard has its parts, its ratings follow the matrix, and every named test exists."""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
PARTS = (
    "Causes",
    "Effect",
    "Harm",
    "Severity",
    "Likelihood before",
    "Risk before",
    "Controls in the product",
    "What the place has to do",
    "Likelihood after",
    "Residual risk",
    "Status",
)
SEVERITIES = ("Minor", "Significant", "Considerable", "Major", "Catastrophic")
# DCB0129's own, written down a second time so that a slip in the document is seen.
MATRIX = {
    "Very high": (3, 4, 4, 5, 5),
    "High": (2, 3, 3, 4, 5),
    "Medium": (2, 2, 3, 3, 4),
    "Low": (1, 2, 2, 3, 4),
    "Very low": (1, 1, 2, 2, 3),
}
STARTERS, MOST_LEFT = 18, 3
TEST = re.compile(r"`(tests/[\w/]+\.py(?:::\w+)+)`")
BY_PEOPLE = "*Held by people: "


@dataclass
class Hazard:
    """One section: `parts` by their names, in order; `controls` as they stand, each with its tests."""

    id: str
    name: str
    parts: dict[str, str] = field(default_factory=dict)
    controls: list[str] = field(default_factory=list)

    @property
    def before(self) -> int:
        return risk(self.parts["Severity"], self.parts["Likelihood before"])

    @property
    def after(self) -> int:
        return risk(self.parts["Severity"], self.parts["Likelihood after"])


def risk(severity: str, likelihood: str) -> int:
    """Raises KeyError or ValueError for a word that is not in the matrix."""
    return MATRIX[likelihood][SEVERITIES.index(severity)]


def read(text: str) -> list[Hazard]:
    """The sections in order. A line that begins with spaces goes on with what stands above it."""
    found: list[Hazard] = []
    log = re.sub(r"\n +(?!- |\s)", " ", text.partition("\n## The hazard log\n")[2])
    for line in log.splitlines():
        if heading := re.fullmatch(r"### (H\d+) (.+)", line):
            found.append(Hazard(heading[1], heading[2]))
        elif part := re.fullmatch(r"- \*\*(.+?):\*\* ?(.*)", line):
            found[-1].parts[part[1]] = part[2]
        elif line.startswith("  - "):
            found[-1].controls.append(line[4:])
        else:
            assert not line.strip(), f"this line belongs to nothing: {line}"
    return found


def functions(path: Path) -> set[str]:
    """The tests of a file as pytest names them: `test_one`, `TestClass::test_two`."""
    tests = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = set()
    for one in ast.parse(path.read_text(encoding="utf-8")).body:
        inner = one.body if isinstance(one, ast.ClassDef) else [one]
        prefix = f"{one.name}::" if isinstance(one, ast.ClassDef) else ""
        names |= {prefix + each.name for each in inner if isinstance(each, tests)}
    return {name for name in names if name.rpartition("::")[2].startswith("test_")}


HAZARDS = read(TEXT)
EACH = pytest.mark.parametrize("hazard", HAZARDS, ids=[one.id for one in HAZARDS])


def test_hazards_are_numbered_without_a_gap_and_more_than_the_starters() -> None:
    assert [one.id for one in HAZARDS] == [f"H{number}" for number in range(1, len(HAZARDS) + 1)]
    assert len(HAZARDS) >= STARTERS + 6
    assert len({one.name for one in HAZARDS}) == len(HAZARDS)


@EACH
def test_a_hazard_has_every_part_in_order_and_none_is_empty(hazard: Hazard) -> None:
    assert tuple(hazard.parts) == PARTS
    assert [name for name, said in hazard.parts.items() if not said] == ["Controls in the product"]
    assert hazard.controls


@EACH
def test_ratings_are_of_the_matrix_and_no_risk_of_4_or_5_is_left(hazard: Hazard) -> None:
    assert hazard.parts["Risk before"] == str(hazard.before)
    assert hazard.parts["Residual risk"] == str(hazard.after)
    assert hazard.after <= min(hazard.before, MOST_LEFT)


@EACH
def test_every_control_names_a_test_that_exists_or_is_held_by_people(hazard: Hazard) -> None:
    for control in hazard.controls:
        tests = TEST.findall(control)
        assert bool(tests) != (BY_PEOPLE in control), control
        for one in tests:
            file, _, name = one.partition("::")
            assert (ROOT / file).is_file(), one
            assert name in functions(ROOT / file), one
    assert any(TEST.search(control) for control in hazard.controls), "people alone hold it"


def test_the_matrix_of_the_document_is_the_matrix() -> None:
    assert f"| | {' | '.join(SEVERITIES)} |" in TEXT
    for likelihood, row in MATRIX.items():
        assert f"| {likelihood} | {' | '.join(map(str, row))} |" in TEXT


def test_the_table_says_what_the_sections_say() -> None:
    rows = re.findall(r"^\| \[(H\d+)\]\(#[\w-]+\) \| (.+) \| (\d) \| (\d) \|$", TEXT, re.MULTILINE)
    assert rows == [(one.id, one.name, str(one.before), str(one.after)) for one in HAZARDS]


def test_it_says_what_it_is_not_and_who_has_not_signed() -> None:
    for words in ("Not an emergency service", "Not a medical device", "No clinician has signed", "DCB0129", "DCB0160"):
        assert words in TEXT


def test_what_is_broken_in_a_log_is_seen() -> None:
    """The reading above can fail: a part left out, a rating that does not follow, a test that is not there."""
    first = HAZARDS[0]
    start, end = TEXT.index("### H1 "), TEXT.index("### H2 ")
    section = TEXT[start:end]
    without = read(TEXT.replace(section, section.replace("- **Harm:**", "- **Hurt:**")))[0]
    assert tuple(without.parts) != PARTS
    milder = read(TEXT.replace(section, section.replace(f"Severity:** {first.parts['Severity']}", "Severity:** Minor")))
    assert str(milder[0].after) != milder[0].parts["Residual risk"]
    assert "test_that_was_renamed" not in functions(ROOT / "tests" / "test_safety.py")
    with pytest.raises((KeyError, ValueError)):
        risk("Quite bad", "Low")
