"""/mydata and /forget: what is shown is what is erased. Strangers who stay silent are dropped in the same way."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import circles as circle_actions
from bot.actions import conditions, leaving, on_behalf, stopping
from bot.domain.circles import forgotten_hash
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.people import Purpose
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import enrolments as enrolment_store
from bot.store import machine
from bot.store import people as people_store
from bot.store import privacy as store
from bot.store.people import Person
from bot.store.privacy import Held, Row

# Somebody who never said yes to anything, or whose last circle has closed, is kept so long after their last word.
STRANGERS_KEPT = timedelta(days=30)
MOST_AT_ONCE = 100
_ORDER = {"people": 0, "inbox": 2}  # who they are first, and last what is only passing through
_PASSING = (Purpose.ANSWERS, Purpose.WORK)  # without a task or a fresh question these bind us to nothing


async def my_data(runtime: Runtime, person_id: int) -> list[Held]:
    """Everything that is held about a person."""
    async with runtime.database.read() as tx:
        held = await store.held(tx, await people_store.by_id(tx, person_id))
        return sorted(held, key=lambda one: _ORDER.get(one.table, 1))


async def as_json(runtime: Runtime, held: list[Held]) -> bytes:
    """The same for a machine and for a curious eye: instants as ISO 8601 in UTC, names of circles, no row numbers."""
    async with runtime.database.read() as tx:
        circles = await store.circle_names(tx)
        named = [row for one in held if one.table == "mentions" for row in await store.messages_naming(tx, one.keys)]
    data: dict[str, list[Any]] = {}
    for one in held:
        rows = named if one.table == "mentions" else one.rows
        data[one.table if one.own else f"{one.table}, where you are named"] = [_plain(row, circles) for row in rows]
    return json.dumps(data, ensure_ascii=False, indent=2, default=_shown).encode()


def _plain(row: Row, circles: dict[int, str]) -> Row:
    """Without what is empty, and without numbers that only the database understands."""
    plain = {name: value for name, value in row.items() if value not in (None, "", {}, []) and not _is_number_of(name)}
    circle = circles.get(row.get("circle_id") or 0)
    return {**plain, "circle": circle} if circle else plain


def _is_number_of(column: str) -> bool:
    return column != "telegram_id" and (column == "id" or column.endswith("_id"))


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


async def forget(runtime: Runtime, person_id: int) -> None:
    """Erase a person everywhere. A champion's circles close and their people are told. Safe to repeat."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await people_store.find(tx, person_id)
        if person is not None:
            await _forget_for_good(tx, runtime, person, now)


async def forget_for(runtime: Runtime, coordinator_id: int, person_id: int) -> Person:
    """The same at somebody's own request to a coordinator. Raises for another coordinator: they do it themselves."""
    async with runtime.database.write() as tx:
        await on_behalf.coordinators_only(tx, coordinator_id)
        person = await people_store.find(tx, person_id)
        if person is None:
            raise NotFound("errors.gone")
        if await on_behalf.coordinates(tx, person_id):
            raise NotAllowed("privacy.coordinators_themselves")
        now = runtime.now()
        await machine.note(tx, now, coordinator_id, "person_erased", f"person:{person_id}")
        await _forget_for_good(tx, runtime, person, now)
        return person


async def _forget_for_good(tx: AsyncConnection, runtime: Runtime, person: Person, now: datetime) -> None:
    await _forget(tx, runtime, person, now)
    await people_store.remember_forgotten(tx, forgotten_hash(runtime.secret, person.telegram_id), now)


async def erase_for(runtime: Runtime, coordinator_id: int, enrolment_id: int) -> str:
    """Somebody without Telegram asks a coordinator to erase what /mydata would show them. Returns their first name.

    Raises NotFound for anybody who can ask by themself.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await _without_telegram(tx, coordinator_id, enrolment_id)
        await machine.note(tx, now, coordinator_id, "erased_on_request", f"enrolment:{enrolment_id}")
        await _forget(tx, runtime, person, now)
        return person.name


async def count_for(runtime: Runtime, coordinator_id: int, enrolment_id: int) -> int:
    """How many entries that would be."""
    async with runtime.database.read() as tx:
        held = await store.held(tx, await _without_telegram(tx, coordinator_id, enrolment_id))
        return sum(len(one.rows) for one in held)


async def _without_telegram(tx: AsyncConnection, coordinator_id: int, enrolment_id: int) -> Person:
    await conditions.coordinators_only(tx, coordinator_id)
    enrolment = await enrolment_store.by_id(tx, enrolment_id)
    person = await people_store.find(tx, enrolment.person_id) if enrolment and enrolment.person_id else None
    if person is None or person.has_telegram:
        raise NotFound("errors.old_button")
    return person


async def _forget(tx: AsyncConnection, runtime: Runtime, person: Person, now: datetime) -> None:
    await leaving.forgotten(tx, runtime, person.id)
    await stopping.silence(tx, person.id, "forgotten", now)
    for circle in await circle_store.of_champion(tx, person.id):
        await circle_actions.close_within(tx, runtime, circle, now, nameless=True)
    await store.erase(tx, person, now)


async def tidy(runtime: Runtime) -> int:
    """Drop strangers who have been silent for long. Returns how many."""
    now, dropped = runtime.now(), 0
    async with runtime.database.read() as tx:
        silent = await people_store.strangers(tx, now - STRANGERS_KEPT, MOST_AT_ONCE)
        gone = [one for one in silent if not await _agreed_to_something(tx, one.id)]
    for person in gone:
        async with runtime.database.write() as tx:
            fresh = await people_store.find(tx, person.id)
            if fresh is not None and fresh.spoke_at == person.spoke_at:  # they may have come back this moment
                await _forget(tx, runtime, fresh, now)
                dropped += 1
    return dropped


async def _agreed_to_something(tx: AsyncConnection, person_id: int) -> bool:
    """A yes that still binds: not to a circle that is closed, for they are in no open one."""
    said = await people_store.standing_consents(tx, person_id)
    return any(circle is None and purpose not in _PASSING for purpose, circle in said)
