"""What keeps a plan from being used: one fault, and the shape of a rule that finds some."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.domain.place import Place
from bot.domain.plans import Plan


@dataclass(frozen=True)
class Fault:
    """`at`: the keys that lead to the place, ("questions", "leg", "yes"); `language`: in which words file, if any.

    `message` and `remedy` are sentences without their full stop, for whoever wrote the plan.
    """

    rule: str
    at: tuple[str, ...]
    message: str
    remedy: str
    language: str = ""


Rule = Callable[[Plan, Place], Iterator[Fault]]
