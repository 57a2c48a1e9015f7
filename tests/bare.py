"""A place without chat: a database of either kind, one circle with people in it, rows in the outbox, and the wire.

    Amara   champion of the circle (person 1)
    Ben, Dalia, Chidi …   its people, made by `bare.resident("Ben")`

For tests of rows and of the sender; whoever wants to hear people speak takes a town from `tests.cast`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select
from telegram.ext import ExtBot

from bot.catalogue.catalogue import Catalogue
from bot.config import load
from bot.delivery.gateway import Gateway
from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.domain.broadcasts import Broadcast, Phase
from bot.domain.deliveries import Kind, State, broadcast_key
from bot.domain.people import Purpose
from bot.runtime import Runtime, Shelf
from bot.simulator.limits import Limits
from bot.simulator.phones import Phone
from bot.simulator.request import SimulatedRequest
from bot.simulator.telegram import Telegram
from bot.store import broadcasts as broadcast_store
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store.database import Database
from bot.store.deliveries import Delivery, New
from bot.store.schema import deliveries
from tests.virtual import START, VirtualClock

DAY = timedelta(hours=24)


@cache
def shipped() -> Catalogue:
    return Catalogue.open(Path(__file__).parents[1] / "messages")


class Bare:
    """`phones` by name. Every method is one transaction."""

    def __init__(self, runtime: Runtime, clock: VirtualClock, telegram: Telegram) -> None:
        self.runtime, self.clock, self.telegram = runtime, clock, telegram
        self.ids: dict[str, int] = {}
        self.circle_id = 0
        self._numbers = count(1)

    @property
    def now(self) -> datetime:
        return self.runtime.now()

    def phone(self, name: str) -> Phone:
        return self.telegram.phone(name)

    async def person(self, name: str, *purposes: Purpose, language: str = "en") -> int:
        phone = self.phone(name)
        phone.has_long_started()
        async with self.runtime.database.write() as tx:
            person = await people_store.add(tx, phone.user_id, name, language, self.now - DAY)
            for purpose in purposes:
                circle = self.circle_id if purpose is Purpose.BROADCASTS else None
                await people_store.record_consent(tx, person.id, purpose, True, "test", self.now, circle)
            if Purpose.BROADCASTS in purposes:
                await circle_store.join(tx, self.circle_id, person.id, self.now)
        self.ids[name] = person.id
        return person.id

    async def resident(self, name: str) -> int:
        return await self.person(name, Purpose.BROADCASTS)

    async def founded(self) -> None:
        champion = await self.person("Amara", Purpose.WORK)
        async with self.runtime.database.write() as tx:
            self.circle_id = (await circle_store.add(tx, "Elm House", champion, self.now)).id

    async def broadcast(self, *names: str, lasts: timedelta = DAY, **values: Any) -> Broadcast:
        """A broadcast whose rows are written, to these people."""
        given: dict[str, Any] = {
            "champion_id": self.ids["Amara"],
            "circle_id": self.circle_id,
            "topic": "loneliness",
            "field_values": {},
            "personal_line": "",
            "over_soft_cap": True,
            "state": Phase.SENDING,
            "created_at": self.now,
            "starts_at": self.now,
            "not_after": self.now + lasts,
            "draft_key": f"draft:{next(self._numbers)}",
        }
        async with self.runtime.database.write() as tx:
            made = await broadcast_store.add(tx, **{**given, **values})
            rows = [self.row_of(made, name) for name in names]
            await delivery_store.put(tx, rows, self.now)
        return made

    def row_of(self, made: Broadcast, name: str) -> New:
        return New(
            broadcast_key(made.id, self.ids[name]),
            self.ids[name],
            Kind.BROADCAST,
            made.starts_at,
            made.not_after,
            f"Hello {name}, this is number {made.id}.",
            broadcast_id=made.id,
            circle_id=self.circle_id,
            topic=f"{made.topic}:{made.id}",
            over_soft_cap=True,
        )

    async def put(self, key: str, name: str, kind: Kind = Kind.NOTICE, **values: Any) -> int:
        """One row for this person, with its key as its words. Returns its id."""
        given: dict[str, Any] = {"due_at": self.now, "not_after": self.now + DAY, "body": key}
        given |= {"circle_id": self.circle_id if kind in (Kind.NOTICE, Kind.CORRECTION) else None}
        async with self.runtime.database.write() as tx:
            await delivery_store.put(tx, [New(key, self.ids[name], kind, **{**given, **values})], self.now)
        return (await self.row(key)).id

    async def row(self, key: str) -> Delivery:
        async with self.runtime.database.read() as tx:
            found = await delivery_store.by_key(tx, key)
        assert found is not None, f"no row {key}"
        return found

    async def state(self, key: str) -> tuple[State, str]:
        row = await self.row(key)
        return row.state, row.reason

    async def states(self) -> dict[str, State]:
        async with self.runtime.database.read() as tx:
            rows = await tx.execute(select(deliveries.c.key, deliveries.c.state))
            return {row.key: State(row.state) for row in rows}

    def heard(self, name: str) -> list[str]:
        """Everything that ever reached this phone, in order."""
        return [message.text for message in self.phone(name).history]

    def sender(self, **pace: Any) -> Sender:
        """A sender of its own, as another process would have one."""
        pacer = Pacer(self.clock, **pace)
        bot: ExtBot[Any] = ExtBot(self.telegram.token, request=SimulatedRequest(self.telegram), rate_limiter=pacer)
        return Sender(self.runtime, pacer, Gateway(bot))


def bare_runtime(url: str, clock: VirtualClock, database: Database | None = None) -> Runtime:
    settings = load(_env_file=None, database_url=url)
    database = database or Database(url, durable=False)
    return Runtime(settings, database, Shelf(shipped()), clock, b"x" * 32, "FirstMileBot")


@asynccontextmanager
async def opened_bare(url: str, start: datetime = START, *residents: str) -> AsyncIterator[Bare]:
    """`url`: a database with its tables."""
    clock = VirtualClock(start)
    telegram = Telegram(clock, limits=Limits.none())
    runtime = bare_runtime(url, clock)
    try:
        bare = Bare(runtime, clock, telegram)
        await bare.founded()
        for name in residents:
            await bare.resident(name)
        yield bare
    finally:
        await runtime.database.close()
