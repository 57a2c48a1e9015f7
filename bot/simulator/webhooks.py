"""Webhooks: every update is posted to the bot's address until it answers 2xx.

What happens in one chat keeps its order: the next message follows only when the one before was taken. Messages and
button taps are different queues, as on the real server.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.simulator.params import Params, bad_request
from bot.simulator.updates import Pending
from bot.simulator.world import World

Post = Callable[[str, dict[str, str], dict[str, Any]], Awaitable[tuple[int, Mapping[str, str]]]]
"""(url, headers, json) -> (HTTP status, answer headers); raises OSError when nobody answers."""

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PORTS = (443, 80, 88, 8443)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
FIRST_DELAY, LONGEST_DELAY, LONGEST_WISH = 1.0, 60.0, 3600.0


class Webhook:
    """The bot's address, empty while it polls, and the postmen on their way there."""

    def __init__(self, world: World, post: Post) -> None:
        self.world = world
        self.post = post
        self.url = ""
        self.secret = ""
        self.max_connections = 40
        self.last_error: tuple[datetime, str] | None = None
        self.busy: dict[tuple[str, int], asyncio.Task[None]] = {}
        self.watch: asyncio.Task[None] | None = None

    def set(self, params: Params) -> str:
        """Takes the new address and gives Telegram's words about it."""
        url, secret = params.text("url"), params.text("secret_token")
        if not url:
            return self.delete(params)
        check_address(url)
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        allowed = params.array("allowed_updates", "allowed updates", str)
        if allowed is not None:
            self.world.updates.allowed = [str(kind) for kind in allowed]
        self.stop()
        self.forget_pending(params)
        self.url, self.secret = url, secret
        self.max_connections = min(max(params.integer("max_connections", 40), 1), 100)
        self.watch = asyncio.ensure_future(self.run())
        return "Webhook was set"

    def delete(self, params: Params) -> str:
        was_set = bool(self.url)
        self.stop()
        self.forget_pending(params)
        self.url, self.secret, self.last_error = "", "", None
        return "Webhook was deleted" if was_set else "Webhook is already deleted"

    def forget_pending(self, params: Params) -> None:
        if params.flag("drop_pending_updates"):
            self.world.updates.pending.clear()

    def stop(self) -> None:
        for task in [*self.busy.values(), self.watch]:
            if task:
                task.cancel()
        self.busy.clear()
        self.watch = None

    def info(self) -> dict[str, Any]:
        updates = self.world.updates
        shown: dict[str, Any] = {"url": self.url, "has_custom_certificate": False}
        shown["pending_update_count"] = len(updates.waiting())
        if self.url:
            shown |= {"max_connections": self.max_connections, "ip_address": "127.0.0.1"}
        if updates.allowed:
            shown["allowed_updates"] = updates.allowed
        if self.last_error:
            at, message = self.last_error
            shown |= {"last_error_date": int(at.timestamp()), "last_error_message": message}
        return shown

    async def run(self) -> None:
        while True:
            version = self.world.version
            for pending in self.world.updates.waiting():
                self.send_off(pending)
            await self.world.wait_change(version)

    def send_off(self, pending: Pending) -> None:
        if pending.lane not in self.busy and len(self.busy) < self.max_connections:
            self.busy[pending.lane] = asyncio.ensure_future(self.deliver(pending))

    async def deliver(self, pending: Pending) -> None:
        """Until it is taken or too old."""
        delay = FIRST_DELAY
        while pending in self.world.updates.waiting():
            status, headers = await self.attempt(pending)
            if 200 <= status < 300:
                self.world.updates.drop(pending)
                break
            await self.world.clock.sleep(wish(headers) or delay)
            delay = min(delay * 2, LONGEST_DELAY)
        self.busy.pop(pending.lane, None)
        self.world.changed()

    async def attempt(self, pending: Pending) -> tuple[int, Mapping[str, str]]:
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        try:
            status, answer = await self.post(self.url, headers, pending.update)
        except OSError as error:
            self.last_error = self.world.clock.now(), f"Connection failed: {error}"
            return 0, {}
        if not 200 <= status < 300:
            self.last_error = self.world.clock.now(), f"Wrong response from the webhook: {status}"
        return status, answer


def wish(headers: Mapping[str, str]) -> float:
    """The seconds the bot's server asks for, 0 when it does not."""
    wanted = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return min(float(wanted), LONGEST_WISH) if wanted.isdecimal() else 0.0


def check_address(url: str) -> None:
    """https on Telegram's ports; plain http only on this machine, as a Bot API server of one's own allows."""
    parts = urlsplit(url)
    if parts.hostname in LOOPBACK:
        return
    if parts.scheme != "https" or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


async def http_post(url: str, headers: dict[str, str], json: dict[str, Any]) -> tuple[int, Mapping[str, str]]:
    """Really posts it."""
    try:
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.post(url, headers=headers, json=json)
    except httpx.HTTPError as error:
        raise OSError(str(error)) from error
    return answer.status_code, answer.headers
