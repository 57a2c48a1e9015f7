"""Who lives in the house of the state machines, made once and copied for every run.

Elif     coordinator (person 1)
Ravi     coordinator who always can be reached (2)
Amara    champion, named person of Ben, Dalia and Gita (3)
Sanjay   champion, backup of Dalia (4)
Ben      at home, of the usual tier (5)
Dalia    at home, of the high tier, in Dhaka; all her consents are given (6)
Chidi    has opened the bot, and has agreed to nothing (7)
Gita     has no Telegram: Amara phones her (8)
"""

import asyncio
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import assisting, enrolling, plan_reading, planning, plans
from bot.domain.people import Purpose, Role
from bot.domain.plan_parts import ways
from bot.domain.plans import Tier
from bot.runtime import Runtime
from bot.simulator.telegram import Telegram
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.database import Database
from tests.bare import bare_runtime
from tests.virtual import START, VirtualClock

IDS = {name: number for number, name in enumerate(("Elif", "Ravi", "Amara", "Sanjay", "Ben", "Dalia", "Chidi"), 1)}
RESIDENTS = ("Ben", "Dalia", "Chidi")
WORKERS = ("Elif", "Ravi", "Amara", "Sanjay")
PLAN = "home-from-hospital"


def telegram_id(name: str) -> int:
    return 1000 + IDS[name]


def phones(telegram: Telegram) -> None:
    """Everybody has pressed Start long ago."""
    for name in IDS:
        telegram.phone(name, user_id=telegram_id(name)).has_long_started()


@cache
def furnished() -> bytes:
    """The database as a file."""
    with tempfile.TemporaryDirectory(prefix="first-mile-") as folder:
        path = Path(folder) / "furnished.db"
        asyncio.run(_furnish(f"sqlite:///{path}"))
        return path.read_bytes()


async def _furnish(url: str) -> None:
    database = Database(url, durable=False)
    await database.migrate()
    runtime = bare_runtime(url, VirtualClock(START), database)
    async with database.write() as tx:
        await _people(tx, runtime)
    await plans.sync(runtime)
    for one in await plans.waiting(runtime):
        if (one.plan.id, one.version.language) == (PLAN, "en"):
            await plan_reading.shown(runtime, IDS["Elif"], one.version.id, ways(one.plan))
            await plans.decide(runtime, IDS["Elif"], one.version.id, True, True)
    await comes_home(runtime, "Ben", Tier.USUAL, {Purpose.CHECKINS, Purpose.TELL_NAMED})
    await comes_home(runtime, "Dalia", Tier.HIGH, set(enrolling.PURPOSES), backup="Sanjay")
    today = planning.today(runtime)
    await assisting.enrol(runtime, IDS["Elif"], "Gita", IDS["Amara"], PLAN, today, Tier.USUAL, enrolling.PURPOSES)
    async with database.write() as tx:
        await tx.exec_driver_sql("DELETE FROM deliveries")  # what was said while everybody moved in
    await database.close()


async def _people(tx: AsyncConnection, runtime: Runtime) -> None:
    now = runtime.now() - timedelta(days=1)
    for name in IDS:
        await people_store.add(tx, telegram_id(name), name, "en", now)
    for name in WORKERS:
        role = Role.COORDINATOR if name in ("Elif", "Ravi") else Role.CHAMPION
        await people_store.grant(tx, IDS[name], role, None, now)
        await people_store.record_consent(tx, IDS[name], Purpose.WORK, True, "test", now)
    await people_store.change(tx, IDS["Dalia"], zone="Asia/Dhaka")


async def comes_home(runtime: Runtime, name: str, tier: Tier, says_yes: set[Purpose], backup: str = "") -> None:
    """A card is printed, opened, and each question on it answered. Raises Refused where the product refuses."""
    who, elif_id = IDS[name], IDS["Elif"]
    card = await enrolling.discharge(runtime, elif_id, PLAN, planning.today(runtime), tier, "en")
    token = card.link.partition("start=")[2][len(enrolling.HOME) :]
    await enrolling.open_card(runtime, token, who)
    for purpose in enrolling.PURPOSES:
        await enrolling.consent(runtime, who, card.enrolment_id, purpose, purpose in says_yes, "test")
    async with runtime.database.write() as tx:
        chosen = {"named": "Amara", **({"backup": backup} if backup else {})}
        for role, companion in chosen.items():
            agreed = {f"{role}_id": IDS[companion], f"{role}_state": "accepted"}
            await enrolment_store.change(tx, card.enrolment_id, **agreed)
    await enrolling.begin(runtime, who, card.enrolment_id)
