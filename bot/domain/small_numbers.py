"""Numbers in statistics that could point at somebody: under 5 they are hidden, and so is what would give them away."""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 5
OPT_OUTS = 0.025
"""Share of people who opt out after a message from which on its words should be looked at again."""


@dataclass(frozen=True)
class Group:
    """So many `people`, of whose `whole` (messages, check-ins) `part` turned out in one way."""

    people: int
    whole: int
    part: int

    @property
    def is_small(self) -> bool:
        """Too few people, or too few on either side of the line; nobody, or everybody, points at nobody."""
        rest = self.whole - self.part
        return self.people < LEAST or self.whole < LEAST or 0 < self.part < LEAST or 0 < rest < LEAST

    @property
    def share(self) -> float:
        return self.part / self.whole if self.whole else 0.0


def shown(number: int) -> int | None:
    """The number, or None when it has to be hidden."""
    return number if number >= LEAST else None


def visible(groups: Mapping[str, Group]) -> dict[str, Group]:
    """The groups that can be shown. What is hidden must not follow from a total less the others: so when fewer than
    five people are hidden, the smallest of the shown groups is hidden with them."""
    kept = {name: group for name, group in groups.items() if not group.is_small}
    hidden = sum(group.people for name, group in groups.items() if name not in kept)
    while kept and 0 < hidden < LEAST:
        smallest = min(kept, key=lambda name: (kept[name].people, name))
        hidden += kept.pop(smallest).people
    return kept


def below(whole: int, limit: float = OPT_OUTS) -> bool:
    """Whether a hidden number of this whole is under a line whatever it is."""
    return whole > 0 and (LEAST - 1) / whole < limit
