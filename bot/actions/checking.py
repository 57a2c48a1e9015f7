"""`first-mile check`: what is wrong with the message files, without starting anything."""

from datetime import date
from pathlib import Path

from bot.catalogue.catalogue import checked, figures_of
from bot.catalogue.findings import Finding
from bot.domain.sayings import saying


def check_messages(folder: Path, today: date) -> tuple[list[Finding], list[Finding]]:
    """(faults, warnings) of every file; `today` tells which reviews are overdue."""
    if not folder.is_dir():
        return [Finding(str(folder), 1, saying("no_folder"))], []
    return checked(folder, today)


def plan_figures(folder: Path) -> dict[str, list[str]]:
    """The figures of every plan without faults, by its id."""
    return figures_of(folder) if folder.is_dir() else {}
