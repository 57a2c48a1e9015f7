"""A template and its values into the HTML that Telegram gets. Raises before anything half-filled can leave."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import UndefinedError

from bot.catalogue import telegram_html
from bot.catalogue.fields import show
from bot.catalogue.finding_words import tell
from bot.catalogue.sandbox import Shown, render_source
from bot.catalogue.syntax import read_template
from bot.domain.sayings import Saying, saying
from bot.domain.templates import SOURCE_LANGUAGE, Template

# The app puts a greeting and a personal line before the text; together they must stay under Telegram's 4096.
FRAME_UTF16 = 600
MOST_UTF16 = telegram_html.MOST_UTF16 - FRAME_UTF16
_DASHES = re.compile(r"^- ", re.MULTILINE)
_LONE_AMPERSAND = re.compile(r"&(?!(?:#\d+|#x[\da-fA-F]+|\w+);)")
_GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Rendered:
    """`html` for Telegram's parse mode HTML; `text_length_utf16` and `entities` as Telegram will count them."""

    html: str
    text_length_utf16: int
    entities: int


class RenderError(Exception):
    """The message cannot be made. Names file, line and placeholder."""

    def __init__(self, template: Template, what: Saying, placeholder: str = "") -> None:
        self.placeholder, self.what = placeholder, what
        self.line = names(template).get(placeholder, template.body_line)
        super().__init__(f"{template.file}:{self.line}: {tell(what, SOURCE_LANGUAGE).text}")


def render(template: Template, values: Mapping[str, str], *, language: str | None = None) -> Rendered:
    """The body and then the action, in bold. `values` are raw: field values as stored, the others as they are.

    `language` is how values are shown, the template's own unless told otherwise. Raises RenderError.
    """
    language = language or template.language
    absent = missing(template, values)
    if absent:
        raise RenderError(template, saying("no_value.placeholder", name=absent[0]), absent[0])
    shown = _shown(template, values, language)
    try:
        body = render_source(prepared(template.body), shown, language)
        action = render_source(prepared(template.action), shown, language)
    except UndefinedError as error:
        raise RenderError(template, saying("no_value.inside", reason=error.message), _named(error)) from None
    return _measured(template, _joined(body, action))


def placeholders(template: Template) -> list[str]:
    """The names that the message uses, in the order they appear."""
    return list(names(template))


def missing(template: Template, values: Mapping[str, str]) -> list[str]:
    """The names that the message uses, without a value; fields that may be left out do not count."""
    optional = {field.name for field in template.fields if field.optional}
    return [name for name in placeholders(template) if name not in optional and not values.get(name)]


def names(template: Template) -> dict[str, int]:
    """Each name that is used, with its line in the file."""
    found = {name: template.body_line + line - 1 for name, line in read_template(template.body).names.items()}
    for name, line in read_template(template.action).names.items():
        found.setdefault(name, template.action_line + line - 1)
    return found


def prepared(source: str) -> str:
    """As people type it into what Telegram reads: a dash before a line is a bullet, a lone & is just that."""
    return _LONE_AMPERSAND.sub("&amp;", _DASHES.sub("• ", source))


def _shown(template: Template, values: Mapping[str, str], language: str) -> dict[str, str]:
    shown = {name: value for name, value in values.items() if value}
    for field in template.fields:
        raw = shown.get(field.name)
        if raw is not None:
            shown[field.name] = Shown(raw, _show(template, field.name, raw, language))
    return shown


def _show(template: Template, name: str, raw: str, language: str) -> str:
    try:
        return show(template.field(name), raw, language)
    except ValueError as error:
        raise RenderError(template, saying("not_shown", name=name, value=raw, reason=error), name) from None


def _joined(body: str, action: str) -> str:
    return _GAPS.sub("\n\n", f"{body.strip()}\n\n<b>{action.strip()}</b>")


def _measured(template: Template, html: str) -> Rendered:
    length = telegram_html.utf16_length(telegram_html.visible(html))
    entities = telegram_html.count_entities(html)
    if length > MOST_UTF16:
        raise RenderError(template, saying("too_long.text", count=length, most=MOST_UTF16))
    if entities > telegram_html.MOST_ENTITIES:
        tags = saying("too_long.tags", count=entities, most=telegram_html.MOST_ENTITIES)
        raise RenderError(template, tags)
    return Rendered(html, length, entities)


def _named(error: UndefinedError) -> str:
    quoted = re.search(r"'(\w+)'", error.message or "")
    return quoted[1] if quoted else ""
