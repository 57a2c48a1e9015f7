"""`python -m bot.simulator --port 8081`: a Telegram for any bot, whose TELEGRAM_API_URL is http://127.0.0.1:8081."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import TextIO

from bot.clock import SystemClock
from bot.simulator.faults import Faults
from bot.simulator.limits import Limits
from bot.simulator.params import Params
from bot.simulator.server import simulator_server
from bot.simulator.telegram import TOKEN, Call, Telegram

CALLS_KEPT = 1_000


def wishes(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.simulator", description="A simulated Telegram over HTTP.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN, help="the only token that is let in")
    parser.add_argument("--latency-ms", type=float, default=0, help="the way there and back")
    parser.add_argument("--burst", type=int, help="tolerate so many messages at once, refilled at 30 a second")
    parser.add_argument("--no-limits", action="store_true", help="never answer 429")
    parser.add_argument("--log", type=Path, help="append one JSON line a call to this file")
    return parser.parse_args(arguments)


def telegram_for(wish: argparse.Namespace) -> Telegram:
    return Telegram(
        SystemClock(),
        token=wish.token,
        limits=Limits(burst=wish.burst, enabled=not wish.no_limits),
        faults=Faults(wish.latency_ms),
        keep_calls=CALLS_KEPT,
    )


def write_line(log: TextIO, call: Call) -> None:
    facts = {"at": call.at.isoformat(), "method": call.method, "status": call.status}
    chat = {"chat_id": Params(call.params).integer("chat_id"), "description": call.description}
    log.write(json.dumps(facts | chat) + "\n")


def main(arguments: list[str] | None = None) -> None:
    wish = wishes(arguments)
    telegram = telegram_for(wish)
    sys.stderr.write(f"A simulated Telegram on http://{wish.host}:{wish.port} (token {wish.token}); Ctrl-C ends it.\n")
    server = simulator_server(telegram, host=wish.host, port=wish.port)
    if wish.log is None:
        asyncio.run(server.serve())
        return
    with wish.log.open("a", buffering=1) as log:
        telegram.on_call = lambda call: write_line(log, call)
        asyncio.run(server.serve())


if __name__ == "__main__":
    main()
