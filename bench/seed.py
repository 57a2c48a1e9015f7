"""`python -m bench.seed`: fill an EMPTY database with a circle whose members have said yes, for load runs.

Champion, coordinator, circle and approvals are made by the actions that make them in real life. Members are written
in bulk: the same rows, but by the hundred thousand. Members have chosen waking hours around the clock, as they can
with /hours, so that a run at night measures something; `--place-hours` leaves them the hours of the place.
"""

import asyncio
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import exists, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import config
from bot.actions import circles as circle_actions
from bot.actions import invitations
from bot.actions import people as people_actions
from bot.actions import templates as template_actions
from bot.app import open_catalogue
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.errors import Misconfigured
from bot.domain.people import Purpose, Role
from bot.domain.templates import SOURCE_LANGUAGE
from bot.runtime import Runtime, Shelf
from bot.store import circles as circle_store
from bot.store import machine
from bot.store import people as people_store
from bot.store.database import Database
from bot.store.schema import consents, memberships, metadata, people
from bot.store.types import Instant

CIRCLE = "Everybody here"
# The versions of the words that people said yes to; of seeded people nobody asks which they were.
WORDING, WORK_WORDING = "seeded", "seeded"
# Every start of the program writes these by itself; anything in another table is somebody's.
OWN_TABLES = frozenset({"leases", "heartbeats", "secrets", "template_versions"})
CHUNK = 5000
ALL_DAY = {"wakes_at": 0, "sleeps_at": 24 * 60}  # minutes after midnight
NO_CHOICE = {"wakes_at": None, "sleeps_at": None}


@dataclass(frozen=True)
class Plan:
    """`people` residents with the Telegram ids from `first_id` on, in one circle of the person `champion`."""

    people: int
    first_id: int
    champion: int
    coordinator: int
    place_hours: bool = False

    def ids(self) -> range:
        return range(self.first_id, self.first_id + self.people)


def plan(settings: Settings, people_wanted: int, first_id: int, champion: int, place_hours: bool = False) -> Plan:
    """The coordinator is one of COORDINATOR_IDS; without any, an id that nobody else has."""
    named = sorted(settings.coordinator_ids - {champion})
    coordinator = named[0] if named else max(champion, first_id + people_wanted) + 1
    return Plan(people_wanted, first_id, champion, coordinator, place_hours)


async def seed(settings: Settings, wanted: Plan) -> int:
    """Fill the database the settings name; returns how many members the circle has. Raises Misconfigured."""
    database = Database(settings.database_url)
    try:
        await database.migrate()
        await _refuse_used(database)
        return await _fill(await runtime_on(settings, database), wanted)
    finally:
        await database.close()


async def _refuse_used(database: Database) -> None:
    async with database.read() as tx:
        for table in metadata.sorted_tables:
            if table.name not in OWN_TABLES and (await tx.execute(select(exists().select_from(table)))).scalar():
                raise Misconfigured(
                    [f"DATABASE_URL: this database is in use (its table “{table.name}” has rows). Name an empty one."]
                )


async def runtime_on(settings: Settings, database: Database) -> Runtime:
    """What actions are handed, without Telegram."""
    if settings.secret_key:
        secret = settings.secret_key
    else:
        async with database.write() as tx:
            secret = await machine.secret(tx, "secret_key")
    return Runtime(settings, database, Shelf(open_catalogue(settings)), SystemClock(), secret.encode(), "FirstMileBot")


async def _fill(runtime: Runtime, wanted: Plan) -> int:
    await template_actions.sync(runtime)
    coordinator = await people_actions.meet(runtime, wanted.coordinator, "Elif", "en")
    async with runtime.database.write() as tx:  # whoever runs this need not stand in the settings
        await people_store.grant(tx, coordinator.id, Role.COORDINATOR, None, runtime.now())
    await people_actions.agree_to_work(runtime, coordinator.id, WORK_WORDING)
    await _approve(runtime, coordinator.id)
    champion = await people_actions.meet(runtime, wanted.champion, "Amara", "en")
    link = await invitations.invite_champion(runtime, coordinator.id)
    token = link.partition(circle_actions.CHAMPION)[2]
    await invitations.become_champion(runtime, champion.id, token, WORK_WORDING)
    made = await circle_actions.create(runtime, champion.id, CIRCLE)
    async with runtime.database.write() as tx:
        await people_store.change(tx, champion.id, **ALL_DAY)
        return await _join(tx, wanted, champion.id, made.circle.id, runtime.now())


async def _approve(runtime: Runtime, coordinator_id: int) -> None:
    for version in await template_actions.waiting(runtime):
        if version.language == SOURCE_LANGUAGE:
            await template_actions.decide(runtime, coordinator_id, version.id, True, reads_language=True)


async def _join(tx: AsyncConnection, wanted: Plan, champion_id: int, circle_id: int, now: datetime) -> int:
    """A membership and a consent for every member, as `circles.join` writes them; returns how many they are."""
    hours = NO_CHOICE if wanted.place_hours else ALL_DAY
    ids = [one for one in wanted.ids() if one not in (wanted.champion, wanted.coordinator)]
    blank = {"language": "en", "created_at": now, "spoke_at": now, **hours}
    for start in range(0, len(ids), CHUNK):
        rows = [{"telegram_id": one, "name": f"Person {one}", **blank} for one in ids[start : start + CHUNK]]
        await tx.execute(insert(people), rows)
    everybody = (people.c.telegram_id.between(wanted.ids().start, wanted.ids().stop - 1), people.c.id != champion_id)
    when = literal(now, Instant)
    joined = select(literal(circle_id), people.c.id, when).where(*everybody).order_by(people.c.telegram_id)
    await tx.execute(insert(memberships).from_select(["circle_id", "person_id", "joined_at"], joined))
    said = [literal(str(Purpose.BROADCASTS)), literal(circle_id), literal(1), literal(WORDING), when]
    yes = select(people.c.id, *said).where(*everybody).order_by(people.c.telegram_id)
    names = ["person_id", "purpose", "circle_id", "given", "wording", "at"]
    await tx.execute(insert(consents).from_select(names, yes))
    return await circle_store.count_members(tx, circle_id)


def main(
    people_wanted: Annotated[int, typer.Option("--people", min=1, help="how many residents")],
    first_id: Annotated[int, typer.Option(min=1, help="Telegram id of the first; the others follow")],
    champion: Annotated[int, typer.Option(min=1, help="Telegram id of the champion")],
    place_hours: Annotated[bool, typer.Option(help="residents keep the waking hours of the place")] = False,
) -> None:
    """Fill an empty database (DATABASE_URL) for load runs; any other database is refused."""
    try:
        settings = config.load()
        wanted = plan(settings, people_wanted, first_id, champion, place_hours)
        members = asyncio.run(seed(settings, wanted))
    except Misconfigured as error:
        for fault in error.faults:
            typer.echo(fault, err=True)
        sys.exit(2)
    typer.echo(
        f"{members} people are in the circle “{CIRCLE}” of champion {champion}; coordinator: {wanted.coordinator}."
    )


if __name__ == "__main__":
    typer.run(main)
