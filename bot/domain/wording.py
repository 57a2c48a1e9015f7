"""Plain language: warnings for editors, measured against the NHS content manual (service-manual.nhs.uk/content).

Nothing here refuses a message. Sentence and paragraph rules hold in every language, the word rules in English.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.hard_words import ABBREVIATIONS, CONTRACTION, HARD_WORDS, NUMBER_WORDS
from bot.domain.sayings import Saying, saying

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
    """One thing to word better: `line` counts from 1 in the file."""

    line: int
    what: Saying

    @property
    def rule(self) -> str:
        return self.what.rule


def lint(text: str, language: str, *, first_line: int = 1, alone: bool = False) -> list[Remark]:
    """Remarks on one source, tags and placeholders included. `alone` means it is the action line."""
    remarks: list[Remark] = []
    for number, line in enumerate(text.split("\n"), start=first_line):
        remarks += _of_line(number, line, language)
    remarks += _paragraphs(text, first_line)
    if alone and not _WHERE.search(text):
        remarks.append(Remark(first_line, saying("action_vague")))
    return sorted(remarks)


def lint_whole(body: str, action: str, length: int, *, first_line: int = 1) -> list[Remark]:
    """Remarks on the message as one: `length` is what Telegram counts, rendered with samples."""
    remarks = []
    words = [len(sentence.split()) for _, sentence in _sentences(f"{body}\n\n{action}", first_line)]
    if words and sum(words) / len(words) > MOST_MEAN_WORDS:
        mean = f"{sum(words) / len(words):.0f}"
        remarks.append(Remark(first_line, saying("sentences_mean", count=mean, most=MOST_MEAN_WORDS)))
    if length > MOST_CHARACTERS:
        remarks.append(Remark(first_line, saying("long", count=length, most=MOST_CHARACTERS)))
    if len(_LINK.findall(body + action)) > MOST_LINKS:
        remarks.append(Remark(first_line, saying("links")))
    return remarks


def words_of(text: str) -> str:
    """The source as read: tags gone, each placeholder one word, line ends kept."""
    blank = _MARKUP.sub(lambda found: "\n" * found[0].count("\n"), text)
    return _PLACEHOLDER.sub("Words", blank)


def _of_line(number: int, line: str, language: str) -> Iterator[Remark]:
    if _ITALIC.search(line):
        yield Remark(number, saying("italics"))
    plain = _LINK.sub("", words_of(line))
    yield from _emoji(number, plain)
    if language == "en":
        yield from _english(number, plain)


def _emoji(number: int, line: str) -> Iterator[Remark]:
    found = _EMOJI.search(line)
    if found and (line[: found.start()].strip() or not re.search(r"\w", line)):
        yield Remark(number, saying("emoji"))


def _english(number: int, line: str) -> Iterator[Remark]:
    for found in CONTRACTION.finditer(line):
        yield Remark(number, saying("contraction", word=found[0]))
    for found in _CAPITALS.finditer(line):
        yield Remark(number, saying("capitals", word=found[0]))
    for found in _ABBREVIATION.finditer(_CAPITALS.sub("", line)):
        if found[0].replace(".", "") not in ABBREVIATIONS:
            yield Remark(number, saying("abbreviation", word=found[0]))
    yield from _numbers(number, line)
    yield from _hard(number, line)


def _numbers(number: int, line: str) -> Iterator[Remark]:
    for found in NUMBER_WORDS.finditer(line):
        yield Remark(number, saying("number_word", word=found[0]))
    for found in _RANGE.finditer(line):
        yield Remark(number, saying("number_range", words=found[0]))
    for found in _CLOCK_24.finditer(line):
        yield Remark(number, saying("clock.of_24_hours", time=found[0]))
    for found in _PERCENT.finditer(line):
        yield Remark(number, saying("percent", words=found[0]))


def _hard(number: int, line: str) -> Iterator[Remark]:
    for hard, easy in HARD_WORDS.items():
        if found := re.search(rf"\b{hard}\b", line, re.IGNORECASE):
            simpler = saying("hard_word.easier", word=found[0], easy=easy)
            yield Remark(number, simpler if easy else saying("hard_word.alone", word=found[0]))


def _paragraphs(text: str, first_line: int) -> Iterator[Remark]:
    for start, paragraph in _blocks(text, first_line):
        found = list(_sentences(paragraph, start))
        bullets = paragraph.lstrip().startswith(("- ", "• "))
        if len(found) > MOST_SENTENCES and not bullets:
            yield Remark(start, saying("paragraph_long", count=len(found), most=MOST_SENTENCES))
        for line, sentence in found:
            if len(sentence.split()) > MOST_WORDS:
                yield Remark(line, saying("sentence_long", count=len(sentence.split()), most=MOST_WORDS))


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
