"""What changed between two texts, in words: for people, not for programs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\S+[^\S\n]*|\n+|[^\S\n]+")


@dataclass(frozen=True)
class Piece:
    """`kind`: same, added or gone."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Both texts in one: what stayed, what is gone, what was added. Together `same` and `added` are `after`."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, old, new)
    return [piece for step in matcher.get_opcodes() for piece in _pieces(step, old, new)]


def _pieces(step: tuple[str, int, int, int, int], old: list[str], new: list[str]) -> Iterator[Piece]:
    tag, i1, i2, j1, j2 = step
    if tag == "equal":
        yield Piece("same", "".join(new[j1:j2]))
        return
    if i1 < i2:
        yield Piece("gone", "".join(old[i1:i2]))
    if j1 < j2:
        yield Piece("added", "".join(new[j1:j2]))
