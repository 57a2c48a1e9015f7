"""The editor with its script: the message and its faults while somebody types, and drafts that keep themselves."""

import asyncio
from functools import partial
from typing import Any

import pytest

pytest.importorskip("playwright")

from playwright.async_api import Dialog

from tests.browser.desk_stage import at_desk, chromium, desk_on_stage
from tests.browser.test_try_in_browser import CHROMIUM

KEEP_AFTER = 4100  # milliseconds; a little more than the page waits before it keeps what was typed
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium here")


async def test_the_editor_shows_the_message_and_its_faults_while_somebody_types() -> None:
    async with chromium() as browser, desk_on_stage() as (_, url, token):
        page = await at_desk(browser, url, token, 1280)
        await page.goto(f"{url}/desk/templates/loneliness/en/edit")
        await page.fill("textarea[name=body]", "A <b>warm room is open.")
        await page.wait_for_selector("#x-body .fault")
        assert "is not closed" in await page.inner_text("#x-body")
        assert await page.get_attribute("textarea[name=body]", "aria-invalid") == "true"
        await page.fill("textarea[name=body]", "A <b>warm room</b> is open for ")
        await page.click("button[name=insert][value=name]")
        await page.wait_for_selector("#preview .bubble b")
        assert "A warm room is open for Amina" in await page.inner_text("#preview .bubble")
        assert await page.get_attribute("textarea[name=body]", "aria-invalid") is None
        await page.wait_for_selector("#kept:has-text('Draft kept')")
        await page.reload()
        assert await page.input_value("textarea[name=body]") == "A <b>warm room</b> is open for {{ name }}"
        await page.fill("input[name=title]", "A room")
        await page.click("text=Save the draft")
        await page.wait_for_selector("text=Only coordinators see it")


async def _answers(route: Any, *, status: int) -> None:
    await route.fulfill(status=status, body="no")


async def test_the_editor_says_when_a_draft_was_not_kept_and_why() -> None:
    async with chromium() as browser, desk_on_stage() as (_, url, token):
        page = await at_desk(browser, url, token, 1280)
        await page.clock.install()
        await page.goto(f"{url}/desk/templates/loneliness/en/edit")
        reasons = {401: "not at the desk", 403: "too old", 413: "too long", 422: "to see why", 502: "cannot be reached"}
        for status, words in reasons.items():
            await page.route("**/keep", partial(_answers, status=status))
            await page.fill("textarea[name=body]", f"A warm room. {status}")
            await page.clock.fast_forward(KEEP_AFTER)
            await page.wait_for_selector(f"#kept.fault:has-text('{words}')")
            await page.unroute("**/keep")
        await page.route("**/keep", lambda route: route.abort())
        await page.fill("textarea[name=body]", "Nobody hears")
        await page.clock.fast_forward(KEEP_AFTER)
        await page.wait_for_selector("#kept.fault:has-text('cannot be reached')")
        await page.unroute("**/keep")
        await page.fill("textarea[name=body]", "A warm room is open.")
        await page.clock.fast_forward(KEEP_AFTER)
        await page.wait_for_selector("#kept:not(.fault):has-text('Draft kept')")


async def test_what_is_typed_while_a_draft_is_being_kept_is_kept_after_it() -> None:
    async with chromium() as browser, desk_on_stage() as (_, url, token):
        page = await at_desk(browser, url, token, 1280)
        await page.goto(f"{url}/desk/templates/loneliness/en/edit")
        on_its_way, may_go = asyncio.Event(), asyncio.Event()

        async def slowly(route: Any) -> None:
            on_its_way.set()
            await may_go.wait()
            await route.continue_()

        await page.route("**/keep", slowly)
        await page.fill("textarea[name=body]", "The first words.")
        await on_its_way.wait()
        await page.fill("textarea[name=body]", "The later words.")
        async with page.expect_response("**/keep"):
            may_go.set()
        assert await page.inner_text("#kept") == ""
        await page.wait_for_selector("#kept:has-text('Draft kept')")
        await page.reload()
        assert await page.input_value("textarea[name=body]") == "The later words."


async def test_nobody_leaves_unsent_words_without_being_asked() -> None:
    async with chromium() as browser, desk_on_stage() as (_, url, token):
        page = await at_desk(browser, url, token, 1280)
        asked: list[str] = []

        async def stays(dialog: Dialog) -> None:
            asked.append(dialog.type)
            await dialog.dismiss()

        page.on("dialog", stays)
        await page.goto(f"{url}/desk/settings/place")
        await page.click("textarea[name=contact]")
        await page.keyboard.type("Ring the door")
        await page.evaluate("location.href = '/desk/'")
        await page.wait_for_timeout(500)
        assert asked == ["beforeunload"]
        assert page.url.endswith("/desk/settings/place")
        async with page.expect_navigation():
            await page.click("main form button.main >> nth=-1")
        assert asked == ["beforeunload"]
        await page.goto(f"{url}/desk/templates/loneliness/en/edit")
        await page.locator("textarea[name=body]").click()
        await page.keyboard.type(" More.")
        await page.wait_for_selector("#kept:has-text('Draft kept')")
        await page.goto(f"{url}/desk/")
        assert asked == ["beforeunload"]
