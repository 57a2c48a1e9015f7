"""A plan is proved, not only parsed: every way through every day is walked before anybody is asked anything.

Each rule yields faults with the place in the plan they are about, so that the catalogue can say file and line.
The rules stand in three files: the shape of the days, what makes it safe, and the words.
"""

from bot.domain import proof_safety, proof_shape, proof_words
from bot.domain.place import Place
from bot.domain.plan_faults import Fault, Rule
from bot.domain.plans import Plan

RULES: tuple[Rule, ...] = (*proof_shape.RULES, *proof_safety.RULES, *proof_words.RULES)


def prove(plan: Plan, place: Place) -> list[Fault]:
    """Every fault of a plan, each once; an empty list is the proof."""
    return list(dict.fromkeys(fault for rule in RULES for fault in rule(plan, place)))
