"""What can be refused, as a tree:

Refused                 the product says no; `phrase` names the sentence that tells the person why
 |- NotAllowed          this person may not do this
 |- NotFound            there is no such thing, or it is over
 |- NotNow              right thing, wrong moment (already sent, already answered, too late)
Misconfigured           the operator's settings or files cannot work; carries every fault at once
"""


class Refused(Exception):
    """An action will not do what was asked. `phrase` is a key in messages/phrases, `values` fill it."""

    def __init__(self, phrase: str, /, **values: object) -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.values = values


class NotAllowed(Refused):
    pass


class NotFound(Refused):
    pass


class NotNow(Refused):
    pass


class Misconfigured(Exception):
    """Settings or files that cannot work. `faults`: one sentence each, all of them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
