"""The page's routes without a browser: what they show, what they do, what they refuse."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.simulator import pages, pages_events
from bot.simulator.params import Upload
from bot.simulator.telegram import Telegram
from tests.simulator.page_town import BEGIN, EchoBot, Face, town

HOME = "http://127.0.0.1:8080"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


class Visitor:
    """A browser on the page, as far as HTTP sees it."""

    def __init__(self, telegram: Telegram, face: Face) -> None:
        self.telegram, self.face, self.bot = telegram, face, EchoBot(telegram)
        self.captions: dict[int, str] = {}
        self.looks: list[Callable[[], object]] | None = None
        routes = pages.routes(telegram, face, captions=self.captions, closing=self.closing)
        transport = httpx.ASGITransport(app=Starlette(routes=[Mount("/try", routes=routes)]))
        self.http = httpx.AsyncClient(transport=transport, base_url=HOME)

    def closing(self) -> bool:
        """The server closes once every look that the test has planned is taken; each look may do something first."""
        if self.looks is None:
            return False
        if self.looks:
            self.looks.pop(0)()
            return False
        return True

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(f"/try/{path}")

    async def post(self, path: str, sent: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.http.post(f"/try/{path}", json=sent, headers={"Origin": HOME, **(headers or {})})

    async def state(self) -> dict[str, Any]:
        return dict((await self.get("state")).json())

    async def phone(self, name: str) -> dict[str, Any]:
        return next(phone for phone in (await self.state())["phones"] if phone["name"] == name)


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    visitor = Visitor(*town())
    async with visitor.http:
        yield visitor


def error_of(response: httpx.Response) -> str:
    return str(response.json()["error"])


class TestThePageItself:
    async def test_is_one_file_that_loads_nothing_from_elsewhere_and_runs_no_inline_script(
        self, visitor: Visitor
    ) -> None:
        page = await visitor.get("")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        assert "https://" not in page.text.replace("https://t.me/", "")
        assert " style=" not in page.text and " onclick=" not in page.text

    @pytest.mark.parametrize("name", ["try.js", "phone.js", "richtext.js", "try.css", "chat.css", "mark.svg"])
    async def test_has_its_static_files(self, visitor: Visitor, name: str) -> None:
        file = await visitor.get(f"static/{name}")
        assert file.status_code == 200
        assert file.headers["x-content-type-options"] == "nosniff"

    @pytest.mark.parametrize("name", ["nothing.js", "..%2Fpages.py", "%2e%2e%2fpages.py"])
    async def test_gives_out_no_other_file(self, visitor: Visitor, name: str) -> None:
        assert (await visitor.get(f"static/{name}")).status_code == 404


class TestTheState:
    async def test_shows_every_phone_in_order_with_its_caption(self, visitor: Visitor) -> None:
        amara, ben = visitor.telegram.phone("Amara"), visitor.telegram.phone("Ben", language_code="ar")
        visitor.captions[amara.user_id] = "champion"
        state = await visitor.state()
        assert state["order"] == [amara.user_id, ben.user_id]
        assert [phone["caption"] for phone in state["phones"]] == ["champion", ""]
        assert state["phones"][1]["language"] == "ar"
        assert state["bot"] == "FirstMileBot" and state["bot_name"] == "First Mile"

    async def test_shows_the_clock_in_the_place(self, visitor: Visitor) -> None:
        clock = (await visitor.state())["clock"]
        assert clock == {"now": "2026-03-27T20:30:00+00:00", "zone": "Europe/London", "turning": False}

    async def test_says_nothing_when_nothing_changed_since(self, visitor: Visitor) -> None:
        version = (await visitor.state())["version"]
        assert (await visitor.get(f"state?since={version}")).status_code == 204
        visitor.telegram.phone("Amara").types("hello")
        assert (await visitor.get(f"state?since={version}")).status_code == 200

    async def test_shows_a_message_with_everything_on_it(self, visitor: Visitor) -> None:
        ben = visitor.telegram.phone("Ben")
        asked = ben.types("hello")
        number = await visitor.bot.say(
            ben.user_id, "<b>Hi</b>", [[("Yes", "y"), ("Read", "https://example.org/")]],
            parse_mode="HTML", protect_content=True, reply_parameters=json.dumps({"message_id": asked.message_id}),
        )  # fmt: skip
        await visitor.bot.call("editMessageText", chat_id=ben.user_id, message_id=number, text="Hi again")
        shown = (await visitor.phone("Ben"))["messages"][-1]
        assert shown["id"] == number and shown["from_bot"] and shown["edited"] and shown["protected"]
        assert shown["html"] == "Hi again" and shown["reply_to"] == asked.message_id

    async def test_a_deleted_message_is_gone(self, visitor: Visitor) -> None:
        ben = visitor.telegram.phone("Ben")
        ben.types("hello")
        number = await visitor.bot.say(ben.user_id, "Oops")
        await visitor.bot.call("deleteMessage", chat_id=ben.user_id, message_id=number)
        assert [m["html"] for m in (await visitor.phone("Ben"))["messages"]] == ["hello"]

    async def test_names_and_texts_that_look_like_markup_stay_texts(self, visitor: Visitor) -> None:
        name = "<img src=x onerror=alert(1)>"
        assert (await visitor.post("phones", {"name": name})).status_code == 201
        phone = visitor.telegram.phones[0]
        phone.types("<script>alert(1)</script>")
        answer = await visitor.get("state")
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["phones"][0]["name"] == name
        assert answer.json()["phones"][0]["messages"][0]["html"] == "&lt;script&gt;alert(1)&lt;/script&gt;"

    async def test_knows_the_start_links_that_a_phone_has_seen(self, visitor: Visitor) -> None:
        ben = visitor.telegram.phone("Ben")
        ben.types("hello")
        await visitor.bot.say(
            ben.user_id, "Come: https://t.me/FirstMileBot?start=abc, or https://t.me/OtherBot?start=x"
        )
        await visitor.bot.say(ben.user_id, "Here", [[("Open", "https://t.me/FirstMileBot?start=def")]])
        links = [found["link"] for found in (await visitor.phone("Ben"))["links"]]
        assert links == ["https://t.me/FirstMileBot?start=abc", "https://t.me/FirstMileBot?start=def"]


class TestAttachments:
    async def sent(self, visitor: Visitor, upload: Upload) -> httpx.Response:
        ben = visitor.telegram.phone("Ben")
        ben.types("hello")
        sent = await visitor.bot.call("sendDocument", chat_id=ben.user_id, document=upload)
        return await visitor.get(f"phones/{ben.user_id}/media/{sent['message_id']}")

    async def test_a_picture_is_shown(self, visitor: Visitor) -> None:
        answer = await self.sent(visitor, Upload("card.png", PNG, "image/png"))
        assert answer.content == PNG
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["content-disposition"].startswith("inline")

    async def test_anything_that_could_run_is_only_downloaded_whatever_it_is_called(self, visitor: Visitor) -> None:
        answer = await self.sent(visitor, Upload("card.png", b"<svg onload='alert(1)'/>", "image/svg+xml"))
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["content-security-policy"]

    async def test_an_attachment_that_is_not_there_is_said_to_be_missing(self, visitor: Visitor) -> None:
        ben = visitor.telegram.phone("Ben")
        ben.types("hello")
        answer = await visitor.get(f"phones/{ben.user_id}/media/1")
        assert answer.status_code == 404 and "no such attachment" in error_of(answer)

    async def test_a_pretend_photo_is_a_label_and_not_a_picture(self, visitor: Visitor) -> None:
        visitor.telegram.phone("Ben").sends_photo()
        media = (await visitor.phone("Ben"))["messages"][0]["media"]
        assert media["kind"] == "photo" and not media["image"]


class TestPresses:
    async def press(self, visitor: Visitor, name: str, sent: Any) -> httpx.Response:
        return await visitor.post(f"phones/{visitor.telegram.phone('Ben').user_id}/{name}", sent)

    async def test_typing_and_replying(self, visitor: Visitor) -> None:
        await self.press(visitor, "types", {"text": "hello"})
        first = visitor.telegram.phone("Ben").messages[0]
        await self.press(visitor, "types", {"text": "and this", "reply_to": first.message_id})
        assert [(m.text, m.reply_to) for m in visitor.telegram.phone("Ben").messages] == [
            ("hello", None),
            ("and this", first.message_id),
        ]

    async def test_tapping_a_button_asks_the_bot(self, visitor: Visitor) -> None:
        ben = visitor.telegram.phone("Ben")
        ben.types("hello")
        number = await visitor.bot.say(ben.user_id, "Well?", [[("Yes", "y")]])
        visitor.telegram.take_updates()
        answer = await self.press(visitor, "taps", {"data": "y", "message_id": number})
        [update] = visitor.telegram.take_updates()
        assert update["callback_query"]["id"] == answer.json()["result"]
        await visitor.bot.answer(update)
        phone = await visitor.phone("Ben")
        assert phone["toasts"] == 1 and phone["newest_toasts"] == [{"text": "Noted.", "alert": False}]

    @pytest.mark.parametrize(
        "link", ["https://t.me/FirstMileBot?start=abc-1", "t.me/firstmilebot?start=abc-1", " abc-1 "]
    )
    async def test_opening_a_link_in_each_of_its_shapes(self, visitor: Visitor, link: str) -> None:
        assert (await self.press(visitor, "opens", {"link": link})).status_code == 200
        assert visitor.telegram.phone("Ben").messages[0].text == "/start abc-1"

    @pytest.mark.parametrize(
        "link",
        [
            "https://t.me/OtherBot?start=abc",
            "https://example.org/",
            "two words",
            "https://t.me/FirstMileBot?start=a%20b",
        ],
    )
    async def test_a_link_that_leads_elsewhere_is_refused_with_an_example(self, visitor: Visitor, link: str) -> None:
        answer = await self.press(visitor, "opens", {"link": link})
        assert answer.status_code == 400
        assert "https://t.me/FirstMileBot?start=" in error_of(answer)
        assert visitor.telegram.phone("Ben").messages == []

    async def test_photo_and_voice(self, visitor: Visitor) -> None:
        await self.press(visitor, "photo", {"caption": "my arm"})
        await self.press(visitor, "voice", {"seconds": 7})
        photo, voice = (await visitor.phone("Ben"))["messages"]
        assert photo["media"]["kind"] == "photo" and photo["html"] == "my arm"
        assert voice["media"]["kind"] == "voice" and voice["media"]["duration"] == 7

    async def test_blocking_and_unblocking(self, visitor: Visitor) -> None:
        await self.press(visitor, "types", {"text": "hello"})
        await self.press(visitor, "blocks", {})
        assert (await visitor.phone("Ben"))["blocked"]
        refused = await self.press(visitor, "types", {"text": "hello?"})
        assert refused.status_code == 409 and "unblock" in error_of(refused)
        await self.press(visitor, "unblocks", {})
        assert not (await visitor.phone("Ben"))["blocked"]

    @pytest.mark.parametrize(
        ("name", "sent", "status", "words"),
        [
            ("types", {}, 400, "“text” is missing"),
            ("types", {"text": "   "}, 400, "“text” is missing"),
            ("types", {"text": 5}, 400, "“text” is missing"),
            ("types", {"text": "x" * 4097}, 400, "too long"),
            ("types", {"text": "𝄞" * 4000}, 409, "4096"),
            ("types", {"text": "x", "reply_to": "1"}, 400, "whole number"),
            ("types", {"text": "x", "reply_to": 99}, 409, "not on this phone"),
            ("types", ["x"], 400, "JSON object"),
            ("taps", {"data": "y"}, 400, "“message_id”"),
            ("taps", {"data": "y", "message_id": 1}, 409, "No button"),
            ("voice", {"seconds": 0}, 400, "whole number from 1"),
            ("voice", {"seconds": True}, 400, "whole number from 1"),
            ("photo", {"caption": "x" * 1025}, 400, "too long"),
            ("explodes", {}, 404, "It can: types"),
        ],
    )
    async def test_a_wrong_press_is_refused_in_one_sentence(
        self, visitor: Visitor, name: str, sent: Any, status: int, words: str
    ) -> None:
        answer = await self.press(visitor, name, sent)
        assert answer.status_code == status
        assert words in error_of(answer)

    async def test_a_phone_that_is_not_there(self, visitor: Visitor) -> None:
        answer = await visitor.post("phones/1/types", {"text": "x"})
        assert answer.status_code == 404 and "no phone 1" in error_of(answer)

    async def test_a_body_that_is_not_json(self, visitor: Visitor) -> None:
        headers = {"Content-Type": "application/json"}
        answer = await visitor.http.post("/try/phones", content=b"{", headers=headers)
        assert answer.status_code == 400 and "not readable" in error_of(answer)


class TestAddingAPhone:
    async def test_gives_its_id_and_language(self, visitor: Visitor) -> None:
        answer = await visitor.post("phones", {"name": " Mina ", "language": "bn"})
        assert answer.status_code == 201
        phone = await visitor.phone("Mina")
        assert phone["id"] == answer.json()["id"] and phone["language"] == "bn" and not phone["started"]

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({"name": ""}, "“name” is missing"),
            ({"name": "x" * 65}, "too long"),
            ({"name": "Mina", "language": "<b>"}, "language code"),
            ({"name": "Mina", "language": None}, "language code"),
        ],
    )
    async def test_refuses_what_is_no_name_or_language(self, visitor: Visitor, sent: Any, words: str) -> None:
        answer = await visitor.post("phones", sent)
        assert answer.status_code == 400 and words in error_of(answer)
        assert visitor.telegram.phones == []

    async def test_refuses_a_second_phone_of_the_same_name(self, visitor: Visitor) -> None:
        await visitor.post("phones", {"name": "Mina"})
        answer = await visitor.post("phones", {"name": "Mina"})
        assert answer.status_code == 409 and "another name" in error_of(answer)

    async def test_ends_when_the_page_is_full(self, visitor: Visitor) -> None:
        for number in range(24):
            visitor.telegram.phone(f"Person {number}")
        answer = await visitor.post("phones", {"name": "Mina"})
        assert answer.status_code == 409 and "24 phones" in error_of(answer)


class TestTheClock:
    @pytest.mark.parametrize(
        ("sent", "goal"),
        [
            ({"turn": "minutes"}, datetime(2026, 3, 27, 20, 40, tzinfo=UTC)),
            ({"turn": "hour"}, datetime(2026, 3, 27, 21, 30, tzinfo=UTC)),
            ({"turn": "hours"}, datetime(2026, 3, 28, 2, 30, tzinfo=UTC)),
            ({"turn": "tomorrow"}, datetime(2026, 3, 28, 10, 0, tzinfo=UTC)),
            # Seven days on, the town is an hour ahead of UTC: the same time of day there is an hour earlier.
            ({"turn": "week"}, datetime(2026, 4, 3, 19, 30, tzinfo=UTC)),
            ({"to": "2026-03-29T12:00"}, datetime(2026, 3, 29, 11, 0, tzinfo=UTC)),
            ({"to": "2026-03-29T12:00:00+00:00"}, datetime(2026, 3, 29, 12, 0, tzinfo=UTC)),
        ],
    )
    async def test_turns_by_the_towns_own_time(self, visitor: Visitor, sent: Any, goal: datetime) -> None:
        answer = await visitor.post("clock", sent)
        assert answer.status_code == 200
        assert visitor.face.goals == [goal]
        assert visitor.face.now() == goal

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({"to": "2026-03-27T20:00"}, "only goes forward"),
            ({"to": "2029-03-27T20:00"}, "too far"),
            ({"to": "next Tuesday"}, "such as 2026-12-01T10:00"),
            ({"to": "9999-12-31T23:59-23:00"}, "such as"),
            ({"turn": "back"}, "must be one of"),
            ({}, "such as"),
        ],
    )
    async def test_refuses_the_past_the_far_future_and_nonsense(self, visitor: Visitor, sent: Any, words: str) -> None:
        answer = await visitor.post("clock", sent)
        assert answer.status_code == 400 and words in error_of(answer)
        assert visitor.face.goals == []

    async def test_turns_to_the_next_thing_due_and_says_whose_phones_have_something_new(self, visitor: Visitor) -> None:
        visitor.telegram.phone("Dalia")
        ben = visitor.telegram.phone("Ben")
        visitor.face.due = BEGIN + timedelta(minutes=25)
        visitor.face.on_the_way = lambda: visitor.bot.say(ben.user_id, "Good morning.")
        ben.opens()
        answer = await visitor.post("clock", {"turn": "due"})
        assert visitor.face.goals == [BEGIN + timedelta(minutes=25)]
        assert answer.json()["came"] == [{"name": "Ben", "count": 1}]

    async def test_says_so_when_nothing_is_due(self, visitor: Visitor) -> None:
        answer = await visitor.post("clock", {"turn": "due"})
        assert answer.status_code == 409 and "Nothing is due" in error_of(answer)
        assert visitor.face.goals == []

    async def test_is_not_turned_twice_at_once(self, visitor: Visitor) -> None:
        visitor.face.turning = True
        answer = await visitor.post("clock", {"turn": "hour"})
        assert answer.status_code == 409 and "already" in error_of(answer)


class TestStrangers:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:9999"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    @pytest.mark.parametrize("path", ["phones", "clock", "phones/1/types"])
    async def test_another_site_cannot_press_anything(
        self, visitor: Visitor, path: str, headers: dict[str, str]
    ) -> None:
        answer = await visitor.post(path, {"name": "Mallory", "turn": "week"}, headers)
        assert answer.status_code == 403
        assert visitor.telegram.phones == [] and visitor.face.goals == []

    async def test_a_form_of_another_site_cannot_either(self, visitor: Visitor) -> None:
        answer = await visitor.http.post("/try/phones", data={"name": "Mallory"})
        assert answer.status_code == 415

    async def test_the_browsers_own_word_counts_behind_a_proxy_that_changes_the_host(self, visitor: Visitor) -> None:
        headers = {"Origin": "https://forwarded.example", "Sec-Fetch-Site": "same-origin"}
        assert (await visitor.post("phones", {"name": "Mina"}, headers)).status_code == 201


class TestTheStream:
    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pages_events, "LOOK_EVERY", 0.01)

    async def told(self, visitor: Visitor, *looks: Callable[[], object]) -> list[dict[str, Any]]:
        visitor.looks = list(looks)
        answer = await visitor.get("events")
        assert answer.headers["content-type"].startswith("text/event-stream")
        return [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]

    async def test_tells_everything_first_and_then_only_what_changed(self, visitor: Visitor) -> None:
        amara, ben = visitor.telegram.phone("Amara"), visitor.telegram.phone("Ben")
        amara.types("good morning")
        first, second = await self.told(visitor, nothing, nothing, lambda: ben.types("hello"), nothing)
        assert [phone["name"] for phone in first["phones"]] == ["Amara", "Ben"]
        assert [phone["name"] for phone in second["phones"]] == ["Ben"]
        assert second["order"] == [amara.user_id, ben.user_id]

    async def test_tells_that_the_clock_moved_though_no_phone_changed(self, visitor: Visitor) -> None:
        first, second = await self.told(visitor, nothing, lambda: visitor.face.jump(timedelta(hours=1)))
        assert first["clock"]["now"] == "2026-03-27T20:30:00+00:00"
        assert second["clock"]["now"] == "2026-03-27T21:30:00+00:00" and second["phones"] == []

    async def test_ends_when_the_server_is_closing(self, visitor: Visitor) -> None:
        assert await self.told(visitor) == []

    async def test_ends_by_itself_after_a_while(self, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pages_events, "STREAM_SECONDS", 0.0)
        assert (await visitor.get("events")).status_code == 200


def nothing() -> None:
    """A look at which nothing has happened."""
