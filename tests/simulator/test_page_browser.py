"""The page in a real browser: a visitor joins by link, taps and writes, by mouse and by keyboard, wide and narrow."""

import asyncio
import base64
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import ConsoleMessage, Error, Locator, Page, async_playwright, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.simulator import pages, pages_events
from bot.simulator.params import Upload
from bot.simulator.phones import Phone
from bot.simulator.telegram import Telegram
from tests.simulator.page_town import EchoBot, Face, running, town

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
ARTEFACTS = Path(__file__).parents[2] / "artefacts"
SQUARE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FAAhKDveksOjmAAAAAElFTkSuQmCC"
)
PATIENCE_MS = 5000

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}: install it to test the page"),
]


@dataclass
class Desk:
    """A page that stands open before a visitor, and the town behind it."""

    page: Page
    telegram: Telegram
    face: Face
    bot: EchoBot

    def on(self, phone: Phone) -> Locator:
        return self.page.locator(f"#phone-{phone.user_id}")

    def log(self, phone: Phone) -> Locator:
        return self.on(phone).get_by_role("log")

    async def dismiss_welcome(self) -> None:
        await self.page.get_by_role("button", name="Hide this explanation").click()

    async def more(self, phone: Phone, action: str) -> None:
        await self.on(phone).get_by_role("button", name="More").click()
        await self.on(phone).get_by_role("button", name=action).click()


@pytest.fixture(autouse=True)
def attentive(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is looked at often, so that no test waits for it."""
    monkeypatch.setattr(pages_events, "LOOK_EVERY", 0.05)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab() -> AsyncIterator[Page]:
    """One tab for all tests, as starting a new one costs more than most of them."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(locale="en-GB", reduced_motion="reduce")
        page.set_default_timeout(PATIENCE_MS)
        yield page
        await browser.close()


@contextlib.asynccontextmanager
async def served(telegram: Telegram, face: Face) -> AsyncIterator[tuple[str, uvicorn.Server]]:
    """The page on a free port. Leaving waits until the server has stopped, and fails when an open page holds it up."""
    config = uvicorn.Config(Starlette(), log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    routes = pages.routes(telegram, face, captions={}, closing=lambda: server.should_exit)
    config.app = Starlette(routes=[Mount("/try", routes=routes)])
    listening = socket.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/try/", server
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 3)
        listening.close()


@contextlib.asynccontextmanager
async def desk_of(tab: Page, width: int, height: int) -> AsyncIterator[Desk]:
    """The tab on a town of its own. The town's port is new, so the browser remembers nothing of another test."""
    telegram, face = town()
    for name in ("Elif", "Amara", "Ben"):
        telegram.phone(name)
    bot = EchoBot(telegram)
    async with served(telegram, face) as (url, _), running(bot), faults_of(tab):
        await tab.set_viewport_size({"width": width, "height": height})
        await tab.goto(url)
        await expect(tab.locator(".slot[data-id]")).to_have_count(3)
        yield Desk(tab, telegram, face, bot)
        await tab.goto("about:blank")


@contextlib.asynccontextmanager
async def faults_of(tab: Page) -> AsyncIterator[None]:
    """Fails when a script failed or the page broke its own security policy meanwhile."""
    faults: list[str] = []

    def failed(error: Error) -> None:
        faults.append(error.message)

    def told(line: ConsoleMessage) -> None:
        # What the server refuses is told to the visitor; the browser notes it here as well.
        if line.type == "error" and "Failed to load resource" not in line.text:
            faults.append(line.text)

    tab.on("pageerror", failed)
    tab.on("console", told)
    yield
    tab.remove_listener("pageerror", failed)
    tab.remove_listener("console", told)
    assert faults == []


@pytest_asyncio.fixture(loop_scope="module")
async def desk(tab: Page) -> AsyncIterator[Desk]:
    async with desk_of(tab, 1280, 800) as desk:
        yield desk


@pytest_asyncio.fixture(loop_scope="module")
async def narrow(tab: Page) -> AsyncIterator[Desk]:
    async with desk_of(tab, 360, 740) as desk:
        yield desk


async def test_a_resident_joins_by_link_taps_and_writes(desk: Desk) -> None:
    champion, resident = desk.telegram.phone("Amara"), desk.telegram.phone("Ben")
    await desk.dismiss_welcome()
    await desk.on(champion).get_by_role("button", name="Start", exact=True).click()
    await expect(desk.log(champion)).to_contain_text("Heard: /start")
    await desk.bot.say(champion.user_id, "Your circle: https://t.me/FirstMileBot?start=circle-7")

    await desk.log(champion).get_by_role("link", name="circle-7").click()
    question = desk.page.get_by_role("dialog", name="Which phone shall open this?")
    await expect(question.get_by_role("button").first).to_contain_text("this phone")
    await question.get_by_role("button", name="Ben").click()
    await expect(desk.log(resident)).to_contain_text("Heard: /start circle-7")

    await desk.log(resident).get_by_role("button", name="Thank you").click()
    await expect(desk.on(resident).get_by_text("Noted.")).to_be_visible()
    await expect(desk.log(resident)).to_contain_text("You tapped thanks.")
    await expect(desk.log(resident)).to_contain_text("edited")

    await desk.on(resident).get_by_role("textbox", name="Message from Ben").fill("Is it free?")
    await desk.page.keyboard.press("Enter")
    await expect(desk.log(resident)).to_contain_text("Heard: Is it free?")
    await desk.page.screenshot(path=ARTEFACTS / "simulator-page.png")


async def test_an_alert_stands_in_front_until_it_is_read(desk: Desk) -> None:
    ben = desk.telegram.phone("Ben")
    ben.types("hello")
    await desk.log(ben).get_by_role("button", name="Urgent").click()
    alert = desk.page.get_by_role("dialog", name="The bot says")
    await expect(alert).to_contain_text("Ring 999 now.")
    await alert.get_by_role("button", name="OK").click()
    await expect(alert).to_be_hidden()


async def test_somebody_new_can_open_a_link(desk: Desk) -> None:
    elif_ = desk.telegram.phone("Elif")
    elif_.types("hello")
    await desk.bot.say(elif_.user_id, "Here", [[("Open", "https://t.me/FirstMileBot?start=champ")]])
    await desk.log(elif_).get_by_role("link", name="Open").click()
    await desk.page.get_by_label("First name of somebody new").fill("Noor")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_role("log").nth(3)).to_contain_text("/start")
    assert desk.telegram.phone("Noor").messages[0].text == "/start champ"


