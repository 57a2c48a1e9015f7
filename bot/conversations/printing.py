"""The words on a printed card: in the reader's language where the card's font can draw it, otherwise in English."""

from bot.catalogue import cards
from bot.conversations.talk import Talk
from bot.domain.templates import SOURCE_LANGUAGE


def printed(talk: Talk, key: str, /, **values: object) -> str:
    """A phrase that leaves no gap on the card."""
    said = talk.label(key, **values)
    return said if cards.can_draw(said) else talk.runtime.plain(SOURCE_LANGUAGE, key, **values)
