"""Draws a picture of numbers as SVG: readable at 360 px, by day and by night, without scripts."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

from bot.web.rendering import STATIC

# The library puts a finder of plug-ins among Python's own, of a kind that newer versions warn of at every import.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

WIDE, NARROW = 760, 320
TALL = 320
ROW = 44  # height of one lying bar
SHORTENED = 22  # letters of a name beside a lying bar on a phone


@dataclass(frozen=True)
class Chart:
    """`finding`: what it says, for whoever cannot see it. `rows`: its table, hidden numbers in words.

    `series`: (name, values), None where a number is hidden. `lying`: bars from the side, for long names.
    """

    name: str
    finding: str
    headings: list[str]
    rows: list[list[str]]
    labels: list[str]
    series: list[tuple[str, list[float | None]]]
    percent: bool = True
    lying: bool = False
    limit: float = 0.0
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(value for _, values in self.series for value in values)


@cache
def _style() -> str:
    return (STATIC / "chart.css").read_text(encoding="utf-8")


def drawn(chart: Chart, width: int) -> bytes:
    """An SVG without scripts, in colours that follow the reader's choice of light or dark."""
    kind = pygal.HorizontalBar if chart.lying else pygal.StackedBar
    made = kind(_config(chart, width))
    made.x_labels = _labels(chart, width)
    for name, values in reversed(chart.series) if chart.lying else chart.series:
        made.add(name, list(reversed(values)) if chart.lying else values)
    made.add_xml_filter(lambda root: _only_a_picture(root, chart.finding))
    return bytes(made.render())


def _labels(chart: Chart, width: int) -> list[str]:
    if not chart.lying:
        return chart.labels
    short = [name if width > NARROW or len(name) <= SHORTENED else f"{name[:SHORTENED]}…" for name in chart.labels]
    return short[::-1]  # lying bars are drawn from the bottom up


def _config(chart: Chart, width: int) -> Any:
    sizes = dict.fromkeys(("label", "major_label", "legend", "value", "value_label", "no_data"), 13)
    style = Style(**{f"{name}_font_size": size for name, size in sizes.items()}, font_family="sans-serif")
    tall = ROW * len(chart.labels) + 70 if chart.lying else TALL
    return pygal.Config(
        width=width,
        height=tall,
        style=style,
        css=[f"inline:{_style()}"],
        js=[],
        classes=("chart", "limited") if chart.limit else ("chart",),
        no_prefix=True,
        margin=6,
        margin_right=26 if chart.lying else 6,  # half of the last label stands beyond the scale
        show_legend=len(chart.series) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=2 if width == NARROW else 4,
        legend_box_size=14,
        truncate_legend=-1,
        truncate_label=-1,
        print_values=False,
        include_x_axis=True,
        spacing=8,
        **_axes(chart, width),
    )


def _axes(chart: Chart, width: int) -> dict[str, Any]:
    """Few labels, so that they can be read on a phone."""
    every = max(1, len(chart.labels) // (4 if width == NARROW else 8))
    axes: dict[str, Any] = {"formatter": _formatter(chart), "max_scale": 5}
    if not chart.lying:
        axes |= {"x_labels_major_every": every, "show_minor_x_labels": False}
    top = _top(chart)
    if chart.percent:
        steps = [{"value": step, "label": _formatter(chart)(step)} for step in _steps(top, chart.limit)]
        axes |= {"range": (0, top), "y_labels": steps}
    if chart.limit:
        axes |= {"y_labels_major": [chart.limit]}
    return axes


def _top(chart: Chart) -> float:
    """The end of the scale: a whole, or for small shares twice the line."""
    if not chart.limit:
        return 1.0
    values = [value for _, series in chart.series for value in series if value]
    return max(2 * chart.limit, *values, 0)


def _steps(top: float, limit: float) -> Sequence[float]:
    return [0, limit, top] if limit else [0, 0.5, 1]


def _formatter(chart: Chart) -> Callable[[float], str]:
    if not chart.percent:
        return lambda value: f"{value:.0f}"
    return lambda value: f"{round(value * 100, 1):g}%"


def _only_a_picture(root: Element, finding: str) -> Element:
    """Without the library's script; its title says what the picture says."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == "script":
                parent.remove(child)
            elif child.tag == "title":
                child.text = finding
    return root
