"""The editor: words and settings of a message as a form, every fault at its place, and the message as it will arrive.

Everything is one form, so no press loses what was typed: it is shown again by whatever answers.
"""

from datetime import date

from babel.dates import get_month_names
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from bot.actions import people
from bot.actions import template_drafts as actions
from bot.actions import template_previews as previews
from bot.actions.template_drafts import Desktop, Saved
from bot.catalogue.edit_checks import Checked
from bot.catalogue.placeholders import available
from bot.catalogue.template_changes import changes
from bot.catalogue.template_checks import MOST_BODY_UTF16
from bot.catalogue.template_writing import Sheet, read_sheet, write_sheet
from bot.domain.errors import NotFound, Refused
from bot.domain.templates import ANY_NATION, FieldType
from bot.runtime import Runtime
from bot.web.desk import Desk, Pages
from bot.web.template_forms import MONTHS, WORDS, Typed, elsewhere, form_of, placed_at, typed
from bot.web.templates import ONE, changes_since, name_of, shown


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.shows(f"{ONE}/edit", edit),
        pages.does(f"{ONE}/check", check),
        pages.does(f"{ONE}/save", save),
        pages.does(f"{ONE}/keep", keep),
        pages.does(f"{ONE}/try", try_out),
        pages.does(f"{ONE}/submit", submit),
        pages.does(f"{ONE}/drop", drop),
    ]


async def _desktop(desk: Desk) -> Desktop:
    """Raises NotFound for a topic that nobody has begun: it begins on a page of its own."""
    on = await actions.desktop(desk.runtime, desk.word("topic"), desk.word("language"))
    if not on.text and on.source is None and not on.kept:
        raise NotFound("templates.gone")
    return on


def _text(on: Desktop) -> str:
    """What the editor begins with: for a new translation the source text, to be written over."""
    if on.text or on.source is None:
        return on.text
    sheet = read_sheet(on.source.source, on.file)
    return write_sheet(Sheet(**{**vars(sheet), "author": "", "translated_from": ""}))


def _typed(desk: Desk, on: Desktop) -> Typed:
    return typed(desk, on.topic, on.text, on.source.digest[:12] if on.source else "")


async def edit(desk: Desk) -> Response:
    on = await _desktop(desk)
    text = _text(on)
    sheet = read_sheet(text, on.file)
    return await _show(desk, on, Typed(text, sheet, on.draft.serial if on.draft else 0, fits=False))


async def check(desk: Desk) -> Response:
    """What was typed, looked at. The script of the page takes out of this what it shows while somebody types."""
    on = await _desktop(desk)
    return await _show(desk, on, _typed(desk, on))


async def _show(
    desk: Desk,
    on: Desktop,
    given: Typed,
    status: int = 200,
    /,
    *,
    conflict: Saved | None = None,
    note: str = "",
    trouble: str = "",
) -> Response:
    """The editor with what was typed. `conflict`: somebody else had saved first, and both texts are shown."""
    checked = actions.checked(desk.runtime, on, given.text)
    return desk.show(
        "template_editor.html",
        status,
        on=on,
        serial=_serial(conflict) if conflict else given.serial,
        fits=given.fits,
        bubble=shown(desk, checked.template, await _whom(desk), full=desk.given("left_out") != "yes"),
        most=MOST_BODY_UTF16,
        whoms=await _whoms(desk),
        seen={"whom": desk.given("whom"), "called": desk.given("called"), "left_out": desk.given("left_out")},
        conflict=conflict,
        clash=changes(_other(on, conflict), given.text) if conflict else [],
        since=await changes_since(desk, on, given.sheet.translated_from),
        source=read_sheet(on.source.source, "") if on.source else None,
        language_name=name_of(desk, on.language),
        is_newer=bool(on.draft and on.newest and on.draft.base_id not in (None, on.newest.id)),
        note=note,
        trouble=trouble,
        **_found(checked, given.sheet, on.language),
        **_offered(desk, given.sheet),
    )


def _serial(conflict: Saved) -> int:
    """What the merged text goes on from."""
    return conflict.draft.serial if conflict.draft else 0


def _other(on: Desktop, conflict: Saved) -> str:
    return conflict.draft.source if conflict.draft else on.newest.source if on.newest else ""


def _found(checked: Checked, sheet: Sheet, language: str) -> dict[str, object]:
    """The form, and every finding at its place in it."""
    form = form_of(sheet, language)
    known = [*WORDS, "season", "fields", "body", "translated_from", *(f"field:{n}" for n in range(len(form.fields)))]
    return {
        "form": form,
        "checked": checked,
        "faults_at": lambda part: placed_at(checked.faults, part),
        "warnings_at": lambda part: placed_at(checked.warnings, part),
        "others": [*elsewhere(checked.faults, known), *elsewhere(checked.warnings, known)],
    }


def _offered(desk: Desk, sheet: Sheet) -> dict[str, object]:
    """What can be chosen and inserted."""
    return {
        "placeholders": _placeholders(desk, sheet),
        "kinds": [(each.value, desk.plain(f"desk_templates.kind_{each.value}")) for each in FieldType],
        "nations": sorted({ANY_NATION, desk.runtime.place.nation}),
        "months": [(month, _month(int(month), desk.language)) for month in MONTHS],
        "dates_fit": all(_is_date(one) for one in (sheet.source_checked_on, sheet.review_by)),
        "has_optional": any(one.optional for one in sheet.fields),
    }


