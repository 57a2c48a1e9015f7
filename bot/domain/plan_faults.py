"""What keeps a plan from being used: one fault, and the shape of a rule that finds some."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.domain.place import Place
from bot.domain.plans import Plan
from bot.domain.sayings import Saying


@dataclass(frozen=True)
class Fault:
    """`what`: for whoever wrote the plan, told in their language elsewhere.

    `at`: the keys that lead to the place, ("questions", "leg", "yes"); `language`: in which words file, if any.
    """

    what: Saying
    at: tuple[str, ...]
    language: str = ""

    @property
    def rule(self) -> str:
        return self.what.rule


Rule = Callable[[Plan, Place], Iterator[Fault]]
