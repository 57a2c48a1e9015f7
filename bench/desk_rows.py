"""The rows of a place that has been at work for a while, written in bulk: for pages that must be quick all the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import (
    broadcasts,
    circles,
    consents,
    deliveries,
    memberships,
    people,
    replies,
    roles,
    template_versions,
)
from bot.store.schema_care import answers, checkins, concern_events, concerns, enrolments
from bot.store.schema_desk import template_drafts
from bot.store.schema_machine import audit

CHUNK = 5000
FIRST = 1_000_000  # Telegram ids of the residents
CIRCLE_OF = 50  # people
DAYS = 360  # the past over which everything is spread
CHECKIN_DAYS = (1, 2, 4, 7, 10, 14, 21, 28)
Row = dict[str, Any]


@dataclass(frozen=True)
class Size:
    residents: int = 10_000
    broadcasts: int = 1_000

    @property
    def circles(self) -> int:
        return max(1, self.residents // CIRCLE_OF)

    @property
    def champions(self) -> int:
        return max(1, self.circles // 2)

    @property
    def enrolled(self) -> int:
        return max(1, self.residents // 20)


async def fill(tx: AsyncConnection, size: Size, now: datetime, dice: Random) -> dict[str, object]:
    """Write everything; gives one of each kind by "<part before it in an address>.<parameter>"."""
    champions = await _people(tx, FIRST - size.champions, size.champions, now, dice)
    residents = await _people(tx, FIRST, size.residents, now, dice)
    await _roles(tx, champions, now)
    houses = await _circles(tx, size, champions, residents, now, dice)
    sent = await _broadcasts(tx, size, houses, now, dice)
    await _replies(tx, sent, houses, now, dice)
    enrolled = await _care(tx, residents[: size.enrolled], champions, now, dice)
    await _audit(tx, champions, now, dice)
    flu, plan = template_versions.c.topic == "flu-jab", template_versions.c.topic.startswith("plan:")
    english = template_versions.c.language == "en"
    version = (await tx.execute(select(template_versions.c.id).where(flu, english).limit(1))).scalar_one()
    of_plan = (await tx.execute(select(template_versions.c.id).where(plan, english).limit(1))).scalar_one()
    concern = (await tx.execute(select(concerns.c.id).limit(1))).scalar_one()
    return {
        "concerns.id": concern,
        "checkins.id": enrolled[0],
        "asked.id": await _asking(tx, residents[-1], now),
        "broadcasts.id": sent[0][0],
        "people.id": residents[0],
        "circles.id": houses[0][0],
        "champions.id": champions[0],
        "templates.topic": "flu-jab",
        "templates.language": "en",
        "versions.id": version,
        "drafts.id": await _draft(tx, version, champions[0], now),
        "plans.id": of_plan,
    }


async def _draft(tx: AsyncConnection, version: int, author: int, now: datetime) -> int:
    """An earlier text of somebody who writes at that version."""
    source = select(template_versions.c.source).where(template_versions.c.id == version).scalar_subquery()
    values = {"topic": "flu-jab", "language": "en", "serial": 1, "state": "earlier", "source": source}
    fresh = insert(template_drafts).values(**values, base_id=version, author_id=author, saved_at=now)
    made: int = (await tx.execute(fresh.returning(template_drafts.c.id))).scalar_one()
    return made


async def _write(tx: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), CHUNK):
        await tx.execute(insert(table), rows[start : start + CHUNK])


def _then(now: datetime, dice: Random) -> datetime:
    return now - timedelta(minutes=dice.randrange(DAYS * 24 * 60))


async def _people(tx: AsyncConnection, first: int, count: int, now: datetime, dice: Random) -> list[int]:
    rows = []
    for number in range(count):
        at = _then(now, dice)
        stopped = at if dice.random() < 0.03 else None
        rows.append(
            {
                "telegram_id": first + number,
                "name": f"Person {number}",
                "language": dice.choice(("en", "en", "bn", "ar")),
                "created_at": at,
                "spoke_at": at,
                "stopped_at": stopped,
            }
        )
    await _write(tx, people, rows)
    query = select(people.c.id).where(people.c.telegram_id.between(first, first + count - 1)).order_by(people.c.id)
    return list((await tx.execute(query)).scalars())


async def _roles(tx: AsyncConnection, champions: list[int], now: datetime) -> None:
    await _write(tx, roles, [{"person_id": one, "role": "champion", "granted_at": now} for one in champions])
    yes = {"purpose": "work", "given": True, "wording": "bench", "at": now}
    await _write(tx, consents, [{"person_id": one, **yes} for one in champions])


async def _circles(
    tx: AsyncConnection, size: Size, champions: list[int], residents: list[int], now: datetime, dice: Random
) -> list[tuple[int, int, list[int]]]:
    """[(circle, champion, members)]."""
    rows = [
        {
            "name": f"House {number}",
            "champion_id": champions[number % len(champions)],
            "link_serial": 1,
            "link_hash": f"hash-{number}",
            "created_at": _then(now, dice),
        }
        for number in range(size.circles)
    ]
    await _write(tx, circles, rows)
    made = (await tx.execute(select(circles.c.id, circles.c.champion_id).order_by(circles.c.id))).all()
    houses = [(row.id, row.champion_id, residents[place :: len(made)]) for place, row in enumerate(made)]
    joined = [(circle, one) for circle, _, members in houses for one in members]
    await _write(tx, memberships, [{"circle_id": house, "person_id": one, "joined_at": now} for house, one in joined])
    yes = {"purpose": "broadcasts", "given": True, "wording": "bench", "at": now}
    await _write(tx, consents, [{"person_id": one, "circle_id": house, **yes} for house, one in joined])
    return houses


async def _broadcasts(
    tx: AsyncConnection, size: Size, houses: list[tuple[int, int, list[int]]], now: datetime, dice: Random
) -> list[tuple[int, int, datetime]]:
    """[(broadcast, place of its circle, when)], each with a delivery for every member."""
    versions = (await tx.execute(select(template_versions.c.id, template_versions.c.topic))).all()
    starts = sorted(_then(now, dice) for _ in range(size.broadcasts))
    rows, chosen = [], []
    for number, start in enumerate(starts):
        place, version = number % len(houses), dice.choice(versions)
        chosen.append((place, version))
        rows.append(
            {
                "champion_id": houses[place][1],
                "circle_id": houses[place][0],
                "topic": version.topic,
                "field_values": {},
                "personal_line": "",
                "over_soft_cap": False,
                "state": "finished",
                "reason": "",
                "created_at": start,
                "starts_at": start,
                "not_after": start + timedelta(days=2),
                "finished_at": start + timedelta(minutes=2),
                "correction": 0,
                "progress_digest": "",
                "draft_key": f"bench-{number}",
            }
        )
    await _write(tx, broadcasts, rows)
    ids = list((await tx.execute(select(broadcasts.c.id).order_by(broadcasts.c.id))).scalars())
    sent = []
    for broadcast, start, (place, version) in zip(ids, starts, chosen, strict=True):
        rows = [_delivery(broadcast, houses[place], one, version, start, dice) for one in houses[place][2]]
        await _write(tx, deliveries, rows)
        sent.append((broadcast, place, start))
    return sent


def _delivery(
    broadcast: int, house: tuple[int, int, list[int]], one: int, version: Any, at: datetime, dice: Random
) -> Row:
    state = dice.choices(("sent", "failed", "suppressed", "missed", "uncertain"), (93, 2, 3, 1, 1))[0]
    reason = {"failed": "blocked", "suppressed": "stopped", "missed": "too_late", "uncertain": "timed_out"}.get(
        state, ""
    )
    return {
        "key": f"broadcast:{broadcast}:{one}",
        "person_id": one,
        "kind": "broadcast",
        "lane": 2,
        "method": "sendMessage",
        "broadcast_id": broadcast,
        "circle_id": house[0],
        "topic": version.topic,
        "version_id": version.id,
        "language": "en",
        "body": "<b>Words</b> of a message that was sent. " * 8,
        "buttons": [],
        "extra": {},
        "over_soft_cap": False,
        "created_at": at,
        "due_at": at,
        "not_after": at + timedelta(days=2),
        "state": state,
        "reason": reason,
        "attempts": 1,
        "doubts": 0,
        "done_at": at,
        "message_id": 1,
        "helpful_at": at if dice.random() < 0.1 else None,
    }


async def _replies(
    tx: AsyncConnection,
    sent: list[tuple[int, int, datetime]],
    houses: list[tuple[int, int, list[int]]],
    now: datetime,
    dice: Random,
) -> None:
    rows: list[Row] = []
    for number in range(3 * len(sent)):
        broadcast, place, start = dice.choice(sent)
        _, champion, members = houses[place]
        resident, at = dice.choice(members), start + timedelta(hours=dice.randrange(1, 60))
        answered = at + timedelta(hours=dice.randrange(1, 60)) if dice.random() < 0.8 else None
        rows.append(
            {
                "resident_id": resident,
                "author_id": resident,
                "reader_id": champion,
                "direction": "question",
                "body": "May I come with my sister?",
                "media": "",
                "about": "A message",
                "album": "",
                "message_id": number,
                "broadcast_id": broadcast,
                "state": "answered" if answered else "open",
                "at": at,
                "answered_at": answered,
            }
        )
    await _write(tx, replies, rows)


async def _care(
    tx: AsyncConnection, enrolled: list[int], champions: list[int], now: datetime, dice: Random
) -> list[int]:
    """Enrolments with their check-ins, answers and concerns; gives the ids."""
    begun = [now - timedelta(days=dice.randrange(60)) for _ in enrolled]
    rows = [
        {
            "person_id": one,
            "plan": "home-from-hospital",
            "home_on": at.date().isoformat(),
            "tier": dice.choice(("usual", "high")),
            "wall": 600,
            "state": "active" if now - at < timedelta(days=30) else "ended",
            "course": "",
            "created_at": at,
            "accepted_at": at,
            "named_id": dice.choice(champions),
            "named_state": "accepted",
            "backup_state": "none",
            "assisted": False,
            "fewer": False,
            "cycle": 1,
            "missed": dice.choice((0, 0, 0, 1, 2)),
        }
        for one, at in zip(enrolled, begun, strict=True)
    ]
    await _write(tx, enrolments, rows)
    made = (await tx.execute(select(enrolments.c.id, enrolments.c.person_id).order_by(enrolments.c.id))).all()
    await _write(
        tx, checkins, [_checkin(row, day, at, now) for row, at in zip(made, begun, strict=True) for day in CHECKIN_DAYS]
    )
    asked = (await tx.execute(select(checkins.c.id, checkins.c.person_id).where(checkins.c.state == "done"))).all()
    await _write(
        tx,
        answers,
        [
            {
                "checkin_id": row.id,
                "person_id": row.person_id,
                "question": "how",
                "answer": "same",
                "said": "",
                "at": now,
            }
            for row in asked
        ],
    )
    await _concerns(tx, [(row.id, row.person_id) for row in made], now, dice)
    return [row.id for row in made]


async def _asking(tx: AsyncConnection, person_id: int, now: datetime) -> int:
    """Somebody who asks for check-ins by themself; gives the id of their enrolment."""
    values = {"plan": "", "home_on": now.date().isoformat(), "tier": "usual", "state": "waiting", "course": ""}
    values |= {"named_state": "none", "backup_state": "none", "cycle": 1, "missed": 0}
    values |= {"assisted": False, "fewer": False}
    row = insert(enrolments).values(person_id=person_id, created_at=now, **values).returning(enrolments.c.id)
    return int((await tx.execute(row)).scalar_one())


def _checkin(enrolment: Any, day: int, begun: datetime, now: datetime) -> Row:
    due = begun + timedelta(days=day)
    state = "done" if due < now else "planned"
    return {
        "enrolment_id": enrolment.id,
        "person_id": enrolment.person_id,
        "key": f"checkin:{enrolment.id}:1:{day}",
        "cycle": 1,
        "day": day,
        "kind": "questions",
        "due_at": due,
        "not_after": due + timedelta(hours=20),
        "state": state,
        "reason": "",
        "asked_at": due if state == "done" else None,
        "closed_at": due if state == "done" else None,
        "queue": [],
    }


async def _concerns(tx: AsyncConnection, enrolled: list[tuple[int, int]], now: datetime, dice: Random) -> None:
    rows = []
    for number, (enrolment, one) in enumerate(enrolled):
        state, at = ("open", now) if number < 30 else ("closed", _then(now, dice))
        rows.append(
            {
                "enrolment_id": enrolment,
                "person_id": one,
                "key": f"bench-{number}",
                "level": dice.choice(("red", "amber", "help")),
                "reason": "asked_for_a_ring",
                "state": state,
                "rung": "coordinator",
                "round": 1,
                "opened_at": at,
                "deadline_at": at + timedelta(hours=4),
                "closed_at": None if state == "open" else at + timedelta(hours=1),
                "outcome": "" if state == "open" else "fine",
            }
        )
    await _write(tx, concerns, rows)
    made = (await tx.execute(select(concerns.c.id, concerns.c.person_id))).all()
    await _write(
        tx,
        concern_events,
        [
            {"concern_id": row.id, "person_id": row.person_id, "what": what, "note": "", "at": now}
            for row in made
            for what in ("opened", "told_coordinator")
        ],
    )


async def _audit(tx: AsyncConnection, champions: list[int], now: datetime, dice: Random) -> None:
    rows = [
        {
            "at": _then(now, dice),
            "actor_id": dice.choice(champions),
            "what": "circle_closed",
            "subject": f"circle:{number}",
        }
        for number in range(20_000)
    ]
    await _write(tx, audit, sorted(rows, key=lambda row: row["at"]))