async def _whom(desk: Desk) -> dict[str, str]:
    """Whoever reads the preview: a sample name, or a real person of the coordinator's choice."""
    whom = desk.given("whom")
    if whom.startswith("person:") and whom[7:].isdecimal() and len(whom) < 20:
        return await previews.look_at(desk.runtime, desk.id, int(whom[7:]))
    return {"name": whom} if whom in previews.SAMPLE_NAMES else {}


async def _whoms(desk: Desk) -> list[tuple[str, str]]:
    """Who can be looked at: samples, and people whose name begins as was typed."""
    found = await previews.people_called(desk.runtime, desk.given("called"))
    samples = [("", desk.plain("desk_templates.somebody")), *((name, name) for name in previews.SAMPLE_NAMES)]
    return [*samples, *((f"person:{person_id}", name) for person_id, name in found)]


def _month(number: int, language: str) -> str:
    return str(get_month_names("wide", "stand-alone", language.replace("-", "_"))[number])


def _is_date(words: str) -> bool:
    """A browser's calendar would drop anything else."""
    try:
        return not words or bool(date.fromisoformat(words))
    except ValueError:
        return False


def _placeholders(desk: Desk, sheet: Sheet) -> list[tuple[str, str, str]]:
    """(name, meaning, sample) of everything that may stand in the text: the fields of this message come first."""
    own = [(one.name, one.question, one.example) for one in sheet.fields if one.name]
    known = available(desk.runtime.place)
    numbers = desk.runtime.place.emergency
    meaning = {name: "number" if name in numbers else name for name in known}
    always = [
        (name, desk.plain(f"desk_templates.means_{meaning[name]}"), known[name].sample)
        for name in known
        if meaning[name] in MEANINGS
    ]
    return [*own, *always]


MEANINGS = ("name", "champion", "circle", "place", "number")


async def save(desk: Desk) -> Response:
    on = await _desktop(desk)
    given = _typed(desk, on)
    saved = await _keep(desk, on, given)
    if isinstance(saved, Response):
        return saved
    return desk.go(f"/templates/{on.topic}/{on.language}/edit", "desk_templates.saved")


async def _keep(desk: Desk, on: Desktop, given: Typed) -> Saved | Response:
    """Saved, or the page that says why not with everything that was typed."""
    over = desk.given("over") == "yes"
    try:
        saved = await actions.save(desk.runtime, desk.id, (on.topic, on.language), given.text, given.serial, keep=over)
    except Refused as refusal:
        return await _show(desk, on, given, 422, trouble=desk.plain(refusal.phrase, **refusal.values))
    if saved.aside is None:
        return saved
    return await _show(desk, await _desktop(desk), given, 409, conflict=saved)


async def keep(desk: Desk) -> Response:
    """Saved by the page itself while somebody types: answers with the new serial for its script."""
    on = await _desktop(desk)
    given = _typed(desk, on)
    key = (on.topic, on.language)
    saved = await actions.save(desk.runtime, desk.id, key, given.text, given.serial, quietly=True)
    if saved.aside is not None or saved.draft is None:
        return JSONResponse({"serial": None}, 409)
    return JSONResponse({"serial": saved.draft.serial})


async def try_out(desk: Desk) -> Response:
    """To the coordinator's own phone."""
    on = await _desktop(desk)
    given = _typed(desk, on)
    template = actions.checked(desk.runtime, on, given.text).template
    if template is None:
        return await _show(desk, on, given, 422, trouble=desk.plain("desk_templates.has_faults"))
    try:
        await previews.try_out(desk.runtime, desk.id, template)
    except Refused as refusal:
        return await _show(desk, on, given, 422, trouble=desk.plain(refusal.phrase, **refusal.values))
    return await _show(desk, on, given, note=desk.plain("desk_templates.test_sent"))


async def submit(desk: Desk) -> Response:
    """Saved, and sent to whoever reads it as the second person."""
    on = await _desktop(desk)
    given = _typed(desk, on)
    saved = await _keep(desk, on, given)
    if isinstance(saved, Response):
        return saved
    try:
        await actions.submit(desk.runtime, desk.id, (on.topic, on.language), saved.draft.serial if saved.draft else 0)
    except Refused as refusal:
        kept = Typed(given.text, given.sheet, saved.draft.serial if saved.draft else 0, given.fits)
        on = await _desktop(desk)
        return await _show(desk, on, kept, 422, trouble=desk.plain(refusal.phrase, **refusal.values))
    alone = await people.is_alone(desk.runtime, desk.id)
    said = "desk_templates.submitted_alone" if alone else "desk_templates.submitted"
    return desk.go(f"/templates/{on.topic}/{on.language}", said)


async def drop(desk: Desk) -> Response:
    on, serial = await _desktop(desk), desk.given("serial", "0")
    key = (on.topic, on.language)
    await actions.drop(desk.runtime, desk.id, key, int(serial) if serial.isdecimal() and len(serial) < 12 else 0)
    return desk.go("/templates", "desk_templates.dropped")
