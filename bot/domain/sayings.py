"""Something to be told to people, without its words: a key, and what is filled into the words of whichever language."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Saying:
    """`key`: names its words, such as filter.unknown; `values`: (name, what was written or counted) in a fixed order.

    A value may be a saying of its own, so that it is told in the same language.
    """

    key: str
    values: "tuple[tuple[str, str | Saying], ...]" = ()

    @property
    def rule(self) -> str:
        """The rule that was broken: what stands before the dot. One rule may say several things."""
        return self.key.partition(".")[0]


def saying(key: str, /, **values: object) -> Saying:
    """`saying("sentence_long", count=31, most=20)`. The key stands here as it is, so that a test can find its words."""
    filled = ((name, value if isinstance(value, Saying) else str(value)) for name, value in values.items())
    return Saying(key, tuple(filled))
