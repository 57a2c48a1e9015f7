"""A broadcast to thousands while others talk: as fast as Telegram allows, nobody lost, nobody twice, replies first."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from bench.askers import Askers
from bench.bars import Bar
from bench.champion import LINE, UNDO
from bench.figures import Pace, longest_gap, pace, percentile
from bench.ledger import Ledger, balance, rows_of
from bench.processes import Usage, busy
from bench.scene import COORDINATOR_ID, Scene, scene
from bench.stage import Counts
from bot.domain.deliveries import State

ALLOWED = 30
SLOWEST_PER_SECOND = 10  # below this a run is given up


@dataclass(frozen=True)
class Wanted:
    """What to run. blocked: the share (0 to 1) of recipients who have blocked the bot."""

    recipients: int = 3000
    blocked: float = 0.03
    latency_ms: float = 80
    burst: int | None = None
    busy: bool = False


@dataclass(frozen=True)
class Result:
    pace: Pace
    gap: float
    counts: Counts
    ledger: Ledger
    blocked: int
    askers: Askers
    usage: Usage


async def run(wanted: Wanted) -> list[Bar]:
    async with scene(wanted.recipients, wanted.latency_ms, wanted.burst) as one:
        blocked = await one.stage.block(wanted.blocked, [one.champion.id, COORDINATOR_ID, *one.askers])
        with busy(wanted.busy):
            await one.bot.start()
            return bars(await _broadcast(one, len(blocked)))


async def _broadcast(one: Scene, blocked: int) -> Result:
    usage, askers = Usage(), Askers(one.stage, one.askers)
    await one.stage.forget()
    watching = asyncio.create_task(usage.watch(one.bot.pid))
    confirmation = await one.champion.broadcasts()
    asking = asyncio.create_task(askers.run())
    try:
        await one.champion.report(confirmation, UNDO + 30 + len(one.recipients) / SLOWEST_PER_SECOND)
    finally:
        for task in (asking, watching):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    counts = await one.stage.counts(LINE)
    copies = {chat_id: number for chat_id, number in counts.chats.items() if chat_id in one.recipients}
    ledger = balance(await rows_of(one.database_url), copies, one.recipients)
    speed, gap = pace(counts.arrivals, one.recipients), longest_gap(counts.arrivals, one.recipients)
    return Result(speed, gap, counts, ledger, blocked, askers, usage)


def bars(result: Result) -> list[Bar]:
    waits, ledger = result.askers.waits, result.ledger
    return [
        Bar("calls Telegram counted", result.pace.per_second, "a second", at_least=29),
        Bar("… of them the broadcast itself", result.pace.broadcasts_per_second, "a second"),
        Bar("from its first message to its last", result.pace.seconds, "s"),
        Bar("longest silence between two", result.gap, "s"),
        Bar("refused with 429", result.counts.refused, "calls", at_most=0),
        Bar("sent", ledger.states.get(State.SENT, 0), "people"),
        Bar("refused by a block, and booked so", ledger.states.get(State.FAILED, 0), "people", at_least=result.blocked),
        Bar("uncertain", ledger.uncertain, "people", at_most=0),
        Bar("lost", len(ledger.lost), "people", at_most=0),
        Bar("twice", len(ledger.twice), "people", at_most=0),
        Bar("on a phone but not booked", len(ledger.unbooked), "people", at_most=0),
        Bar("commands answered meanwhile", len(waits), "", at_least=1),
        Bar("a command's answer, half of them within", percentile(waits, 0.5), "s"),
        Bar("… 95 of 100 within", percentile(waits, 0.95), "s"),
        Bar("… 99 of 100 within", percentile(waits, 0.99), "s", at_most=0.5),
        Bar("… the slowest", max(waits, default=0.0), "s"),
        Bar("the bot's CPU time", result.usage.cpu, "s"),
        Bar("the bot's memory at most", result.usage.memory / 2**20, "MiB"),
    ]
