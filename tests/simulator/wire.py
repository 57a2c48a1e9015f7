"""A Telegram of its own for each test, with a clock that stands still, and a short way to call it."""

from datetime import UTC, datetime
from typing import Any

from telegram import Bot

from bot.simulator.clock import TurnableClock
from bot.simulator.faults import Faults
from bot.simulator.limits import Limits
from bot.simulator.request import SimulatedRequest
from bot.simulator.telegram import Telegram

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class Wire:
    def __init__(self, limits: Limits | None = None, **more: Any) -> None:
        self.clock = TurnableClock(MONDAY)
        self.telegram = Telegram(self.clock, limits=limits or Limits.none(), faults=Faults(), **more)

    async def call(self, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
        return await self.telegram.call(method, params)

    async def does(self, method: str, **params: Any) -> Any:
        """The result of a call that has to succeed."""
        status, body = await self.call(method, **params)
        assert status == 200, body
        return body["result"]

    async def refused(self, method: str, **params: Any) -> str:
        """The description of a call that has to be refused."""
        status, body = await self.call(method, **params)
        assert status == body["error_code"] != 200 and body["ok"] is False
        return str(body["description"])

    def bot(self) -> Bot:
        request = SimulatedRequest(self.telegram)
        return Bot(self.telegram.token, request=request, get_updates_request=request)
