"""What lines of the audit trail are about: `noun:number`, with the name a person knows it by."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import broadcasts, circles, people, template_versions
from bot.store.schema_care import concerns, enrolments
from bot.store.schema_desk import template_drafts
from bot.store.templates import PLAN

_SPACE: ColumnElement[str] = literal_column("' '")
# By noun: (number, name). What is about somebody is called by their first name.
_NAMES: Mapping[str, Select[Any]] = {
    "person": select(people.c.id, people.c.name),
    "circle": select(circles.c.id, circles.c.name),
    "enrolment": select(enrolments.c.id, people.c.name).join(people, people.c.id == enrolments.c.person_id),
    "concern": select(concerns.c.id, people.c.name).join(people, people.c.id == concerns.c.person_id),
    "broadcast": select(broadcasts.c.id, broadcasts.c.topic),
    "version": select(template_versions.c.id, template_versions.c.topic + _SPACE + template_versions.c.language),
    "draft": select(template_drafts.c.id, template_drafts.c.topic + _SPACE + template_drafts.c.language),
}


def parted(subject: str) -> tuple[str, int | None]:
    """The noun and the number; None where there is none."""
    noun, _, number = subject.partition(":")
    return noun, int(number) if number.isascii() and number.isdigit() and len(number) <= 15 else None


async def names(tx: AsyncConnection, subjects: Iterable[str]) -> dict[str, str]:
    """By subject; who was forgotten has none, nor has what is known by no name."""
    found, wanted = dict[str, str](), [parted(one) for one in subjects]
    for noun, query in _NAMES.items():
        number = query.selected_columns[0]
        numbers = {one for each, one in wanted if each == noun and one is not None}
        if numbers:
            rows = await tx.execute(query.where(number.in_(numbers)))
            found |= {f"{noun}:{row[0]}": row[1].removeprefix(PLAN) for row in rows}
    return found


async def of_person(tx: AsyncConnection, person_id: int) -> list[str]:
    """Themself, their check-ins and every concern about them."""
    found = [f"person:{person_id}"]
    for noun, column, theirs in (
        ("enrolment", enrolments.c.id, enrolments.c.person_id),
        ("concern", concerns.c.id, concerns.c.person_id),
    ):
        rows = await tx.execute(select(column).where(theirs == person_id).order_by(column))
        found += [f"{noun}:{number}" for number in rows.scalars()]
    return found
