"""Plain language: warnings for editors, measured against the NHS content manual (service-manual.nhs.uk/content).

Nothing here refuses a message. Sentence and paragraph rules hold in every language, the word rules in English.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.hard_words import ABBREVIATIONS, CONTRACTION, HARD_WORDS, NUMBER_WORDS

MOST_WORDS = 20
MOST_MEAN_WORDS = 12
MOST_SENTENCES = 3
MOST_CHARACTERS = 600
MOST_LINKS = 1

_MARKUP = re.compile(r"\{#.*?#\}|\{%.*?%\}|<[^<>]*>", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?।؟])[\s\"”’)]+")
_LINK = re.compile(r"https?://[^\s<>\"]+")
_ITALIC = re.compile(r"<(i|em)>", re.IGNORECASE)
_CAPITALS = re.compile(r"\b[A-Z]{6,}\b|\b[A-Z]{2,}(?:\s+[A-Z]{2,})+\b")
_ABBREVIATION = re.compile(r"\b(?:[A-Z]{2,5}|(?:[A-Z]\.){2,})(?!\w)")
_RANGE = re.compile(r"\b\d+(?:am|pm)?\s?[-–—]\s?\d+(?:am|pm)?\b")
_CLOCK_24 = re.compile(r"\b(?:0\d|1[3-9]|2[0-3]):[0-5]\d\b")
_PERCENT = re.compile(r"\d+(?:\.\d+)?\s?(?:%|per ?cent\b)")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b06\u2705]")
_WHERE = re.compile(r"\{\{|\d")


@dataclass(frozen=True, order=True)
class Remark:
    """One thing to word better: `line` counts from 1 in the file; neither sentence bears a full stop."""

    line: int
    rule: str
    message: str
    remedy: str


def lint(text: str, language: str, *, first_line: int = 1, alone: bool = False) -> list[Remark]:
    """Remarks on one source, tags and placeholders included. `alone` means it is the action line."""
    remarks: list[Remark] = []
    for number, line in enumerate(text.split("\n"), start=first_line):
        remarks += _of_line(number, line, language)
    remarks += _paragraphs(text, first_line)
    if alone and not _WHERE.search(text):
        message = "The action does not say where or how"
        remarks.append(
            Remark(first_line, "action_vague", message, "Name a place, a day or a number to phone, as a placeholder")
        )
    return sorted(remarks)


def lint_whole(body: str, action: str, length: int, *, first_line: int = 1) -> list[Remark]:
    """Remarks on the message as one: `length` is what Telegram counts, rendered with samples."""
    remarks = []
    words = [len(sentence.split()) for _, sentence in _sentences(f"{body}\n\n{action}", first_line)]
    if words and sum(words) / len(words) > MOST_MEAN_WORDS:
        message = f"The sentences have {sum(words) / len(words):.0f} words on average, {MOST_MEAN_WORDS} read easily"
        remarks.append(Remark(first_line, "sentences_mean", message, "Make two sentences of the longest ones"))
    if length > MOST_CHARACTERS:
        message = f"The message has {length} characters, people read about {MOST_CHARACTERS}"
        remarks.append(Remark(first_line, "long", message, "Keep the one thing that matters"))
    if len(_LINK.findall(body + action)) > MOST_LINKS:
        remarks.append(Remark(first_line, "links", "There is more than 1 link", "Keep the most useful one"))
    return remarks


def words_of(text: str) -> str:
    """The source as read: tags gone, each placeholder one word, line ends kept."""
    blank = _MARKUP.sub(lambda found: "\n" * found[0].count("\n"), text)
    return _PLACEHOLDER.sub("Words", blank)


def _of_line(number: int, line: str, language: str) -> Iterator[Remark]:
    if _ITALIC.search(line):
        yield Remark(number, "italics", "Italics are hard to read", "Take <i> and <em> out")
    plain = _LINK.sub("", words_of(line))
    yield from _emoji(number, plain)
    if language == "en":
        yield from _english(number, plain)


def _emoji(number: int, line: str) -> Iterator[Remark]:
    found = _EMOJI.search(line)
    if found and (line[: found.start()].strip() or not re.search(r"\w", line)):
        remedy = "Say it in words, and put an emoji only before them at the start of the line"
        yield Remark(number, "emoji", "An emoji stands for words or between them", remedy)


def _english(number: int, line: str) -> Iterator[Remark]:
    for found in CONTRACTION.finditer(line):
        message = f"“{found[0]}” is often read as its opposite"
        yield Remark(number, "contraction", message, "Write it out: do not, cannot, will not")
    for found in _CAPITALS.finditer(line):
        yield Remark(number, "capitals", f"“{found[0]}” is in capitals", "Use small letters: capitals shout")
    for found in _ABBREVIATION.finditer(_CAPITALS.sub("", line)):
        if found[0].replace(".", "") not in ABBREVIATIONS:
            message = f"“{found[0]}” may not be known"
            yield Remark(number, "abbreviation", message, "Write the words out")
    yield from _numbers(number, line)
    yield from _hard(number, line)


def _numbers(number: int, line: str) -> Iterator[Remark]:
    for found in NUMBER_WORDS.finditer(line):
        yield Remark(number, "number_word", f"“{found[0]}” is a number in letters", "Write it in digits")
    for found in _RANGE.finditer(line):
        yield Remark(number, "number_range", f"“{found[0]}” has a dash", "Write to between the two: 6 to 8")
    for found in _CLOCK_24.finditer(line):
        yield Remark(number, "clock", f"“{found[0]}” is a 24-hour time", "Write it as 5pm or 5:30pm")
    for found in _PERCENT.finditer(line):
        yield Remark(number, "percent", f"“{found[0]}” is hard to picture", "Write it as 1 in 7")


def _hard(number: int, line: str) -> Iterator[Remark]:
    for hard, easy in HARD_WORDS.items():
        if found := re.search(rf"\b{hard}\b", line, re.IGNORECASE):
            remedy = f"Write “{easy}”" if easy else "Say it more simply, or leave it out"
            yield Remark(number, "hard_word", f"“{found[0]}” is a hard or stiff word", remedy)


def _paragraphs(text: str, first_line: int) -> Iterator[Remark]:
    for start, paragraph in _blocks(text, first_line):
        found = list(_sentences(paragraph, start))
        bullets = paragraph.lstrip().startswith(("- ", "• "))
        if len(found) > MOST_SENTENCES and not bullets:
            message = f"This paragraph has {len(found)} sentences, {MOST_SENTENCES} are enough"
            yield Remark(start, "paragraph_long", message, "Put an empty line between two of them")
        for line, sentence in found:
            if len(sentence.split()) > MOST_WORDS:
                message = f"This sentence has {len(sentence.split())} words, {MOST_WORDS} are enough"
                yield Remark(line, "sentence_long", message, "Make two of it")


def _blocks(text: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Paragraphs of the words, each with its first line."""
    start, gathered = first_line, list[str]()
    for number, line in enumerate([*words_of(text).split("\n"), ""], start=first_line):
        if line.strip():
            start = start if gathered else number
            gathered.append(line)
        elif gathered:
            yield start, "\n".join(gathered)
            gathered = []


def _sentences(text: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Sentences, each with the line it stands on; a line end ends one, because it does so in the message."""
    for number, line in enumerate(words_of(text).split("\n"), start=first_line):
        for sentence in _SENTENCE_END.split(line.strip().removeprefix("- ").removeprefix("• ")):
            if re.search(r"\w", sentence):
                yield number, sentence
