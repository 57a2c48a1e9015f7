"""The same over HTTP: the control routes without a socket, the broken lines with one."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.error import NetworkError, TimedOut
from telegram.request import HTTPXRequest

from bot.clock import SystemClock
from bot.simulator.__main__ import telegram_for, wishes, write_line
from bot.simulator.limits import Limits
from bot.simulator.server import simulator_app, simulator_server
from bot.simulator.telegram import TOKEN, Call, Telegram
from bot.simulator.webhooks import http_post


@pytest.fixture
def telegram() -> Telegram:
    return Telegram(SystemClock(), limits=Limits.none())


@pytest.fixture
async def client(telegram: Telegram) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(simulator_app(telegram))
    async with httpx.AsyncClient(transport=transport, base_url="http://sim") as client:
        yield client


@pytest.fixture
async def address(telegram: Telegram) -> AsyncIterator[str]:
    server = simulator_server(telegram, port=0)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn sets a flag, no event)
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
async def bot(telegram: Telegram, address: str) -> AsyncIterator[Bot]:
    patient = HTTPXRequest(read_timeout=0.3)
    base, files = f"{address}/bot", f"{address}/file/bot"
    async with Bot(telegram.token, base_url=base, base_file_url=files, request=patient) as bot:
        yield bot


async def posted(client: httpx.AsyncClient, path: str, **wish: Any) -> Any:
    answer = await client.post(path, json=wish)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_call_comes_as_query_form_multipart_or_json(telegram: Telegram, client: httpx.AsyncClient) -> None:
    telegram.phone("Ben", user_id=7).has_long_started()
    url = f"/bot{telegram.token}/sendMessage"
    params = {"chat_id": "7", "text": "<b>é</b> & more", "parse_mode": "HTML"}
    answers = [
        await client.get(url, params=params),
        await client.post(url, data=params),
        await client.post(url, files={name: (None, value) for name, value in params.items()}),
        await client.post(url, json={**params, "chat_id": 7}),
    ]
    assert [answer.json()["result"]["text"] for answer in answers] == ["é & more"] * 4
    file = {"document": ("a.txt", b"abc", "text/plain")}
    sent = (await client.post(f"/bot{telegram.token}/sendDocument", data={"chat_id": "7"}, files=file)).json()
    assert sent["result"]["document"] | {"file_id": "", "file_unique_id": ""} == {
        "file_id": "",
        "file_unique_id": "",
        "file_size": 3,
        "file_name": "a.txt",
        "mime_type": "text/plain",
    }


async def test_wrong_tokens_and_methods_have_telegrams_statuses(telegram: Telegram, client: httpx.AsyncClient) -> None:
    assert (await client.get("/bot9:x/getMe")).status_code == 401
    assert (await client.get(f"/bot{telegram.token}/nothing")).status_code == 404
    assert (await client.get(f"/file/bot{telegram.token}/photo/none")).status_code == 404


async def test_a_crowd_is_made_and_partly_blocked_without_updates(
    telegram: Telegram, client: httpx.AsyncClient
) -> None:
    assert await posted(client, "/sim/phones", count=100, first_id=1000) == {"phones": 100}
    blocked = (await posted(client, "/sim/block", share=0.1, seed=1, **{"except": [1000]}))["blocked"]
    assert len(blocked) == 10 and 1000 not in blocked
    assert telegram.take_updates() == []
    statuses = [(await telegram.call("sendMessage", {"chat_id": 1000 + n, "text": f"flu {n}"}))[0] for n in range(100)]
    assert statuses.count(403) == 10
    await telegram.call("sendMessage", {"chat_id": 1000, "text": "other"})
    counts = (await client.get("/sim/counts", params={"containing": "flu"})).json()
    assert len(counts["chats"]) == 90 and counts["chats"]["1000"] == 1 and counts["refused"] == 0
    assert counts["arrivals"][0][1:] == ["sendMessage", 1000] and len(counts["arrivals"]) == 101
    await posted(client, "/sim/forget")
    assert (await client.get("/sim/counts")).json()["arrivals"] == []


async def test_a_person_acts_and_their_phone_is_read(telegram: Telegram, client: httpx.AsyncClient) -> None:
    await posted(client, "/sim/phones", first_id=7, first_name="Ben")
    assert await posted(client, "/sim/phones/7/types", text="hello") == {"message_id": 1}
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    await telegram.call("sendMessage", {"chat_id": 7, "text": "?", "reply_markup": keyboard})
    query = (await posted(client, "/sim/phones/7/taps", label_or_data="Yes"))["query_id"]
    await telegram.call("answerCallbackQuery", {"callback_query_id": query, "text": "Ok"})
    shown = (await client.get("/sim/phones/7")).json()
    assert [one["text"] for one in shown["messages"]] == ["hello", "?"]
    assert shown["messages"][1]["buttons"] == [[{"text": "Yes", "callback_data": "y"}]]
    assert shown["toasts"] == [{"text": "Ok", "alert": False}] and shown["blocked"] is False
    await posted(client, "/sim/phones/7/blocks")
    assert (await client.get("/sim/phones/7")).json()["blocked"] is True


@pytest.mark.parametrize(
    ("path", "wish", "complaint"),
    [
        ("/sim/phones/8/types", {"text": "x"}, "no phone 8"),
        ("/sim/phones/7/flies", {}, "cannot “flies”"),
        ("/sim/phones/7/types", {"texts": "x"}, "unexpected keyword"),
        ("/sim/phones/7/taps", {"label_or_data": "x"}, "No button “x”"),
        ("/sim/faults", {"rules": [{"trouble": "flood"}]}, "flood"),
    ],
)
async def test_a_wrong_wish_says_what_is_wrong(
    telegram: Telegram, client: httpx.AsyncClient, path: str, wish: dict[str, Any], complaint: str
) -> None:
    telegram.phone("Ben", user_id=7).has_long_started()
    answer = await client.post(path, json=wish)
    assert answer.status_code == 400 and complaint in answer.json()["error"]


async def test_limits_and_faults_are_set_from_outside(telegram: Telegram, client: httpx.AsyncClient) -> None:
    await posted(client, "/sim/phones", first_id=7)
    await posted(client, "/sim/limits", chat_burst=1)
    await posted(client, "/sim/faults", rules=[{"trouble": "server_error", "times": 1, "status": 503}])
    url, params = f"/bot{telegram.token}/sendMessage", {"chat_id": 7, "text": "x"}
    assert [(await client.post(url, json=params)).status_code for _ in range(3)] == [503, 200, 429]
    assert (await client.get("/sim/counts")).json()["refused"] == 1


async def test_the_real_client_meets_lost_answers_and_resets(telegram: Telegram, bot: Bot) -> None:
    ben = telegram.phone("Ben", user_id=7)
    ben.has_long_started()
    telegram.faults.next("answer_lost")
    with pytest.raises(TimedOut) as lost:
        await bot.send_message(7, "1")
    assert isinstance(lost.value.__cause__, httpx.ReadTimeout) and len(ben.history) == 1
    for trouble, delivered in (("reset", 1), ("answer_reset", 2), ("connect_timeout", 2)):
        telegram.faults.next(trouble)
        with pytest.raises(NetworkError) as reset:
            await bot.send_message(7, "2")
        assert isinstance(reset.value.__cause__, httpx.ReadError) and len(ben.history) == delivered
    sent = await bot.send_document(7, b"abc", filename="a.txt")
    assert sent.document
    assert bytes(await (await bot.get_file(sent.document.file_id)).download_as_bytearray()) == b"abc"


async def test_polling_over_http_is_woken(telegram: Telegram, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.05)
    telegram.phone("Ben").types("hello")
    (update,) = await poll
    assert update.message and update.message.text == "hello"


async def test_a_webhook_is_really_posted(telegram: Telegram, address: str) -> None:
    """The simulator's own server stands in for a bot: it answers 404 to what it does not know."""
    status, headers = await http_post(f"{address}/nowhere", {}, {"update_id": 1})
    assert status == 404 and headers["content-type"]
    with pytest.raises(OSError):
        await http_post("http://127.0.0.1:1/", {}, {})