async def test_the_newest_link_can_be_scanned_and_another_pasted(desk: Desk) -> None:
    elif_, ben = desk.telegram.phone("Elif"), desk.telegram.phone("Ben")
    elif_.types("hello")
    await desk.bot.say(
        elif_.user_id, "https://t.me/FirstMileBot?start=older and https://t.me/FirstMileBot?start=newest"
    )
    await expect(desk.log(elif_)).to_contain_text("newest")
    await desk.more(ben, "Scan a code")
    await desk.page.get_by_role("button", name="The newest link").click()
    await expect(desk.log(ben)).to_contain_text("Heard: /start newest")
    await desk.more(ben, "Scan a code")
    await desk.page.get_by_role("textbox", name="A link").fill("https://example.org/")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_role("alert").filter(has_text="not a link to this bot")).to_be_visible()
    await desk.page.get_by_role("textbox", name="A link").fill("https://t.me/FirstMileBot?start=pasted")
    await desk.page.keyboard.press("Enter")
    await expect(desk.log(ben)).to_contain_text("Heard: /start pasted")


async def test_telegram_html_is_shown_and_nothing_else_becomes_markup(desk: Desk) -> None:
    ben = desk.telegram.phone("Ben")
    ben.types("<img src=x onerror='window.hurt=1'><script>window.hurt=1</script>")
    html = (
        "<b>bold</b> <i>it</i> <u>un</u> <s>st</s> <code>c</code> <pre>p</pre><blockquote>q</blockquote>"
        '<tg-spoiler>secret</tg-spoiler> <a href="https://example.org/">away</a> &lt;b&gt;not bold&lt;/b&gt;'
    )
    await desk.bot.say(ben.user_id, html, parse_mode="HTML")
    log = desk.log(ben)
    await expect(log).to_contain_text("<b>not bold</b>")
    await expect(log).to_contain_text("<script>window.hurt=1</script>")
    for tag in ("b", "i", "u", "s", "code", "pre", "blockquote"):
        assert await log.locator(f".words {tag}").count() == 1, tag
    assert await log.locator("script, img").count() == 0
    assert await desk.page.evaluate("window.hurt") is None
    away = log.get_by_role("link", name="away")
    assert await away.get_attribute("rel") == "noopener noreferrer"
    assert await away.get_attribute("target") == "_blank"


async def test_a_spoiler_opens_on_a_tap(desk: Desk) -> None:
    ben = desk.telegram.phone("Ben")
    ben.types("hello")
    await desk.bot.say(ben.user_id, "<tg-spoiler>secret</tg-spoiler>", parse_mode="HTML")
    cover = desk.log(ben).get_by_role("button", name="Hidden words")
    await cover.focus()
    await desk.page.keyboard.press("Enter")
    await expect(cover).to_have_count(0)
    await expect(desk.log(ben)).to_contain_text("secret")


