"""The last look before sending, and what follows it: undo, progress, stop, report, take back, correct."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions import broadcasts as actions
from bot.actions import corrections, progress, wording
from bot.actions.audience import Audience, Draft, Recipient
from bot.actions.broadcasts import Preview, Report
from bot.conversations.keyboards import Button
from bot.conversations.talk import Talk
from bot.domain.broadcasts import seconds_needed

MOST_NAMES = 8
CAN_INCLUDE = "capped"  # left out by the place's usual cap, not by the hard one


@dataclass(frozen=True)
class Options:
    """`shown`: which recipient's message is shown, counted up by "another person"."""

    starts_at: datetime | None
    shown: int = 0
    correcting: int = 0


async def show(talk: Talk, key: str, draft: Draft, options: Options) -> None:
    """The exact message for a real recipient, then the count and the choice."""
    if options.correcting:
        await _show_correction(talk, key, draft, options)
        return
    found = await actions.preview(talk.runtime, talk.id, draft, options.starts_at)
    one = _one(found.audience, options.shown)
    if one is not None:
        await talk.write(one.html, _dead_buttons(talk, one.language))
    await talk.write(_summary(talk, found, one, options), _buttons(talk, key, draft, found, options))


def _one(audience: Audience, shown: int) -> Recipient | None:
    return audience.recipients[shown % len(audience.recipients)] if audience.recipients else None


def _dead_buttons(talk: Talk, language: str) -> list[list[Button]]:
    """The buttons as the resident will see them; here they only say so."""
    champion = talk.visitor.person.name
    keys = ("buttons.helpful", "buttons.ask", "buttons.stop")
    return [[{"text": talk.runtime.plain(language, key, champion=champion), "data": "sample"}] for key in keys]


async def sample_tapped(talk: Talk) -> None:
    await talk.toast("broadcasts.only_a_sample")


def _summary(talk: Talk, found: Preview, one: Recipient | None, options: Options) -> str:
    recipients = found.audience.recipients
    reasons = found.audience.reasons()
    needed = seconds_needed(len(recipients), talk.runtime.settings.messages_per_second)
    zone = talk.visitor.person.zone
    done = found.starts_at + timedelta(seconds=needed)
    return talk.words(
        "broadcasts.preview",
        shown=one.person.name if one else "",
        count=len(recipients),
        left_out=[_left_out(talk, reason, names) for reason, names in sorted(reasons.items())],
        later=found.waits,
        starts=talk.runtime.moment(options.starts_at, zone, talk.language) if options.starts_at else "",
        done=talk.runtime.time(done, zone, talk.language),
        not_after=talk.runtime.moment(found.not_after, zone, talk.language),
    )


