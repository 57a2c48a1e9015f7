import io
import math

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bench.__main__ import app
from bench.bars import Bar, shown, told


def told_in_words(*bars: Bar) -> tuple[int, str]:
    out = Console(file=io.StringIO(), width=120)
    status = told("A run", bars, out)
    assert isinstance(out.file, io.StringIO)
    return status, out.file.getvalue()


def test_all_bars_met_ends_0() -> None:
    status, words = told_in_words(Bar("pace", 29.4, "a second", at_least=29), Bar("lost", 0, "people", at_most=0))
    assert status == 0
    assert "Missed" not in words


def test_a_missed_bar_ends_1_and_is_named_with_what_was_wanted() -> None:
    status, words = told_in_words(Bar("pace", 28.991, "a second", at_least=29), Bar("told only", 7))
    assert status == 1
    assert "Missed: pace: 28.99 a second; the bar is at least 29." in words


@pytest.mark.parametrize("bar", [Bar("a", math.nan, at_least=1), Bar("a", math.nan, at_most=1)])
def test_nothing_measured_misses_every_bar(bar: Bar) -> None:
    assert not bar.met


@pytest.mark.parametrize(("value", "words"), [(3.0, "3"), (0.456, "0.46"), (29.0001, "29.00"), (math.nan, "nothing")])
def test_figures_are_shown_short(value: float, words: str) -> None:
    assert shown(value) == words


def test_every_run_explains_itself() -> None:
    for command in ("broadcast", "crash", "stop", "idle"):
        assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0
