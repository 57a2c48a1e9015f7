"""The editor with its script: the message and its faults while somebody types, and drafts that keep themselves."""

import pytest

pytest.importorskip("playwright")

from playwright.async_api import Dialog

from tests.browser.desk_stage import at_desk, chromium, desk_on_stage
from tests.browser.test_try_in_browser import CHROMIUM

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
