"""A message as it will look on a phone, before anybody gets it; and on the coordinator's own phone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.actions import people as people_actions
from bot.actions.audience import framed
from bot.catalogue import telegram_html
from bot.catalogue.phrases import safe
from bot.catalogue.placeholders import samples, without_optional
from bot.domain.errors import NotNow, Refused
from bot.domain.templates import Template
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import machine
from bot.store import people as people_store

# Names that show what a message has to bear: short, long, and from right to left. Nobody real is meant.
SAMPLE_NAMES = ("Jo", "Oluwaseun Adebayo-Williams", "أمينة", "সুমাইয়া")
MOST_FOUND = 8
ONE_LOOK = timedelta(minutes=10)


@dataclass(frozen=True)
class Bubble:
    """A message as it arrives: `html` as Telegram gets it, and the labels under it. `length`: of the approved text."""

    html: str
    buttons: tuple[str, ...]
    language: str
    length: int


def bubble(
    runtime: Runtime, template: Template, reader: Mapping[str, str] | None = None, *, full: bool = True
) -> Bubble:
    """The whole message with samples in it. `full`: optional fields are filled, too.

    `reader`: what is known of whoever reads it instead, by placeholder: name, champion, circle.
    """
    values = samples(template, runtime.place)
    values = values if full else without_optional(template, values)
    values = {**values, **(reader or {})}
    rendered = runtime.catalogue.render(template, values)
    champion, language = values["champion"], template.language
    html = framed(runtime, language, values["name"], champion, "", rendered.html)
    keys = ("buttons.helpful", "buttons.ask", "buttons.stop")
    labels = tuple(runtime.plain(language, key, champion=champion) for key in keys)
    return Bubble(html, labels, language, telegram_html.utf16_length(telegram_html.visible(rendered.html)))


async def people_called(runtime: Runtime, beginning: str) -> list[tuple[int, str]]:
    """(id, first name) of a few people whose name begins so. Their names only, and nobody without a beginning."""
    wanted = " ".join(beginning.split())
    if not wanted:
        return []
    async with runtime.database.read() as tx:
        return await people_store.called(tx, wanted, MOST_FOUND)


async def look_at(runtime: Runtime, coordinator_id: int, person_id: int) -> dict[str, str]:
    """What fills the message of somebody that a coordinator wants to see; looking is recorded. Empty: nobody."""
    async with runtime.database.write() as tx:
        person = await people_store.find(tx, person_id)
        if person is None:
            return {}
        subject = f"person:{person_id}"
        # The page asks again while somebody types: that is one look.
        if not await machine.noted(tx, coordinator_id, "person_seen", subject, runtime.now() - ONE_LOOK):
            await machine.note(tx, runtime.now(), coordinator_id, "person_seen", subject)
        return {"name": person.name, **await _circle_of(tx, person_id)}


async def _circle_of(tx: AsyncConnection, person_id: int) -> dict[str, str]:
    """Whose messages they get: the circle that they joined last."""
    joined = await circle_store.of_person(tx, person_id)
    champion = await people_store.find(tx, joined[0].champion_id or 0) if joined else None
    return {"champion": champion.name, "circle": joined[0].name} if champion else {}


async def try_out(runtime: Runtime, coordinator_id: int, template: Template) -> None:
    """The exact message to the coordinator's own phone; it says that it is a test."""
    shown, now = bubble(runtime, template), runtime.now()
    rows = [[{"text": label, "data": "sample"}] for label in shown.buttons]
    async with runtime.database.write() as tx:
        person = await people_store.by_id(tx, coordinator_id)
        if coordinator_id not in {one.id for one in await people_actions.coordinators(tx)}:
            raise NotNow("desk_templates.not_reachable")
        key = f"try-out:{coordinator_id}:{template.version}:{int(now.timestamp() * 1000)}"
        if telegram_html.utf16_length(telegram_html.visible(shown.html)) > telegram_html.MOST_UTF16 - 200:
            raise Refused("desk_templates.too_long_to_test")
        await notices.to_worker(tx, runtime, person, key, "desk_templates.test_message", rows, text=safe(shown.html))
        await machine.note(tx, now, coordinator_id, "template_tried_out", f"topic:{template.topic}")
