"""The last look before sending: the exact message for a real person, who gets it, who does not and why, and when."""

from bot.actions import broadcasts as actions
from bot.actions import corrections, wording
from bot.actions.audience import Audience, Draft, Recipient
from bot.actions.broadcasts import Preview
from bot.conversations import drafts, questions
from bot.conversations.drafts import Sheet, button
from bot.conversations.keyboards import Button
from bot.conversations.questions import Question
from bot.conversations.talk import Talk
from bot.domain.templates import FieldType

MOST_NAMES = 6
CAN_INCLUDE = "capped"  # left out by the place's usual cap, not by the hard one


async def show(talk: Talk, sheet: Sheet, draft: Draft) -> None:
    """First the message as a bubble of its own, then the count and the choice."""
    if sheet.correcting:
        await _show_correction(talk, sheet, draft)
        return
    found = await _look(talk, sheet, draft)
    one = _one(found.audience, sheet.shown)
    if one is not None:
        await talk.write(one.html, dead_buttons(talk, one.language, talk.visitor.person.name))
    await talk.write(_summary(talk, sheet, found, one), await _buttons(talk, sheet, draft, found))


async def question(talk: Talk, sheet: Sheet, draft: Draft) -> Question:
    """What can be tapped, or typed, under the last look."""
    if sheet.correcting:
        return Question("", _correction_buttons(talk, sheet, 0))
    return Question("", await _buttons(talk, sheet, draft, await _look(talk, sheet, draft)))


async def _look(talk: Talk, sheet: Sheet, draft: Draft) -> Preview:
    return await actions.preview(talk.runtime, talk.id, draft, sheet.starts_at(drafts.own_zone(talk)))


def _one(audience: Audience, shown: int) -> Recipient | None:
    """The first person of each language comes first, so that one tap shows the other words."""
    if not audience.recipients:
        return None
    by_language: dict[str, Recipient] = {}
    for one in audience.recipients:
        by_language.setdefault(one.language, one)
    firsts = list(by_language.values())
    ordered = [*firsts, *(one for one in audience.recipients if one is not by_language[one.language])]
    return ordered[shown % len(ordered)]


def dead_buttons(talk: Talk, language: str, champion: str) -> list[list[Button]]:
    """The buttons as the resident will see them; here they only say so."""
    keys = ("buttons.helpful", "buttons.ask", "buttons.stop")
    return [[{"text": talk.runtime.plain(language, key, champion=champion), "data": "sample"}] for key in keys]


async def sample_tapped(talk: Talk) -> None:
    await talk.toast("broadcasts.only_a_sample")


def _summary(talk: Talk, sheet: Sheet, found: Preview, one: Recipient | None) -> str:
    zone = drafts.own_zone(talk)
    reasons = sorted(found.audience.reasons().items())
    day, done = (talk.runtime.day(moment, zone, talk.language) for moment in (found.starts_at, found.done_at))
    show_done = talk.runtime.time if day == done else talk.runtime.moment
    return talk.words(
        "broadcasts.preview",
        shown=one.person.name if one else "",
        count=len(found.audience.recipients),
        left_out=[wording.left_out(talk.runtime, talk.language, key, names, MOST_NAMES) for key, names in reasons],
        later=found.waits,
        starts=talk.runtime.moment(found.starts_at, zone, talk.language) if sheet.day and sheet.time else "",
        done=show_done(found.done_at, zone, talk.language),
        not_after=talk.runtime.moment(found.not_after, zone, talk.language),
        date_over=not found.makes_sense,
        empty=not found.members,
    )


async def _buttons(talk: Talk, sheet: Sheet, draft: Draft, found: Preview) -> list[list[Button]]:
    rows: list[list[Button]] = []
    count, scheduled = len(found.audience.recipients), bool(sheet.day and sheet.time)
    if count and found.makes_sense:
        send = "buttons.send_at" if scheduled else "buttons.send_now"
        rows.append([button(talk, sheet, send, "send", style="success", count=count)])
    if not found.makes_sense and await _names_a_day(talk, sheet):
        rows.append([button(talk, sheet, "buttons.change_day", "day")])
    if scheduled:
        rows.append([button(talk, sheet, "buttons.not_later", "now")])
    elif found.members:
        rows.append([button(talk, sheet, "buttons.choose_time", "when")])
    if count > 1:
        rows.append([button(talk, sheet, "buttons.another_person", "again")])
    return [*rows, *_over(talk, sheet, draft, found), questions.way_out(talk, sheet)]


async def _names_a_day(talk: Talk, sheet: Sheet) -> bool:
    template = await drafts.template_of(talk, sheet)
    return any(field.type is FieldType.DATE for field in template.fields)


def _over(talk: Talk, sheet: Sheet, draft: Draft, found: Preview) -> list[list[Button]]:
    """Those who had one this week can be included, up to the hard cap."""
    if draft.over_soft_cap:
        return [[button(talk, sheet, "buttons.leave_capped_out", "over")]]
    capped = found.audience.reasons().get(CAN_INCLUDE, [])
    return [[button(talk, sheet, "buttons.include_capped", "over", count=len(capped))]] if capped else []


async def _show_correction(talk: Talk, sheet: Sheet, draft: Draft) -> None:
    count, html = await corrections.preview(talk.runtime, talk.id, sheet.correcting, draft)
    await talk.write(html, dead_buttons(talk, talk.language, talk.visitor.person.name))
    await talk.write(talk.words("broadcasts.correct_preview", count=count), _correction_buttons(talk, sheet, count))


def _correction_buttons(talk: Talk, sheet: Sheet, count: int) -> list[list[Button]]:
    yes = button(talk, sheet, "buttons.correct_now", "send", style="success", count=count)
    return [[yes], questions.way_out(talk, sheet)]


async def correct(talk: Talk, broadcast_id: int, draft: Draft) -> None:
    told = await corrections.correct(talk.runtime, talk.id, broadcast_id, draft)
    await talk.write(talk.words("broadcasts.corrected", count=told))
