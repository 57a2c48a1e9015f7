"""A small town for the tests of the page: a bot that answers everything, and a clock that notes its turns."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.simulator.clock import TurnableClock
from bot.simulator.limits import Limits
from bot.simulator.telegram import Telegram

BEGIN = datetime(2026, 3, 27, 20, 30, tzinfo=UTC)
"""A Friday evening in London, two days before the clocks go forward."""


class Face:
    """The town's clock. It walks to its goal in steps, so that a page can see it turning."""

    zone = "Europe/London"

    def __init__(self, clock: TurnableClock) -> None:
        self._clock = clock
        self.turning = False
        self.goals: list[datetime] = []
        self.due: datetime | None = None
        self.on_the_way: Callable[[], Awaitable[object]] | None = None

    def now(self) -> datetime:
        return self._clock.now()

    async def next_due(self) -> datetime | None:
        return self.due

    def jump(self, span: timedelta) -> None:
        self._clock.turn(span.total_seconds())

    async def turn_to(self, when: datetime) -> None:
        self.turning = True
        self.goals.append(when)
        for _ in range(3):
            await asyncio.sleep(0)
        self._clock.turn_to(when)
        if self.on_the_way:
            await self.on_the_way()
        self.turning = False


class EchoBot:
    """Repeats what is typed, unescaped if it is HTML that Telegram takes; answers taps by a toast and an edit."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    async def run(self) -> None:
        version = -1
        while True:
            for update in self._telegram.take_updates():
                await self.answer(update)
            version = await self._telegram.wait_change(version)

    async def answer(self, update: dict[str, Any]) -> None:
        if "message" in update:
            said = update["message"]
            text = f"Heard: {said.get('text', 'an attachment')}"
            await self.say(said["chat"]["id"], text, [[("Thank you", "thanks"), ("Urgent", "urgent")]])
        elif "callback_query" in update:
            await self.hear_tap(update["callback_query"])

    async def hear_tap(self, query: dict[str, Any]) -> None:
        urgent = query["data"] == "urgent"
        text = "Ring 999 now." if urgent else "Noted."
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text=text, show_alert=urgent)
        message = query["message"]
        where = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        await self.call("editMessageText", **where, text=f"You tapped {query['data']}.")

    async def say(
        self, chat_id: int, text: str, buttons: list[list[tuple[str, str]]] | None = None, **more: Any
    ) -> int:
        """Sends a text, with buttons as (label, data or link); the message's id."""
        rows = [[{"text": label, _kind(target): target} for label, target in row] for row in buttons or []]
        markup = {"reply_markup": json.dumps({"inline_keyboard": rows})} if rows else {}
        sent = await self.call("sendMessage", chat_id=chat_id, text=text, **markup, **more)
        return int(sent["message_id"])

    async def call(self, method: str, **params: Any) -> Any:
        status, body = await self._telegram.call(method, params)
        assert status == 200, body
        return body["result"]


def _kind(target: str) -> str:
    return "url" if target.startswith("http") else "callback_data"


def town() -> tuple[Telegram, Face]:
    clock = TurnableClock(BEGIN)
    return Telegram(clock, limits=Limits.none()), Face(clock)


@contextlib.asynccontextmanager
async def running(bot: EchoBot) -> Any:
    task = asyncio.create_task(bot.run())
    try:
        yield bot
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
