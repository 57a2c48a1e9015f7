"""Circles: invite a champion, name a circle, join by one's own yes, leave, close, be away."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices, stopping
from bot.domain.broadcasts import Phase
from bot.domain.circles import CHAMPION_INVITATION_LASTS, LONGEST_NAME, Circle, link_token, token_hash
from bot.domain.errors import NotAllowed, NotFound, NotNow, Refused
from bot.domain.hours import at_local, local
from bot.domain.people import Purpose, Role
from bot.runtime import Runtime
from bot.store import broadcasts as broadcast_store
from bot.store import circles as store
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


@dataclass(frozen=True)
class Absence:
    id: int
    champion: Person
    cover: Person
    until: datetime


async def invite_champion(runtime: Runtime, coordinator_id: int) -> str:
    """A one-time link; only the hash of its token is kept, so it can be shown this once."""
    now, token = runtime.now(), secrets.token_urlsafe(24)
    async with runtime.database.write() as tx:
        expires_at = now + CHAMPION_INVITATION_LASTS
        await store.add_invitation(tx, token_hash(token), coordinator_id, now, expires_at)
        await machine.note(tx, now, coordinator_id, "champion_invited")
    return runtime.link(CHAMPION + token)


async def check_invitation(runtime: Runtime, token: str, person_id: int) -> None:
    """Raises NotFound or NotNow unless this person can use the token now."""
    async with runtime.database.read() as tx:
        await _usable_invitation(tx, token, person_id, runtime.now())


async def _usable_invitation(tx: AsyncConnection, token: str, person_id: int, now: datetime) -> store.Invitation:
    invitation = await store.invitation(tx, token_hash(token))
    if invitation is None:
        raise NotFound("circles.invitation_unknown")
    if invitation.used_at is not None and invitation.used_by != person_id:
        raise NotNow("circles.invitation_used")
    if invitation.used_at is None and invitation.expires_at <= now:
        raise NotNow("circles.invitation_expired")
    return invitation


async def become_champion(runtime: Runtime, person_id: int, token: str, wording: str) -> None:
    """The invited person says yes: the token is spent and they are a champion. Safe to repeat."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        invitation = await _usable_invitation(tx, token, person_id, now)
        if invitation.used_at is None and not await store.use_invitation(tx, invitation.id, person_id, now):
            raise NotNow("circles.invitation_used")
        await people_store.grant(tx, person_id, Role.CHAMPION, invitation.invited_by, now)
        await people_store.record_consent(tx, person_id, Purpose.WORK, True, wording, now)
        await people_store.change(tx, person_id, stopped_at=None)
        await machine.note(tx, now, person_id, "became_champion")


def checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 2 <= len(name) <= LONGEST_NAME or "/" in name:
        raise Refused("circles.name_length", longest=LONGEST_NAME)
    return name


async def create(runtime: Runtime, champion_id: int, name: str) -> CircleView:
    """A champion names a circle. The same name twice is the same circle, so a repeated update makes one."""
    name, now = checked_name(name), runtime.now()
    async with runtime.database.write() as tx:
        if Role.CHAMPION not in await people_store.roles_of(tx, champion_id):
            raise NotAllowed("errors.champions_only")
        for circle in await store.of_champion(tx, champion_id):
            if circle.name.casefold() == name.casefold():
                return await _view(tx, runtime, circle)
        circle = await store.add(tx, name, champion_id, now)
        await _new_link(tx, runtime, circle)
        await machine.note(tx, now, champion_id, "circle_created", f"circle:{circle.id}")
        return await _view(tx, runtime, await _own(tx, champion_id, circle.id))


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


async def view(runtime: Runtime, champion_id: int, circle_id: int) -> CircleView:
    async with runtime.database.read() as tx:
        return await _view(tx, runtime, await _own(tx, champion_id, circle_id))


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


async def close(runtime: Runtime, champion_id: int, circle_id: int) -> int:
    """The circle ends: its waiting broadcasts stop and its people are told. Returns how many people that are."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        circle = await _own(tx, champion_id, circle_id)
        return await close_within(tx, runtime, circle, now)


async def close_within(tx: AsyncConnection, runtime: Runtime, circle: Circle, now: datetime) -> int:
    """The same inside another decision, such as a champion being forgotten."""
    for broadcast in await broadcast_store.waiting_of_circle(tx, circle.id):
        await broadcast_store.move(tx, broadcast.id, Phase.WAITING, Phase.UNDONE, reason="closed", finished_at=now)
        await stopping.halt(tx, broadcast.id, "closed", now)
    people = await store.members(tx, circle.id)
    for person in people:
        key = f"closed:{circle.id}:{person.id}"
        await notices.to_resident(tx, runtime, person, key, "circles.closed_notice", circle.id, circle=circle.name)
    await store.close(tx, circle.id, now)
    await machine.note(tx, now, circle.champion_id, "circle_closed", f"circle:{circle.id}")
    return len(people)


async def welcome(runtime: Runtime, token: str, person_id: int) -> Welcome:
    """What an invitation link leads to; raises NotFound when it leads nowhere (any more)."""
    async with runtime.database.read() as tx:
        circle = await store.by_link(tx, token_hash(token))
        if circle is None or circle.closed_at is not None or circle.champion_id is None:
            raise NotFound("circles.link_unknown")
        champion = await people_store.by_id(tx, circle.champion_id)
        agreed = (Purpose.BROADCASTS, circle.id) in await people_store.standing_consents(tx, person_id)
        member = agreed and circle.id in {one.id for one in await store.of_person(tx, person_id)}
        return Welcome(circle, champion, member)


async def join(runtime: Runtime, person_id: int, circle_id: int, wording: str) -> Circle:
    """The person's own yes: consent and membership in one transaction (promise 1)."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        circle = await store.by_id(tx, circle_id)
        if circle is None or circle.closed_at is not None or circle.champion_id is None:
            raise NotFound("circles.gone")
        if circle.champion_id == person_id:
            raise Refused("circles.own_circle")
        await people_store.record_consent(tx, person_id, Purpose.BROADCASTS, True, wording, now, circle_id)
        await store.join(tx, circle_id, person_id, now)
        await people_store.change(tx, person_id, stopped_at=None)
        await machine.end_dialogue(tx, person_id)
        return circle


