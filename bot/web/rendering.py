"""Makes the pages of the desk: Jinja2 over bot/web/views/, in the words and the direction of the reader's language."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.dates import format_timedelta
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.catalogue.direction import is_right_to_left
from bot.catalogue.fields import show_date
from bot.catalogue.finding_places import Placed
from bot.catalogue.finding_words import Told
from bot.catalogue.findings import Finding
from bot.domain.desk import SESSION_RESTS
from bot.runtime import Runtime
from bot.web.tables import labelled

if TYPE_CHECKING:
    from bot.web.desk import Desk

VIEWS, STATIC = Path(__file__).parent / "views", Path(__file__).parent / "static"
# The pages in the order of the menu: where, and what it is called. The first part of a path chooses the one shown.
MENU = (
    ("/", "today"),
    ("/checkins", "checkins"),
    ("/concerns", "concerns"),
    ("/people", "people"),
    ("/broadcasts", "broadcasts"),
    ("/templates", "templates"),
    ("/plans", "plans"),
    ("/settings", "settings"),
    ("/audit", "audit"),
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(VIEWS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals = {"static": static}
    made.filters["labelled"] = labelled
    return made


@cache
def static(name: str) -> str:
    """The address of a file in static/, which changes with its content: browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/desk/static/{name}?v={digest}"


def page(desk: "Desk", view: str, values: Mapping[str, object]) -> str:
    """A page for somebody at the desk. Views may use, besides `values`, what `_words` and this give them."""
    own = {
        "desk": desk,
        "form_token": desk.seat.form_token,
        "said": desk.said(),
        "menu": [(f"/desk{path}", desk.plain(f"desk.menu_{name}"), _is_here(desk, path)) for path, name in MENU],
        "me": desk.visitor.person,
        "path": desk.request.url.path,
        "rests": int(SESSION_RESTS.total_seconds()),
    }
    return _render(desk.runtime, desk.language, view, {**own, **values})


def _is_here(desk: "Desk", path: str) -> bool:
    here = desk.request.url.path.removeprefix("/desk") or "/"
    return here == path if path == "/" else here == path or here.startswith(f"{path}/")


def plain_page(runtime: Runtime, language: str, view: str, values: Mapping[str, object]) -> str:
    """A page for somebody who is not in."""
    return _render(runtime, language, view, values)


def _render(runtime: Runtime, language: str, view: str, values: Mapping[str, object]) -> str:
    return _environment().get_template(view).render({**_words(runtime, language), **values})


def _words(runtime: Runtime, language: str) -> dict[str, Any]:
    """What every view can say: `say` gives marked-up phrases, `plain` bare ones, the rest times and days.

    `told` says what is wrong with a text, `located` the same after its file and line.
    """

    def say(key: str, /, **values: object) -> Markup:
        return Markup(runtime.say(language, key, **values))

    def plain(key: str, /, **values: object) -> str:
        return runtime.plain(language, key, **values)

    def told(finding: Finding | Placed) -> Markup:
        return marked(finding.told(language), language)

    def ago(instant: datetime) -> str:
        """How long it is until then, or since: in 10 minutes, 2 hours ago."""
        return since(instant, runtime.now(), language)

    def day(value: date | datetime) -> str:
        on = value if not isinstance(value, datetime) else None
        return show_date(on, language) if on else runtime.day(value, None, language)  # type: ignore[arg-type]

    return {
        "say": say,
        "plain": plain,
        "ago": ago,
        "day": day,
        "moment": lambda instant: runtime.moment(instant, None, language),
        "clock": lambda instant: runtime.time(instant, None, language),
        "iso": lambda instant: instant.isoformat(timespec="seconds"),
        "language": language,
        "told": told,
        "located": lambda finding: marked(finding.located(language), language),
        "direction": _direction(language),
        "place": runtime.place,
        "now": runtime.now(),
    }


def marked(told: Told, language: str) -> Markup:
    """Escaped, and said to be in another language than the page where that is so."""
    if told.language == language:
        return escape(told.text)
    return Markup('<span lang="{}" dir="{}">{}</span>').format(told.language, _direction(told.language), told.text)


def _direction(language: str) -> str:
    return "rtl" if is_right_to_left(language) else "ltr"


def since(instant: datetime, now: datetime, language: str) -> str:
    """How long it is until then, or since, in whole minutes at least."""
    span = instant - now
    if abs(span) < timedelta(minutes=1):
        span = timedelta(minutes=1 if span > timedelta() else -1)
    locale = language.replace("-", "_")
    return str(format_timedelta(span, granularity="minute", add_direction=True, locale=locale, threshold=1.5))
