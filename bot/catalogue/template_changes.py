"""What changed between two texts of a message, part by part as the form has them."""

from dataclasses import dataclass

from bot.catalogue.template_writing import parts_of
from bot.domain.differences import Piece, differences


@dataclass(frozen=True)
class Change:
    """`part`: as in `template_writing.Part`."""

    part: str
    pieces: list[Piece]


def changes(before: str, after: str) -> list[Change]:
    """Only the parts that differ, in the order of the form. An empty text has no parts."""
    old = {part.name: part.words for part in parts_of(before)} if before else {}
    new = {part.name: part.words for part in parts_of(after)} if after else {}
    names = [*new, *(name for name in old if name not in new)]
    return [
        Change(name, differences(old.get(name, ""), new.get(name, "")))
        for name in names
        if old.get(name, "") != new.get(name, "")
    ]
