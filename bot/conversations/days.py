"""A day of coming home, tapped or typed; unlike the day of a message it may be over."""

from datetime import date, timedelta

from bot.actions import planning
from bot.catalogue.fields import show_date
from bot.catalogue.typed import western_digits
from bot.catalogue.typed_dates import PAST, read_date
from bot.conversations.keyboards import Button, in_rows
from bot.conversations.talk import Talk
from bot.domain.errors import NotFound, Refused

BACK, AHEAD = 3, 4  # days with a button, besides today
LOOK_BACK = timedelta(days=80)
_NEAR = {-1: "buttons.day_yesterday", 0: "buttons.day_today", 1: "buttons.day_tomorrow"}


def rows(talk: Talk, verb: str, *args: object, ahead: int = AHEAD, since: date = date.min) -> list[list[Button]]:
    """Today first, then the coming days, then those just over, none before `since`; the day ends the button's data."""
    today = planning.today(talk.runtime)
    order = [*range(ahead + 1), *range(-1, -BACK - 1, -1)]
    days = [(step, today + timedelta(days=step)) for step in order]
    days = [(step, day) for step, day in days if day >= since]
    shown = [{"text": _label(talk, step, day), "data": ":".join(map(str, (verb, *args, day)))} for step, day in days]
    return in_rows(shown, 2)


def _label(talk: Talk, step: int, day: date) -> str:
    return talk.label(_NEAR[step]) if step in _NEAR else show_date(day, talk.language)


def tapped(text: str) -> date:
    """A day out of a button, which anybody can forge."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound("errors.old_button") from None


def typed(talk: Talk) -> date:
    """Raises Refused with the sentence that says what is wrong."""
    text, today = western_digits(" ".join(talk.text.split())), planning.today(talk.runtime)
    if text.casefold() in talk.runtime.catalogue.phrases.everywhere("words.yesterday"):
        return today - timedelta(days=1)
    found = read_date(text, talk.language, today)
    if found == PAST:
        found = read_date(text, talk.language, today - LOOK_BACK)
    if found.startswith("fields."):
        raise Refused(found)
    return date.fromisoformat(found)


def shown(talk: Talk, day: date) -> str:
    return show_date(day, talk.language)
