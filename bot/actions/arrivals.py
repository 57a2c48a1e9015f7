"""Who has come in: a champion hears of joins once a day at most, and a coordinator once of a champion they invited."""

from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.domain.circles import Circle
from bot.domain.deliveries import Kind, State
from bot.domain.hours import at_local, local, next_awake
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import circles as store
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store.deliveries import Delivery, New
from bot.store.people import Person
from bot.store.standings import hours_of

GATHERS = timedelta(hours=1)  # neighbours who join together stand in one message
MOST_NAMED = 20


async def joined(tx: AsyncConnection, runtime: Runtime, circle: Circle, person_id: int) -> None:
    """Somebody has just joined: their champion reads of it in the next message of this kind, today's or tomorrow's."""
    champion = await people_store.find(tx, circle.champion_id) if circle.champion_id else None
    if champion is None:
        return
    now = runtime.now()
    due_at, waiting = await _next(tx, runtime, champion, now)
    body = await _body(tx, runtime, champion, waiting.created_at if waiting else now)
    if waiting is not None:
        await delivery_store.mark(tx, waiting.id, body=body)
        await delivery_store.mention(tx, waiting.id, person_id)
        return
    until, language = due_at + notices.NOTICE_LASTS, champion.language
    row = New(_key(runtime, champion, due_at), champion.id, Kind.WORK, due_at, until, body, language=language)
    await delivery_store.put(tx, [row], now)
    made = await delivery_store.by_key(tx, row.key)
    if made is not None:
        await delivery_store.mention(tx, made.id, person_id)


async def _next(
    tx: AsyncConnection, runtime: Runtime, champion: Person, now: datetime
) -> tuple[datetime, Delivery | None]:
    """When the next message goes, and the one that waits for that already. Never two on one day of theirs."""
    hours = hours_of(champion, runtime.place)
    due_at = next_awake(hours, now + GATHERS)
    row = await delivery_store.by_key(tx, _key(runtime, champion, due_at))
    if row is not None and row.state is not State.QUEUED:
        tomorrow = local(due_at, hours.zone).date() + timedelta(days=1)
        due_at = next_awake(hours, at_local(tomorrow, time(0), hours.zone))
        row = await delivery_store.by_key(tx, _key(runtime, champion, due_at))
    return due_at, row if row is not None and row.state is State.QUEUED else None


def _key(runtime: Runtime, champion: Person, due_at: datetime) -> str:
    day = local(due_at, champion.zone or runtime.place.zone).date()
    return f"joined:{champion.id}:{day.isoformat()}"


async def _body(tx: AsyncConnection, runtime: Runtime, champion: Person, since: datetime) -> str:
    """A line for each circle: who has joined since then, and is in it still."""
    found: dict[str, list[str]] = {}
    for circle, name in await store.joined_since(tx, champion.id, since):
        found.setdefault(circle, []).append(name)
    lines = [_line(runtime, champion.language, circle, names) for circle, names in found.items()]
    return "\n".join(line.strip() for line in lines)


def _line(runtime: Runtime, language: str, circle: str, names: list[str]) -> str:
    shown, more = names[:MOST_NAMED], max(0, len(names) - MOST_NAMED)
    return runtime.say(language, "circles.arrivals", circle=circle, count=len(names), joined=shown, more=more)


async def champion_began(tx: AsyncConnection, runtime: Runtime, champion_id: int, circle: Circle) -> None:
    """The first circle of a champion: whoever invited them hears it once, as long as they are a coordinator."""
    by = await people_store.granted_by(tx, champion_id, Role.CHAMPION)
    inviter = await people_store.find(tx, by) if by and by != champion_id else None
    if inviter is None or Role.COORDINATOR not in await people_store.roles_of(tx, inviter.id):
        return
    champion = await people_store.by_id(tx, champion_id)
    key, said = f"champion-began:{champion_id}", {"champion": champion.name, "circle": circle.name}
    await notices.to_worker(tx, runtime, inviter, key, "circles.champion_began", None, (champion_id,), None, **said)
