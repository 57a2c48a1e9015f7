"""One person on one plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.checkins import Enrolment as State
from bot.domain.plans import Tier
from bot.store.schema_care import enrolments

LIVING = (State.ACTIVE, State.PAUSED)


@dataclass(frozen=True)
class Enrolment:
    """A row of `enrolments`. `wall`: the chosen time of day in minutes; `missed`: check-ins missed in a row.

    `language`: what the card is printed in and its holder is first spoken to in; None where there was no card.

    `named_state` and `backup_state`: none, asked, accepted or declined.
    """

    id: int
    person_id: int | None
    plan: str
    home_on: date
    tier: Tier
    language: str | None
    wall: int | None
    state: State
    course: str
    expires_at: datetime | None
    invited_by: int | None
    created_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    paused_at: datetime | None
    named_id: int | None
    named_state: str
    backup_id: int | None
    backup_state: str
    assisted: bool
    fewer: bool
    cycle: int
    missed: int


COLUMNS = tuple(getattr(enrolments.c, name) for name in Enrolment.__dataclass_fields__)


def enrolment(row: Any) -> Enrolment:
    """A row with COLUMNS as an object."""
    read = {"home_on": date.fromisoformat(row["home_on"]), "tier": Tier(row["tier"]), "state": State(row["state"])}
    return Enrolment(**{**row, **read})


async def add(tx: AsyncConnection, *, home_on: date, **values: Any) -> Enrolment:
    blank = {
        "course": "",
        "named_state": "none",
        "backup_state": "none",
        "assisted": False,
        "fewer": False,
        "cycle": 1,
        "missed": 0,
    }
    row = insert(enrolments).values({**blank, **values, "home_on": home_on.isoformat()}).returning(*COLUMNS)
    return enrolment((await tx.execute(row)).mappings().one())


_BY_ID = select(*COLUMNS).where(enrolments.c.id == bindparam("wanted"))


async def by_id(tx: AsyncConnection, enrolment_id: int) -> Enrolment | None:
    row = (await tx.execute(_BY_ID, {"wanted": enrolment_id})).mappings().first()
    return None if row is None else enrolment(row)


async def by_token(tx: AsyncConnection, token_hash: str) -> Enrolment | None:
    row = (await tx.execute(select(*COLUMNS).where(enrolments.c.token_hash == token_hash))).mappings().first()
    return None if row is None else enrolment(row)


async def one_press_at_a_time(tx: AsyncConnection) -> None:
    """Until this transaction ends no other press makes an enrolment. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        await tx.exec_driver_sql("SELECT pg_advisory_xact_lock(4704)")


async def of_person(tx: AsyncConnection, person_id: int, states: Iterable[State] = LIVING) -> list[Enrolment]:
    query = select(*COLUMNS).where(enrolments.c.person_id == person_id, enrolments.c.state.in_(list(states)))
    return [enrolment(row) for row in (await tx.execute(query.order_by(enrolments.c.id.desc()))).mappings()]


async def in_state(tx: AsyncConnection, *states: State) -> list[Enrolment]:
    query = select(*COLUMNS).where(enrolments.c.state.in_(states)).order_by(enrolments.c.id)
    return [enrolment(row) for row in (await tx.execute(query)).mappings()]


async def assisted_before(tx: AsyncConnection) -> list[Enrolment]:
    """Of people without Telegram whom nobody looks after now, oldest first."""
    again = enrolments.alias("again")
    now = again.select().where(again.c.person_id == enrolments.c.person_id, again.c.state.in_(LIVING)).exists()
    query = select(*COLUMNS).where(enrolments.c.assisted == 1, enrolments.c.state == State.ENDED, ~now)
    return [enrolment(row) for row in (await tx.execute(query.order_by(enrolments.c.id))).mappings()]


async def any_in(tx: AsyncConnection, state: State) -> bool:
    return (await tx.execute(select(enrolments.c.id).where(enrolments.c.state == state).limit(1))).first() is not None


async def looked_after_by(tx: AsyncConnection, person_id: int) -> list[Enrolment]:
    """Those whose named person or backup somebody is."""
    mine = or_(enrolments.c.named_id == person_id, enrolments.c.backup_id == person_id)
    query = select(*COLUMNS).where(mine, enrolments.c.state.in_(LIVING)).order_by(enrolments.c.id)
    return [enrolment(row) for row in (await tx.execute(query)).mappings()]


async def change(tx: AsyncConnection, enrolment_id: int, **values: Any) -> None:
    if "home_on" in values:
        values["home_on"] = values["home_on"].isoformat()
    await tx.execute(update(enrolments).where(enrolments.c.id == enrolment_id).values(**values))


async def move(tx: AsyncConnection, enrolment_id: int, start: Iterable[State], end: State, **values: Any) -> bool:
    """Change the state if it still is one of `start`; the update decides who was first."""
    row = update(enrolments).where(enrolments.c.id == enrolment_id, enrolments.c.state.in_(list(start)))
    return bool((await tx.execute(row.values(state=end, **values))).rowcount)