def test_the_command_line_sets_up_the_telegram(tmp_path: Path) -> None:
    telegram = telegram_for(wishes(["--latency-ms", "80", "--burst", "5", "--token", "42:abc"]))
    assert (telegram.faults.latency_ms, telegram.limits.burst, telegram.token) == (80, 5, "42:abc")
    assert not telegram_for(wishes(["--no-limits"])).limits.enabled
    with (tmp_path / "calls.jsonl").open("w") as log:
        write_line(log, Call("sendMessage", {"chat_id": "7"}, 200, SystemClock().now()))
    line = json.loads((tmp_path / "calls.jsonl").read_text())
    assert (line["method"], line["chat_id"], line["status"]) == ("sendMessage", 7, 200)


async def test_it_runs_as_a_program_of_its_own(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "calls.jsonl"
    arguments = ["-m", "bot.simulator", "--port", str(port), "--log", str(log)]
    program = await asyncio.create_subprocess_exec(sys.executable, *arguments, stderr=asyncio.subprocess.PIPE)
    assert program.stderr and f":{port}" in (await program.stderr.readline()).decode()
    connecting = httpx.AsyncHTTPTransport(retries=6)
    async with httpx.AsyncClient(transport=connecting, base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get(f"/bot{TOKEN}/getMe")).json()["result"]["username"] == "FirstMileBot"
    program.terminate()
    await program.communicate()
    assert json.loads(log.read_text())["method"] == "getMe"
