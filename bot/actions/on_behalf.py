"""What is a champion's own, and what a coordinator may do in their place. The champion is always told who did it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.domain.broadcasts import Broadcast
from bot.domain.circles import Circle
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.people import Role
from bot.runtime import Runtime
from bot.store import broadcasts as broadcast_store
from bot.store import circles as circle_store
from bot.store import people as people_store


async def coordinates(tx: AsyncConnection, person_id: int) -> bool:
    return Role.COORDINATOR in await people_store.roles_of(tx, person_id)


async def coordinators_only(tx: AsyncConnection, person_id: int) -> None:
    if not await coordinates(tx, person_id):
        raise NotAllowed("errors.coordinators_only")


async def broadcast(tx: AsyncConnection, actor_id: int, broadcast_id: int) -> Broadcast:
    """A broadcast for its champion, or for a coordinator; raises NotFound for everybody else."""
    found = await broadcast_store.by_id(tx, broadcast_id)
    if found is None or not (found.champion_id == actor_id or await coordinates(tx, actor_id)):
        raise NotFound("broadcasts.gone")
    return found


async def circle(tx: AsyncConnection, actor_id: int, circle_id: int) -> Circle:
    """The same of a circle, open or closed."""
    found = await circle_store.by_id(tx, circle_id)
    if found is None or not (found.champion_id == actor_id or await coordinates(tx, actor_id)):
        raise NotFound("circles.gone")
    return found


async def tell_of_broadcast(
    tx: AsyncConnection, runtime: Runtime, actor_id: int, broadcast: Broadcast, what: str
) -> None:
    """`what`: stopped, taken_back, corrected or sent_again. Nobody is told what they did themselves."""
    champion = await people_store.find(tx, broadcast.champion_id or 0)
    if champion is None or champion.id == actor_id:
        return
    actor = await people_store.by_id(tx, actor_id)
    button = notices.button(runtime, champion.language, "buttons.report", f"report:{broadcast.id}")
    key = f"on-behalf:{what}:{broadcast.id}:{int(runtime.now().timestamp())}"
    phrase, name, named = "broadcasts.by_coordinator", actor.name, (actor_id,)
    await notices.to_worker(tx, runtime, champion, key, phrase, [[button]], named, coordinator=name, what=what)


async def tell_of_circle(tx: AsyncConnection, runtime: Runtime, actor_id: int, circle: Circle) -> None:
    """A coordinator has closed it."""
    champion = await people_store.find(tx, circle.champion_id or 0)
    if champion is None or champion.id == actor_id:
        return
    actor = await people_store.by_id(tx, actor_id)
    key, phrase, named = f"on-behalf:closed:{circle.id}", "circles.closed_by_coordinator", (actor_id,)
    names = {"coordinator": actor.name, "circle": circle.name}
    await notices.to_worker(tx, runtime, champion, key, phrase, None, named, None, **names)
