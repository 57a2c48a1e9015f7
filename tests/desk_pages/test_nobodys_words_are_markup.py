"""Whatever a person can fill in, on every page of the desk: words stay words, in a text and in an attribute.

Each column carries a number of its own, so that it is known which of them a page showed: a walk past nobody's words
would prove nothing.
"""

import re
from collections import deque
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
from bs4 import BeautifulSoup

from tests.cast import TestTown
from tests.desk import DeskVisit, desk_link, sits_at_desk
from tests.desk_pages.everybodys_words import columns, fill_in
from tests.lively import addresses, is_lively, shown_once

# Words that are for somebody else than a coordinator, or for whoever runs the program.
ON_NO_PAGE = {
    "deliveries.body", "dialogues.data", "inbox.payload", "inbox.reason", "people.unreachable_why", "replies.about",
    "replies.body",
}  # fmt: skip
PLACE = ("name", "organisation", "contact", "privacy_contact")
SHOWN = re.compile(r"onerror=alert\(([\w.]+)\)")


def evil(name: str) -> str:
    """It ends an attribute, however that is quoted, and begins something that runs."""
    return f"\"'><img src=x onerror=alert({name})>"


def runs(page: str) -> list[str]:
    """What a browser would make of somebody's words: an element, an attribute, an address."""
    found = BeautifulSoup(page, "html.parser").select("img[src=x], [onerror], [href^='\"'], [src^='\"']")
    return [str(one)[:200] for one in found]


def ways_on(page: str) -> list[str]:
    """What a page leads to: its links, its pictures, and its filters with such words in them."""
    soup = BeautifulSoup(page, "html.parser")
    found = [str(one.get("href") or one.get("src")) for one in soup.select("a[href^='/desk/'], img[src^='/desk/']")]
    for form in soup.select("form[method=get], form:not([method])"):
        asked = {str(one["name"]): evil("asked") for one in form.select("input[name], select[name]")}
        found.append(f"{form.get('action')}?{urlencode(asked)}")
    return [one.partition("#")[0] for one in found]


async def walked(desk: DeskVisit, paths: list[str], *, on: bool) -> AsyncIterator[tuple[str, httpx.Response]]:
    """Every page; `on`: and every one that it leads to, but for a walk through a plan, which hardly ends."""
    seen, ahead = set[str](), deque(paths)
    while ahead:
        path = ahead.popleft()
        if path not in seen and "/walk?" not in path and not path.endswith(".png"):
            seen.add(path)
            answer = await desk.client.get(path, follow_redirects=False)
            yield path, answer
            ahead.extend(ways_on(answer.text) if on else [])


async def has_everybodys_words(town: TestTown) -> tuple[DeskVisit, list[str]]:
    """A lively place with an evil name, and each of its pages."""
    await is_lively(town)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/concerns/1")
    await desk.presses("Add a note", "/note", words="Rang twice.")
    await desk.opens("/desk/settings/place")
    await desk.presses("Save", **{name: evil("place") for name in PLACE})
    paths = [*await addresses(town), *await shown_once(desk)]
    await town.elif_.says("/desk")
    return desk, [*paths, desk_link(town.elif_), "/desk/app", "/desk/nowhere"]


async def test_what_a_person_can_fill_in_is_markup_on_no_page(town: TestTown) -> None:
    desk, paths = await has_everybodys_words(town)
    names, shown = [str(one) for one in columns()], set[str]()
    words = [evil(name) for name in names]
    for values, sources in ((False, False), (True, False), (True, True)):
        await fill_in(town, words, values=values, sources=sources)
        async for path, answer in walked(desk, paths, on=not values):
            assert answer.status_code < 500, path
            assert runs(answer.text) == [], path
            shown.update(SHOWN.findall(answer.text))
    assert shown == {*names, "asked", "place"} - ON_NO_PAGE
