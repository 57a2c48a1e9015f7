"""The stream that keeps a page up to date: server-sent events, each only with what changed since the last."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping

from bot.simulator import pages_clock, pages_snapshot
from bot.simulator.telegram import Telegram

LOOK_EVERY = 0.5
"""Seconds between looks at the clock and at whether the server is closing, when nothing else happens."""
STREAM_SECONDS = 20.0
"""A stream ends by itself after this time, and the browser comes back: uvicorn waits for open answers before it
stops, so a stream without an end would hold up every Ctrl+C of an application that does not pass `closing`."""


class Difference:
    """Remembers what one page has been told, and gives only the news."""

    def __init__(self, telegram: Telegram, face: pages_clock.ClockFace, captions: Mapping[int, str]) -> None:
        self._telegram, self._face, self._captions = telegram, face, captions
        self._phones: dict[int, str] = {}
        self._clock: dict[str, object] = {}

    def news(self) -> str | None:
        """A JSON text with the changed phones, the order of all, and the clock; None when nothing changed."""
        phones = pages_snapshot.phones(self._telegram, self._captions)
        changed = [text for user_id, text in phones.items() if self._phones.get(user_id) != text]
        clock = pages_clock.shown(self._face)
        if not changed and clock == self._clock:
            return None
        self._phones, self._clock = phones, clock
        bot = self._telegram.world.bot
        told = {"bot": bot.username, "bot_name": bot.first_name, "order": list(phones), "clock": clock}
        head = json.dumps(told, ensure_ascii=False)
        return f'{head[:-1]}, "phones": [{", ".join(changed)}]}}'


async def stream(telegram: Telegram, difference: Difference, closing: Callable[[], bool]) -> AsyncIterator[str]:
    """Server-sent events until the server is closing or STREAM_SECONDS have passed."""
    ends = asyncio.get_running_loop().time() + STREAM_SECONDS
    yield "retry: 300\n\n"
    version = -1
    while not closing() and asyncio.get_running_loop().time() < ends:
        news = difference.news()
        yield f"data: {news}\n\n" if news else ": still here\n\n"
        version = await _next(telegram, version)


async def _next(telegram: Telegram, version: int) -> int:
    try:
        async with asyncio.timeout(LOOK_EVERY):
            return await telegram.wait_change(version)
    except TimeoutError:
        return version
