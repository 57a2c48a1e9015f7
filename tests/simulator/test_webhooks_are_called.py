"""Webhooks: secret, order, doubling delay, Retry-After, and what getWebhookInfo tells."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from bot.simulator.webhooks import SECRET_HEADER
from tests.simulator.wire import Wire

URL = "https://example.org/telegram/webhook"


class Door:
    """The bot's side: answers what the test wants and remembers what came when."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.came: list[tuple[float, dict[str, str], Any]] = []
        self.wire = Wire(post=self.post)

    async def post(self, url: str, headers: dict[str, str], json: dict[str, Any]) -> tuple[int, Mapping[str, str]]:
        assert url == URL
        self.came.append((self.wire.clock.monotonic(), headers, json))
        status, wishes = self.answers.pop(0) if self.answers else (200, {})
        if status == 0:
            raise OSError("refused")
        return status, wishes

    @property
    def texts(self) -> list[str]:
        return [json["message"]["text"] for _, _, json in self.came]

    async def after(self, seconds: float) -> None:
        """Time goes on second by second, and everybody has a chance to act."""
        for _ in range(int(seconds)):
            await settle()
            self.wire.clock.turn(1)
        await settle()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
async def door() -> Any:
    door = Door()
    status, body = await door.wire.call("setWebhook", url=URL, secret_token="s3cret")
    assert (status, body["description"]) == (200, "Webhook was set")
    yield door
    door.wire.telegram.webhook.stop()
    await settle()


async def test_an_update_is_posted_with_the_secret_and_gone_once_taken(door: Door) -> None:
    door.wire.telegram.phone("Ben").types("hello")
    await settle()
    assert [(headers, json["message"]["text"]) for _, headers, json in door.came] == [
        ({SECRET_HEADER: "s3cret"}, "hello")
    ]
    assert (await door.wire.does("getWebhookInfo"))["pending_update_count"] == 0


async def test_a_refused_update_comes_again_with_doubling_delay(door: Door) -> None:
    door.answers = [(500, {}), (503, {}), (0, {})]
    door.wire.telegram.phone("Ben").types("hello")
    await door.after(10)
    assert [at for at, _, _ in door.came] == [0, 1, 3, 7]
    info = await door.wire.does("getWebhookInfo")
    assert info["last_error_message"] == "Connection failed: refused" and info["pending_update_count"] == 0


async def test_retry_after_is_honoured(door: Door) -> None:
    door.answers = [(503, {"Retry-After": "20"})]
    door.wire.telegram.phone("Ben").types("hello")
    await door.after(25)
    assert [at for at, _, _ in door.came] == [0, 20]


async def test_one_chats_messages_keep_their_order_and_do_not_hold_up_another(door: Door) -> None:
    ben, ana = door.wire.telegram.phone("Ben"), door.wire.telegram.phone("Ana")
    door.answers = [(500, {})]
    ben.types("b1")
    ben.types("b2")
    ana.types("a1")
    await settle()
    assert door.texts == ["b1", "a1"]
    await door.after(1)
    assert door.texts == ["b1", "a1", "b1", "b2"]


async def test_it_is_tried_until_the_update_is_too_old(door: Door) -> None:
    door.answers = [(500, {"Retry-After": "3600"})] * 40
    door.wire.telegram.phone("Ben").types("hello")
    for _ in range(30):
        await settle()
        door.wire.clock.turn(3600)
    await settle()
    assert len(door.came) == 24


async def test_without_a_webhook_nothing_is_posted_and_nothing_lost(door: Door) -> None:
    assert (await door.wire.call("deleteWebhook"))[1]["description"] == "Webhook was deleted"
    assert (await door.wire.call("setWebhook", url=""))[1]["description"] == "Webhook is already deleted"
    door.wire.telegram.phone("Ben").types("hello")
    await settle()
    assert door.came == []
    await door.wire.does("deleteWebhook", drop_pending_updates=True)
    assert await door.wire.does("getUpdates") == []


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"url": "http://example.org/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://example.org:8080/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": URL, "secret_token": "no spaces"}, "secret token contains unallowed characters"),
    ],
)
async def test_bad_webhooks_are_refused(wire: Wire, params: dict[str, str], complaint: str) -> None:
    assert await wire.refused("setWebhook", **params) == f"Bad Request: {complaint}"


async def test_a_server_on_this_machine_may_use_plain_http(wire: Wire) -> None:
    await wire.does("setWebhook", url="http://127.0.0.1:8080/x", allowed_updates=["message"], max_connections=5)
    info = await wire.does("getWebhookInfo")
    assert (info["url"], info["allowed_updates"], info["max_connections"]) == (
        "http://127.0.0.1:8080/x",
        ["message"],
        5,
    )
    await wire.does("deleteWebhook")
    await settle()
