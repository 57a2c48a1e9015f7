"""Who did what when: look through it, filter it, take it along."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import trail
from bot.actions.trail import Trail
from bot.domain.hours import at_local, end_of_day
from bot.runtime import Runtime
from bot.store.subjects import parted
from bot.store.trail import Wanted
from bot.web.desk import Desk, Pages

# The pages of the things that a line can be about.
PAGES = {
    "concern": "/desk/concerns/",
    "enrolment": "/desk/checkins/",
    "broadcast": "/desk/broadcasts/",
    "circle": "/desk/people/circles/",
    "person": "/desk/people/",
}


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [pages.shows("/audit", read), pages.does("/audit/export", export)]


def _wanted(desk: Desk, say: Callable[[str], str]) -> Wanted:
    """What the filter asks for; a day or number that is none counts as not given, and the page says so."""
    first, last = _day(say("since")), _day(say("until"))
    return Wanted(
        actor_id=_number(say("who")),
        what=say("what"),
        since=at_local(first, time(0), desk.runtime.place.zone) if first else None,
        until=end_of_day(last, desk.runtime.place.zone) if last else None,
        before=_number(say("before")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date.max - timedelta(days=366) else None


async def read(desk: Desk) -> Response:
    fields = {name: desk.asked(name) for name in ("who", "what", "since", "until", "about")}
    found = await trail.read(desk.runtime, desk.id, _wanted(desk, desk.asked), fields["about"])
    older = urlencode({**fields, "before": found.older}) if found.older else ""
    return desk.show(
        "audit.html",
        trail=found,
        filter=fields,
        filtered=any(fields.values()),
        older=older,
        kinds=[(kind, _said(desk, kind)) for kind in _kinds(desk)],
        faults=_faults(desk, fields),
        what=lambda kind: _said(desk, kind),
        about=lambda subject: _called(desk, found, subject),
        page_of=_page_of,
    )


def _kinds(desk: Desk) -> list[str]:
    """Every deed that has words, in the order of the words."""
    start = "desk_audit.what_"
    known = desk.runtime.catalogue.phrases.keys()
    named = [key.removeprefix(start) for key in known if key.startswith(start)]
    return sorted(named, key=lambda kind: _said(desk, kind))


def _said(desk: Desk, kind: str) -> str:
    """A deed in words; one that an earlier or later version noted stays as it was written."""
    key = f"desk_audit.what_{kind}"
    return desk.plain(key) if desk.runtime.catalogue.phrases.has(key) else kind


def _faults(desk: Desk, fields: Mapping[str, str]) -> dict[str, str]:
    """By field, what of the filter was of no use."""
    days = [one for one in ("since", "until") if fields[one] and _day(fields[one]) is None]
    people = ["who"] if fields["who"] and _number(fields["who"]) is None else []
    unknown = ["what"] if fields["what"] and fields["what"] not in _kinds(desk) else []
    return {one: desk.plain("desk_audit.no_use") for one in (*days, *people, *unknown)}


def _called(desk: Desk, found: Trail, subject: str) -> str:
    """What a line is about, in words: by name where it has one, otherwise by number."""
    noun, number = parted(subject)
    name, key = found.names.get(subject, ""), f"desk_audit.about_{noun}"
    if not desk.runtime.catalogue.phrases.has(key):
        return subject
    return desk.plain(key, name=name or desk.plain("desk_audit.number", number=number or subject.partition(":")[2]))


def _page_of(subject: str) -> str:
    """Where the thing can be looked at, empty when it has no page."""
    noun, number = parted(subject)
    return f"{PAGES[noun]}{number}" if noun in PAGES and number is not None else ""


async def export(desk: Desk) -> Response:
    content = await trail.export(desk.runtime, desk.id, _wanted(desk, desk.given), desk.given("about"))
    name = f"{desk.plain('desk_audit.file')}-{desk.runtime.now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
