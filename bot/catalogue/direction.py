"""Right-to-left text: inserted values are isolated, so that a name or a number cannot turn its neighbours around."""

import re
import unicodedata

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "yi"})
FIRST_STRONG, LEFT_TO_RIGHT, POP = "\u2068", "\u2066", "\u2069"
# FSI guesses from the first strong letter; digits and addresses have none or the wrong one.
_LATIN_RUN = re.compile(r"https?://\S+|[+(]?\d[\d\s().,:/+-]*")
# Between Arabic words the slash of /stop takes their direction and is read behind it.
_COMMAND = re.compile(r"(?<![\w<:/.])/(?=[a-z])")
LEFT_TO_RIGHT_MARK = "\u200e"
_LINE_ENDS = "\n\t"


def is_right_to_left(language: str) -> bool:
    return language.partition("-")[0].lower() in RIGHT_TO_LEFT


def isolate(value: str, language: str) -> str:
    """The value wrapped for a right-to-left language. An isolate ends with its line, so several lines stay bare."""
    if not value or "\n" in value or not is_right_to_left(language):
        return value
    opening = LEFT_TO_RIGHT if _LATIN_RUN.fullmatch(value) else FIRST_STRONG
    return f"{opening}{value}{POP}"


def keep_commands_whole(source: str, language: str) -> str:
    """The words of a phrase, with a mark before each /command in a right-to-left language."""
    return _COMMAND.sub(f"{LEFT_TO_RIGHT_MARK}/", source) if is_right_to_left(language) else source


def clean(value: str) -> str:
    """Without control characters and direction overrides, which a name from outside could smuggle in."""
    return "".join(c for c in value if c in _LINE_ENDS or not _is_control(c))


def _is_control(character: str) -> bool:
    if unicodedata.category(character) in ("Cc", "Cs"):
        return True
    return unicodedata.bidirectional(character) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
