"""/home: what comes next, and every change of course; the same for a coordinator, who gets here by /discharge."""

from bot.actions import course as actions
from bot.actions import deaths, discharging
from bot.actions.course import View
from bot.conversations import days
from bot.conversations.keyboards import Button
from bot.conversations.talk import Talk
from bot.domain.checkins import Enrolment as State
from bot.domain.errors import NotNow
from bot.store import enrolments as store

WORDING = "home-1"


async def home(talk: Talk) -> None:
    """/home by anybody: ask for it, go on with what was begun, or see and change."""
    found = await actions.of_person(talk.runtime, talk.id)
    if found is None:
        rows = [
            [talk.button("buttons.home_ask", "home", "ask", style="success")],
            [talk.button("buttons.home_cancel", "home", "no")],
        ]
        await talk.show("course.ask_first", rows, place=talk.runtime.place.name)
    elif found.state is State.WAITING:
        await talk.show("course.waits")
    elif found.state is State.INVITED:
        rows = [[talk.button("buttons.home_open", "en", "open", found.id)]]
        await talk.show(
            "enrolling.hello_one_language", rows, name=talk.visitor.person.name, place=talk.runtime.place.name
        )
    else:
        await show(talk, found.id)


async def asked(talk: Talk) -> None:
    """Buttons: home:ask, home:no."""
    await talk.toast()
    place = talk.runtime.place
    if talk.args[:1] != ["ask"]:
        await talk.show("course.not_asked")
    elif await actions.of_person(talk.runtime, talk.id) is not None:
        await home(talk)
    elif await discharging.ask(talk.runtime, talk.id, WORDING):
        danger, urgent = place.emergency["life_in_danger"], place.emergency["urgent_advice"]
        await talk.show("course.asked", danger=danger, urgent=urgent)
    else:
        await talk.show("course.asked_nobody", contact=place.contact)


async def seen(talk: Talk, enrolment_id: int) -> View:
    return await actions.view(talk.runtime, talk.id, enrolment_id)


def is_own(talk: Talk, view: View) -> bool:
    return view.enrolment.person_id == talk.id


async def show(talk: Talk, enrolment_id: int) -> None:
    view = await seen(talk, enrolment_id)
    if view.enrolment.state not in store.LIVING:
        raise NotNow("course.not_now")
    await (_show_own(talk, view) if is_own(talk, view) else show_to_coordinator(talk, view))


async def _show_own(talk: Talk, view: View) -> None:
    one, zone = view.enrolment, talk.visitor.person.zone
    await talk.show(
        "course.yours",
        _rows(talk, view, own=True),
        paused=one.state is State.PAUSED,
        next=talk.runtime.moment(view.coming[0].due_at, zone, talk.language) if view.coming else "",
        left=max(0, len(view.coming) - 1),
        fewer=one.fewer,
        danger=talk.runtime.place.emergency["life_in_danger"],
        **_companions(view),
    )


async def show_to_coordinator(talk: Talk, view: View) -> None:
    one, zone = view.enrolment, talk.runtime.place.zone
    living = one.state in store.LIVING
    plan = view.plan.words.get(talk.language) or next(iter(view.plan.words.values())) if view.plan else None
    await talk.show(
        "course.one",
        [*_changes(talk, view), [talk.button("buttons.back", "dis", "people" if living else "past")]],
        name=view.person.name if view.person else "",
        plan=plan.title if plan else "",
        state=one.state.value,
        home=days.shown(talk, one.home_on),
        next=talk.runtime.moment(view.coming[0].due_at, zone, talk.language) if view.coming and living else "",
        left=max(0, len(view.coming) - 1),
        tier=one.tier.value,
        fewer=one.fewer,
        assisted=one.assisted,
        **_companions(view),
    )


def _changes(talk: Talk, view: View) -> list[list[Button]]:
    """What a coordinator can do: afterwards no more than to say that somebody has died.

    For somebody without Telegram also to erase what is kept, at any time.
    """
    rows = _rows(talk, view, own=False) if view.enrolment.state in store.LIVING else []
    if deaths.can_be_told(view.enrolment):
        rows.append([talk.button("buttons.course_died", "course", "died", view.enrolment.id)])
    if view.enrolment.assisted:
        rows.append([talk.button("buttons.course_erase", "course", "erase", view.enrolment.id)])
    return rows


def _companions(view: View) -> dict[str, object]:
    one = view.enrolment
    named = view.named.name if view.named and one.named_state in ("asked", "accepted") else ""
    backup = view.backup.name if view.backup and one.backup_state in ("asked", "accepted") else ""
    accepted, backup_accepted = one.named_state == "accepted", one.backup_state == "accepted"
    return {"named": named, "backup": backup, "accepted": accepted, "backup_accepted": backup_accepted}


def _rows(talk: Talk, view: View, *, own: bool) -> list[list[Button]]:
    """What can be changed now, the likeliest first."""
    one = view.enrolment
    if one.state is State.PAUSED:
        verbs = ["again", "stop"]
    else:
        verbs = ["hospital", "day", "all" if one.fewer else "fewer", "named"]
        verbs += ["backup"] if one.named_id else []
        verbs += ["time", "consents", "stop"] if own else ["stop"]
    if one.assisted:
        verbs = [verb for verb in verbs if verb != "backup"]
    return [[talk.button(f"buttons.course_{verb}", "course", verb, one.id)] for verb in verbs]
