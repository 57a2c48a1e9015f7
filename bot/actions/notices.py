"""Short messages that the bot starts by itself: written into the outbox inside the transaction that decides them."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.circles import Circle
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
    names: tuple[int, ...] = (),
    **values: object,
) -> None:
    """Something a member of a circle has to know; goes through the same gate as everything else.

    `names`: the people whom the words name.
    """
    now = runtime.now()
    body = runtime.say(person.language, phrase, name=person.name, **values)
    until = not_after or now + NOTICE_LASTS
    said: dict[str, Any] = {"language": person.language, "circle_id": circle_id, "names": names}
    await store.put(tx, [New(key, person.id, Kind.NOTICE, now, until, body, **said)], now)


async def to_worker(
    tx: AsyncConnection,
    runtime: Runtime,
    person: Person,
    key: str,
    phrase: str,
    buttons: Buttons | None = None,
    names: tuple[int, ...] = (),
    due_at: datetime | None = None,
    **values: object,
) -> None:
    """Something a champion or coordinator has to do or know. `names`: the people whom the words name."""
    now = runtime.now()
    due_at = due_at or now
    body, until = runtime.say(person.language, phrase, **values), due_at + WORK_LASTS
    row = New(key, person.id, Kind.WORK, due_at, until, body, buttons or [], language=person.language, names=names)
    await store.put(tx, [row], now)


async def to_cared_for(
    tx: AsyncConnection,
    runtime: Runtime,
    person: Person,
    key: str,
    phrase: str,
    names: tuple[int, ...] = (),
    due_at: datetime | None = None,
    buttons: Buttons | None = None,
    *,
    until: datetime | None = None,
    **values: object,
) -> None:
    """What became of something, to the person it is about; needs their yes to check-ins. `until`: when it is stale."""
    now = runtime.now()
    due_at = due_at or now
    body = runtime.say(person.language, phrase, name=person.name, **values)
    until = until or due_at + NOTICE_LASTS
    row = New(key, person.id, Kind.CARE, due_at, until, body, buttons or [], language=person.language, names=names)
    await store.put(tx, [row], now)


def button(runtime: Runtime, language: str, phrase: str, data: str, /, **values: object) -> dict[str, str]:
    return {"text": runtime.plain(language, phrase, **values), "data": data}


async def circle_closed(
    tx: AsyncConnection, runtime: Runtime, person: Person, circle: Circle, *, others: bool, nameless: bool
) -> None:
    """A member is told. `others`: messages of other circles go on. `nameless`: this one's champion was forgotten."""
    key, name = f"closed:{circle.id}:{person.id}", "" if nameless else circle.name
    named = (circle.champion_id,) if circle.champion_id and not nameless else ()
    phrase = "circles.closed_notice"
    await to_resident(tx, runtime, person, key, phrase, circle.id, names=named, circle=name, others=others)


async def ask_cover(
    tx: AsyncConnection,
    runtime: Runtime,
    champion: Person,
    cover: Person,
    away_id: int,
    until: datetime,
    coordinator: Person | None = None,
) -> None:
    """`coordinator`: who asks in the champion's place; the champion is told as well."""
    language = cover.language
    buttons = [
        [button(runtime, language, "buttons.cover_yes", f"cover:yes:{away_id}")],
        [button(runtime, language, "buttons.cover_no", f"cover:no:{away_id}")],
    ]
    key, phrase, name = cover_question_key(away_id), "circles.cover_question", champion.name
    day = runtime.day(until, cover.zone, language)
    asker = coordinator.name if coordinator else ""
    named = (champion.id, coordinator.id) if coordinator else (champion.id,)
    await to_worker(tx, runtime, cover, key, phrase, buttons, named, champion=name, until=day, coordinator=asker)
    if coordinator:
        day, asked = runtime.day(until, champion.zone, champion.language), cover.name
        key, phrase, named = f"cover-asked:{away_id}", "circles.cover_asked_for_you", (cover.id, coordinator.id)
        await to_worker(tx, runtime, champion, key, phrase, names=named, until=day, cover=asked, coordinator=asker)


def cover_question_key(away_id: int) -> str:
    return f"cover:{away_id}"


async def cover_answered(
    tx: AsyncConnection, runtime: Runtime, champion: Person, cover: Person, away_id: int, agrees: bool
) -> None:
    phrase = "circles.cover_agreed" if agrees else "circles.cover_declined"
    await to_worker(tx, runtime, champion, f"cover-answer:{away_id}", phrase, names=(cover.id,), cover=cover.name)


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
    key, phrase, named = cover_key(absence.id, person.id), "circles.cover_notice", (champion.id, cover.id)
    await to_resident(tx, runtime, person, key, phrase, circle_id, absence.until, named, **names, until=until)


def cover_key(away_id: int, person_id: int) -> str:
    """By this key replies know whether a resident has been told the cover's name."""
    return f"away:{away_id}:{person_id}"


async def away_over(tx: AsyncConnection, runtime: Runtime, champion: Person, cover: Person, absence: HasId) -> None:
    """Written when it begins, due when it ends, and cleared when it ends before its time."""
    for person, other, phrase in (
        (champion, cover, "circles.away_over"),
        (cover, champion, "circles.covering_over"),
    ):
        await to_worker(
            tx,
            runtime,
            person,
            f"away:{absence.id}:over:{person.id}",
            phrase,
            names=(other.id,),
            due_at=absence.until,
            champion=champion.name,
            cover=cover.name,
        )


async def champion_back(tx: AsyncConnection, runtime: Runtime, champion: Person, cover: Person, away_id: int) -> None:
    key, names = f"back:{away_id}", (champion.id,)
    await to_worker(tx, runtime, cover, key, "circles.champion_back", names=names, champion=champion.name)


async def cover_gave_back(tx: AsyncConnection, runtime: Runtime, champion: Person, cover: Person, away_id: int) -> None:
    key, names = f"gave-back:{away_id}", (cover.id,)
    await to_worker(tx, runtime, champion, key, "circles.cover_gave_back", names=names, cover=cover.name)
