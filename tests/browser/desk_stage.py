"""A lively place with its desk on a real port, for Chromium: concerns, check-ins, broadcasts, replies, drafts.

`python -m tests.browser.desk_stage OUT /desk/concerns …` takes pictures of pages at 360 and 1280 px: by day, by night
and in Arabic (right to left). Without paths it takes the menu's pages.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bot.web import coordinators
from bot.web.desk import COOKIE
from bot.web.rendering import MENU
from bot.web.server import Server, application
from tests.browser.test_try_in_browser import CHROMIUM, FLAGS
from tests.cast import TestTown, opened_test_town
from tests.desk import sits_at_desk
from tests.lively import is_lively

WIDTHS = (360, 1280)


@asynccontextmanager
async def desk_on_stage(language: str = "en") -> AsyncIterator[tuple[TestTown, str, str]]:
    """(town, address of the server, session of Elif)."""
    with tempfile.TemporaryDirectory(prefix="first-mile-desk-") as folder:
        async with opened_test_town(f"sqlite:///{folder}/desk.db") as town:
            await is_lively(town)
            if language != "en":
                await town.elif_.says("/language")
                await town.elif_.taps({"ar": "العربية", "bn": "বাংলা"}[language])
            visit = await sits_at_desk(town)
            token = str(visit.client.cookies.get(COOKIE))
            server = Server(application(coordinators.routes(town.runtime)), "127.0.0.1", 0)
            server.bind()
            serving = asyncio.create_task(server.serve())
            await server.started()
            try:
                yield town, server.url, token
            finally:
                server.should_exit = True
                await serving


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


async def at_desk(
    browser: Browser, url: str, token: str, width: int, *, language: str = "en", dark: bool = False
) -> Page:
    """A page of Elif's browser; faults on its console are in `page.faults`."""
    scheme = "dark" if dark else "light"
    size = {"width": width, "height": 800}
    context = await browser.new_context(viewport=size, color_scheme=scheme, locale=language)  # type: ignore[arg-type]
    await context.add_cookies([{"name": COOKIE, "value": token, "url": f"{url}/desk"}])
    return await context.new_page()


async def pictures(out: Path, paths: list[str]) -> None:
    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    async with chromium() as browser:
        for language, dark in (("en", False), ("en", True), ("ar", False)):
            async with desk_on_stage(language) as (_, url, token):
                for width in WIDTHS:
                    page = await at_desk(browser, url, token, width, language=language, dark=dark)
                    for path in paths:
                        await page.goto(url + path)
                        name = path.strip("/").replace("/", "-").replace("?", "-") or "desk"
                        look = f"{language}{'-dark' if dark else ''}"
                        await page.screenshot(path=out / f"{name}-{width}-{look}.png", full_page=True)


if __name__ == "__main__":
    where, *wanted = sys.argv[1:] or ["artefacts/desk"]
    asyncio.run(pictures(Path(where), wanted or [f"/desk{path}" for path, _ in MENU]))
