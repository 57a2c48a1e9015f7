"""kill -9 in the middle, several times: the broadcast goes on by itself, nobody is lost, nobody gets it twice."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field

from bench.bars import Bar
from bench.champion import LINE, UNDO
from bench.ledger import balance, rows_of
from bench.scene import Scene, scene
from bot.delivery.sender import IN_FLIGHT, LEASE
from bot.domain.deliveries import State

LOOK = 0.1  # seconds between looks at how far it is
PATIENCE = UNDO + 60.0  # seconds without one message more after which a run is given up


@dataclass
class Kills:
    """For each kill: how many copies were out, and how many calls were on the wire (rows marked as being sent)."""

    sent: list[int] = field(default_factory=list)
    in_flight: list[int] = field(default_factory=list)


async def run(recipients: int, kills: int, latency_ms: float) -> list[Bar]:
    async with scene(recipients, latency_ms) as one:
        await one.bot.start()
        await one.stage.forget()
        confirmation = await one.champion.broadcasts()
        done = Kills()
        # The first falls into the minute in which it can still be called back, the others spread over the sending.
        for number in range(kills):
            await _sent(one, recipients * number // kills)
            await _kill(one, done)
            await one.bot.start()
        await one.champion.report(confirmation, PATIENCE + recipients)
        return await _bars(one, done)


async def _sent(one: Scene, wanted: int) -> None:
    """Wait until so many copies are booked."""
    for _ in range(int(PATIENCE / LOOK)):
        if _count(one, State.SENT) >= wanted:
            return
        await asyncio.sleep(LOOK)


async def _kill(one: Scene, done: Kills) -> None:
    one.bot.kill()
    done.sent.append(_count(one, State.SENT))
    done.in_flight.append(_count(one, State.SENDING))


def _count(one: Scene, state: State) -> int:
    """Asked without the bot's own code, and without opening the file for writing."""
    with closing(sqlite3.connect(f"file:{one.database}?mode=ro", uri=True)) as database:
        query = "SELECT count(*) FROM deliveries WHERE kind = 'broadcast' AND state = ?"
        return int(database.execute(query, (state.value,)).fetchone()[0])


async def _bars(one: Scene, done: Kills) -> list[Bar]:
    counts = await one.stage.counts(LINE)
    copies = {chat_id: number for chat_id, number in counts.chats.items() if chat_id in one.recipients}
    ledger = balance(await rows_of(one.database_url), copies, one.recipients)
    told = [Bar(f"killed with so many sent ({n})", sent, "people") for n, sent in enumerate(done.sent, 1)]
    return [
        *told,
        Bar("on the wire at a kill, at most", max(done.in_flight), "calls", at_most=IN_FLIGHT),
        Bar("sent", ledger.states.get(State.SENT, 0), "people"),
        Bar("uncertain", ledger.uncertain, "people", at_most=sum(done.in_flight)),
        Bar("lost", len(ledger.lost), "people", at_most=0),
        Bar("twice", len(ledger.twice), "people", at_most=0),
        Bar("on a phone but not booked", len(ledger.unbooked), "people", at_most=0),
        Bar("refused with 429", counts.refused, "calls", at_most=0),
    ]


NOTE = (
    f"After a kill the next sender waits until the lease of the dead one is over ({LEASE.seconds} s). "
    "Uncertain are those whose call was on the wire when the power went; the champion sees who they are."
)
