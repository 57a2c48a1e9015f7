"""Times of day as people type them: 5.30pm, 17:30, midday. An hour that could be either half is asked again."""

import re

UNCLEAR, WHICH_HALF = "fields.time_unclear", "fields.time_which_half"
# Without am or pm these hours mean the afternoon to one person and the night to another.
_EITHER_HALF = range(1, 7)
_NAMED = {"midday": "12:00", "noon": "12:00", "midnight": "00:00"}
_MORNING = ("am", "a.m.", "a.m", "ص", "صباحا", "صباحًا", "সকাল")
_EVENING = ("pm", "p.m.", "p.m", "م", "مساء", "مساءً", "দুপুর", "বিকাল", "বিকেল", "সন্ধ্যা", "রাত")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")


def read_time(text: str) -> str:
    """The time as 17:30, or one of the two reasons above."""
    bare = text.casefold().removeprefix("at ").replace("টায়", "").replace("টা", "").strip()
    if bare in _NAMED:
        return _NAMED[bare]
    bare, half = _half(bare)
    found = _CLOCK.fullmatch(bare)
    if not found:
        return UNCLEAR
    hour, minute = int(found[1]), int(found[2] or 0)
    if minute > 59 or hour > (12 if half else 23) or (half and hour == 0):
        return UNCLEAR
    if not half and hour in _EITHER_HALF and not found[1].startswith("0"):
        return WHICH_HALF
    return f"{_of_day(hour, half):02}:{minute:02}"


def _of_day(hour: int, half: str) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half == "pm" else 0)


def _half(text: str) -> tuple[str, str]:
    """The clock part and am, pm or nothing; the word may stand before or after."""
    for words, half in ((_MORNING, "am"), (_EVENING, "pm")):
        for word in words:
            if text.endswith(word) and text != word:
                return text[: -len(word)].strip(), half
            if text.startswith(word) and text != word:
                return text[len(word) :].strip(), half
    return text, ""
