"""Drafting a broadcast, one question at a time. Every question takes a tap or typed words."""

import secrets

from bot.actions import broadcasts as actions
from bot.actions import circles as circle_actions
from bot.actions import reports as report_actions
from bot.actions import templates as template_actions
from bot.actions.audience import Draft
from bot.conversations import drafts, preview, questions, reports, typed_answers
from bot.conversations.circles import champions_only
from bot.conversations.drafts import FLOW, WHEN, Sheet
from bot.conversations.talk import Talk
from bot.domain.broadcasts import UNDO, Broadcast, Phase
from bot.domain.errors import NotFound, NotNow, Refused
from bot.domain.hours import local
from bot.domain.templates import FieldType

__all__ = ["FLOW"]


def may_draft(talk: Talk) -> None:
    champions_only(talk)
    if talk.visitor.person.stopped_at is not None:
        raise NotNow("broadcasts.you_stopped")


async def start(talk: Talk) -> None:
    """/broadcast: go on with a half-finished draft, or begin one."""
    may_draft(talk)
    sheet = await drafts.current(talk)
    if sheet is None or (sheet.at == "topic" and not sheet.correcting):
        await new(talk)
        return
    rows = [[drafts.button(talk, sheet, "buttons.draft_go_on", "show")]]
    rows += [[talk.button("buttons.draft_new", "bnew")], [talk.button("buttons.earlier", "reports")]]
    await talk.say("broadcasts.draft_open", rows)


async def new(talk: Talk) -> None:
    await talk.toast()
    may_draft(talk)
    circles = await circle_actions.mine(talk.runtime, talk.id)
    if not circles:
        await talk.say("broadcasts.no_circle")
        return
    await ask(talk, Sheet(secrets.token_hex(4), values={}, circle=circles[0].circle.id))


async def ask(talk: Talk, sheet: Sheet) -> None:
    """Show the open question, under a new number: from now on every older button is old."""
    changed = await drafts.set_right(talk, sheet)
    if changed:
        await talk.say(changed)
        talk = talk.without_query()
    if sheet.below:
        await talk.without_buttons()
        talk, sheet.below = talk.without_query(), False
    sheet.turn += 1
    await drafts.save(talk, sheet)
    if sheet.at == "preview":
        template = await drafts.template_of(talk, sheet)
        await preview.show(talk, sheet, sheet.draft(template))
        return
    question = await questions.ask(talk, sheet)
    await talk.show_html(question.html, question.rows)


async def tapped(talk: Talk) -> None:
    """Buttons: b:<draft>.<number of the question>:<what>[:<value>]."""
    token, what, *value = [*talk.args, "", ""][: max(2, len(talk.args))]
    sheet = await drafts.current(talk)
    if sheet is None or token != sheet.token:
        await _old_button(talk, sheet, token.partition(".")[0])
        return
    await talk.toast()
    may_draft(talk)
    if sheet.at == "preview":
        await talk.without_buttons()
    await _done(talk, sheet, what, ":".join(value))


async def _old_button(talk: Talk, sheet: Sheet | None, key: str) -> None:
    """Never silent: what became of that draft, or the question that is open now, or how to begin."""
    sent = await actions.of_draft(talk.runtime, talk.id, key)
    await talk.toast("" if sent else "errors.old_button")
    await talk.without_buttons()
    below = talk.without_query()
    if sent is not None:
        await reports.confirmed(below, sent)
    elif sheet is not None:
        await ask(below, sheet)
    else:
        await below.say("broadcasts.no_draft")


async def _done(talk: Talk, sheet: Sheet, what: str, value: str) -> None:
    """What a button of the open question means, tapped or typed."""
    if what == "cancel":
        await drafts.drop(talk)
        await talk.show("broadcasts.correct_cancelled" if sheet.correcting else "broadcasts.cancelled")
    elif what == "send":
        await _send(talk, sheet)
    elif what in ("again", "over", "when", "now", "day"):
        await _changed(talk, sheet, what)
    elif what == "show":
        await ask(talk, sheet)
    elif what == "back":
        await _move(talk, sheet, -1)
    else:
        await _answered(talk, sheet, what, value)


async def _answered(talk: Talk, sheet: Sheet, what: str, value: str) -> None:
    if what == "topic":
        sheet.topic, sheet.values = await _topic(talk, value), {}
    elif what == "circle":
        view = await circle_actions.view(talk.runtime, talk.id, int(value) if value.isdigit() else 0)
        sheet.circle = view.circle.id
    elif what == "none":
        sheet.take("")
    elif what == "v":
        sheet.take(await typed_answers.value(talk, sheet, value))
    elif what == "keep" and sheet.field:
        await typed_answers.value(talk, sheet, sheet.filled.get(sheet.field, ""), kept=True)
    await _move(talk, sheet, +1)


