"""Plans as files: loading, keeping the last good version, words, figures."""

import shutil
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.catalogue import Catalogue, check, load_plans, plan_figures, plan_html
from bot.catalogue.catalogue import figures_of
from bot.catalogue.plan_loader import digest_of
from bot.cli import app
from bot.domain.plans import Level
from tests.catalogue.conftest import MESSAGES, PLACE

BAD = Path(__file__).parent / "bad_plans"


@pytest.fixture
def checkins(folder: Path) -> Path:
    """One sound plan in a sound messages folder, which speaks English only."""
    place = folder / "place.toml"
    place.write_text(place.read_text().replace('languages = ["en", "bn", "ar"]', 'languages = ["en"]'))
    shutil.copytree(BAD / "contraction", folder / "checkins")
    words = folder / "checkins" / "tea.en.toml"
    words.write_text(words.read_text().replace("isn't", "is not"))
    return folder / "checkins"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_plan_is_read_as_it_is_written(checkins: Path, folder: Path) -> None:
    plan = Catalogue.open(folder).plans["tea"]
    assert [(day.number, day.questions) for day in plan.days] == [(1, ("breath", "tea")), (3, ("breath", "more"))]
    assert (plan.time_of_day, plan.closing_day, plan.required) == (time(10), 5, ("breath",))
    assert plan.questions["breath"].answer("yes").concern is Level.RED
    assert plan.questions["more"].free_text
    assert plan.words["en"].answers["tea", "no"] == "No"
    assert (plan.silence.amber_after, plan.silence.reminder_hours) == (1, 6)
    assert check(folder) == []


def test_a_broken_plan_hides_no_other_and_the_last_good_version_stays(checkins: Path, folder: Path) -> None:
    catalogue = Catalogue.open(folder)
    for name in ("tea.toml", "tea.en.toml"):
        (checkins / name.replace("tea", "cake")).write_text((checkins / name).read_text())
    change(checkins / "tea.en.toml", "{{ named }}", "{{ nmaed }}")
    again = catalogue.reload()
    assert again.plans["tea"] == catalogue.plans["tea"]
    assert "cake" in again.plans
    assert "checkins/tea.en.toml:5: There is no placeholder “nmaed”. Did you mean" in "\n".join(map(str, again.faults))
    change(checkins / "tea.toml", 'time_of_day = "10:00"', "time_of_day = 10 o clock")
    assert again.reload().plans["tea"] == catalogue.plans["tea"]


def test_a_plan_that_was_broken_from_the_start_is_left_out(checkins: Path, folder: Path) -> None:
    change(checkins / "tea.toml", ", ends = true", "")
    catalogue = Catalogue.open(folder)
    assert catalogue.plans == {}
    assert [fault.rule for fault in catalogue.faults] == ["red_goes_on"]
    change(checkins / "tea.toml", '"life_in_danger" }', '"life_in_danger", ends = true }')
    assert "tea" in catalogue.reload().plans


def test_a_broken_translation_is_not_used_and_takes_no_other_language_along(checkins: Path, folder: Path) -> None:
    source = Catalogue.open(folder).plans["tea"].words["en"]
    text = f'translated_from = "{source.version}"\n' + (checkins / "tea.en.toml").read_text()
    (checkins / "tea.bn.toml").write_text(text.replace("{{ life_in_danger }} now", "now"))
    catalogue = Catalogue.open(folder)
    assert set(catalogue.plans["tea"].words) == {"en"}
    assert [fault.file for fault in catalogue.faults] == ["checkins/tea.bn.toml"]


def test_a_deleted_plan_is_gone_even_when_its_words_are_left(checkins: Path, folder: Path) -> None:
    catalogue = Catalogue.open(folder)
    (checkins / "tea.toml").unlink()
    again = catalogue.reload()
    assert again.plans == {}
    assert [fault.rule for fault in again.faults] == ["plan_missing"]


def test_promise_8_a_version_follows_words_and_not_line_ends_or_comments(checkins: Path, folder: Path) -> None:
    first = Catalogue.open(folder).plans["tea"].digest("en")
    path = checkins / "tea.en.toml"
    path.write_bytes(("# a comment\n\n" + path.read_text()).replace("\n", "\r\n").encode())
    assert Catalogue.open(folder).plans["tea"].digest("en") == first
    change(path, "Do you have tea?", "Have you got tea?")
    second = Catalogue.open(folder).plans["tea"].digest("en")
    assert second != first
    change(checkins / "tea.toml", "closing_day = 5", "closing_day = 6")
    assert Catalogue.open(folder).plans["tea"].digest("en") not in (first, second)


def test_promise_8_check_says_which_plan_is_due_to_be_read_again(checkins: Path, folder: Path) -> None:
    found = [finding for finding in check(folder, date(2027, 11, 24)) if finding.file.startswith("checkins/")]
    assert [(finding.line, finding.rule) for finding in found] == [(4, "review_overdue")]


def test_a_language_of_the_place_without_words_is_a_warning(checkins: Path) -> None:
    loaded = load_plans(checkins, PLACE)
    assert "tea" in loaded.plans
    assert [warning.rule for warning in loaded.warnings] == ["untranslated"]


def test_the_words_of_a_plan_are_escaped_and_filled(checkins: Path, folder: Path) -> None:
    catalogue = Catalogue.open(folder)
    source = catalogue.plans["tea"].words["en"].hello
    said = plan_html(source, "en", catalogue.place, name="Amina <b>", named="Rosa")
    assert said == "Hello Amina &lt;b&gt;, it is Rosa."


def test_the_figures_are_the_same_for_the_operator_and_for_check(checkins: Path, folder: Path) -> None:
    catalogue = Catalogue.open(folder)
    lines = plan_figures(catalogue.plans["tea"], catalogue.place)
    assert lines == figures_of(folder)["tea"]
    assert lines[0] == "3 contacts: 2 check-ins up to day 3, and the closing on day 5. Languages: en"
    assert "silence: a human is told at most 3 days after the last sign of life" in lines
    assert figures_of(folder / "prevention") == {}


def test_first_mile_check_prints_the_figures(checkins: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESSAGES_DIR", str(folder))
    said = CliRunner().invoke(app, ["check"]).output
    assert "Plan tea" in said and "3 contacts" in said and "15 minutes" in said


def test_a_plan_of_another_nation_is_a_warning_and_not_a_fault(checkins: Path) -> None:
    change(checkins / "tea.toml", 'nation = "England"', 'nation = "Wales"')
    loaded = load_plans(checkins, replace(PLACE, languages=("en",)))
    assert "tea" in loaded.plans
    assert [warning.rule for warning in loaded.warnings] == ["nation"]


def test_a_folder_without_plans_is_no_fault(folder: Path) -> None:
    assert Catalogue.open(folder).plans == {}
    assert load_plans(folder / "nowhere", PLACE).faults == ()
    assert (MESSAGES / "checkins").is_dir()


def test_promise_8_a_line_of_words_that_begins_with_a_hash_is_part_of_what_is_approved() -> None:
    words = 'hello = """\nGood morning\n# {number} things today\n"""\n'
    assert digest_of(words.replace("{number}", "2")) != digest_of(words.replace("{number}", "3"))
    assert digest_of("# a remark\n" + words) == digest_of(words)
