import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.actions import updates
from bot.config import load
from bot.runtime import Runtime
from bot.store.schema_machine import inbox
from bot.web import webhook
from bot.web.server import application
from tests.web.conftest import browser

SECRET = "a-long_secret"
KNOWN = {webhook.SECRET_HEADER: SECRET}
UPDATE = {"update_id": 7, "message": {"chat": {"id": 42}, "text": "stop"}}


class Caller:
    """Telegram's side of the webhook."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.woken = 0
        self._browser = browser(application(webhook.routes(runtime, SECRET, self._wake)))

    def _wake(self) -> None:
        self.woken += 1

    async def call(self, content: Any, headers: dict[str, str] = KNOWN) -> httpx.Response:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return await self._browser.post(webhook.PATH, content=body, headers=headers)

    async def ids(self) -> list[int]:
        async with self.runtime.database.read() as tx:
            return list((await tx.execute(select(inbox.c.update_id).order_by(inbox.c.update_id))).scalars())

    async def close(self) -> None:
        await self._browser.aclose()


@pytest.fixture
async def caller(runtime: Runtime) -> AsyncIterator[Caller]:
    made = Caller(runtime)
    yield made
    await made.close()


async def test_promise_4_an_update_is_stored_before_it_is_acknowledged(caller: Caller) -> None:
    answer = await caller.call(UPDATE)
    assert answer.status_code == 200
    assert await caller.ids() == [7]
    assert caller.woken == 1


async def test_promise_4_an_update_that_cannot_be_stored_is_not_acknowledged(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> int:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(updates, "receive", full)
    answer = await caller.call(UPDATE)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert caller.woken == 0


async def test_the_same_update_twice_is_kept_once(caller: Caller) -> None:
    assert [(await caller.call(UPDATE)).status_code for _ in range(2)] == [200, 200]
    assert await caller.ids() == [7]


@pytest.mark.parametrize(
    "headers", [{}, {webhook.SECRET_HEADER: ""}, {webhook.SECRET_HEADER: "wrong"}, {webhook.SECRET_HEADER: SECRET[:-1]}]
)
async def test_without_the_secret_nothing_is_stored_and_nothing_told(caller: Caller, headers: dict[str, str]) -> None:
    answer = await caller.call(UPDATE, headers)
    assert (answer.status_code, answer.content) == (403, b"")
    assert await caller.ids() == []


async def test_letters_beyond_ascii_in_the_secret_are_simply_wrong(caller: Caller) -> None:
    answer = await caller._browser.post(
        webhook.PATH, headers={webhook.SECRET_HEADER.encode(): b"\xe9\xff"}, json=UPDATE
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"{}",
        b"[" * 100_000,
        {"update_id": "7"},
        {"update_id": True},
        {"update_id": -1},
        {"update_id": 2**63},
        {"update_id": 7, "message": {"chat": {"title": "x"}}},
        {"update_id": 7, "message": {"chat": {"id": "somebody"}}},
        b'{"update_id": 7, "message": {"chat": {"id": 1}, "text": "\\ud800"}}',
        {"update_id": 7, "message": {"chat": {"id": 1}, "text": "x" * (1 << 20)}},
    ],
    ids=lambda body: repr(body)[:40],
)
async def test_nonsense_is_refused_and_not_stored(caller: Caller, body: Any) -> None:
    assert (await caller.call(body)).status_code == 400
    assert await caller.ids() == []
    assert caller.woken == 0


async def test_no_more_than_the_limit_is_read_when_the_length_is_not_told(caller: Caller) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 100 << 20:
            read += 1 << 16
            yield b" " * (1 << 16)

    answer = await caller._browser.post(webhook.PATH, content=endless(), headers=KNOWN)
    assert answer.status_code == 400
    assert read <= webhook.LARGEST + (2 << 16)


async def test_only_post_is_answered(caller: Caller) -> None:
    assert (await caller._browser.get(webhook.PATH, headers=KNOWN)).status_code == 405


def things(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    keys = st.sampled_from(["update_id", "message", "chat", "from", "id", "callback_query", "text"]) | st.text()
    return st.dictionaries(keys, inner)


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | things(inner)
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=nested)
async def test_no_body_at_all_makes_the_page_fail(caller: Caller, content: Any) -> None:
    assert (await caller.call(content)).status_code in (200, 400)


def test_an_empty_secret_is_refused_for_it_would_let_everybody_in(runtime: Runtime) -> None:
    with pytest.raises(ValueError):
        webhook.routes(runtime, "", lambda: None)


class TestTheSecret:
    def test_is_the_one_that_was_set(self) -> None:
        assert webhook.secret_for(load(_env_file=None, webhook_secret="abc"), b"k" * 32) == "abc"

    def test_otherwise_is_made_from_the_key_and_stays_the_same(self) -> None:
        nothing_set = load(_env_file=None, webhook_secret="")
        made = webhook.secret_for(nothing_set, b"k" * 32)
        assert made == webhook.secret_for(nothing_set, b"k" * 32) != webhook.secret_for(nothing_set, b"l" * 32)

    def test_has_only_what_telegram_allows_and_does_not_show_the_key(self) -> None:
        made = webhook.secret_for(load(_env_file=None, webhook_secret=""), b"k" * 32)
        assert 32 <= len(made) <= 256
        assert all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in made)
        assert b"k".hex() * 4 not in made
