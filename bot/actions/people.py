"""People come, say who they are and what they agree to. How they pause is in `resting`, how they stop in `stopping`."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.circles import forgotten_hash
from bot.domain.errors import Refused
from bot.domain.people import Purpose, Role
from bot.runtime import Runtime
from bot.store import machine
from bot.store import people as store
from bot.store.people import Person

UNKNOWN_NAME = "?"
LONGEST_NAME = 64


@dataclass(frozen=True)
class Visitor:
    """A person who is speaking to us right now, with what they may do."""

    person: Person
    roles: frozenset[Role]

    @property
    def id(self) -> int:
        return self.person.id

    @property
    def language(self) -> str:
        return self.person.language

    @property
    def is_champion(self) -> bool:
        return Role.CHAMPION in self.roles

    @property
    def is_coordinator(self) -> bool:
        return Role.COORDINATOR in self.roles


async def meet(runtime: Runtime, telegram_id: int, first_name: str, language_code: str) -> Visitor:
    """Whoever speaks is known from now on by first name and language; that is all, and it is no consent."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await store.by_telegram(tx, telegram_id)
        if person is None:
            await store.unforget(tx, forgotten_hash(runtime.secret, telegram_id))
            language = guess_language(language_code, runtime.place.languages)
            name = " ".join(first_name.split())[:LONGEST_NAME] or UNKNOWN_NAME
            person = await store.add(tx, telegram_id, name, language, now)
        else:
            person = await _heard_again(tx, person, now)
        return Visitor(person, await _roles(tx, runtime, person, now))


async def known(runtime: Runtime, telegram_id: int) -> Visitor | None:
    """Somebody who taps or blocks and says nothing: it makes nobody known who is not, or was forgotten."""
    async with runtime.database.read() as tx:
        person = await store.by_telegram(tx, telegram_id)
        return None if person is None else Visitor(person, await store.roles_of(tx, person.id))


async def visitor(runtime: Runtime, person_id: int) -> Visitor | None:
    """The same person once more, after something was decided; None when they were forgotten meanwhile."""
    async with runtime.database.read() as tx:
        person = await store.find(tx, person_id)
        return None if person is None else Visitor(person, await store.roles_of(tx, person_id))


async def _heard_again(tx: AsyncConnection, person: Person, now: datetime) -> Person:
    changes: dict[str, object] = {"spoke_at": now}
    if person.unreachable_at is not None:  # they speak, so they can be reached; what they agreed to is asked again
        changes |= {"unreachable_at": None, "unreachable_why": None, "stopped_at": person.stopped_at or now}
    await store.change(tx, person.id, **changes)
    return replace(person, **changes)  # type: ignore[arg-type]


async def _roles(tx: AsyncConnection, runtime: Runtime, person: Person, now: datetime) -> frozenset[Role]:
    """The settings say who is a coordinator; the table follows them."""
    roles = await store.roles_of(tx, person.id)
    named = person.telegram_id in runtime.settings.coordinator_ids
    if named and Role.COORDINATOR not in roles:
        await store.grant(tx, person.id, Role.COORDINATOR, None, now)
        await machine.note(tx, now, person.id, "coordinator_named_in_settings")
        return roles | {Role.COORDINATOR}
    if not named and Role.COORDINATOR in roles:
        await store.end_role(tx, person.id, Role.COORDINATOR, now)
        return roles - {Role.COORDINATOR}
    return roles


async def follow_settings(runtime: Runtime) -> int:
    """At the start: whoever is no longer named in the settings is no coordinator, even if they never write again.

    Returns how many roles ended.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        everybody = await store.with_role(tx, Role.COORDINATOR)
        gone = [one for one in everybody if one.telegram_id not in runtime.settings.coordinator_ids]
        for person in gone:
            await store.end_role(tx, person.id, Role.COORDINATOR, now)
            await machine.note(tx, now, person.id, "coordinator_left_the_settings")
        return len(gone)


def guess_language(language_code: str, languages: tuple[str, ...]) -> str:
    """Telegram tells the phone's language; it is only a first guess and they are asked."""
    base = language_code.lower().partition("-")[0]
    return base if base in languages else languages[0]


async def agree_to_work(runtime: Runtime, person_id: int, wording: str) -> None:
    """A champion or coordinator says that the bot may write to them about their task."""
    async with runtime.database.write() as tx:
        if (Purpose.WORK, None) not in await store.standing_consents(tx, person_id):
            await store.record_consent(tx, person_id, Purpose.WORK, True, wording, runtime.now())
        await store.change(tx, person_id, stopped_at=None)


async def works(runtime: Runtime, person_id: int) -> bool:
    async with runtime.database.read() as tx:
        return (Purpose.WORK, None) in await store.standing_consents(tx, person_id)


async def set_language(runtime: Runtime, person_id: int, language: str) -> None:
    if language not in runtime.place.languages:
        raise Refused("errors.no_such_language")
    async with runtime.database.write() as tx:
        await store.change(tx, person_id, language=language)


async def set_name(runtime: Runtime, person_id: int, name: str) -> None:
    async with runtime.database.write() as tx:
        await store.change(tx, person_id, name=name)


async def is_alone(runtime: Runtime, coordinator_id: int) -> bool:
    """Whether there is no other coordinator who could be told, or could read what this one wrote."""
    async with runtime.database.read() as tx:
        return not any(one.id != coordinator_id for one in await coordinators(tx))


async def coordinators(tx: AsyncConnection) -> list[Person]:
    """Those who have opened the bot and can be written to."""
    found = []
    for person in await store.with_role(tx, Role.COORDINATOR):
        consents = await store.standing_consents(tx, person.id)
        if (Purpose.WORK, None) in consents and person.stopped_at is None and person.unreachable_at is None:
            found.append(person)
    return found


async def menu_shown(runtime: Runtime, person_id: int, fingerprint: str) -> None:
    """Remember which command menu the person's phone shows."""
    async with runtime.database.write() as tx:
        await store.change(tx, person_id, menu=fingerprint)


async def who_may_write(runtime: Runtime, person_id: int) -> list[str]:
    """The first names of the champions whose messages this person has said yes to."""
    async with runtime.database.read() as tx:
        return await store.champions_of(tx, person_id)
