import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.domain.errors import Misconfigured
from bot.web.server import GRACE, HEADERS, ONLY_HTTPS, Server, application
from tests.web.conftest import browser


async def hello(request: Request) -> Response:
    return PlainTextResponse("hello")


async def own_rules(request: Request) -> Response:
    return PlainTextResponse("hello", headers={"Content-Security-Policy": "default-src 'none'"})


async def fails(request: Request) -> Response:
    raise RuntimeError("the password is swordfish")


async def forbidden(request: Request) -> Response:
    raise HTTPException(403, "because of swordfish")


async def endless(request: Request) -> Response:
    async def stream() -> AsyncIterator[bytes]:
        yield b"data: first\n\n"
        await asyncio.Event().wait()

    return StreamingResponse(stream(), media_type="text/event-stream")


PAGES = [Route(f"/{page.__name__}", page) for page in (hello, own_rules, fails, forbidden, endless)]
APP = application(PAGES)


class TestPages:
    @pytest.mark.parametrize(
        ("path", "status"), [("/hello", 200), ("/nowhere", 404), ("/fails", 500), ("/forbidden", 403)]
    )
    async def test_every_answer_carries_the_security_headers(self, path: str, status: int) -> None:
        async with browser(APP) as page:
            answer = await page.get(path)
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS

    @pytest.mark.parametrize("path", ["/hello", "/nowhere", "/fails"])
    async def test_a_browser_that_came_by_https_never_tries_anything_else(self, path: str) -> None:
        for https, wanted in ((True, ONLY_HTTPS["Strict-Transport-Security"]), (False, None)):
            async with browser(application(PAGES, https=https)) as page:
                assert (await page.get(path)).headers.get("Strict-Transport-Security") == wanted

    async def test_a_page_may_have_stricter_rules_of_its_own(self) -> None:
        async with browser(APP) as page:
            answer = await page.get("/own_rules")
        assert answer.headers.get_list("Content-Security-Policy") == ["default-src 'none'"]

    async def test_a_fault_is_told_plainly_and_gives_nothing_away(self) -> None:
        async with browser(APP) as page:
            assert (await page.get("/fails")).text == "500 Internal Server Error\n"
            assert (await page.get("/forbidden")).text == "403 Forbidden\n"
            assert (await page.get("/nowhere")).text == "404 Not Found\n"

    async def test_a_wrong_method_is_told_which_ones_are_right(self) -> None:
        async with browser(APP) as page:
            answer = await page.delete("/hello")
        assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"GET", "HEAD"})


@contextlib.asynccontextmanager
async def running(server: Server) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(server.serve())
    try:
        await asyncio.wait_for(server.started(), 5)
        yield task
    finally:
        server.should_exit = True
        await asyncio.wait({task}, timeout=5)
        assert task.done()


class TestTheServer:
    async def test_it_serves_until_it_is_asked_to_end(self) -> None:
        server = Server(APP, port=0)
        async with running(server) as task:
            async with httpx.AsyncClient() as client:
                assert (await client.get(f"{server.url}/hello")).text == "hello"
            assert "server" not in (await _get(server)).headers
            assert not server.should_exit
        assert task.exception() is None
        assert not _listens(server.port)

    async def test_it_leaves_signals_to_the_program(self) -> None:
        before = signal.getsignal(signal.SIGTERM)
        async with running(Server(APP, port=0)):
            assert signal.getsignal(signal.SIGTERM) is before

    async def test_an_open_stream_cannot_keep_it_alive(self, caplog: pytest.LogCaptureFixture) -> None:
        server = Server(APP, port=0)
        loop = asyncio.get_running_loop()
        async with (
            httpx.AsyncClient() as client,
            running(server) as task,
            client.stream("GET", f"{server.url}/endless") as stream,
        ):
            received = stream.aiter_text()
            assert await anext(received) == "data: first\n\n"
            asked = loop.time()
            server.should_exit = True
            await asyncio.wait({task}, timeout=10)
            assert loop.time() - asked < GRACE + 2
            with pytest.raises(httpx.RemoteProtocolError):
                await anext(received)
        assert task.exception() is None
        assert [record for record in caplog.records if record.levelname == "ERROR"] == []

    async def test_cancelled_it_lets_go_of_its_port(self) -> None:
        server = Server(APP, port=0)
        async with running(server) as task:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert not _listens(server.port)

    async def test_a_busy_port_is_one_clear_sentence(self) -> None:
        first = Server(APP, port=0)
        first.bind()
        with pytest.raises(Misconfigured) as caught:
            Server(APP, port=first.port).bind()
        first.close()
        (sentence,) = caught.value.faults
        assert str(first.port) in sentence
        assert sentence.startswith("PORT: ")
        assert "set PORT to another number" in sentence

    async def test_a_strange_address_is_one_clear_sentence(self) -> None:
        for host in ("203.0.113.1", "no-such-host.invalid"):
            with pytest.raises(Misconfigured) as caught:
                Server(APP, host, 0).bind()
            assert caught.value.faults[0].startswith(f"HOST: this machine has no address {host}")

    def test_its_address_is_one_that_a_browser_can_open(self) -> None:
        assert Server(APP, "0.0.0.0", 8080).url == "http://127.0.0.1:8080"
        assert Server(APP, "::", 8080).url == "http://[::1]:8080"


async def _get(server: Server) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(f"{server.url}/hello")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
