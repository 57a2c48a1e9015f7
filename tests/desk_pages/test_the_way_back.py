"""Whatever the desk refuses, the way back that it offers leads to a page."""

import httpx
from bs4 import BeautifulSoup

from bench.desk import filled
from tests.cast import TestTown
from tests.desk import DeskVisit, sits_at_desk
from tests.desk_pages.test_every_address import NOBODYS, addresses
from tests.desk_pages.test_every_address import filled as filled_with
from tests.lively import ids, is_lively

LEAVING = ("/desk/leave", "/desk/leave-everywhere", "/desk/settings/leave")


def token_of(desk: DeskVisit) -> str:
    return str(desk.page.find("input", {"name": "form_token"})["value"])  # type: ignore[index]


async def ways(desk: DeskVisit, answer: httpx.Response) -> dict[str, int]:
    """Each way back that a page with a no offers, and what is at its end."""
    links = BeautifulSoup(answer.text, "html.parser").select("main a") if answer.status_code >= 400 else []
    back = [str(one["href"]) for one in links if one.get_text() == "Go back"]
    return {path: (await desk.client.get(path)).status_code for path in back}


async def test_back_from_what_is_not_there_leads_to_a_page(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    form = {"form_token": token_of(desk)}
    for path, name in [*addresses(town, "GET"), *addresses(town, "POST")]:
        if path not in (*LEAVING, "/desk/live"):
            address, method = filled_with(path, NOBODYS[0], "no-such-thing"), name.partition(" ")[0]
            found = await ways(desk, await desk.client.request(method, address, data=form))
            assert {*found.values()} <= {200}, (name, found)


async def test_back_from_a_press_that_was_refused_leads_to_a_page(town: TestTown) -> None:
    """A form that is not ours, one that nothing is filled in, and the same again, when much of it is over."""
    await is_lively(town)
    desk = await sits_at_desk(town)
    known, refused = await ids(town) | {"desk.rest": "no/such/page"}, set[str]()
    for token in ("guessed", token_of(desk), token_of(desk)):
        for path, name in addresses(town, "POST"):
            if path not in LEAVING:
                answer = await desk.client.post(filled(path, known), data={"form_token": token})
                found = await ways(desk, answer)
                assert {*found.values()} <= {200}, (name, answer.status_code, found)
                refused |= {path} if found else set()
    assert refused == {path for path, _ in addresses(town, "POST")} - {*LEAVING}


async def test_the_way_back_leads_to_the_nearest_page_above(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    for address, above in (
        ("/desk/concerns/1/take", "/desk/concerns/1"),
        ("/desk/templates/flu-jab/en/drafts/1/restore", "/desk/templates/flu-jab/en/drafts/1"),
        ("/desk/checkins/asked/3", "/desk/checkins"),
        ("/desk/people/champions/2/end", "/desk/people"),
        ("/desk/leave", "/desk"),
    ):
        assert [*await ways(desk, await desk.client.post(address, data={"form_token": "guessed"}))] == [above]
