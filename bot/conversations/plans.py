"""A coordinator walks through a check-in plan, as the person would meet it, and says yes or no for this place."""

from collections.abc import Callable, Iterator
from functools import partial

from bot.actions import plan_preview as preview
from bot.actions import plan_reading
from bot.actions import plans as actions
from bot.actions.plans import Waiting
from bot.conversations.keyboards import Button
from bot.conversations.talk import Talk
from bot.conversations.templates import coordinators_only
from bot.domain import plan_parts as parts
from bot.domain.plans import FREE_TEXT, SENTENCES, Question
from bot.domain.templates import SOURCE_LANGUAGE

PER_PAGE = 8
Page = Callable[[Talk, Waiting, int, int], str]  # (talk, what is read, step, steps) -> Telegram HTML
Parts = set[str]  # what of the plan stands on a page


async def chosen(talk: Talk) -> None:
    """Buttons: plan:list|all[:page], plan:read:<v>, plan:step:<v>:<n>, plan:yes|no:<v>."""
    await talk.toast()
    coordinators_only(talk)
    steps = {"list": _list, "all": _all, "read": _read, "step": _step, "yes": _decide, "no": _decide}
    await steps.get(talk.args[0] if talk.args else "list", _list)(talk)


async def _list(talk: Talk) -> None:
    waiting = await actions.waiting(talk.runtime)
    if not waiting:
        await talk.show("plans.nothing_waits", [[talk.button("buttons.all_plans", "plan", "all")]])
        return
    await talk.show("plans.list", _page(talk, "list", waiting), count=len(waiting))


async def _all(talk: Talk) -> None:
    every = await actions.every(talk.runtime)
    await talk.show("plans.all", _page(talk, "all", every), count=len(every))


