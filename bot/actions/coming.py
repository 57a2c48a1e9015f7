"""When the next questions come, for the words that say so: what is due already comes at once, or when they wake."""

from datetime import datetime

from bot.domain.hours import next_awake
from bot.runtime import Runtime
from bot.store.people import Person
from bot.store.standings import hours_of


def instant_of(runtime: Runtime, due_at: datetime, person: Person | None) -> datetime:
    """Never in the past. Before anybody has opened the card: by the place's hours."""
    hours = hours_of(person, runtime.place) if person else runtime.place.hours
    return next_awake(hours, max(due_at, runtime.now()))


def first(
    runtime: Runtime, due_at: datetime | None, person: Person | None, zone: str | None, language: str
) -> dict[str, object]:
    """For phrases: `first` as the reader with this zone and language says it, and `at_once` when it is due already."""
    if due_at is None:
        return {"first": "", "at_once": False}
    comes_at = instant_of(runtime, due_at, person)
    return {"first": runtime.moment(comes_at, zone, language), "at_once": comes_at <= runtime.now()}
