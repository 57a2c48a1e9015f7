"""The pages of the desk that no address alone leads to: the door, what is shown once, and what says no."""

from collections.abc import AsyncIterator

from playwright.async_api import Page

from tests.cast import TestTown
from tests.desk import HOME, desk_link
from tests.desk_pages.test_every_address import with_session
from tests.lively import shown_once

# (page, field, what is filled in, button, status): a form that comes back with what is wrong at its places.
FAULTY = (
    ("/desk/checkins/assisted", "[name=home_on]", "1999-01-01", "[value=look]", 422),
    ("/desk/settings/place", "[name=zone]", "Nowhere", "button.main", 422),
    ("/desk/templates/loneliness/en/edit", "[name=body]", "A <b>bold {{ word }}", "[formaction$=check]", 200),
)
SENDS = """([field, words, button]) => {
  const filled = document.querySelector(field);
  filled.value = words;
  filled.form.noValidate = true;
  filled.form.requestSubmit(filled.form.querySelector(button));
}"""


async def besides(page: Page, town: TestTown, url: str, token: str) -> AsyncIterator[tuple[int, int]]:
    """Leads to each of them in turn: (the status that it has to have, the one it has). Ends outside the desk."""
    for path in await _made(page, town, url, token):
        yield 200, await _at(page, url + path)
    for path, field, words, button, status in FAULTY:
        await page.goto(url + path)
        yield status, await _sent(page, field, words, button)
    yield 404, await _at(page, f"{url}/desk/concerns/424242")
    await _types(page, url)
    yield 403, await _sent(page, "main [name=form_token]", "guessed", "button")
    await _types(page, url)
    await page.context.clear_cookies()
    yield 401, await _sent(page, "[name=title]", "Warm rooms", "button")
    yield 401, await _at(page, f"{url}/desk/concerns")
    await town.elif_.says("/desk")
    yield 200, await _at(page, url + desk_link(town.elif_))
    yield 200, await _at(page, f"{url}/desk/app")


async def _made(page: Page, town: TestTown, url: str, token: str) -> list[str]:
    """What this session has made; the cookies that show it once go to the browser."""
    visit = with_session(town, token)
    paths = await shown_once(await visit.opens("/desk/"))
    kept = [one for one in visit.client.cookies.jar if f"https://{one.domain}" == HOME]
    await page.context.add_cookies(
        [{"name": one.name, "value": str(one.value), "url": url + one.path} for one in kept if one.path != "/desk"]
    )
    return paths


async def _at(page: Page, address: str) -> int:
    answer = await page.goto(address)
    assert answer is not None
    return answer.status


async def _types(page: Page, url: str) -> None:
    await page.goto(f"{url}/desk/templates/new")
    await page.fill("[name=title]", "Warm rooms")
    await page.fill("[name=topic]", "warm-rooms")


async def _sent(page: Page, field: str, words: str, button: str) -> int:
    async with page.expect_navigation() as sent:
        await page.evaluate(SENDS, [field, words, button])
    answer = await sent.value
    assert answer is not None
    return answer.status
