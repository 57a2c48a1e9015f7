"""/oncall: who is on call now and this week, which gaps there are, and taking over for a while."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from babel.lists import format_list

from bot.actions import oncall as actions
from bot.actions.oncall import Stretch, Week
from bot.conversations.keyboards import Button
from bot.conversations.talk import Talk
from bot.domain.hours import at_local, local

HOURS = (2, 8)
MOST = 30


async def show(talk: Talk) -> None:
    """The command, and the button oncall."""
    await talk.toast()
    week = await actions.week(talk.runtime, talk.id)
    gaps = [_span(talk, one) for one in week.stretches if not one.names]
    alone = week.stretches[0].names if len(week.stretches) == 1 else ()
    await talk.show(
        "oncall.week",
        _buttons(talk, week),
        alone=_all(talk, alone),
        now=_all(talk, week.now),
        stretches=[f"{_span(talk, one)}: {_all(talk, one.names)}" for one in week.stretches if one.names][:MOST],
        gaps=gaps[:MOST],
        mine=_moment(talk, week.mine) if week.mine else "",
    )


def _all(talk: Talk, names: Sequence[str]) -> str:
    """“Elif, Grace and Sam” as the reader's language joins them; empty for nobody."""
    return format_list(names, locale=talk.language) if names else ""


def _buttons(talk: Talk, week: Week) -> list[list[Button]]:
    """Nobody takes over from themself."""
    rows = [[talk.button("buttons.oncall_hours", "takeover", hours, count=hours)] for hours in HOURS]
    rows.append([talk.button("buttons.oncall_morning", "takeover", "morning")])
    back = [[talk.button("buttons.oncall_back", "takeover", "back")]] if week.mine else []
    return [*([] if week.only_mine else rows), *back]


def _span(talk: Talk, one: Stretch) -> str:
    return f"{_moment(talk, one.start)} – {_moment(talk, one.end)}"


def _moment(talk: Talk, instant: datetime) -> str:
    return talk.runtime.moment(instant, _zone(talk), talk.language)


def _zone(talk: Talk) -> str:
    return talk.visitor.person.zone or talk.runtime.place.zone


async def take_over(talk: Talk) -> None:
    """Buttons: takeover:<hours>, takeover:morning, takeover:back."""
    if talk.args[:1] == ["back"]:
        await actions.give_back(talk.runtime, talk.id)
    else:
        await actions.take_over(talk.runtime, talk.id, _until(talk))
    await show(talk)


def _until(talk: Talk) -> datetime:
    now, zone = talk.runtime.now(), _zone(talk)
    if talk.args[:1] != ["morning"]:
        return now + timedelta(hours=talk.number())
    return at_local(local(now, zone).date() + timedelta(days=1), talk.runtime.place.waking_from, zone)
