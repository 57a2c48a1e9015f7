"""A step of the tour: a line in the story."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.simulator.tour_stage import Stage


@dataclass(frozen=True)
class Step:
    """`part` plays it, and raises Differs when anything is not as expected.

    `scene` says who does what; `promise` what it shows, in a few words; `holds` are numbers of docs/using.md, “What we
    promise”. `chapter`: the heading that stands above this step, empty for most.
    """

    name: str
    scene: str
    promise: str
    part: Callable[[Stage], Awaitable[None]]
    holds: tuple[int, ...] = ()
    chapter: str = ""
