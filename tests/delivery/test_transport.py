import asyncio
import io
import logging

import httpx
import pytest
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest

from bot.delivery.transport import Redaction, addresses, keep_tokens_out_of_logs, redacted, requests
from bot.delivery.verdicts import sort
from bot.domain.deliveries import NotSent, Unknown

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123"


class TestRequests:
    def test_a_long_poll_and_a_send_have_clients_of_their_own(self) -> None:
        sending, polling = requests()
        assert sending is not polling
        assert sending.read_timeout == 20

    async def test_they_open_and_close_and_open_again(self) -> None:
        for request in requests(8):
            await request.initialize()
            await request.shutdown()
            await request.initialize()
            await request.shutdown()

    async def test_a_closed_port_is_certainly_not_sent(self) -> None:
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        assert sort(await failure_of(requests()[0], port)) == NotSent("no_connection")

    async def test_a_line_cut_after_the_request_is_unknowable(self) -> None:
        async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(cut, "127.0.0.1", 0) as server:
            error = await failure_of(requests()[0], server.sockets[0].getsockname()[1])
        assert sort(error) == Unknown("network")

    async def test_a_server_that_never_answers_is_unknowable(self) -> None:
        over = asyncio.Event()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await over.wait()
            writer.close()

        async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            error = await failure_of(requests()[0], port, read_timeout=0.05)
            over.set()
        assert isinstance(error, TimedOut) and isinstance(error.__cause__, httpx.ReadTimeout)
        assert sort(error) == Unknown("timed_out")


async def failure_of(request: BaseRequest, port: int, read_timeout: float = 5) -> NetworkError:
    async with request:
        with pytest.raises(NetworkError) as raised:
            await request.post(f"http://127.0.0.1:{port}/bot{TOKEN}/sendMessage", read_timeout=read_timeout)
    return raised.value


class TestAddresses:
    @pytest.mark.parametrize("root", ["http://127.0.0.1:8081", "http://127.0.0.1:8081/"])
    def test_any_root_will_do(self, root: str) -> None:
        assert addresses(root) == ("http://127.0.0.1:8081/bot", "http://127.0.0.1:8081/file/bot")


class TestTokensInLogs:
    @pytest.mark.parametrize(
        "said",
        [
            f"HTTP Request: POST https://api.telegram.org/bot{TOKEN}/getMe",
            f"The token `{TOKEN}` was rejected by the server.",
            "http://127.0.0.1:8081/bot123456:SIMULATED/sendMessage",
        ],
    )
    def test_a_token_is_never_shown(self, said: str) -> None:
        assert "<token>" in redacted(said)
        assert TOKEN not in redacted(said) and "SIMULATED" not in redacted(said)

    def test_other_numbers_and_times_stay(self) -> None:
        said = "2026-10-05 09:00:00 [12345:67890] took 0.3 s on port 127.0.0.1:8081"
        assert redacted(said) == said

    def test_neither_in_a_message_nor_in_its_arguments_nor_in_a_traceback(self) -> None:
        logger, written = logging.getLogger("test.tokens"), io.StringIO()
        handler = logging.StreamHandler(written)
        handler.addFilter(Redaction())
        logger.addHandler(handler)
        try:
            try:
                raise ValueError(f"cannot use {TOKEN}")
            except ValueError:
                logger.exception("starting with %s failed", TOKEN)
        finally:
            logger.removeHandler(handler)
        assert TOKEN not in written.getvalue()
        assert written.getvalue().count("<token>") == 2 and "Traceback" in written.getvalue()

    def test_the_http_client_falls_silent(self) -> None:
        loggers = [logging.getLogger(name) for name in ("httpx", "httpcore")]
        before = [(logger.level, list(logger.filters)) for logger in loggers]
        handler = logging.StreamHandler(io.StringIO())
        try:
            keep_tokens_out_of_logs([handler])
            assert not any(logger.isEnabledFor(logging.INFO) for logger in loggers)
            assert any(isinstance(one, Redaction) for one in handler.filters)
        finally:
            for logger, (level, filters) in zip(loggers, before, strict=True):
                logger.setLevel(level)
                logger.filters[:] = filters