async def test_arabic_runs_from_right_to_left_and_a_picture_is_shown(desk: Desk) -> None:
    ben = desk.telegram.phone("Ben")
    ben.types("hello")
    await desk.bot.say(ben.user_id, "لقاح الإنفلونزا مجاني لك هذا الشتاء. للتوقف: /stop")
    words = desk.log(ben).locator(".words").filter(has_text="لقاح")
    assert await words.evaluate("e => getComputedStyle(e).direction") == "rtl"
    await desk.bot.call("sendPhoto", chat_id=ben.user_id, photo=Upload("card.png", SQUARE, "image/png"), caption="Card")
    picture = desk.log(ben).get_by_role("img")
    await expect(picture).to_be_visible()
    await desk.page.wait_for_function("document.querySelector('.picture img').naturalWidth === 10")


async def test_a_deleted_message_vanishes(desk: Desk) -> None:
    ben = desk.telegram.phone("Ben")
    ben.types("hello")
    number = await desk.bot.say(ben.user_id, "Sent by mistake")
    await expect(desk.log(ben)).to_contain_text("Sent by mistake")
    await desk.bot.call("deleteMessage", chat_id=ben.user_id, message_id=number)
    await expect(desk.log(ben)).not_to_contain_text("Sent by mistake")


async def test_replying_to_a_bubble_quotes_it(desk: Desk) -> None:
    ben = desk.telegram.phone("Ben")
    ben.types("hello")
    number = await desk.bot.say(ben.user_id, "How are you today?")
    line = desk.log(ben).get_by_role("listitem").filter(has_text="How are you today?")
    await line.hover()
    await line.get_by_role("button", name="Reply to this message").click()
    await desk.page.keyboard.type("Better, thank you")
    await desk.page.keyboard.press("Enter")
    await expect(desk.log(ben).locator(".quote")).to_contain_text("How are you today?")
    assert next(m for m in ben.messages if m.text == "Better, thank you").reply_to == number


async def test_photo_and_voice_blocking_and_unblocking(desk: Desk) -> None:
    ben = desk.telegram.phone("Ben")
    ben.types("hello")
    await desk.more(ben, "Send a photo")
    await desk.page.get_by_label("A few words with it").fill("my arm")
    await desk.page.keyboard.press("Enter")
    await expect(desk.log(ben)).to_contain_text("my arm")
    await desk.more(ben, "Send a voice message")
    await desk.page.get_by_role("button", name="Send", exact=True).last.click()
    await expect(desk.log(ben)).to_contain_text("0:04")
    await desk.more(ben, "Block the bot")
    await expect(desk.on(ben).get_by_role("textbox")).to_be_hidden()
    assert ben.blocked
    await desk.on(ben).get_by_role("button", name="Unblock the bot").click()
    await expect(desk.on(ben).get_by_role("textbox")).to_be_visible()
    assert not ben.blocked


async def test_the_menu_of_commands_works_by_keyboard_alone(desk: Desk) -> None:
    ben = desk.telegram.phone("Ben")
    await desk.bot.call(
        "setMyCommands",
        commands='[{"command":"start","description":"Begin"},{"command":"stop","description":"No more messages"},'
        '{"command":"help","description":"What this bot does"}]',
    )
    ben.types("hello")
    await desk.on(ben).get_by_role("textbox").focus()
    await desk.page.keyboard.type("/st")
    entries = desk.on(ben).get_by_role("group", name="Commands").get_by_role("button")
    await expect(entries).to_have_count(2)
    await desk.page.keyboard.press("ArrowUp")
    await expect(entries.filter(has_text="/stop")).to_be_focused()
    await desk.page.keyboard.press("Enter")
    await expect(desk.log(ben)).to_contain_text("Heard: /stop")
    await expect(desk.on(ben).get_by_role("textbox")).to_be_focused()


