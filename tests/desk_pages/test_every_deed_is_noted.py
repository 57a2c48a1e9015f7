"""Every press of the desk that changes something is a line of the audit trail, by whoever pressed.

The routes are read off the desk: a new press fails here until it says how it is done.
"""

import httpx
from sqlalchemy import select
from starlette.routing import Match, Route

from bot.store.schema_machine import audit
from bot.web import coordinators
from tests.cast import TestTown
from tests.desk import sits_at_desk
from tests.desk_pages.every_deed import DEEDS
from tests.lively import is_lively

# What leaves no line: a look at what was typed or chosen, which keeps nothing; what the page keeps by itself while
# somebody types, until they save it or send it to review.
UNNOTED = {
    "/templates/{topic}/{language}/check",
    "/templates/files/look",
    "/templates/{topic}/{language}/keep",
}
LOOKS = {"card_shown", "concern_seen", "enrolment_seen", "person_seen"}  # at the page that a press leads to


def presses(town: TestTown) -> list[Route]:
    found = [one for one in coordinators.routes(town.runtime) if isinstance(one, Route)]
    return [one for one in found if "POST" in (one.methods or ()) and one.path != "/desk/{rest:path}"]


def route_of(town: TestTown, request: httpx.Request) -> str:
    """What the first request of a press came to."""
    scope = {"type": "http", "method": request.method, "path": request.url.path}
    return next(one.path for one in presses(town) if one.matches(scope)[0] is Match.FULL)


async def noted(town: TestTown, after: int = 0) -> dict[int, str]:
    """What Elif did, by the number of the line."""
    async with town.runtime.database.read() as tx:
        by = audit.c.actor_id == await town.id_of("Elif")
        query = select(audit.c.id, audit.c.what).where(by, audit.c.id > after).order_by(audit.c.id)
        return {row.id: row.what for row in await tx.execute(query)}


async def test_every_press_that_changes_something_is_a_line_of_the_trail(town: TestTown) -> None:
    await is_lively(town)
    assert {f"/desk{path}" for path in DEEDS} == {one.path for one in presses(town)}
    desk = await sits_at_desk(town)
    for path, deed in DEEDS.items():
        press = await deed(desk, town)
        last = max(await noted(town))
        visit = await press.done()
        assert visit.answer is not None
        answer = next(iter(visit.answer.history), visit.answer)
        assert (route_of(town, answer.request), answer.status_code < 400) == (f"/desk{path}", True)
        deeds = {*(await noted(town, last)).values()} - LOOKS
        assert bool(deeds) == (path not in UNNOTED), (path, deeds)
        assert all(town.runtime.catalogue.phrases.has(f"desk_audit.what_{one}") for one in deeds), deeds
