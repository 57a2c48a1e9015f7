"""The fixed cast, known by what each may see.

    Elif    coordinator, named in the settings
    Amara   champion of “Elm House”
    Sanjay  another champion
    Ben     resident in Amara's circle
    Dalia   resident in Amara's circle, reads Bengali when a test says so
    Chidi   resident who stops, blocks, or says no
    Farid   stranger: has no link and should see nothing

Tests speak as people do: `await ben.says("/start")`, and look at what is on the phones.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import update

from bot.actions import enrolling, plan_reading, planning
from bot.actions import plans as plan_actions
from bot.actions import templates as template_actions
from bot.catalogue.catalogue import Catalogue
from bot.config import ROOT
from bot.domain.people import Purpose
from bot.domain.plan_parts import ways
from bot.domain.plans import Tier
from bot.simulator.limits import Limits
from bot.simulator.messages import Message
from bot.simulator.phones import Phone
from bot.simulator.telegram import Telegram
from bot.store import enrolments as enrolment_store
from bot.store import people as people_store
from bot.store.database import Database
from bot.store.schema import deliveries
from bot.town import Town, opened_town, try_settings
from tests.virtual import START, VirtualClock

TOPICS = ("flu-jab", "heat", "falls", "blood-pressure-check", "pharmacy-first", "loneliness")


@dataclass
class Character:
    """One person with a phone. Every verb waits until the bot has nothing left to do."""

    name: str
    phone: Phone
    town: "TestTown"

    async def says(self, text: str, reply_to: int | None = None) -> Message | None:
        self.phone.types(text, reply_to)
        await self.town.settle()
        return self.phone.last

    async def taps(self, label: str, message_id: int | None = None) -> Message | None:
        self.phone.taps(label, message_id)
        await self.town.settle()
        return self.phone.last

    async def opens(self, link: str) -> Message | None:
        self.phone.opens(link)
        await self.town.settle()
        return self.phone.last

    async def blocks(self) -> None:
        self.phone.blocks()
        await self.town.settle()

    async def unblocks(self) -> None:
        self.phone.unblocks()
        await self.town.settle()

    async def sends_voice(self) -> None:
        self.phone.sends_voice()
        await self.town.settle()

    @property
    def sees(self) -> list[str]:
        """What the bot has on this phone now, oldest first."""
        return [message.text for message in self.phone.messages if message.from_bot]

    @property
    def last(self) -> str:
        return self.phone.last.text if self.phone.last else ""

    @property
    def buttons(self) -> list[str]:
        """The buttons under the newest message of the bot."""
        return [one.text for row in self.phone.last.buttons for one in row] if self.phone.last else []

    def heard(self, words: str) -> int:
        """How many messages of the bot, edited or deleted ones included, hold these words."""
        return sum(words in message.text for message in self.phone.history)

    def link(self) -> str:
        """The newest link to the bot on this phone."""
        for message in reversed(self.phone.messages):
            for word in message.text.split():
                if "start=" in word:
                    return word
        raise LookupError(f"no link on {self.name}'s phone")


class TestTown:
    """The bot, Telegram and the cast on a virtual clock."""

    __test__ = False

    def __init__(self, town: Town, clock: VirtualClock) -> None:
        self.town, self.clock = town, clock
        self._cast: dict[str, Character] = {}
        self._in_a_hurry = False

    @property
    def telegram(self) -> Telegram:
        return self.town.telegram

    @property
    def runtime(self):  # type: ignore[no-untyped-def]
        return self.town.app.runtime

    def person(self, name: str) -> Character:
        if name not in self._cast:
            self._cast[name] = Character(name, self.telegram.phone(name), self)
        return self._cast[name]

    def __getattr__(self, name: str) -> Character:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.person(name.capitalize())

    async def settle(self) -> None:
        await self.town.settle(ring=not self._in_a_hurry)

    async def passes(self, **span: float) -> None:
        """Time passes, with everything due on the way: `await town.passes(hours=1)`."""
        await self.town.turn_to(self.clock.now() + timedelta(**span))

    async def turns_to(self, when: datetime) -> None:
        await self.town.turn_to(when)

    # How people usually get where a story begins.

    async def has_coordinator(self) -> Character:
        await self.elif_.says("/start")
        await self.elif_.taps("Yes, write to me")
        return self.elif_

    @property
    def elif_(self) -> Character:
        return self.person("Elif")

    async def approves(self, *topics: str, language: str = "en") -> None:
        """Elif has read these messages (the approval conversation itself has tests of its own)."""
        for version in await template_actions.waiting(self.runtime):
            if version.language == language and version.topic in (topics or TOPICS):
                elif_id = await self.id_of("Elif")
                await template_actions.decide(self.runtime, elif_id, version.id, True, reads_language=True)

    async def id_of(self, name: str) -> int:
        async with self.runtime.database.read() as tx:
            person = await people_store.by_telegram(tx, self.person(name).phone.user_id)
            assert person is not None, f"{name} has never spoken to the bot"
            return person.id

    async def has_champion(self, name: str = "Amara", circle: str = "Elm House") -> Character:
        await self.elif_.says("/champion")
        champion = self.person(name)
        await champion.opens(self.elif_.link())
        await champion.taps("Yes, I would like to")
        await champion.taps(f"Keep “{name}”")
        await champion.says(circle)
        return champion

    async def joins(self, name: str, champion: str = "Amara", language: str = "English") -> Character:
        resident = self.person(name)
        await resident.opens(self.person(champion).link())
        await resident.taps(language)
        yes = {"English": f"Yes, {champion} may write to me"}
        await resident.taps(yes.get(language) or resident.buttons[0])
        return resident

    async def is_ready(self) -> None:
        """Elif has approved the messages; Amara has a circle with Ben, Dalia and Chidi.

        Nothing falls due on the way, so the ticks are rung once at the end: a third of the time of all stories.
        """
        with self._hurry():
            await self.has_coordinator()
            await self.approves()
            await self.has_champion()
            for name in ("Ben", "Dalia", "Chidi"):
                await self.joins(name)
            await self._reads_who_joined()
        await self.settle()

    @contextmanager
    def _hurry(self) -> Iterator[None]:
        self._in_a_hurry = True
        try:
            yield
        finally:
            self._in_a_hurry = False

    async def _reads_who_joined(self) -> None:
        """Champions read of joins an hour later; here at once, so that it does not come in the middle of a story."""
        async with self.runtime.database.write() as tx:
            waiting = update(deliveries).where(deliveries.c.key.startswith("joined:"))
            await tx.execute(waiting.values(due_at=self.clock.now()))

    async def drafts(self, topic: str = "loneliness", champion: str = "Amara", line: str = "") -> Character:
        """A broadcast up to its preview, with the examples of the template in every field."""
        who, template = self.person(champion), self.runtime.catalogue.templates[topic, "en"]
        await who.says("/broadcast")
        await who.taps(template.title)
        for field in template.fields:
            await self._fills(who, field)
        if "Send without a line" not in who.buttons:
            await who.taps(who.buttons[0])
        await (who.says(line) if line else who.taps("Send without a line"))
        return who

    async def _fills(self, who: Character, field) -> None:  # type: ignore[no-untyped-def]
        kind = field.type.value
        if field.optional:
            await who.taps("Leave it out")
        elif kind in ("date", "time", "choice"):
            await who.taps(who.buttons[-3] if kind == "date" else who.buttons[0])
        else:
            await who.says(field.example)

    async def sends(self, topic: str = "loneliness", champion: str = "Amara", line: str = "") -> Character:
        """A broadcast that has gone out."""
        who = await self.drafts(topic, champion, line)
        await who.taps(next(one for one in who.buttons if one.startswith("Send now")))
        await self.passes(seconds=61)
        return who

    # Somebody who has come home (the enrolment conversation has tests of its own).

    async def approves_plans(self, *ids: str) -> None:
        """Elif has walked through these plans, or through all."""
        elif_id = await self.id_of("Elif")
        for one in await plan_actions.waiting(self.runtime):
            if one.version.language == "en" and one.plan.id in (ids or (one.plan.id,)):
                await plan_reading.shown(self.runtime, elif_id, one.version.id, ways(one.plan))
                await plan_actions.decide(self.runtime, elif_id, one.version.id, True, reads_language=True)

    async def is_home(
        self,
        name: str,
        *,
        named: str = "Amara",
        backup: str = "Sanjay",
        tier: Tier = Tier.USUAL,
        days_ago: int = 0,
        plan: str = "home-from-hospital",
        tells: bool = True,
        shows: bool = False,
    ) -> int:
        """This person is on a plan; an empty `named` or `backup` leaves it out. Returns the enrolment.

        `tells`: the named person may be told. `shows`: may see the answers too.
        """
        who = self.person(name)
        with self._hurry():
            await self._may_begin()
            for champion in filter(None, (named, backup)):
                if not self.person(champion).phone.messages:
                    await self.has_champion(champion, f"The circle of {champion}")
            if not who.phone.messages:
                await who.says("/start")
        person_id, elif_id = await self.id_of(name), await self.id_of("Elif")
        home_on = planning.today(self.runtime) - timedelta(days=days_ago)
        card = await enrolling.discharge(self.runtime, elif_id, plan, home_on, tier, "en")
        await enrolling.open_card(self.runtime, card.link.partition("start=")[2][len(enrolling.HOME) :], person_id)
        said = {Purpose.CHECKINS: True, Purpose.TELL_NAMED: tells, Purpose.SEE_ANSWERS: shows, Purpose.PHONE: True}
        for purpose, given in said.items():
            await enrolling.consent(self.runtime, person_id, card.enrolment_id, purpose, given, "test")
        async with self.runtime.database.write() as tx:
            for role, champion in (("named", named), ("backup", backup)):
                if champion:
                    agreed = {f"{role}_id": await self.id_of(champion), f"{role}_state": "accepted"}
                    await enrolment_store.change(tx, card.enrolment_id, **agreed)
        await enrolling.begin(self.runtime, person_id, card.enrolment_id)
        await self.settle()
        return card.enrolment_id

    async def _may_begin(self) -> None:
        if not self.elif_.phone.messages:
            await self.has_coordinator()
        await self.approves_plans()

    async def is_asked(self, name: str) -> Character:
        """Time passes until the next check-in of this person is on their phone."""
        who = self.person(name)
        for _ in range(40):
            before = who.phone.last.message_id if who.phone.last else 0
            await self.passes(hours=1)
            if who.phone.last and who.phone.last.message_id != before and "Not today" in who.buttons:
                return who
        raise LookupError(f"{name} was not asked")


@cache
def _shipped() -> Catalogue:
    """The shipped messages, read once for all towns: a catalogue never changes."""
    return Catalogue.open(ROOT / "messages")


@cache
def _empty_database() -> bytes:
    """An SQLite file with every table and nobody in it, made once."""
    with tempfile.TemporaryDirectory(prefix="first-mile-tests-") as folder:
        path = Path(folder) / "empty.db"

        async def migrate() -> None:
            database = Database(f"sqlite:///{path}")
            await database.migrate()
            await database.close()

        asyncio.run(migrate())
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return path.read_bytes()


def _migrated_beforehand(database_url: str) -> None:
    """Put an empty migrated file where the town's database will be, unless there is one (a restart)."""
    path = Path(database_url.removeprefix("sqlite:///"))
    if database_url.startswith("sqlite:///") and not path.exists():
        path.write_bytes(_empty_database())


@asynccontextmanager
async def opened_test_town(
    database_url: str, start: datetime = START, before: TestTown | None = None, **settings: object
) -> AsyncIterator[TestTown]:
    """`before`: the town as it was; the bot starts again with the same phones and the same clock."""
    clock = before.clock if before else VirtualClock(start)

    async def turn(when: datetime) -> None:
        await clock.advance_to(when)

    chosen = try_settings(Path("unused"), **{"database_url": database_url, **settings})
    await asyncio.to_thread(_migrated_beforehand, database_url)
    telegram = before.telegram if before else Telegram(clock, token=chosen.bot_token, limits=Limits.none())
    # A place of its own: some stories change the rota of theirs.
    catalogue = None if "messages_dir" in settings else replace(_shipped(), place=replace(_shipped().place))
    async with opened_town(chosen, clock, turn, telegram, catalogue) as made:
        yield TestTown(made, clock)
