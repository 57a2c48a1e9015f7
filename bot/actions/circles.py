"""Circles: name one, join by one's own yes, leave, close."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import arrivals, notices, on_behalf, stopping
from bot.domain.broadcasts import Phase
from bot.domain.circles import LONGEST_NAME, Circle, link_token, token_hash
from bot.domain.errors import NotAllowed, NotFound, Refused
from bot.domain.people import Purpose, Role
from bot.runtime import Runtime
from bot.store import broadcasts as broadcast_store
from bot.store import circles as store
from bot.store import deliveries as delivery_store
from bot.store import machine
from bot.store import people as people_store
from bot.store.people import Person

JOIN, CHAMPION = "j_", "c_"


@dataclass(frozen=True)
class Welcome:
    """What somebody sees who opens a circle's link."""

    circle: Circle
    champion: Person
    member: bool


@dataclass(frozen=True)
class CircleView:
    circle: Circle
    link: str
    members: int


def checked_name(name: str, refusal: str = "circles.name_length") -> str:
    """A name on one line. Raises Refused when it is too short, too long, or looks like a command."""
    name = " ".join(name.split())
    if not 2 <= len(name) <= LONGEST_NAME or "/" in name:
        raise Refused(refusal, longest=LONGEST_NAME)
    return name


async def create(runtime: Runtime, champion_id: int, name: str) -> CircleView:
    """A champion names a circle. The same name twice is the same circle, so a repeated update makes one."""
    async with runtime.database.write() as tx:
        circle = await create_within(tx, runtime, champion_id, checked_name(name))
        await arrivals.champion_began(tx, runtime, champion_id, circle)
        return await _view(tx, runtime, circle)


async def create_within(tx: AsyncConnection, runtime: Runtime, champion_id: int, name: str) -> Circle:
    """The same inside another decision; `name` has been checked."""
    now = runtime.now()
    if Role.CHAMPION not in await people_store.roles_of(tx, champion_id):
        raise NotAllowed("errors.champions_only")
    for circle in await store.of_champion(tx, champion_id):
        if circle.name.casefold() == name.casefold():
            return circle
    circle = await store.add(tx, name, champion_id, now)
    await _new_link(tx, runtime, circle)
    await machine.note(tx, now, champion_id, "circle_created", f"circle:{circle.id}")
    return await _own(tx, champion_id, circle.id)


async def _new_link(tx: AsyncConnection, runtime: Runtime, circle: Circle) -> None:
    serial = circle.link_serial + 1
    await store.set_link(tx, circle.id, serial, token_hash(link_token(runtime.secret, circle.id, serial)))


async def _view(tx: AsyncConnection, runtime: Runtime, circle: Circle) -> CircleView:
    link = runtime.link(JOIN + link_token(runtime.secret, circle.id, circle.link_serial))
    return CircleView(circle, link, await store.count_members(tx, circle.id))


async def _own(tx: AsyncConnection, champion_id: int, circle_id: int) -> Circle:
    circle = await store.by_id(tx, circle_id)
    if circle is None or circle.champion_id != champion_id or circle.closed_at is not None:
        raise NotFound("circles.gone")
    return circle


async def mine(runtime: Runtime, champion_id: int) -> list[CircleView]:
    async with runtime.database.read() as tx:
        return [await _view(tx, runtime, circle) for circle in await store.of_champion(tx, champion_id)]


async def view(runtime: Runtime, actor_id: int, circle_id: int) -> CircleView:
    """For its champion, or a coordinator."""
    async with runtime.database.read() as tx:
        circle = await on_behalf.circle(tx, actor_id, circle_id)
        if circle.closed_at is not None:
            raise NotFound("circles.gone")
        return await _view(tx, runtime, circle)


async def rename(runtime: Runtime, champion_id: int, circle_id: int, name: str) -> CircleView:
    name = checked_name(name)
    async with runtime.database.write() as tx:
        await _own(tx, champion_id, circle_id)
        await store.rename(tx, circle_id, name)
        return await _view(tx, runtime, await _own(tx, champion_id, circle_id))


async def renew_link(runtime: Runtime, champion_id: int, circle_id: int) -> CircleView:
    """A new link; the old one and every printed card with it stop working."""
    async with runtime.database.write() as tx:
        await _new_link(tx, runtime, await _own(tx, champion_id, circle_id))
        await machine.note(tx, runtime.now(), champion_id, "circle_link_renewed", f"circle:{circle_id}")
        return await _view(tx, runtime, await _own(tx, champion_id, circle_id))


