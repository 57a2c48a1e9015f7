"""What a coordinator has said so far of somebody who comes home, and what is asked next."""

from dataclasses import dataclass

from bot.conversations.enrolment_steps import PURPOSE
from bot.domain.people import Purpose


@dataclass(frozen=True)
class Form:
    """What has been chosen so far. `asks`: the enrolment of somebody who asked by themself; `volunteer`: a person.

    `one_language`: the place has one, so nobody is asked which.
    """

    step: str = "plan"
    plan: str = ""
    day: str = ""
    tier: str = ""
    language: str = ""
    assisted: bool = False
    name: str = ""
    volunteer: int = 0
    asks: int = 0
    one_language: bool = False
    checkins: str = ""
    tell_named: str = ""
    see_answers: str = ""
    phone: str = ""

    def steps(self) -> list[str]:
        whom = ["name", "volunteer"] if self.assisted else []
        said = list(PURPOSE) if self.assisted else []
        if self.tell_named == "no":
            said.remove("see_answers")
        # who asked by themself has chosen a language, and a volunteer reads the questions out in their own
        card = [] if self.assisted or self.asks or self.one_language else ["language"]
        return [*whom, "plan", "day", "tier", *card, *said, "review"]

    def said(self) -> set[Purpose]:
        """What somebody without Telegram said yes to."""
        return {purpose for step, purpose in PURPOSE.items() if step in self.steps() and getattr(self, step) == "yes"}