async def leave(runtime: Runtime, person_id: int, circle_id: int, wording: str) -> None:
    now = runtime.now()
    async with runtime.database.write() as tx:
        await people_store.record_consent(tx, person_id, Purpose.BROADCASTS, False, wording, now, circle_id)
        await store.leave(tx, circle_id, person_id, now)


async def other_champions(runtime: Runtime, champion_id: int) -> list[Person]:
    """Who could cover: champions who can be reached and are here themselves."""
    now = runtime.now()
    async with runtime.database.read() as tx:
        return [
            person
            for person in await people_store.with_role(tx, Role.CHAMPION)
            if person.id != champion_id
            and person.stopped_at is None
            and person.unreachable_at is None
            and await store.away_now(tx, person.id, now) is None
        ]


async def ask_cover(runtime: Runtime, champion_id: int, cover_id: int, days: int) -> datetime:
    """Ask somebody to answer while the champion is away; nothing changes before they say yes."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        champion = await people_store.by_id(tx, champion_id)
        cover = await people_store.find(tx, cover_id)
        if cover is None or cover_id == champion_id:
            raise NotFound("circles.no_cover")
        zone = champion.zone or runtime.place.zone
        until = at_local(local(now, zone).date() + timedelta(days=days), runtime.place.waking_from, zone)
        await store.end_aways(tx, champion_id, now)
        away_id = await store.add_away(tx, champion_id, cover_id, now, until)
        await notices.ask_cover(tx, runtime, champion, cover, away_id, until)
        return until


async def answer_cover(runtime: Runtime, cover_id: int, away_id: int, agrees: bool) -> Absence:
    """The cover says yes or no. On yes the champion's people are told the name, before anything goes to the cover."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        away = await store.away_by_id(tx, away_id)
        if away is None or away.cover_id != cover_id or away.until <= now or away.state == "ended":
            raise NotFound("circles.cover_over")
        champion = await people_store.by_id(tx, away.champion_id)
        absence = Absence(away_id, champion, await people_store.by_id(tx, cover_id), away.until)
        if away.state == "asked":
            await store.set_away(tx, away_id, "agreed" if agrees else "declined", None if agrees else now)
            await _tell_about_cover(tx, runtime, absence, agrees)
        return absence


async def _tell_about_cover(tx: AsyncConnection, runtime: Runtime, absence: Absence, agrees: bool) -> None:
    await notices.cover_answered(tx, runtime, absence.champion, absence.cover, absence.id, agrees)
    if not agrees:
        return
    told: set[int] = set()
    for circle in await store.of_champion(tx, absence.champion.id):
        for person in await store.members(tx, circle.id):
            if person.id not in told and person.id != absence.cover.id:
                told.add(person.id)
                await notices.cover_named(tx, runtime, person, absence.champion, absence.cover, absence, circle.id)


async def come_back(runtime: Runtime, champion_id: int) -> bool:
    """The champion is here again; False when they were not away."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        away = await store.away_now(tx, champion_id, now)
        await store.end_aways(tx, champion_id, now)
        return away is not None


async def absence(runtime: Runtime, champion_id: int) -> Absence | None:
    """The champion's present absence, if there is one."""
    async with runtime.database.read() as tx:
        away = await store.away_now(tx, champion_id, runtime.now())
        if away is None or away.cover_id is None:
            return None
        people = [await people_store.by_id(tx, one) for one in (champion_id, away.cover_id)]
        return Absence(away.id, people[0], people[1], away.until)


async def of_person(runtime: Runtime, person_id: int) -> list[tuple[Circle, Person]]:
    """The circles somebody is in, with their champions."""
    async with runtime.database.read() as tx:
        found = []
        for circle in await store.of_person(tx, person_id):
            if circle.champion_id is not None:
                found.append((circle, await people_store.by_id(tx, circle.champion_id)))
        return found
