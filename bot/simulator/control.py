"""The control routes under /sim: people, trouble and counts, for benches and for tests in another process.

POST /sim/phones            {"count": 3000, "first_id": 1000000}: so many who started the bot long ago, without updates
POST /sim/block             {"share": 0.03, "seed": 0}: that share blocks the bot without its knowing
POST /sim/faults            {"latency_ms": 80, "rules": [{"trouble": "reset", "share": 0.01}]}: replaces what was set
POST /sim/limits            {"enabled": true, "burst": 5}: new limits, nothing counted yet
POST /sim/phones/ID/DEED    {"text": "/stop"} …: a deed is a method of Phone, the object its arguments
GET  /sim/phones/ID         what the phone shows
GET  /sim/counts            messages per chat, 429s, arrivals; ?containing=WORDS counts only those with the words
POST /sim/forget            calls, arrivals and 429s start from nothing; people and messages stay
"""

import random
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.simulator.faults import Faults, Rule, Trouble, names
from bot.simulator.limits import Limits
from bot.simulator.messages import Message
from bot.simulator.phones import Phone
from bot.simulator.telegram import Telegram

DEEDS = ("types", "opens", "taps", "sends_photo", "sends_voice", "blocks", "unblocks", "deletes_account")
Answer = Callable[[dict[str, Any], Request], Any]


def control_routes(telegram: Telegram) -> list[Route]:
    control = Control(telegram)
    return [
        Route("/sim/phones", answered(control.add_phones), methods=["POST"]),
        Route("/sim/phones/{user_id:int}", answered(control.show_phone)),
        Route("/sim/phones/{user_id:int}/{deed}", answered(control.deed), methods=["POST"]),
        Route("/sim/block", answered(control.block), methods=["POST"]),
        Route("/sim/faults", answered(control.set_faults), methods=["POST"]),
        Route("/sim/limits", answered(control.set_limits), methods=["POST"]),
        Route("/sim/counts", answered(control.counts)),
        Route("/sim/forget", answered(control.forget), methods=["POST"]),
    ]


def answered(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """Takes a JSON object, gives JSON; a wrong wish is a 400 that says what was wrong."""

    async def endpoint(request: Request) -> Response:
        try:
            wish = await request.json() if await request.body() else {}
            return JSONResponse(answer(wish, request))
        except (LookupError, ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return endpoint


class Control:
    """Each method takes the request's JSON object and gives the answer's."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram

    def add_phones(self, wish: dict[str, Any], request: Request) -> Any:
        first = int(wish["first_id"])
        for user_id in range(first, first + int(wish.get("count", 1))):
            phone = self.telegram.phone(wish.get("first_name", f"Person {user_id}"), user_id=user_id)
            phone.has_long_started()
        return {"phones": len(self.telegram.phones)}

    def block(self, wish: dict[str, Any], request: Request) -> Any:
        """Never those named under `except`: whoever starts a broadcast has to read the report."""
        spared = set(wish.get("except", []))
        phones = [phone for phone in self.telegram.phones if phone.user_id not in spared]
        chance = random.Random(int(wish.get("seed", 0)))
        chosen = chance.sample(phones, round(len(phones) * float(wish["share"])))
        for phone in chosen:
            phone.has_long_blocked()
        return {"blocked": sorted(phone.user_id for phone in chosen)}

    def set_faults(self, wish: dict[str, Any], request: Request) -> Any:
        rules = [rule(one) for one in wish.get("rules", [])]
        self.telegram.faults = Faults(float(wish.get("latency_ms", 0)), int(wish.get("seed", 0)), rules)
        return {"rules": len(rules)}

    def set_limits(self, wish: dict[str, Any], request: Request) -> Any:
        self.telegram.limits = Limits(**wish)
        return {"enabled": self.telegram.limits.enabled}

    def phone(self, request: Request) -> Phone:
        user_id = request.path_params["user_id"]
        found = next((one for one in self.telegram.phones if one.user_id == user_id), None)
        if found is None:
            raise LookupError(f"There is no phone {user_id}: make it with POST /sim/phones.")
        return found

    def deed(self, wish: dict[str, Any], request: Request) -> Any:
        name = request.path_params["deed"]
        if name not in DEEDS:
            raise LookupError(f"A phone cannot “{name}”: it {', '.join(DEEDS)}.")
        done = getattr(self.phone(request), name)(**wish)
        return {"message_id": done.message_id} if isinstance(done, Message) else {"query_id": done}

    def show_phone(self, wish: dict[str, Any], request: Request) -> Any:
        phone = self.phone(request)
        toasts = [{"text": toast.text, "alert": toast.alert} for toast in phone.toasts]
        messages = [shown(message) for message in phone.messages]
        return {"messages": messages, "toasts": toasts, "blocked": phone.blocked}

    def counts(self, wish: dict[str, Any], request: Request) -> Any:
        words = request.query_params.get("containing", "")
        chats = {phone.user_id: count(phone, words) for phone in self.telegram.phones}
        arrivals = [[one.at, one.method, one.chat_id] for one in self.telegram.arrivals]
        counted = {"chats": {user_id: number for user_id, number in chats.items() if number}}
        return counted | {"refused": self.telegram.limits.refused, "arrivals": arrivals}

    def forget(self, wish: dict[str, Any], request: Request) -> Any:
        self.telegram.record.clear()
        self.telegram.arrivals.clear()
        self.telegram.limits.refused = 0
        return {}


def rule(given: dict[str, Any]) -> Rule:
    trouble, methods = Trouble(given["trouble"]), names(given.get("methods", ()))
    rest = {name: given[name] for name in ("times", "share", "chat_id", "status") if name in given}
    return Rule(trouble, methods=methods, **rest)


def count(phone: Phone, words: str) -> int:
    """How many different messages of the bot this phone ever got."""
    return len({message.message_id for message in phone.history if words in message.text})


def shown(message: Message) -> dict[str, Any]:
    buttons = [[button.as_json() for button in row] for row in message.buttons]
    kind = message.media.kind if message.media else None
    facts: dict[str, Any] = {
        "message_id": message.message_id,
        "from_bot": message.from_bot,
        "reply_to": message.reply_to,
    }
    facts |= {"text": message.text, "html": message.html, "buttons": buttons, "media": kind}
    return facts | {"at": message.date.isoformat()}
