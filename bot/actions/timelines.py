"""One person on one plan, as a coordinator reads it: what stands, what comes next, and what happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import alerts, course, ladder
from bot.actions.course import View
from bot.actions.enrolled import coordinators_only
from bot.domain.checkins import Course, Stage
from bot.domain.checkins import Enrolment as State
from bot.domain.people import Purpose
from bot.domain.plans import LOUD
from bot.runtime import Runtime
from bot.store import checkins as checkin_store
from bot.store import concerns as concern_store
from bot.store import people as people_store
from bot.store import timelines as store
from bot.store.checkins import CheckIn
from bot.store.concerns import Concern
from bot.store.enrolments import Enrolment
from bot.store.timelines import Answers, Deed

A_MOMENT = timedelta(minutes=1)
BEGINNINGS = {"enrolment_invited", "enrolled_assisted"}
ENDINGS = {f"enrolment_{one.value}" for one in Course} | {"card_withdrawn", "enrolment_declined"}
ELSEWHERE = ("told_", "opened", "note", "died")  # what another line tells, or the page of the concern
# Why a check-in that had been asked was cleared, where that says something about the person.
CLEARED = {"not_today", "answered_elsewhere", "in_hospital"}


@dataclass(frozen=True)
class Happening:
    """One line. `what`: the end of a phrase key; `day`: of the plan; `name`: whoever did it.

    `reason`: what a concern is about, as HTML, as far as the reader may see it. `concern_id`: 0 unless it is about one.
    """

    at: datetime
    what: str
    look: str = ""
    day: int = 0
    name: str = ""
    count: int = 0
    reason: str = ""
    concern_id: int = 0


@dataclass(frozen=True)
class Story:
    """`happened`: the newest first. `open_now`: the check-in that waits for an answer. `worries`: not closed."""

    view: View
    inviter: str
    consents: frozenset[Purpose]
    open_now: CheckIn | None
    worries: list[Concern]
    happened: list[Happening]


async def story(runtime: Runtime, coordinator_id: int, enrolment_id: int) -> Story:
    """Raises NotFound for an enrolment that is not there, NotAllowed for anybody but a coordinator."""
    async with runtime.database.read() as tx:
        await coordinators_only(tx, coordinator_id)
    view = await course.view(runtime, coordinator_id, enrolment_id)
    enrolment = view.enrolment
    async with runtime.database.read() as tx:
        inviter = await people_store.find(tx, enrolment.invited_by) if enrolment.invited_by else None
        said = await people_store.standing_consents(tx, enrolment.person_id) if enrolment.person_id else set()
        rows = await checkin_store.of_enrolment(tx, enrolment_id)
        ids = await store.concern_ids(tx, enrolment_id)
        concerns = [one for each in ids if (one := await concern_store.by_id(tx, each))]
        lines = [
            *await _of_enrolment(tx, view),
            *await _of_checkins(tx, view, rows),
            *[line for one in concerns for line in await _of_concern(tx, runtime, coordinator_id, one)],
        ]
    return Story(
        view,
        inviter.name if inviter else "",
        frozenset(purpose for purpose, circle in said if circle is None),
        next((one for one in rows if one.state in checkin_store.RUNNING), None),
        [one for one in concerns if one.closed_at is None],
        _newest_first(lines),
    )


def _newest_first(lines: list[Happening]) -> list[Happening]:
    """What happened at the same moment is turned round, too."""
    lines.sort(key=lambda line: line.at)
    return lines[::-1]


async def _of_enrolment(tx: AsyncConnection, view: View) -> list[Happening]:
    """Its beginning, every change of course with whoever made it, and its end."""
    one = view.enrolment
    deeds = await store.deeds(tx, f"enrolment:{one.id}", one.created_at - A_MOMENT)
    lines = [Happening(deed.at, deed.what, name=deed.actor) for deed in deeds if deed.what not in ENDINGS]
    if not any(deed.what in BEGINNINGS for deed in deeds):
        lines.insert(0, Happening(one.created_at, "asked_for_it"))
    if one.state is State.ENDED and one.ended_at is not None:
        lines.append(_end(one, one.ended_at, deeds))
    return lines


def _end(one: Enrolment, ended_at: datetime, deeds: list[Deed]) -> Happening:
    """How it ended, and by whom; that somebody has died may be told long after their last question."""
    last = next((deed for deed in reversed(deeds) if deed.what in ENDINGS), None)
    at = max(ended_at, last.at) if last and one.course == Course.DIED else ended_at
    return Happening(at, f"ended_{one.course}", name=last.actor if last else "")


async def _of_checkins(tx: AsyncConnection, view: View, rows: list[CheckIn]) -> list[Happening]:
    one = view.enrolment
    brought = await store.answered(tx, one.id)
    reminded = await store.reminders(tx, one.person_id, one.id) if one.person_id else []
    lines = [line for row in rows for line in _of_checkin(row, brought.get(row.id))]
    return [*lines, *(Happening(at, "reminded") for at in reminded)]


def _of_checkin(row: CheckIn, brought: Answers | None) -> Iterator[Happening]:
    if row.kind == "closing":
        if row.asked_at is not None:
            yield Happening(row.asked_at, "closing", day=row.day)
        return
    if row.asked_at is not None:
        yield Happening(row.asked_at, "last_asked" if row.kind == "last_question" else "asked", day=row.day)
    over = _over(row, brought)
    if over is not None:
        yield over


def _over(row: CheckIn, brought: Answers | None) -> Happening | None:
    """How it ended; None while it has not, or when nothing of it ever reached the person."""
    if row.closed_at is None:
        return None
    count, volunteer = (brought.count, brought.volunteer) if brought else (0, "")
    if row.state is Stage.DONE:
        what = "answered_by_phone" if volunteer else "answered"
        return Happening(row.closed_at, what, "good", row.day, volunteer, count)
    if row.state is Stage.MISSED:
        return Happening(row.closed_at, "half_answered" if count else "missed", "amber", row.day, count=count)
    if row.state is Stage.LATE:
        return Happening(row.closed_at, "not_sent", "amber", row.day)
    if row.state is Stage.CLEARED and row.asked_at is not None:
        return Happening(row.closed_at, row.reason if row.reason in CLEARED else "left_out", day=row.day, count=count)
    return None


async def _of_concern(tx: AsyncConnection, runtime: Runtime, reader_id: int, concern: Concern) -> list[Happening]:
    """How it began with what it is about, and what people did; the same rule as in chat says who may read it."""
    if not await ladder.may_know(tx, concern, reader_id):
        return []
    reader = await people_store.by_id(tx, reader_id)
    reason = await alerts.reason(tx, runtime, concern, reader)
    look = "red" if concern.level in LOUD else "amber"
    lines = [Happening(concern.opened_at, "concern", look, reason=reason, concern_id=concern.id)]
    for event in await concern_store.history(tx, concern.id):
        if not event.what.startswith(ELSEWHERE):
            actor = await people_store.find(tx, event.actor_id) if event.actor_id else None
            name, look = actor.name if actor else "", "good" if event.what.startswith("closed") else ""
            lines.append(Happening(event.at, f"concern_{event.what}", look, name=name, concern_id=concern.id))
    return lines
