"""/mydata and /forget: what is shown is what is erased."""

import json
from datetime import datetime
from typing import Any

from bot.actions import circles as circle_actions
from bot.actions import stopping
from bot.domain.circles import forgotten_hash
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import people as people_store
from bot.store import privacy as store
from bot.store.privacy import Held


async def my_data(runtime: Runtime, person_id: int) -> list[Held]:
    """Everything that is held about a person."""
    async with runtime.database.read() as tx:
        return await store.held(tx, await people_store.by_id(tx, person_id))


def as_json(held: list[Held]) -> bytes:
    """The same for a machine: instants as ISO 8601 in UTC."""
    data: dict[str, list[Any]] = {}
    for one in held:
        data.setdefault(one.table if one.own else f"{one.table} (you are named)", []).extend(one.rows)
    return json.dumps(data, ensure_ascii=False, indent=2, default=_plain).encode()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


async def forget(runtime: Runtime, person_id: int) -> None:
    """Erase a person everywhere. A champion's circles close and their people are told. Safe to repeat."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await people_store.find(tx, person_id)
        if person is None:
            return
        await stopping.silence(tx, person_id, "forgotten", now)
        if Role.CHAMPION in await people_store.roles_of(tx, person_id):
            for circle in await circle_store.of_champion(tx, person_id):
                await circle_actions.close_within(tx, runtime, circle, now)
        await store.erase(tx, person)
        await people_store.remember_forgotten(tx, forgotten_hash(runtime.secret, person.telegram_id), now)
