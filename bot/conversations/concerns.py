"""Concerns in the chat: I have it, spoken to them, pass it on, close it with an outcome."""

from bot.actions import alerts
from bot.actions import concerns as actions
from bot.actions.concerns import View
from bot.conversations.keyboards import Rows
from bot.conversations.talk import Talk
from bot.domain.concerns import Outcome, Phase
from bot.domain.errors import NotNow
from bot.domain.plans import LOUD
from bot.store.concerns import Event

NOTE_FLOW = "concern"
MOST = 40


async def listed(talk: Talk) -> None:
    """/concerns: what is not closed, the most urgent first; for a volunteer those of their people."""
    await talk.toast()
    found = await actions.listed(talk.runtime, talk.id)
    rows = [[talk.button("buttons.concern_see", "concern", "see", one.concern.id, **_line(talk, one))] for one in found]
    await talk.show("concerns.list" if found else "concerns.none", rows[:MOST], count=len(found))


def _line(talk: Talk, one: View) -> dict[str, str]:
    level, owner = _level(one), one.owner.name if one.owner else ""
    since = talk.runtime.moment(one.concern.opened_at, talk.visitor.person.zone, talk.language)
    return {"name": one.resident.name, "level": level, "owner": owner, "since": since}


def _level(one: View) -> str:
    """Whoever was told that it is red or urgent goes on reading so; otherwise levels are for coordinators."""
    return one.concern.level.value if one.whole or one.concern.level in LOUD else ""


async def chosen(talk: Talk) -> None:
    """Buttons: concern:see|take|spoken|pass|close|goon|end|done:<concern>, concern:out:<concern>:<outcome>."""
    await talk.toast()
    what, concern_id = talk.args[0] if talk.args else "", talk.number(1)
    steps = {"take": _take, "spoken": _spoken, "pass": _pass, "close": _ask_outcome, "out": _close}
    steps |= {"goon": _go_on, "end": _end, "done": _done}
    await steps.get(what, _see)(talk, concern_id)


async def _see(talk: Talk, concern_id: int) -> None:
    await _show(talk, await actions.view(talk.runtime, talk.id, concern_id))


async def _take(talk: Talk, concern_id: int) -> None:
    """The second to tap learns who was first."""
    one = await actions.take(talk.runtime, talk.id, concern_id)
    await _show(talk, one)


async def _spoken(talk: Talk, concern_id: int) -> None:
    one = await actions.spoken(talk.runtime, talk.id, concern_id)
    rows = _outcomes(talk, concern_id)
    if one.asked_now:
        rows.append([talk.button("buttons.phoned", "phoned", one.resident.id)])
    await talk.show("concerns.outcome_question", rows, name=one.resident.name)


async def _pass(talk: Talk, concern_id: int) -> None:
    one = await actions.pass_on(talk.runtime, talk.id, concern_id)
    await talk.show("concerns.passed_on", [], name=one.resident.name)


async def _ask_outcome(talk: Talk, concern_id: int) -> None:
    one = await actions.view(talk.runtime, talk.id, concern_id)
    await talk.show("concerns.outcome_question", _outcomes(talk, concern_id), name=one.resident.name)


def _outcomes(talk: Talk, concern_id: int) -> list[list[dict[str, str]]]:
    numbers = alerts.numbers(talk.runtime)
    return [
        [talk.button(f"buttons.outcome_{one.value}", "concern", "out", concern_id, one.value, **numbers)]
        for one in Outcome
    ]


async def _close(talk: Talk, concern_id: int) -> None:
    outcome = talk.args[2] if len(talk.args) > 2 else ""
    if outcome not in {one.value for one in Outcome}:
        raise NotNow("errors.old_button")
    shown = talk.message.message_id if talk.message else 0
    one = await actions.close(talk.runtime, talk.id, concern_id, Outcome(outcome), shown=shown)
    if one.concern.state is not Phase.CLOSED:
        await talk.show(
            "concerns.not_reached", _rows(talk, one), name=one.resident.name, **alerts.numbers(talk.runtime)
        )
        return
    await talk.keep(NOTE_FLOW, "note", concern=concern_id)
    no_note = [[talk.button("buttons.no_note", "concern", "done", concern_id)]]
    await talk.show("concerns.closed", no_note, name=one.resident.name, outcome=_outcome(talk, outcome))


def _outcome(talk: Talk, outcome: str) -> str:
    return talk.label(f"buttons.outcome_{outcome}", **alerts.numbers(talk.runtime)) if outcome else ""


async def _done(talk: Talk, concern_id: int) -> None:
    """Nothing to add."""
    one = await actions.view(talk.runtime, talk.id, concern_id)
    await talk.end(NOTE_FLOW)
    await talk.show("concerns.alert_emptied", [], name=one.resident.name)


async def note_typed(talk: Talk) -> None:
    """What they helped with, in their own words."""
    dialogue = await talk.dialogue(NOTE_FLOW)
    if dialogue is None:
        return
    await actions.add_note(talk.runtime, talk.id, int(dialogue.data.get("concern", 0)), talk.text)
    await talk.end(NOTE_FLOW)
    await talk.say("concerns.noted")


async def _go_on(talk: Talk, concern_id: int) -> None:
    await actions.decide(talk.runtime, talk.id, concern_id, True)
    await talk.show("concerns.goes_on")


async def _end(talk: Talk, concern_id: int) -> None:
    await actions.decide(talk.runtime, talk.id, concern_id, False)
    await talk.show("concerns.ends")


async def _show(talk: Talk, one: View) -> None:
    """Everything the reader may know about one concern."""
    zone = talk.visitor.person.zone
    shown = await talk.show(
        "concerns.one",
        _rows(talk, one),
        name=one.resident.name,
        level=_level(one),
        reason=one.reason,
        owner=one.owner.name if one.owner else "",
        mine=one.concern.owner_id == talk.id,
        no_calls=one.no_calls,
        until=talk.runtime.moment(one.until, zone, talk.language) if one.concern.state is not Phase.CLOSED else "",
        outcome=_outcome(talk, one.concern.outcome),
        history=[_event(talk, *pair) for pair in one.history] if one.whole else [],
        **alerts.numbers(talk.runtime),
    )
    if shown is not None and one.reason:
        await actions.seen(talk.runtime, talk.id, one.concern.id, shown.message_id)


def _event(talk: Talk, event: Event, actor: str) -> str:
    at = talk.runtime.moment(event.at, talk.visitor.person.zone, talk.language)
    what = talk.label(f"concern_events.{event.what}", actor=actor, note=event.note)
    return f"{at}: {what}"


def _rows(talk: Talk, one: View) -> Rows:
    rows = alerts.buttons(talk.runtime, talk.language, one.concern)
    if one.concern.state is not Phase.CLOSED and one.asked_now:
        rows.append([talk.button("buttons.phoned", "phoned", one.resident.id)])
    if one.concern.reason == "human_decides":
        rows.append([talk.button("buttons.checkins_go_on", "concern", "goon", one.concern.id)])
        rows.append([talk.button("buttons.checkins_end", "concern", "end", one.concern.id)])
    return rows
