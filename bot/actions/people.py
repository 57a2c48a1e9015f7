"""People come, agree, pause, stop, change their hours, and go."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import stopping
from bot.domain.circles import Circle, forgotten_hash
from bot.domain.errors import Refused
from bot.domain.hours import at_local, local
from bot.domain.people import Purpose, Role
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store import people as store
from bot.store.people import Person

SHORTEST_DAY = 4 * 60  # minutes: fewer waking hours than that and nothing could ever be sent


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


async def meet(
    runtime: Runtime, telegram_id: int, first_name: str, language_code: str, *, speaks: bool = True
) -> Visitor:
    """Whoever speaks is known from now on by first name and language; that is all, and it is no consent.

    `speaks`: False for a block or an unblock, which says nothing about being awake.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await store.by_telegram(tx, telegram_id)
        if person is None:
            await store.unforget(tx, forgotten_hash(runtime.secret, telegram_id))
            language = guess_language(language_code, runtime.place.languages)
            person = await store.add(tx, telegram_id, first_name[:64] or "?", language, now)
        else:
            person = await _heard_again(tx, person, now) if speaks else person
        return Visitor(person, await _roles(tx, runtime, person, now))


async def visitor(runtime: Runtime, person_id: int) -> Visitor | None:
    """The same person once more, after something was decided; None when they were forgotten meanwhile."""
    async with runtime.database.read() as tx:
        person = await store.find(tx, person_id)
        return None if person is None else Visitor(person, await store.roles_of(tx, person_id))


async def _heard_again(tx: AsyncConnection, person: Person, now: datetime) -> Person:
    changes: dict[str, object] = {"spoke_at": now}
    if person.unreachable_at is not None:  # they write, so they can be reached; what they agreed to is asked again
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


async def set_hours(runtime: Runtime, person_id: int, start: int, end: int) -> None:
    """Own waking hours in minutes after midnight."""
    if end - start < SHORTEST_DAY:
        raise Refused("people.hours_too_short")
    async with runtime.database.write() as tx:
        await store.change(tx, person_id, wakes_at=start, sleeps_at=end)


async def set_zone(runtime: Runtime, person_id: int, zone: str) -> None:
    async with runtime.database.write() as tx:
        await store.change(tx, person_id, zone=zone)


async def pause(runtime: Runtime, person_id: int, days: int) -> datetime:
    """Nothing until the morning so many days from now; returns that moment."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await store.by_id(tx, person_id)
        zone = person.zone or runtime.place.zone
        until = at_local(local(now, zone).date() + timedelta(days=days), runtime.place.waking_from, zone)
        await store.change(tx, person_id, paused_until=until)
        return until


async def resume(runtime: Runtime, person_id: int) -> bool:
    """End a pause; False when there was none. What waited because of it is looked at again at once."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await store.by_id(tx, person_id)
        if person.paused_until is None or person.paused_until <= now:
            return False
        await store.change(tx, person_id, paused_until=None)
        await delivery_store.hasten(tx, person_id, now)
        return True


async def stop(runtime: Runtime, person_id: int, wording: str = "stop") -> list[Circle]:
    """Everything stops at once (promise 2). Returns the circles they were in, so that one can be kept on request."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        member_of = await circle_store.of_person(tx, person_id)
        for purpose, circle_id in await store.standing_consents(tx, person_id):
            await store.record_consent(tx, person_id, purpose, False, wording, now, circle_id)
        await store.change(tx, person_id, stopped_at=now)
        await machine.end_dialogue(tx, person_id)
        await stopping.silence(tx, person_id, "stopped", now)
        return member_of


async def go_on(runtime: Runtime, person_id: int, wording: str, circle_id: int | None = None) -> list[Circle]:
    """They say yes again, to all their circles or to one. Returns those that go on."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        kept = [
            circle
            for circle in await circle_store.of_person(tx, person_id)
            if circle_id is None or circle.id == circle_id
        ]
        if circle_id is not None and not kept:
            raise Refused("circles.gone")
        for circle in kept:
            await store.record_consent(tx, person_id, Purpose.BROADCASTS, True, wording, now, circle.id)
        if await store.roles_of(tx, person_id) and circle_id is None:
            await store.record_consent(tx, person_id, Purpose.WORK, True, wording, now)
        await store.change(tx, person_id, stopped_at=None)
        return kept


async def allow_answers(runtime: Runtime, person_id: int, wording: str) -> None:
    """After a stop: the answer to what they asked may reach them, and nothing else."""
    async with runtime.database.write() as tx:
        await store.record_consent(tx, person_id, Purpose.ANSWERS, True, wording, runtime.now())


async def reachable_again(runtime: Runtime, person_id: int) -> None:
    """They unblocked the bot. Whether messages go on is theirs to say: until then they count as stopped."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await store.by_id(tx, person_id)
        stopped = person.stopped_at or now
        await store.change(tx, person_id, unreachable_at=None, unreachable_why=None, stopped_at=stopped, spoke_at=now)


async def unreachable(runtime: Runtime, telegram_id: int, why: str) -> None:
    """They blocked the bot or left Telegram. Everything queued for them ends."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        person = await store.by_telegram(tx, telegram_id)
        if person is not None and person.unreachable_at is None:
            await store.change(tx, person.id, unreachable_at=now, unreachable_why=why)
            await stopping.silence(tx, person.id, "unreachable", now)


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
