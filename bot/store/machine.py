"""What the machine keeps about itself: leases, heartbeats, secrets, who did what, half-finished dialogues."""

import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import dialogues
from bot.store.schema_machine import audit, heartbeats, leases, secrets
from bot.store.updates import insert_for


async def hold(tx: AsyncConnection, name: str, holder: str, now: datetime, until: datetime) -> bool:
    """Take or renew a lease; False while somebody else holds it."""
    free = or_(leases.c.holder == holder, leases.c.until <= now)
    done = await tx.execute(update(leases).where(leases.c.name == name, free).values(holder=holder, until=until))
    if done.rowcount:
        return True
    fresh = insert_for(tx)(leases).values(name=name, holder=holder, until=until)
    # What came back, not how many: for an INSERT PostgreSQL's driver does not count.
    first = fresh.on_conflict_do_nothing(index_elements=["name"]).returning(leases.c.name)
    return (await tx.execute(first)).first() is not None


async def release(tx: AsyncConnection, name: str, holder: str) -> None:
    await tx.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))


async def beat(tx: AsyncConnection, name: str, now: datetime, trouble: str = "") -> None:
    """`name` lives. `trouble`: what keeps it from its work all the same, in words for an operator."""
    values = {"at": now, "trouble": trouble}
    fresh = insert_for(tx)(heartbeats).values(name=name, **values)
    await tx.execute(fresh.on_conflict_do_update(index_elements=["name"], set_=values))


async def last_beats(tx: AsyncConnection) -> dict[str, tuple[datetime, str]]:
    """Name -> when it last showed life, and its trouble."""
    return {row.name: (row.at, row.trouble) for row in await tx.execute(select(heartbeats))}


async def expect(tx: AsyncConnection, patience: Mapping[str, timedelta], now: datetime) -> None:
    """These ticks ring from now on, and no others: a tick that was taken away is missed by nobody."""
    its = heartbeats.c.patience.is_not(None)
    await tx.execute(delete(heartbeats).where(its, heartbeats.c.name.not_in(patience)))
    for name, longest in patience.items():
        seconds = int(longest.total_seconds())
        fresh = insert_for(tx)(heartbeats).values(name=name, at=now, trouble="", patience=seconds)
        await tx.execute(fresh.on_conflict_do_update(index_elements=["name"], set_={"patience": seconds}))


async def succeeded(tx: AsyncConnection, when: Mapping[str, datetime]) -> None:
    """When each of these ticks last came to its end."""
    row = update(heartbeats).where(heartbeats.c.name == bindparam("tick")).values(at=bindparam("moment"))
    await tx.execute(row, [{"tick": name, "moment": moment} for name, moment in when.items()])


async def last_rings(tx: AsyncConnection) -> dict[str, tuple[datetime, timedelta]]:
    """Tick -> when it last succeeded, and how long it may be silent."""
    query = select(heartbeats.c.name, heartbeats.c.at, heartbeats.c.patience)
    rows = await tx.execute(query.where(heartbeats.c.patience.is_not(None)))
    return {row.name: (row.at, timedelta(seconds=row.patience)) for row in rows}


async def secret(tx: AsyncConnection, name: str) -> str:
    """A random secret that is made once and then stays."""
    fresh = insert_for(tx)(secrets).values(name=name, value=random.token_hex(32))
    await tx.execute(fresh.on_conflict_do_nothing(index_elements=["name"]))
    return str((await tx.execute(select(secrets.c.value).where(secrets.c.name == name))).scalar_one())


async def note(tx: AsyncConnection, now: datetime, actor_id: int | None, what: str, subject: str = "") -> None:
    """One line of the audit trail. `subject` names a thing by its id, never a person in words."""
    await tx.execute(insert(audit).values(at=now, actor_id=actor_id, what=what, subject=subject))


async def noted(tx: AsyncConnection, actor_id: int, what: str, subject: str, since: datetime) -> bool:
    """Whether this line is among the last ones of this person."""
    mine = select(audit).where(audit.c.actor_id == actor_id).order_by(audit.c.id.desc()).limit(20)
    rows = await tx.execute(mine)
    return any((row.what, row.subject) == (what, subject) and row.at >= since for row in rows)


@dataclass(frozen=True)
class Dialogue:
    """A half-finished conversation. It survives a restart because it is a row."""

    person_id: int
    flow: str
    step: str
    data: dict[str, Any]
    updated_at: datetime


async def dialogue(tx: AsyncConnection, person_id: int, flow: str = "") -> Dialogue | None:
    """The one of this kind, or the one that went on last."""
    query = select(dialogues).where(dialogues.c.person_id == person_id)
    if flow:
        query = query.where(dialogues.c.flow == flow)
    row = (await tx.execute(query.order_by(dialogues.c.updated_at.desc(), dialogues.c.flow))).mappings().first()
    return None if row is None else Dialogue(**row)


async def keep_dialogue(
    tx: AsyncConnection, person_id: int, flow: str, step: str, data: dict[str, Any], now: datetime
) -> None:
    await end_dialogue(tx, person_id, flow)
    values = {"person_id": person_id, "flow": flow, "step": step, "data": data, "updated_at": now}
    await tx.execute(insert(dialogues).values(**values))


async def end_dialogue(tx: AsyncConnection, person_id: int, flow: str = "") -> None:
    """The one of this kind, or all of them."""
    mine = delete(dialogues).where(dialogues.c.person_id == person_id)
    await tx.execute(mine.where(dialogues.c.flow == flow) if flow else mine)
