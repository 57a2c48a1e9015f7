"""The programs of a run, each a real process: the simulated Telegram, the bot, and what keeps the machine busy."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from bot.config import ROOT, Settings

TOKEN = "123456:BENCH-token-for-a-bot-that-is-not"
PATIENCE = 30.0  # seconds a program may need to start or to end
SPIN = "while True: pass"


class Failed(Exception):
    """The run cannot go on; one sentence that says why."""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def environment(**settings: object) -> dict[str, str]:
    """Ours without any setting of the program, then exactly `settings` (names as in Settings, in small letters)."""
    names = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in names}
    return kept | {"PYTHONPATH": str(ROOT)} | {name.upper(): str(value) for name, value in settings.items()}


@dataclass
class Program:
    """One process. `folder` is its working directory and keeps what it says in `<name>.log`."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """As a power cut would: nothing gets to be finished."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            if self.running:
                self.stop()
        if self.running:
            self.kill()


def started(name: str, folder: Path, arguments: list[str], env: dict[str, str]) -> Program:
    log = folder / f"{name}.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    return Program(name, process, log)


async def answers(program: Program, url: str) -> None:
    """Wait until the program answers there; raises Failed when it ends or takes too long."""
    async with httpx.AsyncClient() as client:
        for _ in range(int(PATIENCE / 0.05)):
            if not program.running:
                raise Failed(f"{program.name} ended before it was ready: {program.said.strip() or 'without a word'}")
            with suppress(httpx.TransportError):
                if (await client.get(url)).status_code < 500:
                    return
            await asyncio.sleep(0.05)
    raise Failed(f"{program.name} was not ready within {PATIENCE:.0f} seconds: {program.said.strip()}")


@asynccontextmanager
async def simulator(folder: Path, latency_ms: float = 0, burst: int | None = None) -> AsyncIterator[str]:
    """The simulated Telegram in a process of its own; gives its address."""
    port = free_port()
    wishes = ["--port", str(port), "--token", TOKEN, "--latency-ms", str(latency_ms)]
    wishes += ["--burst", str(burst)] if burst else []
    program = started("simulator", folder, ["-m", "bot.simulator", *wishes], environment())
    try:
        await answers(program, f"http://127.0.0.1:{port}/sim/counts")
        yield f"http://127.0.0.1:{port}"
    finally:
        program.end()


class Bot:
    """`first-mile run` (or a part of it) on one database; it can be killed and started again.

    `program`: the arguments of another program that does the work of `part`.
    """

    def __init__(self, folder: Path, *, part: str = "run", program: Sequence[str] = (), **settings: object) -> None:
        self._folder, self._part, self._program = folder, part, list(program) or ["-m", "bot", part]
        self.port = free_port()
        values = {"bot_token": TOKEN, "log_level": "WARNING", "port": self.port}
        self.env = environment(**{**values, **settings})
        self.program: Program | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._running.process.pid

    @property
    def said(self) -> str:
        return self.program.said if self.program else ""

    @property
    def _running(self) -> Program:
        if self.program is None:
            raise Failed(f"first-mile {self._part} has not been started")
        return self.program

    async def start(self) -> None:
        self.program = started(f"bot-{self._part}", self._folder, self._program, self.env)
        if self._part in ("run", "web"):
            await answers(self.program, f"{self.url}/healthz")

    def kill(self) -> None:
        self._running.kill()

    def stop(self) -> int:
        return self._running.stop()

    def end(self) -> None:
        if self.program:
            self.program.end()


@contextmanager
def busy(wanted: bool) -> Iterator[None]:
    """Every core kept busy by something else."""
    count = (os.cpu_count() or 1) if wanted else 0
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(count)]
    try:
        yield
    finally:
        for one in spinning:
            one.kill()
            one.wait()


@dataclass
class Usage:
    """CPU seconds and the most memory (bytes) of one process, looked at twice a second."""

    cpu: float = 0.0
    memory: int = 0

    async def watch(self, pid: int) -> None:
        """Until the process ends or this is cancelled."""
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            while True:
                self.look(process)
                await asyncio.sleep(0.5)

    def look(self, process: psutil.Process) -> None:
        times = process.cpu_times()
        self.cpu = times.user + times.system
        self.memory = max(self.memory, process.memory_info().rss)
