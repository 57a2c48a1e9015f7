"""Typed answers: the words, the label or the number of an answer, in any shipped language. Never a guess.

Only what matches whole is understood; everything else goes to a human, who reads it (promise 6).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.domain.plans import Answer, Level, Plan, Question, Words

_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_SAME_LETTER = str.maketrans({"ى": "ي", "ة": "ه", "ـ": "", "_": " "})
# Combining classes that are letters, not accents: vowel signs (0), nukta (7) and virama (9) of Bengali and its kin.
_PART_OF_THE_LETTER = frozenset({0, 7, 9})


def normal(typed: str) -> str:
    """The words without case, accents, points and marks; digits of every script as 0 to 9."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", typed).casefold())
    kept = "".join(_plain(c) for c in spread if unicodedata.combining(c) in _PART_OF_THE_LETTER)
    kept = _APOSTROPHES.sub("", kept.translate(_SAME_LETTER))
    return " ".join(_spaced(kept).split())


@lru_cache(maxsize=8192)
def _of_a_file(words: str) -> str:
    """Words of plans are few and come again; what people type is not kept anywhere."""
    return normal(words)


def _plain(character: str) -> str:
    if unicodedata.category(character) == "Cf":  # invisible joiners and direction marks
        return ""
    return str(unicodedata.decimal(character, character))


def _spaced(text: str) -> str:
    """Points and pictures become spaces; vowel signs, which `\\w` does not know, stay."""
    return "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text)


def understood(question: Question, words: Mapping[str, Words], typed: str) -> str | None:
    """The id of the one answer that is meant, whatever language it was typed in; None when unsure.

    The number counts the answers in their order: "2" is the second one.
    """
    wanted = normal(typed)
    if not wanted:
        return None
    meant = {
        answer.id
        for number, answer in enumerate(question.answers, start=1)
        if wanted in ways(question, answer, number, words.values())
    }
    return meant.pop() if len(meant) == 1 else None


def red_answer(plan: Plan, typed: str) -> tuple[Question, Answer] | None:
    """The red answer that somebody names in its own words, such as “chest pain”, whatever question is open.

    Only words written for that one question count, never a “yes” or a number: those belong to what is asked now.
    """
    wanted = normal(typed)
    meant = [
        (question, answer)
        for question in plan.questions.values()
        for answer in question.answers
        if wanted and any(wanted in _own(words, question, answer) for words in plan.words.values())
    ]
    return meant[0] if meant and all(answer.concern is Level.RED for _, answer in meant) else None


def _own(words: Words, question: Question, answer: Answer) -> set[str]:
    return {_of_a_file(said) for said in words.own_typed.get((question.id, answer.id), ())}


def ways(question: Question, answer: Answer, number: int, words: Iterable[Words]) -> set[str]:
    """Everything that counts as this answer when typed, as `normal` gives it."""
    key, found = (question.id, answer.id), {str(number)}
    for one in words:
        found |= {_of_a_file(said) for said in (one.answers.get(key, ""), *one.typed.get(key, ()))}
    return found - {""}