async def _topic(talk: Talk, value: str) -> str:
    library = await template_actions.open_library(talk.runtime)
    found = [topic for topic, _ in library.usable if topic.startswith(value)]
    if not found:
        raise NotNow("broadcasts.topic_gone")
    return value if value in found else found[0]


async def _move(talk: Talk, sheet: Sheet, by: int) -> None:
    await drafts.move(talk, sheet, by)
    await ask(talk, sheet)


async def _changed(talk: Talk, sheet: Sheet, what: str) -> None:
    """The other buttons of the last look."""
    if what == "again":
        sheet.shown += 1
    elif what == "over":
        sheet.over = not sheet.over
    elif what == "when":
        sheet.at = "when_day"
    elif what == "now":
        sheet.day = sheet.time = ""
    elif what == "day":
        template = await drafts.template_of(talk, sheet)
        sheet.at = next(f"field:{one.name}" for one in template.fields if one.type is FieldType.DATE)
    await ask(talk, sheet)


async def _send(talk: Talk, sheet: Sheet) -> None:
    """Confirmed. If it may not be sent after all, say why and show what is true now."""
    try:
        draft = sheet.draft(await drafts.template_of(talk, sheet))
        if sheet.correcting:
            await preview.correct(talk, sheet.correcting, draft)
            return
        broadcast = await actions.confirm(
            talk.runtime, talk.id, sheet.key, draft, sheet.starts_at(drafts.own_zone(talk))
        )
    except Refused as refusal:
        await talk.say(refusal.phrase, **refusal.values)
        if refusal.phrase in ("broadcasts.time_past", "broadcasts.too_far_ahead"):
            sheet.at = "when_day"
        if not sheet.correcting:
            await ask(talk.without_query(), sheet)
        return
    await reports.confirmed(talk, broadcast)


async def typed(talk: Talk) -> None:
    """A typed answer to the open question, or one of its buttons in words."""
    sheet = await drafts.current(talk)
    if sheet is None:
        return
    may_draft(talk)
    changed = await drafts.set_right(talk, sheet)
    if changed:
        await talk.say(changed)
        await ask(talk, sheet)
        return
    try:
        await _understood(talk, sheet)
    except Refused as refusal:
        sheet.below = True
        await drafts.save(talk, sheet)
        if refusal.phrase != "broadcasts.line_refused":
            raise
        await talk.say(refusal.phrase, (await questions.ask(talk, sheet)).rows, **refusal.values)


async def _understood(talk: Talk, sheet: Sheet) -> None:
    question = await _present(talk, sheet)
    meant = questions.said(question, talk.text)
    if meant is not None:
        await _done(talk, sheet, *meant)
    elif sheet.field or sheet.at in WHEN:
        sheet.take(await typed_answers.value(talk, sheet, talk.text))
        await _move(talk, sheet, +1)
    elif sheet.at == "line":
        sheet.take(await typed_answers.line(talk))
        await _move(talk, sheet, +1)
    else:
        await talk.say("broadcasts.please_tap")
        await ask(talk, sheet)


async def _present(talk: Talk, sheet: Sheet) -> questions.Question:
    if sheet.at != "preview":
        return await questions.ask(talk, sheet)
    return await preview.question(talk, sheet, sheet.draft(await drafts.template_of(talk, sheet)))


async def correct(talk: Talk) -> None:
    """The button under a report: put a fact right for those who received it."""
    await talk.toast()
    may_draft(talk)
    report = await report_actions.report(talk.runtime, talk.id, talk.number())
    if report.sent <= report.taken_back:
        raise NotNow("broadcasts.nobody_received")
    sheet = _again(report.broadcast)
    sheet.correcting = report.broadcast.id
    template = await drafts.template_of(talk, sheet)
    sheet.at = (await drafts.order(talk, sheet, template))[0]
    await ask(talk.without_query(), sheet)


async def redo(talk: Talk) -> None:
    """A broadcast that was called back becomes a draft again."""
    await talk.toast()
    may_draft(talk)
    broadcast = (await report_actions.report(talk.runtime, talk.id, talk.number())).broadcast
    if broadcast.state is not Phase.UNDONE:
        raise NotFound("errors.old_button")
    sheet = _again(broadcast)
    if broadcast.was_scheduled and broadcast.starts_at > talk.runtime.now() + UNDO:
        starts = local(broadcast.starts_at, drafts.own_zone(talk))
        sheet.day, sheet.time = starts.date().isoformat(), f"{starts:%H:%M}"
    await talk.without_buttons()
    await ask(talk.without_query(), sheet)


def _again(broadcast: Broadcast) -> Sheet:
    draft = Draft.of(broadcast)
    key, values = secrets.token_hex(4), dict(draft.values)
    return Sheet(key, "preview", draft.topic, values, draft.circle_id, draft.line, draft.over_soft_cap)
