"""/stop in the middle of a broadcast: not one message more to that person."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from bench.bars import Bar
from bench.champion import LINE, UNDO
from bench.ledger import Row, balance, rows_of
from bench.scene import Scene, scene
from bench.stage import at
from bot.domain.deliveries import State

STOPPERS = 40  # spread over the whole circle, those next in line included
STOP_AFTER = 0.2  # of all copies
# A copy that was on the wire at the instant the stop was stored may still land: as long as one call may take.
ON_THE_WIRE = timedelta(seconds=1)


async def run(recipients: int, latency_ms: float) -> list[Bar]:
    async with scene(recipients, latency_ms) as one:
        await one.bot.start()
        await one.stage.forget()
        confirmation = await one.champion.broadcasts()
        await _reached(one, int(recipients * STOP_AFTER))
        stoppers = _spread(one.recipients, STOPPERS)
        await asyncio.gather(*(one.stage.types(who, "/stop") for who in stoppers))
        await one.champion.report(confirmation, UNDO + recipients)
        return await _bars(one, stoppers)


def _spread(ids: range, wanted: int) -> list[int]:
    return list(ids[:: max(1, len(ids) // wanted)])[:wanted]


async def _reached(one: Scene, wanted: int) -> None:
    while len((await one.stage.counts(LINE)).chats) < wanted:  # noqa: ASYNC110 (another process counts)
        await asyncio.sleep(0.5)


async def _bars(one: Scene, stoppers: list[int]) -> list[Bar]:
    rows = {row.chat_id: row for row in await rows_of(one.database_url)}
    got = {who: await _copies_at(one, who) for who in stoppers}
    counts = await one.stage.counts(LINE)
    copies = {chat_id: number for chat_id, number in counts.chats.items() if chat_id in one.recipients}
    ledger = balance(rows.values(), copies, one.recipients)
    late, landed = late_copies(rows, got)
    return [
        Bar("stopped in the middle", len(stoppers), "people", at_least=1),
        Bar("… whose stop was stored", sum(1 for who in stoppers if rows[who].stopped_at), "people", at_least=len(got)),
        Bar("… who already had it", sum(1 for who in stoppers if got[who]) - late - landed, "people"),
        Bar("… whose copy was on the wire just then", landed, "people"),
        Bar("copies to them after the stop was stored", late, "messages", at_most=0),
        Bar("others: sent", ledger.states.get(State.SENT, 0), "people"),
        Bar("lost", len(ledger.lost), "people", at_most=0),
        Bar("twice", len(ledger.twice), "people", at_most=0),
    ]


async def _copies_at(one: Scene, who: int) -> list[datetime]:
    messages = await one.stage.messages(who)
    return [at(message) for message in messages if message["from_bot"] and LINE in message["text"]]


def late_copies(rows: Mapping[int, Row], got: Mapping[int, list[datetime]]) -> tuple[int, int]:
    """Copies that came after the stop was stored, and those that landed in the instant of it."""
    stored = {who: row.stopped_at for who, row in rows.items() if row.stopped_at is not None}
    after = [moment - stored[who] for who, moments in got.items() for moment in moments if who in stored]
    late = sum(1 for span in after if span > ON_THE_WIRE)
    return late, sum(1 for span in after if timedelta(0) < span <= ON_THE_WIRE)
