"""The words of a plan: every one exists, says what it has to say, and can be typed; the first ones tell nothing."""

import re
from collections.abc import Iterator

from bot.domain.answers import understood
from bot.domain.neutral_words import telling
from bot.domain.place import Place
from bot.domain.plan_faults import Fault, Rule
from bot.domain.plans import SENTENCES, Plan, Question, Words
from bot.domain.proof_safety import LIFE_IN_DANGER
from bot.domain.sayings import saying

MOST_IN_A_LABEL = 40


def every_word_exists(plan: Plan, place: Place) -> Iterator[Fault]:
    for language, words in plan.words.items():
        for question in plan.questions.values():
            if not words.questions.get(question.id):
                missing = saying("no_words.question", question=question.id, language=language)
                yield Fault(missing, ("questions", question.id), language)
            for answer in question.answers:
                if not words.answers.get((question.id, answer.id)):
                    missing = saying("no_words.answer", answer=answer.id, question=question.id, language=language)
                    yield Fault(missing, ("questions", question.id), language)


def no_word_is_left_over(plan: Plan, place: Place) -> Iterator[Fault]:
    known = {(question.id, answer.id) for question in plan.questions.values() for answer in question.answers}
    for language, words in plan.words.items():
        for name in words.questions:
            if name not in plan.questions:
                yield Fault(saying("stray.question", question=name), ("questions", name), language)
        for name, answer in dict.fromkeys([*words.answers, *words.typed]):
            if name in plan.questions and (name, answer) not in known:
                stray = saying("stray.answer", answer=answer, question=name)
                yield Fault(stray, ("questions", name, "answers", answer), language)


def reader_deadline_and_urgent_are_stated(plan: Plan, place: Place) -> Iterator[Fault]:
    """Who reads the answers, by when, and what to do if it is urgent: with the number, in every language."""
    for language, words in plan.words.items():
        for name in ("title", "summary", *SENTENCES):
            if not getattr(words, name):
                yield Fault(saying("not_stated", name=name), _place_of(name), language)
        if words.urgent and not _says(words.urgent, LIFE_IN_DANGER):
            yield Fault(saying("urgent_number", number=LIFE_IN_DANGER), _place_of("urgent"), language)


def emergency_words_name_their_number(plan: Plan, place: Place) -> Iterator[Fault]:
    """What a red answer shows: it exists in every language, and holds the number itself."""
    shown = {one.emergency for question in plan.questions.values() for one in question.answers if one.emergency}
    for language, words in plan.words.items():
        for key in sorted(shown & set(place.emergency)):
            if not words.emergency.get(key):
                yield Fault(saying("emergency_missing", number=key), ("emergency",), language)
            elif not _says(words.emergency[key], key):
                yield Fault(saying("emergency_number", number=key), ("emergency", key), language)
        for key in sorted(words.emergency.keys() - shown):
            yield Fault(saying("emergency_stray", number=key), ("emergency", key), language)


def the_first_words_are_neutral(plan: Plan, place: Place) -> Iterator[Fault]:
    """Promise 9: nothing of a stay in hospital before a tap; and they come from somebody with a name."""
    for language, words in plan.words.items():
        for name, of_health in (("hello", True), ("reminder", True), ("closing", False)):
            for word in telling(getattr(words, name), of_health=of_health):
                yield Fault(saying("telling", word=word, name=name), _place_of(name), language)
        for name in ("name", "named"):
            if words.hello and not _says(words.hello, name):
                yield Fault(saying("nameless", name=name), _place_of("hello"), language)


def labels_fit_a_button(plan: Plan, place: Place) -> Iterator[Fault]:
    for language, words in plan.words.items():
        for (question, answer), label in words.answers.items():
            if len(label) > MOST_IN_A_LABEL:
                long = saying("label_long", label=label, count=len(label), most=MOST_IN_A_LABEL)
                yield Fault(long, ("questions", question, "answers", answer), language)


def every_answer_can_be_typed(plan: Plan, place: Place) -> Iterator[Fault]:
    """Its words and the other ways to type it mean this answer and no other, in any language of the plan."""
    for language, words in plan.words.items():
        for question in plan.questions.values():
            for answer in question.answers:
                yield from _typed(plan, words, question, answer.id, language)


def _typed(plan: Plan, words: Words, question: Question, answer: str, language: str) -> Iterator[Fault]:
    key, at = (question.id, answer), ("questions", question.id)
    for said in (words.answers.get(key, ""), *words.typed.get(key, ())):
        if said and understood(question, plan.words, said) != answer:
            unclear = saying("same_words", typed=said, question=question.id, answer=answer)
            yield Fault(unclear, (*at, "answers", answer), language)


def _place_of(name: str) -> tuple[str, ...]:
    return ("says", name) if name in SENTENCES else (name,)


def _says(source: str, name: str) -> bool:
    return re.search(rf"\{{\{{-?\s*{name}\s*-?\}}\}}", source) is not None


RULES: tuple[Rule, ...] = (
    every_word_exists,
    no_word_is_left_over,
    reader_deadline_and_urgent_are_stated,
    emergency_words_name_their_number,
    the_first_words_are_neutral,
    labels_fit_a_button,
    every_answer_can_be_typed,
)
