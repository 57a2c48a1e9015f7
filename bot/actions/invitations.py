"""Champions are invited by a coordinator: a link that works once, for one person, for seven days."""

import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import conditions
from bot.actions.circles import CHAMPION
from bot.domain.circles import CHAMPION_INVITATION_LASTS, token_hash
from bot.domain.errors import NotFound, NotNow
from bot.domain.people import Purpose, Role
from bot.runtime import Runtime
from bot.store import invitations as store
from bot.store import machine
from bot.store import people as people_store
from bot.store.invitations import Unused


async def invite_champion(runtime: Runtime, coordinator_id: int) -> str:
    """A one-time link; only the hash of its token is kept, so it can be shown this once."""
    now, token = runtime.now(), secrets.token_urlsafe(24)
    async with runtime.database.write() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        expires_at = now + CHAMPION_INVITATION_LASTS
        await store.add(tx, token_hash(token), coordinator_id, now, expires_at)
        await machine.note(tx, now, coordinator_id, "champion_invited")
    return runtime.link(CHAMPION + token)


async def unused(runtime: Runtime, coordinator_id: int) -> list[Unused]:
    """Every link that still works; whose it is, it does not know."""
    async with runtime.database.read() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        return await store.unused(tx, runtime.now())


async def withdraw(runtime: Runtime, coordinator_id: int, invitation_id: int) -> None:
    """The link works no more: it went to somebody else, or was lost. Raises NotNow when it was used, or is too old."""
    now = runtime.now()
    async with runtime.database.write() as tx:
        await conditions.coordinators_only(tx, coordinator_id)
        if not await store.withdraw(tx, invitation_id, now):
            raise NotNow("circles.invitation_over")
        await machine.note(tx, now, coordinator_id, "invitation_withdrawn", f"invitation:{invitation_id}")


async def check(runtime: Runtime, token: str, person_id: int) -> None:
    """Raises NotFound or NotNow unless this person can use the token now."""
    async with runtime.database.read() as tx:
        await _usable(tx, token, person_id, runtime.now())


async def _usable(tx: AsyncConnection, token: str, person_id: int, now: datetime) -> store.Invitation:
    invitation = await store.by_token(tx, token_hash(token))
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
        invitation = await _usable(tx, token, person_id, now)
        if invitation.used_at is None and not await store.use(tx, invitation.id, person_id, now):
            raise NotNow("circles.invitation_used")
        if Role.CHAMPION in await people_store.roles_of(tx, person_id):
            return
        await people_store.grant(tx, person_id, Role.CHAMPION, invitation.invited_by, now)
        await people_store.record_consent(tx, person_id, Purpose.WORK, True, wording, now)
        await people_store.change(tx, person_id, stopped_at=None)
        await machine.note(tx, now, person_id, "became_champion")