def _left_out(talk: Talk, reason: str, names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    more = f" +{len(names) - MOST_NAMES}" if len(names) > MOST_NAMES else ""
    return f"{wording.reason(talk.runtime, talk.language, reason)}: {shown}{more}"


def _buttons(talk: Talk, key: str, draft: Draft, found: Preview, options: Options) -> list[list[Button]]:
    rows: list[list[Button]] = []
    if found.audience.recipients:
        send = "buttons.send_at" if options.starts_at else "buttons.send_now"
        count = len(found.audience.recipients)
        rows.append([talk.button(send, "b", key, "send", style="success", count=count)])
    if options.starts_at:
        rows.append([talk.button("buttons.not_later", "b", key, "now")])
    else:
        rows.append([talk.button("buttons.choose_time", "b", key, "when")])
    if len(found.audience.recipients) > 1:
        rows.append([talk.button("buttons.another_person", "b", key, "again")])
    if draft.over_soft_cap:
        rows.append([talk.button("buttons.leave_capped_out", "b", key, "over")])
    elif CAN_INCLUDE in found.audience.reasons():
        count = len(found.audience.reasons()[CAN_INCLUDE])
        rows.append([talk.button("buttons.include_capped", "b", key, "over", count=count)])
    return [*rows, [talk.button("buttons.back", "b", key, "back"), talk.button("buttons.cancel", "b", key, "cancel")]]


async def _show_correction(talk: Talk, key: str, draft: Draft, options: Options) -> None:
    count, html = await corrections.preview(talk.runtime, talk.id, options.correcting, draft)
    await talk.write(html)
    rows = [[talk.button("buttons.correct_now", "b", key, "send", style="success", count=count)]]
    rows += [[talk.button("buttons.back", "b", key, "back"), talk.button("buttons.cancel", "b", key, "cancel")]]
    await talk.write(talk.words("broadcasts.correct_preview", count=count), rows)


async def send(talk: Talk, key: str, draft: Draft, starts_at: datetime | None) -> None:
    """Confirmed: 60 seconds in which it can be undone, or a time that was chosen."""
    broadcast = await actions.confirm(talk.runtime, talk.id, key, draft, starts_at)
    zone = talk.visitor.person.zone
    starts = talk.runtime.moment(broadcast.starts_at, zone, talk.language) if starts_at else ""
    seconds = int(actions.time_left_to_undo(broadcast, talk.runtime.now()).total_seconds())
    await talk.without_buttons()
    undo = [[talk.button("buttons.undo", "undo", broadcast.id, style="danger")]]
    message = await talk.write(talk.words("broadcasts.confirmed", starts=starts, seconds=seconds), undo)
    if message is not None:
        await progress.remember_message(talk.runtime, talk.id, broadcast.id, message.message_id)


async def correct(talk: Talk, broadcast_id: int, draft: Draft) -> None:
    told = await corrections.correct(talk.runtime, talk.id, broadcast_id, draft)
    await talk.without_buttons()
    await talk.write(talk.words("broadcasts.corrected", count=told))


async def sent_draft(talk: Talk, broadcast_id: int) -> tuple[Draft, int]:
    """What a broadcast said, to be put right."""
    report = await actions.report(talk.runtime, talk.id, broadcast_id)
    return Draft.of(report.broadcast, ()), broadcast_id


async def undo(talk: Talk) -> None:
    await talk.toast()
    if await actions.undo(talk.runtime, talk.id, talk.number()):
        await talk.show("broadcasts.undone", [[talk.button("buttons.change_draft", "redo", talk.number())]])
    else:
        await _show_report(talk, await actions.report(talk.runtime, talk.id, talk.number()))


async def halt(talk: Talk) -> None:
    """Stop in the middle."""
    await actions.stop(talk.runtime, talk.id, talk.number())
    await talk.toast("broadcasts.stopped_toast")
    await _show_report(talk, await actions.report(talk.runtime, talk.id, talk.number()))


async def report(talk: Talk) -> None:
    await talk.toast()
    await _show_report(talk, await actions.report(talk.runtime, talk.id, talk.number()))


async def _show_report(talk: Talk, found: Report) -> None:
    buttons = progress.report_buttons(talk.runtime, talk.language, found)
    await talk.show_html(wording.report(talk.runtime, talk.language, found), buttons)


async def reports(talk: Talk) -> None:
    """Earlier broadcasts."""
    await talk.toast()
    found = await actions.recent(talk.runtime, talk.id)
    rows = [[{"text": _named(talk, one.topic, one.starts_at), "data": f"report:{one.id}"}] for one in found]
    await talk.show("broadcasts.earlier" if rows else "broadcasts.none_earlier", rows)


def _named(talk: Talk, topic: str, starts_at: datetime) -> str:
    template = talk.runtime.catalogue.templates.get((topic, "en"))
    day = talk.runtime.day(starts_at, talk.visitor.person.zone, talk.language)
    return f"{template.title if template else topic} · {day}"


async def again(talk: Talk) -> None:
    await talk.toast()
    count = await actions.send_again(talk.runtime, talk.id, talk.number())
    await talk.say("broadcasts.sent_again", count=count)


async def take_back(talk: Talk) -> None:
    """Buttons: takeback:<id>, takeback:<id>:yes."""
    await talk.toast()
    broadcast_id = talk.number()
    if talk.args[1:2] != ["yes"]:
        found = await actions.report(talk.runtime, talk.id, broadcast_id)
        rows = [[talk.button("buttons.take_back_yes", "takeback", broadcast_id, "yes", style="danger")]]
        rows += [[talk.button("buttons.take_back_no", "report", broadcast_id)]]
        uncertain = len(found.uncertain)
        await talk.show("broadcasts.take_back_question", rows, count=found.sent, uncertain=uncertain)
        return
    count = await corrections.take_back(talk.runtime, talk.id, broadcast_id)
    await talk.show("broadcasts.taking_back", [[talk.button("buttons.report", "report", broadcast_id)]], count=count)
