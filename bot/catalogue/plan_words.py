"""`messages/checkins/<plan>.<lang>.toml` into the Words of a Plan: Jinja held short, Telegram's HTML, plain labels."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.catalogue import telegram_html
from bot.catalogue.direction import clean
from bot.catalogue.findings import Finding, nearest
from bot.catalogue.placeholders import of_plans
from bot.catalogue.syntax import Problem, read_template
from bot.catalogue.toml_file import TomlFile
from bot.catalogue.toml_values import Values
from bot.domain import wording
from bot.domain.place import Place
from bot.domain.plans import SENTENCES, Words
from bot.domain.sayings import saying

_TOP = ("title", "summary", "author", "translated_from", "says", "emergency", "questions", "typed")
_QUESTION = ("text", "answers", "typed")
_PLAIN = ("title", "summary")
Typed = dict[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class ReadWords:
    """The words of one language as far as they could be read, and what is wrong or could be better in the file."""

    words: Words
    file: TomlFile
    faults: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


def read_words(language: str, file: TomlFile, digest: str, place: Place) -> ReadWords:
    """Look at `faults` before using the words; whether every word is there is for the proof to say."""
    top = Values(file, file.data)
    top.unknown(_TOP, saying("kind.plan_words"))
    says, emergency, questions = top.child("says"), top.child("emergency"), top.child("questions")
    says.unknown(SENTENCES, saying("kind.said"))
    asked = {name: questions.child(name) for name in questions.table}
    words = Words(
        language=language,
        title=top.words("title", required=False),
        summary=top.words("summary", required=False),
        author=top.words("author", required=False),
        translated_from=top.words("translated_from", required=False),
        emergency={key: emergency.words(key, required=False) for key in emergency.table},
        questions={name: one.words("text", required=False) for name, one in asked.items()},
        answers={(name, key): said for name, one in asked.items() for key, said in _labels(one)},
        typed=_typed(top.child("typed"), asked),
        own_typed={key: ways for name, one in asked.items() for key, ways in _own_typed(name, one)},
        digest=digest,
        file=file.shown,
        **{name: says.words(name, required=False) for name in SENTENCES},
    )
    faults = [*top.faults, *_text_faults(words, file, place), *_label_faults(words, file)]
    return ReadWords(words, file, tuple(sorted(set(faults))), () if faults else tuple(_warnings(words, file)))


def _labels(question: Values) -> Iterator[tuple[str, str]]:
    question.unknown(_QUESTION, saying("kind.question_words"))
    answers = question.child("answers")
    for key in answers.table:
        yield key, answers.words(key, required=False)


def _typed(for_all: Values, asked: dict[str, Values]) -> Typed:
    """Other ways to type an answer: those of the question, and those that hold wherever an answer has this name."""
    usual = {key: for_all.names(key) for key in for_all.table}
    answers = {key for question in asked.values() for key in question.child("answers").table}
    for_all.unknown(answers, saying("kind.answer_name"))
    found: Typed = {}
    for name, question in asked.items():
        own = question.child("typed")
        for key in dict.fromkeys([*question.child("answers").table, *own.table]):
            ways = (*own.names(key), *usual.get(key, ()))
            if ways:
                found[name, key] = tuple(dict.fromkeys(ways))
    return found


def _own_typed(name: str, question: Values) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    own = question.child("typed")
    for key in own.table:
        yield (name, key), tuple(own.names(key))


def _texts(words: Words) -> Iterator[tuple[str, str]]:
    """(dotted key, source) of everything that is a message or a part of one."""
    yield from ((f"says.{name}", getattr(words, name)) for name in SENTENCES)
    yield from ((f"emergency.{key}", source) for key, source in words.emergency.items())
    yield from ((f"questions.{name}.text", source) for name, source in words.questions.items())


def _plain_texts(words: Words) -> Iterator[tuple[str, str]]:
    yield from ((name, getattr(words, name)) for name in _PLAIN)
    yield from ((f"questions.{name}.answers.{key}", said) for (name, key), said in words.answers.items())


def _text_faults(words: Words, file: TomlFile, place: Place) -> Iterator[Finding]:
    known = of_plans(place)
    for key, source in _texts(words):
        syntax = read_template(source)
        problems = [*syntax.problems, *telegram_html.check(source)]
        for name, line in syntax.names.items():
            if name not in known:
                unknown = saying("placeholder_unknown.in_plan", name=name, nearest=nearest(name, known))
                problems.append(Problem(line, unknown))
        if clean(source) != source:
            problems.append(Problem(1, saying("hidden_character.in_plan")))
        first = file.line_of_text(key)
        for p in problems:
            yield Finding(file.shown, first + p.line - 1, p.what)


def _label_faults(words: Words, file: TomlFile) -> Iterator[Finding]:
    for key, said in _plain_texts(words):
        if "{{" in said or "{%" in said or "<" in said or "\n" in said:
            yield file.fault(key, saying("plain", name=key.rpartition(".")[2]))


def _warnings(words: Words, file: TomlFile) -> Iterator[Finding]:
    for key, source in [*_texts(words), *_plain_texts(words)]:
        for r in wording.lint(source, words.language, first_line=file.line_of_text(key)):
            yield Finding(file.shown, r.line, r.what)
