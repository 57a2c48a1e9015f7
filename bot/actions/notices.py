"""Short messages that the bot starts by itself: written into the outbox inside the transaction that decides them."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deliveries import Kind
from bot.runtime import Runtime
from bot.store import deliveries as store
from bot.store.deliveries import New
from bot.store.people import Person

NOTICE_LASTS = timedelta(days=4)
WORK_LASTS = timedelta(days=7)
Buttons = list[list[dict[str, str]]]


class HasId(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def until(self) -> datetime: ...


async def to_resident(
    tx: AsyncConnection,
    runtime: Runtime,
    person: Person,
    key: str,
    phrase: str,
    circle_id: int,
    not_after: datetime | None = None,
    **values: object,
) -> None:
    """Something a member of a circle has to know; goes through the same gate as everything else."""
    now = runtime.now()
    body = runtime.say(person.language, phrase, name=person.name, **values)
    row = New(key, person.id, Kind.NOTICE, now, not_after or now + NOTICE_LASTS, body, circle_id=circle_id)
    await store.put(tx, [row], now)


async def to_worker(
    tx: AsyncConnection,
    runtime: Runtime,
    person: Person,
    key: str,
    phrase: str,
    buttons: Buttons | None = None,
    **values: object,
) -> None:
    """Something a champion or coordinator has to do or know."""
    now = runtime.now()
    body = runtime.say(person.language, phrase, **values)
    row = New(key, person.id, Kind.WORK, now, now + WORK_LASTS, body, buttons or [], language=person.language)
    await store.put(tx, [row], now)


def button(runtime: Runtime, language: str, phrase: str, data: str, /, **values: object) -> dict[str, str]:
    return {"text": runtime.plain(language, phrase, **values), "data": data}


async def ask_cover(
    tx: AsyncConnection, runtime: Runtime, champion: Person, cover: Person, away_id: int, until: datetime
) -> None:
    language = cover.language
    buttons = [
        [button(runtime, language, "buttons.cover_yes", f"cover:yes:{away_id}")],
        [button(runtime, language, "buttons.cover_no", f"cover:no:{away_id}")],
    ]
    day = runtime.day(until, cover.zone, language)
    key = f"cover:{away_id}"
    await to_worker(tx, runtime, cover, key, "circles.cover_question", buttons, champion=champion.name, until=day)


async def cover_answered(
    tx: AsyncConnection, runtime: Runtime, champion: Person, cover: Person, away_id: int, agrees: bool
) -> None:
    phrase = "circles.cover_agreed" if agrees else "circles.cover_declined"
    await to_worker(tx, runtime, champion, f"cover-answer:{away_id}", phrase, cover=cover.name)


async def cover_named(
    tx: AsyncConnection,
    runtime: Runtime,
    person: Person,
    champion: Person,
    cover: Person,
    absence: HasId,
    circle_id: int,
) -> None:
    names = {"champion": champion.name, "cover": cover.name}
    until = runtime.day(absence.until, person.zone, person.language)
    key = cover_key(absence.id, person.id)
    await to_resident(tx, runtime, person, key, "circles.cover_notice", circle_id, absence.until, **names, until=until)


def cover_key(away_id: int, person_id: int) -> str:
    """By this key replies know whether a resident has been told the cover's name."""
    return f"away:{away_id}:{person_id}"