def _page(talk: Talk, what: str, found: list[Waiting]) -> list[list[Button]]:
    page = min(talk.number(1), max(0, len(found) - 1) // PER_PAGE)
    shown = found[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows = [[_entry(talk, one)] for one in shown]
    turns = [talk.button("buttons.back", "plan", what, page - 1)] if page else []
    if (page + 1) * PER_PAGE < len(found):
        turns.append(talk.button("buttons.more", "plan", what, page + 1))
    return [*rows, turns] if turns else rows


def _entry(talk: Talk, one: Waiting) -> Button:
    language = talk.runtime.plain(one.language, "language.name")
    values = {"title": one.words.title, "language": language, "state": _state(one)}
    return talk.button("buttons.one_plan", "plan", "read", one.version.id, **values)


def _state(one: Waiting) -> str:
    return {None: "waits", True: "approved", False: "refused"}[one.version.approved]


async def _read(talk: Talk) -> None:
    """First what it asks of a person, and how long until a human knows."""
    one = await actions.get(talk.runtime, talk.number(1))
    rows = [
        [talk.button("buttons.walk", "plan", "step", one.version.id, 1, style="success")],
        [talk.button("buttons.refuse", "plan", "no", one.version.id)],
        [talk.button("buttons.back_to_list", "plan", "list")],
    ]
    await talk.show_html(preview.about(talk.runtime, one, talk.language), rows)


async def _step(talk: Talk) -> None:
    """One page of the walk; the last one asks for the verdict."""
    one = await actions.get(talk.runtime, talk.number(1))
    pages = list(_pages(one))
    step = max(1, min(talk.number(2), len(pages) + 1))
    before = ("step", one.version.id, step - 1) if step > 1 else ("read", one.version.id)
    back = talk.button("buttons.walk_back", "plan", *before)
    if step <= len(pages):
        onward = talk.button("buttons.walk_next", "plan", "step", one.version.id, step + 1)
        page, shown = pages[step - 1]
        await talk.show_html(page(talk, one, step, len(pages)), [[back, onward]])
        await plan_reading.shown(talk.runtime, talk.id, one.version.id, shown)
        return
    await _ask_verdict(talk, one, back)


def _pages(one: Waiting) -> Iterator[tuple[Page, Parts]]:
    yield _around, {parts.HELLO, parts.THANKS}
    for place_in, day in enumerate(one.plan.days):
        yield partial(_day, place_in=place_in), {parts.question(name) for name in day.questions}
    if followers := preview.followers(one):
        yield _follow, {parts.question(name) for name in followers}
    if one.words.emergency:
        yield _emergency, {parts.emergency(number) for number in one.words.emergency}
    yield _closing, {parts.CLOSING}


def _said(talk: Talk, one: Waiting, source: str) -> str:
    """A text of the plan with examples in it, as a person would get it."""
    return preview.said(talk.runtime, one, source)


def _around(talk: Talk, one: Waiting, step: int, steps: int) -> str:
    said = {part: _said(talk, one, getattr(one.words, part)) for part in SENTENCES if part != "closing"}
    verbs = ("now", "later", "not_today", "stop")
    buttons = [talk.runtime.plain(one.language, f"buttons.checkin_{verb}") for verb in verbs]
    return talk.words("plans.around", step=step, steps=steps, buttons=buttons, **said)


def _day(talk: Talk, one: Waiting, step: int, steps: int, place_in: int) -> str:
    day = one.plan.days[place_in]
    head = talk.words("plans.day", step=step, steps=steps, day=day.number)
    return "\n\n".join([head, *(_question(talk, one, name) for name in day.questions)])


def _follow(talk: Talk, one: Waiting, step: int, steps: int) -> str:
    head = talk.words("plans.follow", step=step, steps=steps)
    return "\n\n".join([head, *(_question(talk, one, name) for name in preview.followers(one))])


def _question(talk: Talk, one: Waiting, name: str) -> str:
    question = one.plan.questions[name]
    text = _said(talk, one, one.words.questions[name])
    answers = list(_answers(talk, one, question))
    raised = talk.label(f"plans.raises_{FREE_TEXT.value}")
    return talk.words("plans.question", text=text, answers=answers, free_text=question.free_text, raised=raised)


def _answers(talk: Talk, one: Waiting, question: Question) -> Iterator[str]:
    """Each button, and what it leads to."""
    for answer in question.answers:
        label = one.words.answers[question.id, answer.id]
        yield f"{label} → {talk.label(f'plans.raises_{answer.concern.value}')}" if answer.concern else label


def _emergency(talk: Talk, one: Waiting, step: int, steps: int) -> str:
    wordings = [_said(talk, one, source) for source in one.words.emergency.values()]
    return talk.words("plans.emergency", step=step, steps=steps, wordings=wordings)


def _closing(talk: Talk, one: Waiting, step: int, steps: int) -> str:
    closing = _said(talk, one, one.words.closing)
    return talk.words("plans.closing", step=step, steps=steps, day=one.plan.closing_day, closing=closing)


async def _ask_verdict(talk: Talk, one: Waiting, back: Button) -> None:
    if left := await plan_reading.unseen(talk.runtime, talk.id, one.version.id, one.plan):
        rows = [[talk.button("buttons.walk", "plan", "step", one.version.id, 1)], [back]]
        await talk.show("plans.not_all_shown", rows, count=len(left))
        return
    foreign = one.language != SOURCE_LANGUAGE
    language = talk.runtime.plain(one.language, "language.name")
    yes = "buttons.approve_translation" if foreign else "buttons.approve"
    rows = [
        [talk.button(yes, "plan", "yes", one.version.id, style="success", language=language)],
        [talk.button("buttons.refuse", "plan", "no", one.version.id)],
        [back, talk.button("buttons.back_to_list", "plan", "list")],
    ]
    values = {"title": one.words.title, "language": language, "foreign": foreign, "state": _state(one)}
    await talk.show("plans.decide", rows, **values)


async def _decide(talk: Talk) -> None:
    approves = talk.args[0] == "yes"
    one = await actions.get(talk.runtime, talk.number(1))
    # The button of a translation says "I read this language and it is right": tapping it is that statement.
    await actions.decide(talk.runtime, talk.id, one.version.id, approves, reads_language=approves)
    left = len(await actions.waiting(talk.runtime))
    rows = [[talk.button("buttons.read_plans", "plan", "list", count=left)]] if left else []
    rows += [[talk.button("buttons.read_once_more", "plan", "read", one.version.id)]]
    language = talk.runtime.plain(one.language, "language.name")
    key, foreign = "plans.approved" if approves else "plans.refused", one.language != SOURCE_LANGUAGE
    await talk.show(key, rows, title=one.words.title, language=language, foreign=foreign)
