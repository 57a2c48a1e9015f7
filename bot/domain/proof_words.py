"""The words of a plan: every one exists, says what it has to say, and can be typed; the first ones tell nothing."""

import re
from collections.abc import Iterator

from bot.domain.answers import understood
from bot.domain.neutral_words import telling
from bot.domain.place import Place
from bot.domain.plan_faults import Fault, Rule
from bot.domain.plans import SENTENCES, Plan, Question, Words
from bot.domain.proof_safety import LIFE_IN_DANGER

MOST_IN_A_LABEL = 40


def every_word_exists(plan: Plan, place: Place) -> Iterator[Fault]:
    for language, words in plan.words.items():
        for question in plan.questions.values():
            if not words.questions.get(question.id):
                message = f"“{question.id}” has no words in {language}"
                remedy = f'Write below [questions.{question.id}]: text = "…"'
                yield Fault("no_words", ("questions", question.id), message, remedy, language)
            for answer in question.answers:
                if not words.answers.get((question.id, answer.id)):
                    message = f"The answer “{answer.id}” of “{question.id}” has no words in {language}"
                    remedy = f'Write below [questions.{question.id}]: answers.{answer.id} = "…"'
                    yield Fault("no_words", ("questions", question.id), message, remedy, language)


def no_word_is_left_over(plan: Plan, place: Place) -> Iterator[Fault]:
    known = {(question.id, answer.id) for question in plan.questions.values() for answer in question.answers}
    for language, words in plan.words.items():
        for name in words.questions:
            if name not in plan.questions:
                message = f"“{name}” has words, but the plan does not ask it"
                yield Fault("stray", ("questions", name), message, "Take it out, or correct its name", language)
        for name, answer in dict.fromkeys([*words.answers, *words.typed]):
            if name in plan.questions and (name, answer) not in known:
                message = f"“{answer}” has words, but “{name}” has no such answer"
                at = ("questions", name, "answers", answer)
                yield Fault("stray", at, message, "Take it out, or correct its name", language)


def reader_deadline_and_urgent_are_stated(plan: Plan, place: Place) -> Iterator[Fault]:
    """Who reads the answers, by when, and what to do if it is urgent: with the number, in every language."""
    for language, words in plan.words.items():
        for name in ("title", "summary", *SENTENCES):
            if not getattr(words, name):
                message = f"“{name}” is missing or empty"
                yield Fault("not_stated", _place_of(name), message, f'Write: {name} = "…"', language)
        if words.urgent and not _says(words.urgent, LIFE_IN_DANGER):
            message = "The urgent line does not say which number to phone when a life is in danger"
            remedy = f"Put {{{{ {LIFE_IN_DANGER} }}}} into it"
            yield Fault("urgent_number", _place_of("urgent"), message, remedy, language)


def emergency_words_name_their_number(plan: Plan, place: Place) -> Iterator[Fault]:
    """What a red answer shows: it exists in every language, and holds the number itself."""
    shown = {one.emergency for question in plan.questions.values() for one in question.answers if one.emergency}
    for language, words in plan.words.items():
        for key in sorted(shown & set(place.emergency)):
            if not words.emergency.get(key):
                message = f"The words that are shown with the number “{key}” are missing"
                remedy = f'Write below [emergency]: {key} = "…"'
                yield Fault("emergency_missing", ("emergency",), message, remedy, language)
            elif not _says(words.emergency[key], key):
                message = f"The emergency words “{key}” do not name the number"
                remedy = f"Put {{{{ {key} }}}} into them"
                yield Fault("emergency_number", ("emergency", key), message, remedy, language)
        for key in sorted(words.emergency.keys() - shown):
            message = f"The emergency words “{key}” are never shown"
            yield Fault("emergency_stray", ("emergency", key), message, "Take them out", language)


def the_first_words_are_neutral(plan: Plan, place: Place) -> Iterator[Fault]:
    """Promise 9: nothing of a stay in hospital before a tap; and they come from somebody with a name."""
    for language, words in plan.words.items():
        for name, of_health in (("hello", True), ("reminder", True), ("closing", False)):
            for word in telling(getattr(words, name), of_health=of_health):
                message = f"“{word}” stands in “{name}”, which others may read over somebody's shoulder"
                yield Fault("telling", _place_of(name), message, "Say it without that word", language)
        for name in ("name", "named"):
            if words.hello and not _says(words.hello, name):
                message = f"“hello” does not say {{{{ {name} }}}}"
                remedy = "Greet the person with {{ name }}, and say with {{ named }} who asks"
                yield Fault("nameless", _place_of("hello"), message, remedy, language)


def labels_fit_a_button(plan: Plan, place: Place) -> Iterator[Fault]:
    for language, words in plan.words.items():
        for (question, answer), label in words.answers.items():
            if len(label) > MOST_IN_A_LABEL:
                message = f"“{label}” has {len(label)} letters, {MOST_IN_A_LABEL} fit on a button"
                at = ("questions", question, "answers", answer)
                yield Fault("label_long", at, message, "Make it shorter", language)


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
            message = f"Somebody who types “{said}” to “{question.id}” could mean another answer than “{answer}”"
            yield Fault("same_words", (*at, "answers", answer), message, "Give the answers different words", language)


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
