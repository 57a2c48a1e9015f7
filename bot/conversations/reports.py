"""After Send: call it back, watch it, stop it, read the report, send again, take it back."""

from bot.actions import broadcasts as actions
from bot.actions import corrections, progress, wording
from bot.actions import reports as report_actions
from bot.actions.reports import Report
from bot.conversations import drafts
from bot.conversations.circles import champions_only
from bot.conversations.talk import Talk
from bot.domain.broadcasts import Broadcast, Phase


async def confirmed(talk: Talk, broadcast: Broadcast) -> None:
    """60 seconds in which it can be called back, or until the time that was chosen. This message shows the progress.

    Also what a second tap on Send shows: how it stands now.
    """
    if broadcast.state is not Phase.WAITING:
        await _show(talk, await report_actions.report(talk.runtime, talk.id, broadcast.id))
        return
    zone = drafts.own_zone(talk)
    starts = talk.runtime.moment(broadcast.starts_at, zone, talk.language) if broadcast.was_scheduled else ""
    seconds = int(actions.time_left_to_undo(broadcast, talk.runtime.now()).total_seconds())
    rows = [[talk.button("buttons.undo", "undo", broadcast.id, style="danger")]]
    message = await talk.write(talk.words("broadcasts.confirmed", starts=starts, seconds=seconds), rows)
    if message is not None:
        await progress.remember_message(talk.runtime, talk.id, broadcast.id, message.message_id)


async def undo(talk: Talk) -> None:
    await talk.toast()
    broadcast_id = talk.number()
    if await actions.undo(talk.runtime, talk.id, broadcast_id):
        await talk.show("broadcasts.undone", [[talk.button("buttons.change_draft", "redo", broadcast_id)]])
    else:
        await talk.say("broadcasts.undo_too_late")
        await _report(talk.without_query())


async def halt(talk: Talk) -> None:
    """Stop in the middle."""
    stopped = await actions.stop(talk.runtime, talk.id, talk.number())
    await talk.toast("broadcasts.stopped_toast" if stopped else "")
    await _report(talk)


async def report(talk: Talk) -> None:
    await talk.toast()
    await _report(talk)


async def _report(talk: Talk) -> None:
    await _show(talk, await report_actions.report(talk.runtime, talk.id, talk.number()))


async def _show(talk: Talk, found: Report) -> None:
    buttons = progress.report_buttons(talk.runtime, talk.language, found)
    await talk.show_html(wording.report(talk.runtime, talk.language, found), buttons)


async def reports(talk: Talk) -> None:
    """Earlier broadcasts, and those that wait for their time."""
    await talk.toast()
    champions_only(talk)
    found = await actions.recent(talk.runtime, talk.id)
    rows = [[{"text": _named(talk, one), "data": f"report:{one.id}"}] for one in found]
    await talk.show("broadcasts.earlier" if rows else "broadcasts.none_earlier", rows)


def _named(talk: Talk, one: Broadcast) -> str:
    day = talk.runtime.day(one.starts_at, drafts.own_zone(talk), talk.language)
    title = wording.title(talk.runtime, one.topic, talk.language)
    return talk.label("buttons.one_broadcast", title=title, day=day, state=one.state.value)


async def again(talk: Talk) -> None:
    """To those who may not have got it."""
    await talk.toast()
    count = await report_actions.send_again(talk.runtime, talk.id, talk.number())
    if count:
        await talk.say("broadcasts.sent_again", count=count)
    await _report(talk)


async def take_back(talk: Talk) -> None:
    """Buttons: takeback:<id>, takeback:<id>:yes."""
    await talk.toast()
    broadcast_id = talk.number()
    found = await report_actions.report(talk.runtime, talk.id, broadcast_id)
    if talk.args[1:2] != ["yes"]:
        await _ask_to_take_back(talk, found)
        return
    count = await corrections.take_back(talk.runtime, talk.id, broadcast_id)
    rows = [[talk.button("buttons.report", "report", broadcast_id)]]
    await talk.show("broadcasts.taking_back", rows, count=count)


async def _ask_to_take_back(talk: Talk, found: Report) -> None:
    broadcast_id, left = found.broadcast.id, found.sent - found.taken_back
    rows = [[talk.button("buttons.take_back_no", "report", broadcast_id)]]
    if found.deletable:
        rows.insert(0, [talk.button("buttons.take_back_yes", "takeback", broadcast_id, "yes", style="danger")])
    counts = {"count": found.deletable, "too_old": left - found.deletable, "uncertain": len(found.uncertain)}
    await talk.show("broadcasts.take_back_question", rows, **counts)
