"""The real program in processes of its own, against a Telegram over HTTP. Few and short: each start takes a second."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bench.processes import TOKEN, Bot, environment, free_port, simulator
from bench.seed import Plan, seed
from bench.stage import Shown, Stage, data_of
from bot.config import load

ELIF, AMARA, BEN = 1001, 1002, 1003
PATIENCE = 15.0


@dataclass
class Person:
    """A phone on the other side of HTTP: everything is waited for, because nothing happens at once there."""

    stage: Stage
    id: int

    async def says(self, text: str, reply_to: int | None = None) -> None:
        await self.stage.types(self.id, text, reply_to)

    async def sees(self, what: str) -> Shown:
        """The newest message of the bot with these words, or with a button that begins or ends so."""
        return await self._waits(lambda one: what in one["text"] or any(what in data for data in data_of(one)), what)

    async def taps(self, data: str) -> None:
        message = await self.sees(data)
        button = next(one for one in data_of(message) if data in one)
        await self.stage.taps(self.id, button, message["message_id"])

    async def link(self) -> str:
        message = await self.sees("start=")
        found: str = next(word for word in message["text"].split() if "start=" in word)
        return found

    async def _waits(self, fits: Callable[[Shown], bool], what: str) -> Shown:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            messages = await self.stage.messages(self.id)
            for message in reversed(messages):
                if message["from_bot"] and fits(message):
                    return message
            await asyncio.sleep(0.03)
        raise AssertionError(f"{self.id} waited for “{what}” and sees {[one['text'] for one in messages]}")


@asynccontextmanager
async def telegram(folder: Path) -> AsyncIterator[tuple[str, Stage]]:
    async with simulator(folder) as address, httpx.AsyncClient(base_url=address) as client:
        stage = Stage(client)
        for who, name in ((ELIF, "Elif"), (AMARA, "Amara"), (BEN, "Ben")):
            await stage.phone(who, name)
        yield address, stage


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_a_story_over_http_and_a_quick_end(tmp_path: Path, way: str) -> None:
    """Invited, joined, asked, answered; then SIGTERM."""
    async with telegram(tmp_path) as (address, stage):
        database = f"sqlite:///{tmp_path}/story.db"
        bot = Bot(tmp_path, telegram_api_url=address, database_url=database, coordinator_ids=ELIF)
        if way == "webhook":
            bot.env["PUBLIC_URL"] = bot.url
        try:
            await bot.start()
            await _story(stage)
            assert await _counts_of_metrics(bot) > 0
            before = time.monotonic()
            assert bot.stop() == 0, bot.said
            assert time.monotonic() - before < 5
            assert "Traceback" not in bot.said
        finally:
            bot.end()


async def _story(stage: Stage) -> None:
    elif_, amara, ben = (Person(stage, who) for who in (ELIF, AMARA, BEN))
    await elif_.says("/start")
    await elif_.taps("work")
    await elif_.says("/champion")
    await stage.opens(AMARA, await elif_.link())
    await amara.taps("champ:yes")
    await amara.taps("myname")
    await amara.sees("cancel")
    await amara.says("Elm House")
    await stage.opens(BEN, await amara.link())
    await ben.taps("joinlang:en")
    await ben.taps("join:yes")
    await ben.sees("Elm House")
    await ben.says("When does the pharmacy open?")
    asked = await amara.sees("When does the pharmacy open?")
    await amara.says("At nine, come with me.", reply_to=asked["message_id"])
    answer = await ben.sees("At nine, come with me.")
    assert "Amara" in answer["text"]


async def _counts_of_metrics(bot: Bot) -> int:
    async with httpx.AsyncClient(base_url=bot.url) as client:
        assert (await client.get("/healthz")).status_code == 200
        return len((await client.get("/metrics")).text.splitlines())


async def test_web_sender_and_clock_work_together_as_three_processes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/three.db"
    await seed(load(_env_file=None, database_url=url, coordinator_ids=str(ELIF)), Plan(1, BEN, AMARA, ELIF))
    async with telegram(tmp_path) as (address, stage):
        values = {"telegram_api_url": address, "database_url": url, "coordinator_ids": ELIF}
        parts = [Bot(tmp_path, part=part, **values) for part in ("web", "sender", "clock")]
        try:
            await asyncio.gather(*(part.start() for part in parts))
            ben, amara = Person(stage, BEN), Person(stage, AMARA)
            await ben.says("/help")
            await ben.sees("/stop")
            await ben.says("When does the pharmacy open?")
            await amara.sees("When does the pharmacy open?")
            assert await _ready(parts[0]) == {"ready": True, "troubles": [], "warnings": []}
            assert [part.stop() for part in parts] == [0, 0, 0], [part.said for part in parts]
        finally:
            for part in parts:
                part.end()


async def _ready(web: Bot) -> object:
    """What /readyz says, once sender and clock have left their first sign of life."""
    async with httpx.AsyncClient(base_url=web.url) as client:
        for _ in range(100):
            answer = await client.get("/readyz")
            if answer.status_code == 200:
                break
            await asyncio.sleep(0.1)
        return answer.json()


def first_mile(folder: Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """`first-mile run` to its end."""
    command = [sys.executable, "-m", "bot", "run"]
    env = environment(**settings)
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=20, check=False)


def test_every_missing_or_wrong_setting_is_told_at_once(tmp_path: Path) -> None:
    ended = first_mile(tmp_path, port="none", webhook_secret="no spaces please", log_level="LOUD")
    assert ended.returncode == 2
    for name in ("BOT_TOKEN", "COORDINATOR_IDS", "PORT", "LOG_LEVEL", "WEBHOOK_SECRET"):
        assert f"- {name}: " in ended.stderr, ended.stderr
    assert "Traceback" not in ended.stderr


async def test_what_only_shows_at_the_start_is_one_sentence_each(tmp_path: Path) -> None:
    """A token Telegram does not know, a port that is taken, an address Telegram does not call."""
    async with telegram(tmp_path) as (address, _):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            starts: dict[str, dict[str, object]] = {
                "BOT_TOKEN": {"bot_token": "123:wrong", "port": free_port()},
                "PORT": {"port": taken.getsockname()[1]},
                "PUBLIC_URL": {"public_url": "https://bot.example:8081", "port": free_port()},
            }
            ended = await asyncio.gather(*(_start(tmp_path, address, name, **starts[name]) for name in starts))
    for name, one in zip(starts, ended, strict=True):
        _is_one_sentence(one, name)


async def _start(folder: Path, address: str, name: str, **settings: object) -> subprocess.CompletedProcess[str]:
    url = f"sqlite:///{folder}/{name}.db"
    values = {"bot_token": TOKEN, "telegram_api_url": address, "coordinator_ids": ELIF, "database_url": url}
    return await asyncio.to_thread(first_mile, folder, **{**values, **settings})


def _is_one_sentence(ended: subprocess.CompletedProcess[str], name: str) -> None:
    assert ended.returncode == 2, ended.stderr
    told = [line for line in ended.stderr.splitlines() if line.startswith("  - ")]
    assert len(told) == 1, ended.stderr
    assert told[0].startswith(f"  - {name}: ")
    assert "Traceback" not in ended.stderr
