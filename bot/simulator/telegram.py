"""A whole Telegram in one object: a bot talks to it through `call`, people through their `Phone`."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from bot.clock import Clock
from bot.simulator import methods_edit, methods_menu, methods_send
from bot.simulator.faults import DONE_ALL_THE_SAME, Faults, LineBroken, Trouble
from bot.simulator.limits import Limits, counts
from bot.simulator.messages import Media, User
from bot.simulator.params import Params, Refusal
from bot.simulator.phones import Phone
from bot.simulator.polling import BESIDE_WEBHOOK, NEW_WEBHOOK, Polling, conflict
from bot.simulator.webhooks import Post, Webhook, http_post
from bot.simulator.world import World

TOKEN = "123456:SIMULATED-token-for-a-bot-that-is-not"
FIRST_USER_ID = 5_000_000_001
ARRIVALS_KEPT = 200_000

Method = Callable[[World, Params], Any]
METHODS: dict[str, Method] = {
    name.lower(): method
    for methods in (methods_send.METHODS, methods_edit.METHODS, methods_menu.METHODS)
    for name, method in methods.items()
}


@dataclass(frozen=True)
class Call:
    """One API call as it came and what was answered; status 0 when the caller got no answer."""

    method: str
    params: dict[str, Any]
    status: int
    at: datetime
    description: str = ""


@dataclass(frozen=True)
class Arrival:
    """A counted message that was accepted: monotonic seconds, method, chat."""

    at: float
    method: str
    chat_id: int


class Telegram:
    """`keep_calls` bounds `record`: a server that runs for days must not remember everything."""

    def __init__(
        self,
        clock: Clock,
        *,
        token: str = TOKEN,
        username: str = "FirstMileBot",
        limits: Limits | None = None,
        faults: Faults | None = None,
        post: Post = http_post,
        keep_calls: int | None = None,
    ) -> None:
        self.clock = clock
        self.token = token
        self.limits = limits or Limits()
        self.faults = faults or Faults()
        self.world = World(clock, User(int(token.partition(":")[0]), "First Mile", username, is_bot=True))
        self.polling = Polling(self.world)
        self.webhook = Webhook(self.world, post)
        self.record: list[Call] = []
        self.arrivals: deque[Arrival] = deque(maxlen=ARRIVALS_KEPT)
        self.on_call: Callable[[Call], None] = lambda call: None
        self._keep_calls = keep_calls
        self._phones: dict[int, Phone] = {}
        self._user_ids = count(FIRST_USER_ID)

    @property
    def username(self) -> str:
        return self.world.bot.username or ""

    @property
    def version(self) -> int:
        """Grows with everything that happens."""
        return self.world.version

    async def wait_change(self, version: int) -> int:
        """Returns the newer version as soon as something has happened after `version`."""
        return await self.world.wait_change(version)

    @property
    def phones(self) -> list[Phone]:
        """All of them, in the order in which they were made."""
        return list(self._phones.values())

    def phone(
        self,
        first_name: str,
        *,
        user_id: int | None = None,
        username: str | None = None,
        language_code: str = "en",
    ) -> Phone:
        """The phone with this id, or without an id the first of that name; a new one if there is none."""
        known = self._phones.get(user_id) if user_id else self._named(first_name)
        return known or self._new_phone(first_name, user_id, username, language_code)

    def _named(self, first_name: str) -> Phone | None:
        return next((one for one in self._phones.values() if one.first_name == first_name), None)

    def _new_phone(self, first_name: str, user_id: int | None, username: str | None, language_code: str) -> Phone:
        free = (number for number in self._user_ids if number not in self._phones)
        person = User(user_id or next(free), first_name, username, language_code)
        phone = Phone(self.world, self.world.add_person(person))
        self._phones[person.id] = phone
        return phone

    def take_updates(self) -> list[dict[str, Any]]:
        """Everything that waits for the bot, at once confirmed: for tests that feed the bot themselves."""
        return self.world.updates.take_all()

    def file(self, path: str) -> Media | None:
        """The file at a path that getFile gave."""
        return self.world.files.get(path.rpartition("/")[2])

    async def call(
        self, method: str, params: dict[str, Any], *, token: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """One API call: the HTTP status and the JSON body. Raises LineBroken when the caller gets no answer."""
        fault = self.faults.pick(method, Params(params).integer("chat_id") or None)
        trouble = fault.trouble if fault else None
        arrives = (trouble is None or trouble in DONE_ALL_THE_SAME) and token in (None, self.token)
        # Counted before the way here is waited: the jitter of our own timers must not make a steady bot look hasty.
        wait = self._admit(method, Params(params)) if arrives else 0
        await self._half_way()
        if trouble == Trouble.SERVER_ERROR and fault:
            status, body = server_error(fault.status)
        elif trouble is None or trouble in DONE_ALL_THE_SAME:
            status, body = await self._answer(method, Params(params), token or self.token, wait)
        else:
            status, body = 0, {"description": trouble.value}
        self._remember(method, params, status, body, trouble)
        if trouble and trouble != Trouble.SERVER_ERROR:
            raise LineBroken(trouble)
        await self._half_way()
        return status, body

    async def _half_way(self) -> None:
        if self.faults.latency_ms:
            await self.clock.sleep(self.faults.latency_ms / 2000)

    async def _answer(self, method: str, params: Params, token: str, wait: int) -> tuple[int, dict[str, Any]]:
        try:
            if token != self.token:
                raise Refusal(401, "Unauthorized")
            if wait:
                raise Refusal(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
            return 200, await self._run(method.lower(), params)
        except Refusal as refusal:
            return refusal.status, refusal.body

    def _admit(self, method: str, params: Params) -> int:
        """0 when the message may go through, else the seconds of `retry_after`."""
        if not counts(method):
            return 0
        chat_id, now = params.integer("chat_id"), self.clock.monotonic()
        wait = self.limits.ask(chat_id, now)
        if not wait:
            self.arrivals.append(Arrival(now, method, chat_id))
        return wait

    async def _run(self, method: str, params: Params) -> dict[str, Any]:
        if found := METHODS.get(method):
            return {"ok": True, "result": found(self.world, params)}
        if method == "getupdates":
            if self.webhook.url:
                raise conflict(BESIDE_WEBHOOK)
            return {"ok": True, "result": await self.polling.get_updates(params)}
        return self._about_webhook(method, params)

    def _about_webhook(self, method: str, params: Params) -> dict[str, Any]:
        if method == "getwebhookinfo":
            return {"ok": True, "result": self.webhook.info()}
        if method == "setwebhook":
            self.polling.interrupt(NEW_WEBHOOK)
            return {"ok": True, "result": True, "description": self.webhook.set(params)}
        if method == "deletewebhook":
            return {"ok": True, "result": True, "description": self.webhook.delete(params)}
        if method in ("logout", "close"):
            return {"ok": True, "result": True}
        raise Refusal(404, "Not Found")

    def _remember(
        self, method: str, params: dict[str, Any], status: int, body: dict[str, Any], trouble: Trouble | None
    ) -> None:
        description = trouble.value if trouble else str(body.get("description", ""))
        call = Call(method, params, 0 if trouble else status, self.clock.now(), description)
        self.record.append(call)
        self.on_call(call)
        # Trimmed in blocks: cutting the front of a list costs its whole length.
        if self._keep_calls is not None and len(self.record) > 2 * self._keep_calls:
            del self.record[: -self._keep_calls]


def server_error(status: int) -> tuple[int, dict[str, Any]]:
    words = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
    return status, {"ok": False, "error_code": status, "description": words.get(status, "Internal Server Error")}
