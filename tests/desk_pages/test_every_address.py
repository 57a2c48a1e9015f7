"""Every address of the desk, read off its routes.

Refused to whoever is not in, to a champion, to a form that is not ours; an id that is nobody's breaks nothing.
"""

import re
from collections.abc import Iterator

from starlette.routing import Route

from bot.domain.circles import token_hash
from bot.store import desk as desk_store
from bot.store.schema import metadata
from bot.web import coordinators
from bot.web.desk import COOKIE
from tests.cast import TestTown
from tests.desk import DeskVisit, browser, sits_at_desk

PARAMETER = re.compile(r"\{(\w+)(?::(\w+))?\}")
# Ways in, and files that anybody may read.
OPEN = ("/desk", "/desk/enter", "/desk/app", "/desk/static/{name}")
NOBODYS = ("424242", "0", "9" * 15, "9" * 20)


def addresses(town: TestTown, method: str) -> Iterator[tuple[str, str]]:
    """(the path of a route, its name for a message)."""
    for route in coordinators.routes(town.runtime):
        assert isinstance(route, Route)
        if method in (route.methods or ()) and route.path not in OPEN:
            yield route.path, f"{method} {route.path}"


def filled(path: str, number: str, word: str) -> str:
    return PARAMETER.sub(lambda found: number if found[2] == "int" else word, path)


def with_session(town: TestTown, token: str) -> DeskVisit:
    visit = browser(town)
    visit.client.cookies.set(COOKIE, token, domain="desk.example", path="/desk")
    return visit


async def has_planted_session(town: TestTown, name: str, token: str) -> DeskVisit:
    """As if somebody without the right had got a session all the same."""
    now = town.runtime.now()
    async with town.runtime.database.write() as tx:
        person = await town_person(town, name)
        until = now.replace(year=now.year + 1)
        await desk_store.begin(tx, person, token_hash(token), "test", now, until)
    return with_session(town, token)


async def town_person(town: TestTown, name: str) -> int:
    async with town.runtime.database.read() as tx:
        query = "SELECT id FROM people WHERE telegram_id = ?"
        found: int = (await tx.exec_driver_sql(query, (town.person(name).phone.user_id,))).scalar_one()
        return found


async def everything(town: TestTown) -> dict[str, int]:
    """How many rows each table has; the audit trail apart, in which looking is written down."""
    async with town.runtime.database.read() as tx:
        return {
            table.name: (await tx.exec_driver_sql(f"SELECT count(*) FROM {table.name}")).scalar_one()
            for table in metadata.sorted_tables
            if table.name not in ("audit", "desk_sessions", "leases", "heartbeats")
        }


async def test_every_page_and_press_is_refused_to_whoever_is_not_in_and_to_a_champion(town: TestTown) -> None:
    await town.is_ready()
    before = await everything(town)
    nobody, champion = browser(town), await has_planted_session(town, "Amara", "amaras-token")
    for visit, status in ((nobody, 401), (champion, 403)):
        for path, name in addresses(town, "GET"):
            assert (await visit.client.get(filled(path, "1", "x"))).status_code == status, name
        for path, name in addresses(town, "POST"):
            assert (await visit.client.post(filled(path, "1", "x"), data={"a": "b"})).status_code == status, name
    assert await everything(town) == before


async def test_no_press_counts_without_the_token_of_the_session_or_from_another_site(town: TestTown) -> None:
    await town.is_ready()
    desk = await sits_at_desk(town)
    token = desk.page.find("input", {"name": "form_token"})["value"]  # type: ignore[index]
    before = await everything(town)
    for path, name in addresses(town, "POST"):
        address = filled(path, "1", "x")
        assert (await desk.client.post(address, data={"form_token": "guessed"})).status_code == 403, name
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        answer = await desk.client.post(address, data={"form_token": token}, headers=elsewhere)
        assert answer.status_code == 403, name
    assert await everything(town) == before


async def test_an_id_that_is_nobodys_breaks_nothing_and_changes_nothing(town: TestTown) -> None:
    await town.is_ready()
    desk = await sits_at_desk(town)
    token = desk.page.find("input", {"name": "form_token"})["value"]  # type: ignore[index]
    before = await everything(town)
    for number in NOBODYS:
        for path, name in addresses(town, "GET"):
            if PARAMETER.search(path):
                answer = await desk.client.get(filled(path, number, "no-such-thing"))
                assert 400 <= answer.status_code < 500, f"{name}: {answer.status_code}"
        for path, name in addresses(town, "POST"):
            if ":int}" in path:
                answer = await desk.client.post(
                    filled(path, number, "no-such-thing"), data={"form_token": token}, follow_redirects=False
                )
                assert 400 <= answer.status_code < 500, f"{name}: {answer.status_code}"
    assert await everything(town) == before
