"""Books against reality: the rows of a broadcast beside what stands on the phones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from bot.domain.deliveries import OPEN, Kind, State
from bot.store.database import Database
from bot.store.schema import deliveries, people


@dataclass(frozen=True)
class Row:
    """One person's copy of a broadcast. `chat_id` is their Telegram id."""

    chat_id: int
    state: State
    reason: str
    done_at: datetime | None = None
    stopped_at: datetime | None = None


@dataclass(frozen=True)
class Ledger:
    """Chats for which the row and the phone do not agree.

    lost: the row says sent and nothing is there, or the row is still open, or somebody has no row at all.
    twice: more than one copy on the phone. unbooked: a copy on the phone and a row that says it was never sent.
    """

    states: dict[str, int] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    unbooked: list[int] = field(default_factory=list)

    @property
    def uncertain(self) -> int:
        return self.states.get(State.UNCERTAIN, 0)


def balance(rows: Iterable[Row], copies: Mapping[int, int], expected: Iterable[int]) -> Ledger:
    """`copies`: messages of this broadcast per chat. `expected`: every chat that must have a row."""
    found = Ledger()
    seen: set[int] = set()
    for row in rows:
        seen.add(row.chat_id)
        found.states[row.state] = found.states.get(row.state, 0) + 1
        there = copies.get(row.chat_id, 0)
        if row.state in OPEN or (row.state is State.SENT and not there):
            found.lost.append(row.chat_id)
        if there and row.state not in (State.SENT, State.UNCERTAIN):
            found.unbooked.append(row.chat_id)
    found.lost.extend(sorted(set(expected) - seen))
    found.twice.extend(sorted(chat_id for chat_id, number in copies.items() if number > 1))
    return found


async def rows_of(database_url: str, broadcast_id: int = 1) -> list[Row]:
    """What the database says about everybody's copy."""
    database = Database(database_url)
    columns = (people.c.telegram_id, deliveries.c.state, deliveries.c.reason, deliveries.c.done_at, people.c.stopped_at)
    query = select(*columns).join(people, people.c.id == deliveries.c.person_id)
    query = query.where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.kind == Kind.BROADCAST)
    try:
        async with database.read() as tx:
            return [Row(row[0], State(row[1]), row[2], row[3], row[4]) for row in await tx.execute(query)]
    finally:
        await database.close()
