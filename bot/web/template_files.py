"""Messages as files at the desk: out as one zip, in as files that are shown first and then become drafts."""

from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import template_files as actions
from bot.catalogue.template_changes import changes
from bot.domain.errors import Refused
from bot.runtime import Runtime
from bot.web.desk import Desk, Pages
from bot.web.rendering import HEADERS
from bot.web.templates import name_of


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.shows("/templates/files", files),
        pages.does("/templates/files/look", look),
        pages.does("/templates/files/take", take),
        pages.does("/templates/files/export", export),
    ]


async def files(desk: Desk) -> Response:
    return _show(desk)


def _show(desk: Desk, status: int = 200, /, **values: object) -> Response:
    blank: dict[str, object] = {
        "looked": None,
        "trouble": "",
        "changed": {},
        "name_of": lambda code: name_of(desk, code),
    }
    return desk.show("template_files.html", status, **{**blank, **values})


async def export(desk: Desk) -> Response:
    """By a press: it is recorded, and a link on some other page must not do it."""
    packed = await actions.export(desk.runtime, desk.id)
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="messages.zip"'}
    return Response(packed, media_type="application/zip", headers=headers)


async def look(desk: Desk) -> Response:
    """What would become drafts, with every difference; every fault of every file at once. Nothing is kept yet."""
    try:
        found = actions.unpack(await _uploaded(desk))
    except Refused as refusal:
        return _show(desk, 422, trouble=desk.plain(refusal.phrase, **refusal.values))
    if not found:
        return _show(desk, 422, trouble=desk.plain("desk_templates.no_files"))
    read = await actions.read(desk.runtime, found)
    changed = {one.name: changes(one.on.text, one.text) for one in read.files if one.says_new}
    return _show(desk, 422 if read.faults else 200, looked=read, changed=changed)


async def _uploaded(desk: Desk) -> list[tuple[str, bytes]]:
    """What was chosen, and no more of it than is allowed."""
    found = []
    for one in desk.form.getlist("files"):
        if isinstance(one, UploadFile) and one.filename:
            found.append((one.filename, await one.read(actions.MOST_UPLOADED + 1)))
    return found


async def take(desk: Desk) -> Response:
    """The files come back with the page that showed them, and are read anew: a page can be forged."""
    names, texts = desk.chosen("name"), desk.chosen("text")
    given = [(name, text.replace("\r\n", "\n").encode()) for name, text in zip(names, texts, strict=False)]
    count = await actions.take_in(desk.runtime, desk.id, actions.unpack(given))
    return desk.go("/templates?state=draft", "desk_templates.taken_in", count=count)
