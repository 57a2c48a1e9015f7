"""Jinja, held short: text, names, simple conditions. What is not on the list is refused before it is compiled."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from jinja2 import StrictUndefined, Template, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from bot.catalogue.direction import clean, isolate


class LeftOut(StrictUndefined):
    """An optional field that was not filled: may be asked about (`if link`), never shown."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


class Shown(str):
    """A value that is compared by its raw form and read in its shown form."""

    __slots__ = ("shown",)
    shown: str

    def __new__(cls, raw: str, shown: str) -> "Shown":
        value = super().__new__(cls, raw)
        value.shown = shown
        return value


@lru_cache(maxsize=64)
def environment(language: str, *, escaped: bool = True, lenient: bool = False) -> ImmutableSandboxedEnvironment:
    """The one way to make a Jinja environment here. `lenient` allows `if` on an undefined name, never output."""
    made = ImmutableSandboxedEnvironment(
        autoescape=escaped,
        undefined=LeftOut if lenient else StrictUndefined,
        finalize=_shower(language),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.globals.clear()
    made.filters = {"length": len, "join": _join, "plural": _plural(language)}
    made.tests = {name: made.tests[name] for name in ("defined", "undefined", "none")}
    return made


def _shower(language: str) -> Callable[[Any], Any]:
    def show(value: Any) -> Any:
        if isinstance(value, Undefined):
            return value  # raises when it is printed
        if isinstance(value, Markup):
            return Markup(isolate(str(value), language))
        text = value.shown if isinstance(value, Shown) else str(value)
        return isolate(clean(text), language)

    return show


def _join(values: list[Any], between: str = ", ") -> str:
    return between.join(str(value) for value in values)


def _plural(language: str) -> Callable[..., str]:
    try:
        forms: Callable[[float], str] = Locale.parse(language, sep="-").plural_form
    except (UnknownLocaleError, ValueError):
        forms = Locale.parse("en").plural_form

    def plural(count: int, /, **words: str) -> str:
        """`{{ n|plural(one="person", other="people") }}`; the names are CLDR's: zero one two few many other."""
        return words.get(forms(count), words["other"])

    return plural


def render_source(source: str, values: Mapping[str, Any], language: str) -> str:
    """Escaped HTML of a checked template source. Raises jinja2.UndefinedError for a value that is missing."""
    return _compiled(source, language).render(values)


@lru_cache(maxsize=1024)
def _compiled(source: str, language: str) -> Template:
    return environment(language, lenient=True).from_string(source)
