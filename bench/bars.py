"""What a run has to reach, and how it is shown: a table, and exit status 1 that names every bar that was missed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Bar:
    """One figure. `at_least`, `at_most`: what it has to reach; with neither it is only told."""

    name: str
    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def met(self) -> bool:
        """A value that is not a number (nothing was measured) misses every bar."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return self.at_most is None or self.value <= self.at_most

    @property
    def wanted(self) -> str:
        if self.at_least is not None:
            return f"at least {shown(self.at_least)}"
        return "" if self.at_most is None else f"at most {shown(self.at_most)}"


def shown(value: float) -> str:
    """Whole numbers as they are, others with two digits behind the point."""
    if math.isnan(value):
        return "nothing"
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"


def told(title: str, bars: Sequence[Bar], out: Console, note: str = "") -> int:
    """Print the table and what was missed; gives the exit status."""
    table = Table("", "measured", "unit", "bar", "", title=title, caption=note or None, caption_justify="left")
    for bar in bars:
        verdict = "" if not bar.wanted else "[green]met[/]" if bar.met else "[bold red]missed[/]"
        table.add_row(bar.name, shown(bar.value), bar.unit, bar.wanted, verdict)
    out.print(table)
    missed = [bar for bar in bars if not bar.met]
    for bar in missed:
        out.print(f"Missed: {bar.name}: {shown(bar.value)} {bar.unit}; the bar is {bar.wanted}.", markup=False)
    return 1 if missed else 0
