"""The page of `first-mile try` in Chromium, the real bot behind it: a resident joins by link, taps and writes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from bot import trying

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
ARTEFACTS = Path(__file__).parents[2] / "artefacts"
PATIENCE_MS = 8000
ELIF, AMARA, BEN = 1001, 1002, 1003

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}: install it to test the page")


@contextlib.asynccontextmanager
async def tried(folder: Path) -> AsyncIterator[str]:
    """The real `try` application on a free port; gives its address."""
    async with trying.opened_try(0, folder / "try.db") as (town, server):
        works = [asyncio.create_task(work) for work in (*trying.running_parts(town), server.serve())]
        try:
            await server.started()
            yield f"{server.url}/try/"
        finally:
            server.should_exit = True
            for work in works[:-1]:
                work.cancel()
            await asyncio.wait(works, timeout=5)


@contextlib.asynccontextmanager
async def visited(address: str, width: int, height: int) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(
            locale="en-GB", reduced_motion="reduce", viewport={"width": width, "height": height}
        )
        page.set_default_timeout(PATIENCE_MS)
        faults: list[str] = []
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(address)
        yield page
        await browser.close()
        assert faults == []


class Visitor:
    """Whoever sits before the page: finds a phone, taps its newest button of a label, types into it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def log(self, phone: int) -> Locator:
        return self.page.locator(f"#phone-{phone}").get_by_role("log")

    async def taps(self, phone: int, label: str) -> None:
        await self.log(phone).get_by_role("button", name=label, exact=True).last.click()

    async def types(self, phone: int, words: str) -> None:
        box = self.page.locator(f"#phone-{phone}").get_by_role("textbox")
        await box.fill(words)
        await box.press("Enter")

    async def opens_newest_link_of(self, phone: int, other: str) -> None:
        await self.log(phone).locator("a[href*='start=']").last.click()
        await self.page.get_by_role("dialog").get_by_role("button", name=other).click()

    async def sees(self, phone: int, words: str) -> None:
        await expect(self.log(phone)).to_contain_text(words, timeout=PATIENCE_MS)


async def test_a_resident_joins_by_link_taps_and_writes(tmp_path: Path) -> None:
    async with tried(tmp_path) as address, visited(address, 1280, 800) as page:
        visitor = Visitor(page)
        await _a_circle_begins(visitor)
        await visitor.opens_newest_link_of(AMARA, "Ben")
        await visitor.taps(BEN, "English")
        await visitor.sees(BEN, "Amara invites you to “Elm House”")
        await visitor.taps(BEN, "Yes, Amara may write to me")
        await visitor.sees(BEN, "You are in “Elm House” now")
        await visitor.types(BEN, "Is there a step at the door?")
        await visitor.sees(BEN, "phone 999")
        await visitor.sees(AMARA, "Is there a step at the door?")
        ARTEFACTS.mkdir(exist_ok=True)
        await page.screenshot(path=ARTEFACTS / "a-resident-joins.png")


async def _a_circle_begins(visitor: Visitor) -> None:
    await visitor.page.locator(f"#phone-{ELIF}").get_by_role("button", name="Start", exact=True).click()
    await visitor.taps(ELIF, "Yes, write to me")
    await visitor.types(ELIF, "/champion")
    await visitor.opens_newest_link_of(ELIF, "Amara")
    await visitor.taps(AMARA, "Yes, I would like to")
    await visitor.taps(AMARA, "Keep “Amara”")
    await visitor.types(AMARA, "Elm House")
    await visitor.sees(AMARA, "“Elm House” is ready")


async def test_on_a_narrow_screen_nothing_lies_outside_and_the_clock_turns(tmp_path: Path) -> None:
    async with tried(tmp_path) as address, visited(address, 360, 740) as page:
        await expect(page.locator(f"#phone-{ELIF}")).to_contain_text("Begin here: press Start.")
        wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider == 0
        await page.get_by_role("button", name="Tomorrow 10:00").click()
        await expect(page.locator("#clock-now")).to_contain_text("10:0", timeout=PATIENCE_MS)
