"""The door of the coordinators' desk: a link that opens it once, and a session that can be ended from anywhere."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions.people import Visitor
from bot.domain.circles import token_hash
from bot.domain.desk import KEPT, LINK_LASTS, SESSION_LASTS, SIGNED_LASTS, form_token, is_open, read_signed
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import desk as store
from bot.store import machine, trail
from bot.store import people as people_store
from bot.store.desk import Session
from bot.store.trail import Wanted

TOKEN_BYTES = 32
LONGEST_TOKEN = 200
ONE_LOOK = timedelta(minutes=10)


@dataclass(frozen=True)
class Seat:
    """Somebody at the desk: who, in which session, and the token that their forms carry."""

    visitor: Visitor
    session: Session
    form_token: str


def address(runtime: Runtime) -> str:
    """Where the desk stands: PUBLIC_URL, or this machine when there is none."""
    settings = runtime.settings
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    return f"{settings.public_url or f'http://{host}:{settings.port}'}/desk"


async def open_link(runtime: Runtime, person_id: int) -> str:
    """/desk: an address that opens the desk once, within ten minutes. Older ones that nobody used are void."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), runtime.now()
    async with runtime.database.write() as tx:
        await _only_coordinators(tx, person_id)
        await store.add_link(tx, person_id, token_hash(token), now, now + LINK_LASTS)
        await machine.note(tx, now, person_id, "desk_link_made")
    return f"{address(runtime)}/enter?link={token}"


async def _only_coordinators(tx: AsyncConnection, person_id: int) -> None:
    if Role.COORDINATOR not in await people_store.roles_of(tx, person_id):
        raise NotAllowed("errors.coordinators_only")


async def is_good(runtime: Runtime, token: str) -> bool:
    """Whether this link would let somebody in now. Looking uses nothing up."""
    async with runtime.database.read() as tx:
        link = await store.link(tx, token_hash(token[:LONGEST_TOKEN]))
    return link is not None and link.used_at is None and link.expires_at > runtime.now()


async def enter(runtime: Runtime, token: str, device: str, old: str = "") -> str:
    """Use a link: the token of a new session. `old`: the session this browser had, which ends.

    Raises NotFound when the link is unknown, too old or used.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        person_id = await store.use_link(tx, token_hash(token[:LONGEST_TOKEN]), now)
        if person_id is None:
            raise NotFound("desk.link_over")
        return await _begin(tx, runtime, person_id, device, old)


async def enter_signed(runtime: Runtime, init_data: str, device: str, old: str = "") -> str:
    """Use what Telegram signed for the Mini App: the token of a new session. Raises NotFound unless it is good."""
    now = runtime.now()
    signed = read_signed(init_data, runtime.settings.bot_token, now)
    async with runtime.database.write() as tx:
        person = await people_store.by_telegram(tx, signed.telegram_id) if signed else None
        if signed is None or person is None:
            raise NotFound("desk.link_over")
        if not await store.use_once(tx, person.id, token_hash(signed.once), now, now + SIGNED_LASTS):
            raise NotFound("desk.link_over")
        return await _begin(tx, runtime, person.id, device, old)


async def _begin(tx: AsyncConnection, runtime: Runtime, person_id: int, device: str, old: str) -> str:
    """Always a new token: one that was planted in this browser beforehand opens nothing."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), runtime.now()
    await _only_coordinators(tx, person_id)
    before = await store.session(tx, token_hash(old[:LONGEST_TOKEN])) if old else None
    if before is not None:
        await store.end(tx, now, person_id=before.person_id, session_id=before.id)
    await store.begin(tx, person_id, token_hash(token), device, now, now + SESSION_LASTS)
    await machine.note(tx, now, person_id, "desk_entered")
    return token


async def seat(runtime: Runtime, token: str, used: bool = True) -> Seat | None:
    """Whose session this is; None when there is none, or it is over. Noted as used, at most once a minute.

    `used`: somebody did something; False when a page that stands open looked by itself.
    """
    now = runtime.now()
    async with runtime.database.read() as tx:
        session = await store.session(tx, token_hash(token[:LONGEST_TOKEN])) if token else None
        if session is None or not is_open(session.seen_at, session.expires_at, now):
            return None
        person = await people_store.find(tx, session.person_id)
        if person is None:
            return None
        visitor = Visitor(person, _still(runtime, person.telegram_id, await people_store.roles_of(tx, person.id)))
    if used and (now - session.seen_at).total_seconds() > 60:
        async with runtime.database.write() as tx:
            await store.seen(tx, session.id, now)
    return Seat(visitor, session, form_token(runtime.secret, session.token_hash))


def _still(runtime: Runtime, telegram_id: int, roles: frozenset[Role]) -> frozenset[Role]:
    """Whoever was taken out of the settings is no coordinator from that start on, before they write again."""
    return roles if telegram_id in runtime.settings.coordinator_ids else roles - {Role.COORDINATOR}


async def leave(runtime: Runtime, person_id: int, session_id: int | None = None) -> int:
    """End one session of this person, or all of them, wherever they are; how many there were."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        ended = await store.end(tx, now, person_id=person_id, session_id=session_id)
        if ended:
            await machine.note(tx, now, person_id, "desk_left" if session_id else "desk_left_everywhere")
        return ended


async def sessions(runtime: Runtime, person_id: int) -> list[Session]:
    """Where this person is at the desk now."""
    now = runtime.now()
    async with runtime.database.read() as tx:
        found = await store.sessions_of(tx, person_id)
    return [one for one in found if is_open(one.seen_at, one.expires_at, now)]


async def note(runtime: Runtime, actor_id: int, what: str, subject: str = "") -> None:
    """A line of the audit trail for a look, which changes nothing; one line for all looks within ten minutes.

    A page that is open fetches itself again whenever something was written: a line at each look would be written for
    ever.
    """
    now = runtime.now()
    lately = Wanted(actor_id=actor_id, what=what, about=(subject,) if subject else (), since=now - ONE_LOOK)
    async with runtime.database.read() as tx:
        if await trail.read(tx, lately, 1):
            return
    async with runtime.database.write() as tx:
        await machine.note(tx, now, actor_id, what, subject)


async def tidy(runtime: Runtime) -> None:
    """Drop links and sessions that ended long ago."""
    async with runtime.database.write() as tx:
        await store.drop_old(tx, runtime.now() - KEPT)
