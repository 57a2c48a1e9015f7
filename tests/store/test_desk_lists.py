"""The lists and counts of the desk say the same on both databases."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from bot.domain.people import Purpose
from bot.domain.small_numbers import Group
from bot.store import directory, handovers, sent, statistics
from bot.store import people as people_store
from bot.store.database import Database
from bot.store.schema import broadcasts, circles, deliveries, memberships
from bot.store.schema_care import checkins, enrolments

AT = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=90)


async def _village(tx) -> None:  # type: ignore[no-untyped-def]
    """Amara leads Elm House with Ben and Émile; both got a message, and Ben left two hours later."""
    for number, name in enumerate(("Amara", "Ben", "Émile"), start=1):
        await people_store.add(tx, number, name, "en", AT)
    link = {"link_serial": 1, "link_hash": "x", "created_at": AT}
    await tx.execute(insert(circles).values(name="Elm House", champion_id=1, **link))
    for person_id in (2, 3):
        await tx.execute(insert(memberships).values(circle_id=1, person_id=person_id, joined_at=AT))
        await people_store.record_consent(tx, person_id, Purpose.BROADCASTS, True, "circle-1", AT, 1)
    blank = {"field_values": {}, "personal_line": "", "over_soft_cap": False, "reason": "", "correction": 0}
    times = {"created_at": AT, "starts_at": AT, "not_after": AT, "progress_digest": "", "draft_key": "d"}
    ids = {"champion_id": 1, "circle_id": 1, "topic": "heat", "state": "finished"}
    await tx.execute(insert(broadcasts).values(**ids, **blank, **times))
    row = {"kind": "broadcast", "lane": 2, "method": "send", "broadcast_id": 1, "circle_id": 1, "topic": "heat"}
    row |= {
        "language": "en",
        "body": "",
        "buttons": [],
        "extra": {},
        "over_soft_cap": False,
        "attempts": 1,
        "doubts": 0,
    }
    row |= {"created_at": AT, "due_at": AT, "not_after": AT, "done_at": AT, "reason": "", "state": "sent"}
    for person_id in (2, 3):
        await tx.execute(insert(deliveries).values(key=f"b:{person_id}", person_id=person_id, message_id=7, **row))
    await people_store.record_consent(tx, 2, Purpose.BROADCASTS, False, "stop", AT + timedelta(hours=2), 1)


async def _looked_after(tx) -> None:  # type: ignore[no-untyped-def]
    rest = {"named_state": "none", "backup_state": "none", "assisted": False, "fewer": False, "cycle": 1, "missed": 0}
    facts = {"plan": "p", "home_on": "2026-10-01", "tier": "high", "state": "active", "course": "", "created_at": AT}
    await tx.execute(insert(enrolments).values(person_id=3, **facts, **rest))
    for number, state in enumerate(("done", "missed")):
        times = {"due_at": AT, "not_after": AT, "queue": [], "reason": "", "kind": "questions", "state": state}
        ids = {"enrolment_id": 1, "person_id": 3, "key": f"c{number}", "cycle": 1, "day": number}
        await tx.execute(insert(checkins).values(**ids, **times))


async def test_lists_and_counts(tables_url: str) -> None:
    database = Database(tables_url)
    async with database.write() as tx:
        await _village(tx)
        await _looked_after(tx)
    async with database.read() as tx:
        (circle,) = await directory.circles_page(tx, 50, 0)
        assert (circle.name, circle.champion, circle.members, circle.last_at) == ("Elm House", "Amara", 2, AT)
        assert [(one.person.name, one.agreed) for one in await directory.members_page(tx, 1, 50, 0)] == [
            ("Ben", False),
            ("Émile", True),
        ]
        assert [one.name for one in await directory.people_page(tx, "EN", 50, 0)] == ["Ben"]
        assert await directory.count_people(tx, "Émi") == 1
        assert await directory.agreed(tx, [1, 2, 3]) == {3}
        assert [one.given for one in await directory.consents_of(tx, 2)] == [False]
        assert [one.name for one in await sent.recipients(tx, 1, "got", 50)] == ["Ben", "Émile"]
        assert await sent.standing(tx, 1, AT + timedelta(hours=47)) == (2, 2, 0)
        assert await sent.standing(tx, 1, AT + timedelta(hours=49)) == (2, 0, 0)
        assert await statistics.outcomes(tx, LONG_AGO) == [(AT, "sent", 2)]
        assert await statistics.reached(tx, LONG_AGO) == {"heat": 2}
        assert await statistics.opted_out(tx, LONG_AGO, "handover-1") == {"heat": 1}
        assert await statistics.opted_out(tx, LONG_AGO, "stop") == {}
        assert await statistics.answered_by(tx, LONG_AGO, tier=True) == {"high": Group(1, 2, 1)}
        assert await statistics.answered_by(tx, LONG_AGO, tier=False) == {"en": Group(1, 2, 1)}
        assert await handovers.of_circle(tx, 1) == []
        assert await handovers.count_asked(tx, "moving:1:") == 0
        assert await handovers.said(tx, 1, "circle-1") == (2, 0)
    await database.close()
