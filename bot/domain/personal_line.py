"""The one line a champion may add in their own words: warm, short, and never advice about medicine (promise 8)."""

import re
from dataclasses import dataclass

MOST_CHARACTERS = 160
# Every rule below; each is a key of the phrases, said to the champion in the chat.
FAULTS = (
    "line.empty",
    "line.too_long",
    "line.several_lines",
    "line.link",
    "line.phone",
    "line.html",
    "line.medicine",
)
WARNINGS = ("line.capitals", "line.frightening", "line.illness", "line.contraction")

_LINK = re.compile(r"https?:|www\.|\bt\.me/|@\w{4,}|\w\.(?:com|org|net|co|uk|me|io|info|nhs)\b", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+?\d[\s().-]?){6,}")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>|&\w+;|\{\{|\{%")
_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")
_CONTRACTION = re.compile(r"\b\w+n['’]t\b", re.IGNORECASE)
_DOSE = re.compile(r"\b\d+\s?(?:mg|mcg|ml|grams?|units?|tablets?|pills?|drops?|puffs?)\b", re.IGNORECASE)
# Beginnings of words, so that tablet also finds tablets; Bengali and Arabic are matched anywhere in a word.
_MEDICINE = re.compile(
    r"\b(?:medicine|medication|tablet|pills?\b|doses?\b|dosage|antibiotic|insulin|inhaler|aspirin|paracetamol|ibuprofen"
    r"|penicillin|statins?\b|warfarin|steroid|prescription|painkiller|cure[sd]?\b|remed|side effect)"
    r"|ওষুধ|ঔষধ|ট্যাবলেট|বড়ি|ডোজ|অ্যান্টিবায়োটিক|ইনসুলিন|প্যারাসিটামল"
    r"|دواء|أدوية|الدواء|حبوب|حبة|جرعة|مضاد حيوي|أنسولين|باراسيتامول",
    re.IGNORECASE,
)
_FRIGHTENING = re.compile(
    r"\b(?:die[sd]?|dying|deaths?|dead|deadly|kill\w*|danger\w*|emergency|urgent\w*|warnings?|or else|too late)\b"
    r"|মারা|মৃত্যু|বিপদ|موت|ستموت|خطر",
    re.IGNORECASE,
)
_ILLNESS = re.compile(
    r"\b(?:cancer|diabet|dementia|stroke|depress|hiv|tumou?r|heart attack|heart failure)\w*"
    r"|ক্যান্সার|ডায়াবেটিস|سرطان|سكري|السكري",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class LineRemarks:
    """`faults` keep the line from being used, `warnings` are told; both are phrase keys in the order above."""

    faults: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def fine(self) -> bool:
        return not self.faults


def lint_line(text: str, language: str) -> LineRemarks:
    """What is wrong with a champion's own line in `language`."""
    line = text.strip()
    faulty = {
        "line.empty": not line,
        "line.too_long": len(line) > MOST_CHARACTERS,
        "line.several_lines": "\n" in line,
        "line.link": bool(_LINK.search(line)),
        "line.phone": bool(_PHONE.search(line)),
        "line.html": bool(_TAG.search(line)),
        "line.medicine": bool(_MEDICINE.search(line) or _DOSE.search(line)),
    }
    doubtful = {
        "line.capitals": bool(_CAPITALS.search(line)),
        "line.frightening": bool(_FRIGHTENING.search(line)),
        "line.illness": bool(_ILLNESS.search(line)),
        "line.contraction": language == "en" and bool(_CONTRACTION.search(line)),
    }
    faults = tuple(rule for rule in FAULTS if faulty[rule])
    return LineRemarks(faults, tuple(rule for rule in WARNINGS if doubtful[rule]))