async def test_everything_on_a_phone_can_be_reached_with_the_tab_key(desk: Desk) -> None:
    ben = desk.telegram.phone("Ben")
    ben.types("hello")
    await expect(desk.log(ben)).to_contain_text("Heard: hello")
    await desk.on(ben).get_by_role("button", name="More").focus()
    reached = []
    for _ in range(8):
        await desk.page.keyboard.press("Tab")
        reached.append(await desk.page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText"))
    wanted = ["Reply to this message", "Thank you", "Urgent", "Message from Ben", "Send"]
    assert [name for name in reached if name in wanted] == [wanted[0], *wanted[1:3], wanted[0], *wanted[3:]]


async def test_a_tapped_button_keeps_the_focus_when_its_message_is_edited(desk: Desk) -> None:
    ben = desk.telegram.phone("Ben")
    ben.types("hello")
    await desk.log(ben).get_by_role("button", name="Thank you").focus()
    await desk.page.keyboard.press("Enter")
    await expect(desk.log(ben)).to_contain_text("You tapped thanks.")
    assert await desk.log(ben).evaluate("log => log.contains(document.activeElement)")


async def test_the_clock_is_turned_and_shows_the_time_of_the_town(desk: Desk) -> None:
    clock = desk.page.get_by_role("group", name="The town's clock")
    await expect(clock).to_contain_text("Fri 27 Mar, 20:30")
    await clock.get_by_role("button", name="Tomorrow 10:00").click()
    await expect(clock).to_contain_text("Sat 28 Mar, 10:00")
    await clock.get_by_role("button", name="+7 days").click()
    await expect(clock).to_contain_text("Sat 4 Apr, 10:00")
    await clock.get_by_role("button", name="Another date and time").click()
    await desk.page.get_by_label("Date and time in the town").fill("2026-04-05T08:15")
    await desk.page.keyboard.press("Enter")
    await expect(clock).to_contain_text("Sun 5 Apr, 08:15")


async def test_the_next_thing_due_is_one_press_away_and_says_whom_it_concerned(desk: Desk) -> None:
    clock = desk.page.get_by_role("group", name="The town's clock")
    ben = desk.telegram.phones[2]
    ben.opens()
    await expect(desk.log(ben)).to_contain_text("Heard")
    desk.face.due = desk.face.now() + timedelta(minutes=25)
    desk.face.on_the_way = lambda: desk.bot.say(ben.user_id, "Good morning.")
    await clock.get_by_role("button", name="Next thing due").click()
    await expect(clock).to_contain_text("Fri 27 Mar, 20:55")
    await expect(clock.get_by_role("status")).to_have_text("New on the phones of Ben")
    desk.face.due = None
    await clock.get_by_role("button", name="Next thing due").click()
    await expect(clock.get_by_role("status")).to_contain_text("Nothing is due")


async def test_the_explanation_has_a_half_for_the_time_after_hospital(desk: Desk) -> None:
    welcome = desk.page.get_by_role("region", name="A whole neighbourhood on one page")
    await expect(welcome.get_by_text("Make a card")).to_be_hidden()
    await welcome.get_by_role("button", name="After hospital").click()
    await expect(welcome.get_by_text("Make a card")).to_be_visible()
    await expect(welcome.get_by_text("Invite a champion")).to_be_hidden()


async def test_the_clock_says_that_it_is_busy(desk: Desk) -> None:
    desk.face.turning = True
    await expect(desk.page.get_by_role("status").filter(has_text="Turning the clock")).to_be_visible()
    await desk.page.get_by_role("button", name="+1 hour").click(force=True)
    desk.face.turning = False
    await expect(desk.page.get_by_role("status").filter(has_text="Turning the clock")).to_have_count(0)
    assert desk.face.goals == [], "a press while it turns does nothing"


async def test_a_phone_is_added_and_the_explanation_stays_hidden(desk: Desk) -> None:
    await desk.dismiss_welcome()
    await desk.page.get_by_label("First name", exact=True).fill("<b>Mina</b>")
    await desk.page.get_by_label("Language of the phone").select_option("ar")
    await desk.page.keyboard.press("Enter")
    await desk.page.get_by_role("button", name="Add this phone").click()
    mina = desk.page.get_by_role("region", name="<b>Mina</b>’s phone")
    await expect(mina).to_contain_text("Arabic")
    await desk.page.reload()
    await expect(mina).to_be_attached()
    await expect(desk.page.get_by_role("heading", name="A whole neighbourhood")).to_be_hidden()


async def test_on_a_narrow_screen_one_phone_is_shown_at_a_time(narrow: Desk) -> None:
    ben, page = narrow.telegram.phone("Ben"), narrow.page
    await narrow.dismiss_welcome()
    ben.types("hello")
    tabs = page.get_by_role("navigation", name="Phones")
    await expect(tabs.get_by_role("button", name="Ben")).to_contain_text("1")
    await tabs.get_by_role("button", name="Ben").click()
    await expect(narrow.on(ben)).to_be_in_viewport(ratio=0.9)
    await expect(narrow.on(narrow.telegram.phone("Elif"))).not_to_be_in_viewport()
    await expect(tabs.get_by_role("button", name="Ben")).to_have_text("Ben")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    await narrow.on(ben).get_by_role("textbox").fill("x" * 300)
    await page.keyboard.press("Enter")
    await expect(narrow.log(ben)).to_contain_text("Heard: xxx")
    assert await narrow.log(ben).evaluate("log => log.scrollWidth <= log.clientWidth")
    await page.screenshot(path=ARTEFACTS / "simulator-page-narrow.png")


async def test_the_server_stops_at_once_though_a_page_is_open_and_the_page_says_so(tab: Page) -> None:
    telegram, face = town()
    async with served(telegram, face) as (url, server):
        await tab.goto(url)
        await expect(tab.locator("#clock-now")).to_contain_text("27 Mar")
        server.should_exit = True
    await expect(tab.get_by_text("The simulator is not answering")).to_be_visible()