async def close(runtime: Runtime, actor_id: int, circle_id: int) -> int:
    """The circle ends: its waiting broadcasts stop and its people are told. Returns how many people that are.

    Safe to repeat: a circle that is closed already is closed once.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        circle = await on_behalf.circle(tx, actor_id, circle_id)
        if circle.closed_at is not None:
            return await store.count_members(tx, circle_id)
        await on_behalf.tell_of_circle(tx, runtime, actor_id, circle)
        return await close_within(tx, runtime, circle, now, by=actor_id)


async def close_within(
    tx: AsyncConnection,
    runtime: Runtime,
    circle: Circle,
    now: datetime,
    *,
    nameless: bool = False,
    by: int | None = None,
) -> int:
    """The same inside another decision. `nameless`: its champion is being forgotten, and its name with them.

    `by`: who closes it, unless that is its champion.
    """
    for broadcast in await broadcast_store.waiting_of_circle(tx, circle.id):
        await broadcast_store.move(tx, broadcast.id, Phase.WAITING, Phase.UNDONE, reason="closed", finished_at=now)
        await stopping.halt(tx, broadcast.id, "closed", now)
    await store.close(tx, circle.id, now)
    await delivery_store.clear_keys(tx, moving_prefix(circle.id), "closed", now)
    people = await store.members(tx, circle.id)
    for person in people:
        others = bool(await people_store.champions_of(tx, person.id))
        await notices.circle_closed(tx, runtime, person, circle, others=others, nameless=nameless)
    await machine.note(tx, now, by or circle.champion_id, "circle_closed", f"circle:{circle.id}")
    return len(people)


def moving_prefix(circle_id: int) -> str:
    """With this begin the keys of the questions to a circle's people whether another champion may write to them."""
    return f"moving:{circle_id}:"


async def welcome(runtime: Runtime, token: str, person_id: int) -> Welcome:
    """What an invitation link leads to; raises NotFound when it leads nowhere (any more)."""
    async with runtime.database.read() as tx:
        circle = await store.by_link(tx, token_hash(token))
        if circle is None or circle.closed_at is not None or circle.champion_id is None:
            raise NotFound("circles.link_unknown")
        if circle.champion_id == person_id:
            raise Refused("circles.own_circle", circle=circle.name)
        champion = await people_store.by_id(tx, circle.champion_id)
        return Welcome(circle, champion, await _is_member(tx, person_id, circle.id))


async def _is_member(tx: AsyncConnection, person_id: int, circle_id: int) -> bool:
    """They are in it, and what they said yes to still stands."""
    agreed = (Purpose.BROADCASTS, circle_id) in await people_store.standing_consents(tx, person_id)
    return agreed and circle_id in {one.id for one in await store.of_person(tx, person_id)}


async def joined(runtime: Runtime, person_id: int, circle_id: int) -> Welcome | None:
    """The circle with its champion, if this person is in it."""
    async with runtime.database.read() as tx:
        circle = await store.by_id(tx, circle_id)
        if circle is None or circle.champion_id is None or not await _is_member(tx, person_id, circle_id):
            return None
        return Welcome(circle, await people_store.by_id(tx, circle.champion_id), member=True)


async def join(runtime: Runtime, person_id: int, circle_id: int, wording: str) -> Circle:
    """The person's own yes: consent and membership in one transaction (promise 1). Safe to repeat."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        circle = await store.by_id(tx, circle_id)
        if circle is None or circle.closed_at is not None or circle.champion_id is None:
            raise NotFound("circles.gone_link")
        if circle.champion_id == person_id:
            raise Refused("circles.own_circle", circle=circle.name)
        fresh = not await _is_member(tx, person_id, circle_id)
        await join_within(tx, person_id, circle_id, wording, now)
        if fresh:
            await arrivals.joined(tx, runtime, circle, person_id)
        return circle


async def join_within(tx: AsyncConnection, person_id: int, circle_id: int, wording: str, now: datetime) -> None:
    """The same inside another decision that is this person's own yes."""
    if not await _is_member(tx, person_id, circle_id):
        await people_store.record_consent(tx, person_id, Purpose.BROADCASTS, True, wording, now, circle_id)
        await store.join(tx, circle_id, person_id, now)
    await people_store.change(tx, person_id, stopped_at=None)


async def leave(runtime: Runtime, person_id: int, circle_id: int, wording: str) -> Circle:
    """Out of one circle; the others go on. Safe to repeat."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        circle = await store.by_id(tx, circle_id)
        if circle is None:
            raise NotFound("errors.gone")
        await leave_within(tx, person_id, circle_id, wording, now)
        return circle


async def leave_within(tx: AsyncConnection, person_id: int, circle_id: int, wording: str, now: datetime) -> None:
    if (Purpose.BROADCASTS, circle_id) in await people_store.standing_consents(tx, person_id):
        await people_store.record_consent(tx, person_id, Purpose.BROADCASTS, False, wording, now, circle_id)
    await store.leave(tx, circle_id, person_id, now)


async def of_person(runtime: Runtime, person_id: int) -> list[tuple[Circle, Person]]:
    """The circles somebody is in, with their champions."""
    async with runtime.database.read() as tx:
        found = []
        for circle in await store.of_person(tx, person_id):
            if circle.champion_id is not None:
                found.append((circle, await people_store.by_id(tx, circle.champion_id)))
        return found
