"""Is a message safe and sendable? Placeholders, Jinja, Telegram's HTML, length; and what reads badly."""

from collections.abc import Iterator

from bot.catalogue import placeholders as allowed
from bot.catalogue import telegram_html
from bot.catalogue.direction import clean
from bot.catalogue.findings import Finding, closest
from bot.catalogue.rendering import RenderError, names, render
from bot.catalogue.syntax import Problem, Syntax, read_template
from bot.domain import wording
from bot.domain.place import Place
from bot.domain.sayings import Saying, saying
from bot.domain.templates import Template, suits

MOST_BODY_UTF16 = 3000


def faults_of(template: Template, place: Place, *, settings_fine: bool = True) -> list[Finding]:
    """Everything that would keep the message from being sent as it was meant; tried out once the rest is fine."""
    faults = [*_syntax_faults(template), *_names_faults(template, place)]
    return faults if faults or not settings_fine else [*_trial_faults(template, place)]


def warnings_of(template: Template, place: Place) -> list[Finding]:
    """What an editor should look at; nothing here refuses. The message must have no fault."""
    return [*_unused(template), *_nation(template, place), *_wording(template, place)]


def _sources(template: Template) -> list[tuple[int, str]]:
    return [(template.body_line, template.body), (template.action_line, template.action)]


def _syntax_faults(template: Template) -> Iterator[Finding]:
    for first, source in _sources(template):
        syntax: Syntax = read_template(source)
        yield from _placed(template, first, [*syntax.problems, *telegram_html.check(source)])
        if clean(source) != source:
            yield from _placed(template, first, [_hidden(source)])


def _hidden(source: str) -> Problem:
    before = next(n for n, (a, b) in enumerate(zip(source, clean(source) + " ", strict=False)) if a != b)
    line = source.count("\n", 0, before) + 1
    return Problem(line, saying("hidden_character.in_message"))


def _placed(template: Template, first: int, problems: list[Problem]) -> Iterator[Finding]:
    for p in problems:
        yield Finding(template.file, first + p.line - 1, p.what)


def _names_faults(template: Template, place: Place) -> Iterator[Finding]:
    known = allowed.available(place)
    fields = {field.name for field in template.fields}
    for name in sorted(fields & known.keys()):
        yield Finding(template.file, _line_of(template, name), saying("field_taken", field=name))
    for name, line in names(template).items():
        if name not in known and name not in fields:
            yield Finding(template.file, line, _unknown(name, {*known, *fields}))


def _unknown(name: str, known: set[str]) -> Saying:
    if close := closest(name, known):
        return saying("placeholder_unknown.near", name=name, word=close)
    return saying("placeholder_unknown.far", name=name, known=", ".join(sorted(known)))


def _line_of(template: Template, word: str) -> int:
    """The line of a field in the settings."""
    lines = template.source_text.split("\n")
    return next((n for n, line in enumerate(lines, 1) if line.strip().startswith(f"{word}:")), 1)


def _trial_faults(template: Template, place: Place) -> Iterator[Finding]:
    """Tries the message with everything filled, and again with everything left out that may be."""
    full = allowed.samples(template, place)
    for values in (full, allowed.without_optional(template, full)):
        try:
            rendered = render(template, values)
        except RenderError as error:
            if error.placeholder:
                yield _unguarded(template, error)
            else:
                yield Finding(template.file, error.line, error.what)
            return
        if rendered.text_length_utf16 > MOST_BODY_UTF16:
            long = saying("too_long.message", count=rendered.text_length_utf16, most=MOST_BODY_UTF16)
            yield Finding(template.file, template.body_line, long)
            return


def _unguarded(template: Template, error: RenderError) -> Finding:
    return Finding(template.file, error.line, saying("optional_unguarded", name=error.placeholder))


def _unused(template: Template) -> Iterator[Finding]:
    used = names(template)
    for field in template.fields:
        if field.name not in used:
            yield Finding(template.file, _line_of(template, field.name), saying("field_unused", field=field.name))


def _nation(template: Template, place: Place) -> Iterator[Finding]:
    if not suits(template, place.nation):
        other = saying("nation.message", nation=template.nation, place=place.nation)
        yield Finding(template.file, _line_of(template, "nation"), other)


def _wording(template: Template, place: Place) -> Iterator[Finding]:
    values = allowed.samples(template, place)
    length = render(template, values).text_length_utf16
    remarks = [
        *wording.lint(template.body, template.language, first_line=template.body_line),
        *wording.lint(template.action, template.language, first_line=template.action_line, alone=True),
        *wording.lint_whole(template.body, template.action, length, first_line=template.body_line),
    ]
    for r in remarks:
        yield Finding(template.file, r.line, r.what)
