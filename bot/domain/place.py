"""The place this bot works for: what every message, cap and waking hour is measured against."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from bot.domain.concerns import WorkingHours
from bot.domain.hours import Hours
from bot.domain.rota import Turn

REQUIRED_NUMBERS = ("life_in_danger", "urgent_advice", "mental_health")


@dataclass(frozen=True)
class Caps:
    """How many broadcasts one person may get, across all circles and champions."""

    per_week: int = 1
    hard_per_week: int = 2
    per_month: int = 6


@dataclass(frozen=True)
class Place:
    """One estate, village or borough.

    `zone` is an IANA name. `languages` are two-letter codes, the first is the default.
    `waking_from`/`waking_to` are local wall-clock times. `emergency` maps a purpose to the number to dial; it always
    holds `REQUIRED_NUMBERS`. `contact` and `privacy_contact` are whole lines in the default language that say
    how to reach a person. `working` measures the deadlines of what is not red; `oncall` says who hears what is.
    `keep_answers_days`: so long after somebody's check-ins have ended their answers are kept.
    """

    name: str
    organisation: str
    zone: str
    nation: str
    languages: tuple[str, ...]
    emergency: Mapping[str, str]
    contact: str
    privacy_contact: str
    working: WorkingHours
    oncall: tuple[Turn, ...] = (Turn(),)
    waking_from: time = time(9, 0)
    waking_to: time = time(19, 0)
    caps: Caps = Caps()
    keep_answers_days: int = 90

    @property
    def hours(self) -> Hours:
        """The waking hours of somebody who has chosen none."""
        return Hours(self.zone, self.waking_from, self.waking_to)

    @property
    def default_language(self) -> str:
        return self.languages[0]
