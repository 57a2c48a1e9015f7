"""Every page of the desk in Chromium: for a coordinator by day, by night and right to left, and refused to others.

axe looks for violations of WCAG 2.2 AA; pictures at 360 and 1280 px are left in artefacts/desk.
"""

import asyncio
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from bot.actions import desk as door
from tests.browser.besides import besides
from tests.browser.desk_stage import CHROMIUM, WIDTHS, at_desk, chromium, desk_on_stage
from tests.cast import TestTown
from tests.desk_pages.test_every_address import has_planted_session
from tests.lively import addresses

ARTEFACTS = Path(__file__).parents[2] / "artefacts" / "desk"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Without the last axe describes every element that is right as well, which takes as long as the looking.
AA = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
LARGEST = 200 * 1024  # bytes of a page, as it comes from the server
PARTS = "main details, .menu details"  # the bar's own lies over the page and would hide what it covers
LOOKS = [("en", False), ("en", True), ("ar", False)]

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}: install it to test the desk")


async def violations(page: Page) -> list[str]:
    found = await Axe().run(page, options=AA)
    return [
        f"{page.url}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}"
        for one in found.response["violations"]
    ]


async def sideways(page: Page) -> list[str]:
    wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{page.url}: scrolls sideways"] if wide else []


async def faults_of(page: Page, address: str, picture: Path) -> list[str]:
    """What is wrong with one page before anything is opened: its status, its size, sideways scrolling."""
    answer = await page.goto(address)
    assert answer is not None
    size = len(await answer.body())
    found = [f"{address}: status {answer.status}"] if answer.status != 200 else []
    found += [f"{address}: {size} bytes"] if size > LARGEST else []
    await page.screenshot(path=picture, full_page=True)
    return found + await sideways(page)


async def faults_within(page: Page, opened: str = PARTS) -> list[str]:
    """What is wrong with all of it, also with what somebody opens first."""
    await page.evaluate(f"document.querySelectorAll('{opened}').forEach((one) => {{ one.open = true; }})")
    return [*await sideways(page), *await violations(page)]


async def walked(
    browser: Browser, url: str, token: str, width: int, look: tuple[str, bool], paths: list[str]
) -> list[str]:
    """Every page in one window, each with its picture; what the console says counts as well."""
    language, dark = look
    page = await at_desk(browser, url, token, width, language=language, dark=dark)
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    for path in paths:
        name = path.removeprefix("/desk").strip("/").replace("/", "-") or "today"
        picture = ARTEFACTS / f"{name}-{width}-{language}{'-dark' if dark else ''}.png"
        found += await faults_of(page, url + path, picture)
        # Colours and directions are the same at every width; only the arrangement differs, which light shows.
        found += await faults_within(page) if width == WIDTHS[0] or look == LOOKS[0] else []
    return found + await faults_within(page, "details")


async def walked_besides(browser: Browser, town: TestTown, url: str, token: str, look: tuple[str, bool]) -> list[str]:
    """The pages that say no are told on the console, too: that is no fault."""
    page = await at_desk(browser, url, token, WIDTHS[0], language=look[0], dark=look[1])
    found: list[str] = []
    async for wanted, status in besides(page, town, url, token):
        found += [f"{page.url}: status {status}"] if status != wanted else []
        found += await faults_within(page)
    return found


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look[0]}{'-dark' if look[1] else ''}")
async def test_every_page_can_be_used_by_everybody(look: tuple[str, bool]) -> None:
    await asyncio.to_thread(ARTEFACTS.mkdir, parents=True, exist_ok=True)
    async with desk_on_stage(look[0]) as (town, url, token), chromium() as browser:
        paths = await addresses(town)
        widths = WIDTHS[:1] if look[1] else WIDTHS  # in the dark only colours are different
        found = [await walked(browser, url, token, width, look, paths) for width in widths]
        assert not any(found), found
        assert await walked_besides(browser, town, url, token, look) == []


async def test_what_is_live_comes_by_itself_and_a_page_left_open_lets_the_server_end() -> None:
    async with desk_on_stage() as (town, url, token), chromium() as browser:
        page = await at_desk(browser, url, token, 1280)
        await page.goto(f"{url}/desk/concerns")
        assert "Nobody has it yet" in await page.inner_text("main")
        async with page.expect_response("**/desk/live"):
            await page.reload()
        await town.elif_.says("/concerns")
        await town.elif_.taps(town.elif_.buttons[0])
        await town.elif_.taps("I have it")
        await page.get_by_text("Elif has it").first.wait_for()
        await door.leave(town.runtime, await town.id_of("Elif"))
        await page.get_by_text("Elif has it").first.wait_for(state="detached")
        assert "/desk" in await page.inner_text("main"), "who comes by later reads how to come in, and nothing else"


async def test_the_menu_and_the_forms_work_by_keyboard_alone() -> None:
    async with desk_on_stage() as (_, url, token), chromium() as browser:
        page = await at_desk(browser, url, token, 360)
        await page.goto(f"{url}/desk/")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"
        menu = page.locator(".menu summary")
        await menu.focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("link", name="Concerns", exact=True).focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="I have it").focus()
        await page.keyboard.press("Enter")
        await page.get_by_text("You have it").first.wait_for()


async def test_nobody_without_a_session_sees_a_page_and_no_champion_does() -> None:
    async with desk_on_stage() as (town, url, _), chromium() as browser:
        await has_planted_session(town, "Amara", "amaras-token")
        for token, status in (("guessed", 401), ("amaras-token", 403)):
            page = await at_desk(browser, url, token, 360)
            for path in await addresses(town):
                answer = await page.goto(url + path)
                assert answer is not None
                assert answer.status == status, path
            assert await violations(page) == []
