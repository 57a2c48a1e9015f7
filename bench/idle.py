"""The bot at rest: nobody writes, nothing is due. What looking every second costs."""

import asyncio

import psutil

from bench.bars import Bar
from bench.scene import scene

SETTLE = 5.0  # seconds until start-up is over


async def run(recipients: int, seconds: float) -> list[Bar]:
    async with scene(recipients) as one:
        await one.bot.start()
        await asyncio.sleep(SETTLE)
        process = psutil.Process(one.bot.pid)
        before = process.cpu_times()
        await asyncio.sleep(seconds)
        after = process.cpu_times()
        used = after.user + after.system - before.user - before.system
        return [
            Bar("of one core, with nothing to do", 100 * used / seconds, "%", at_most=3),
            Bar("memory", process.memory_info().rss / 2**20, "MiB"),
        ]
