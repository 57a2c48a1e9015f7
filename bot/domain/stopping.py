"""The word stop, as people really type it (promise 2): in capitals, twice, with dots, signs or a slash."""

import unicodedata
from collections.abc import Iterable

# Arabic is typed with or without its small vowels, its long strokes and the signs on its first letter.
_LEFT_OUT = dict.fromkeys((*range(1611, 1619), 1648, 1600, *range(65024, 65040)))
_ALIKE = _LEFT_OUT | {ord(letter): "ا" for letter in "أإآ"}


def means_stop(said: str, words: Iterable[str]) -> bool:
    """Whether `said` is one of `words` and nothing else. "I cannot stop coughing" is for a champion to read."""
    bare = _bare(said)
    return bool(bare) and bare in {_bare(word) for word in words}


def _bare(text: str) -> str:
    """Letters only, small, each word once where it is repeated: "STOP!! stop." is "stop"."""
    small = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    kept = "".join(letter if _is_letter(letter) else " " for letter in small if unicodedata.category(letter) != "Cf")
    words = kept.split()
    return " ".join(word for place, word in enumerate(words) if place == 0 or word != words[place - 1])


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN"
