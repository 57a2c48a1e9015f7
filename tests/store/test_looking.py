"""What the ticks ask every few seconds is found by an index, however many rows lie beside it."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.domain.checkins import Enrolment as State
from bot.store import checkins, concerns, deliveries, enrolments, mornings
from bot.store.database import Database
from tests.engines import sqlite_with_tables

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOOKS = {
    "ix_checkins_due": lambda tx: checkins.due(tx, NOW, 1),
    "ix_checkins_remind": lambda tx: checkins.to_remind(tx, NOW, 1),
    "ix_checkins_open": lambda tx: checkins.overdue(tx, NOW, 1),
    "ix_deliveries_lost": lambda tx: checkins.not_arrived(tx, NOW, 1),
    "ix_checkins_unanswered": lambda tx: mornings.missed_by(tx, NOW, NOW),
    "ix_concerns_open": lambda tx: concerns.unowned_past_deadline(tx, NOW),
    "ix_concerns_owned": lambda tx: concerns.unspoken(tx, NOW),
    "ix_concerns_not_closed": concerns.count_not_closed,
    "ix_enrolments_state_ended_at": lambda tx: enrolments.in_state(tx, State.WAITING),
    "ix_deliveries_uncertain": lambda tx: deliveries.count_uncertain(tx, NOW),
}


@pytest.mark.parametrize("index", LOOKS)
async def test_what_is_looked_for_has_an_index(index: str, tmp_path: Path) -> None:
    said = await _said(sqlite_with_tables(tmp_path), LOOKS[index])
    with sqlite3.connect(tmp_path / "first-mile.db") as file:
        plan = [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {said}", [1] * said.count("?"))]
    file.close()
    assert any(f" {index}" in step for step in plan), plan
    assert not any(step.startswith("SCAN") and "INDEX" not in step for step in plan), plan


async def _said(url: str, look: Any) -> str:
    """The statement as the database gets it."""
    database, statements = Database(url, durable=False), list[str]()
    event.listen(database._reader.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    async with database.read() as tx:
        await look(tx)
    await database.close()
    return statements[-1]
