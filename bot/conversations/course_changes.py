"""Every change of course, one question at a time; who may is asked by every action again."""

from collections.abc import Sequence
from datetime import date

from bot.actions import coming as when
from bot.actions import companions, deaths, discharging, enrolling, privacy
from bot.actions import course as actions
from bot.actions.course import View
from bot.conversations import course, days
from bot.conversations.enrolment_steps import companion_rows, time_question, wall
from bot.conversations.hours import read_minutes
from bot.conversations.keyboards import Button
from bot.conversations.talk import Talk
from bot.domain.checkins import Course, Due
from bot.domain.checkins import Enrolment as State
from bot.domain.errors import NotFound, NotNow, Refused
from bot.store import enrolments as store
from bot.store.checkins import CheckIn

FLOW = "course"


async def chosen(talk: Talk) -> None:
    """Buttons: course:<verb>:<enrolment>[:<value>]; who may is asked by every action again."""
    await talk.toast()
    what = talk.args[0] if talk.args else ""
    value = talk.args[2] if len(talk.args) > 2 else ""
    view = await course.seen(talk, talk.number(1))
    if not _can(view, what):
        raise NotNow("course.not_now")
    steps = {
        "show": _again,
        "day": _day,
        "again": _day,
        "hospital": _hospital,
        "fewer": _often,
        "all": _often,
        "time": _time,
        "named": _companion,
        "backup": _companion,
        "consents": _consents,
        "stop": _stop,
        "died": _died,
        "erase": _erase,
    }
    if what not in steps:
        raise NotFound("errors.old_button")
    await steps[what](talk, view, what, value)


def _can(view: View, what: str) -> bool:
    if what == "died":
        return deaths.can_be_told(view.enrolment)
    return what == "erase" or view.enrolment.state in store.LIVING


async def _again(talk: Talk, view: View, what: str, value: str) -> None:
    await talk.end(FLOW)
    await course.show(talk, view.enrolment.id)


def _keep_as_it_is(talk: Talk, view: View) -> list[Button]:
    return [talk.button("buttons.course_keep", "course", "show", view.enrolment.id)]


def _first(talk: Talk, view: View, coming: Sequence[Due | CheckIn]) -> dict[str, object]:
    zone = view.person.zone if view.person else None
    return when.first(talk.runtime, coming[0].due_at if coming else None, view.person, zone, talk.language)


def _back(talk: Talk, view: View) -> list[list[Button]]:
    return [[talk.button("buttons.back", "course", "show", view.enrolment.id)]]


async def _day(talk: Talk, view: View, what: str, value: str) -> None:
    """Another day of coming home, or home again after a stay."""
    again = what == "again"
    if (view.enrolment.state is State.PAUSED) is not again:
        raise NotNow("course.not_now")
    if not value:
        await talk.keep(FLOW, what, enrolment=view.enrolment.id)
        key = "course.which_day_mine" if course.is_own(talk, view) else "course.which_day"
        since = actions.stay_began(talk.runtime, view.enrolment) or date.min
        rows = days.rows(talk, "course", what, view.enrolment.id, since=since)
        await talk.show(key, [*rows, _keep_as_it_is(talk, view)], again=again)
        return
    await _set_day(talk, view, what, days.tapped(value))


async def _set_day(talk: Talk, view: View, what: str, day: date) -> None:
    discharging.sensible_day(talk.runtime, day)
    action = actions.home_again if what == "again" else actions.move_home
    coming = await action(talk.runtime, talk.id, view.enrolment.id, day)
    await talk.end(FLOW)
    await talk.show("course.moved", _back(talk, view), **_first(talk, view, coming))


async def _hospital(talk: Talk, view: View, what: str, value: str) -> None:
    if value != "yes":
        yes = talk.button("buttons.hospital_yes", "course", "hospital", view.enrolment.id, "yes")
        await talk.show("course.hospital_question", [[yes], _keep_as_it_is(talk, view)])
        return
    await actions.back_in_hospital(talk.runtime, talk.id, view.enrolment.id)
    rows = [[talk.button("buttons.course_again", "course", "again", view.enrolment.id)]]
    key = "course.paused" if course.is_own(talk, view) else "course.paused_desk"
    await talk.show(key, rows, name=_name(view))


def _name(view: View) -> str:
    return view.person.name if view.person else ""


async def _often(talk: Talk, view: View, what: str, value: str) -> None:
    coming = await actions.how_often(talk.runtime, talk.id, view.enrolment.id, fewer=what == "fewer")
    await talk.show(f"course.{what}", _back(talk, view), **_first(talk, view, coming))


async def _time(talk: Talk, view: View, what: str, value: str) -> None:
    if not course.is_own(talk, view):
        raise NotFound("errors.old_button")
    if not value:
        await talk.keep(FLOW, "time", enrolment=view.enrolment.id)
        question = time_question(talk, "course", "time", view.enrolment.id)
        await talk.show_html(question.html, [*question.rows, _keep_as_it_is(talk, view)])
        return
    await _set_time(talk, view, int(value) if value.isdecimal() else -1)


async def _set_time(talk: Talk, view: View, minutes: int) -> None:
    await enrolling.choose_time(talk.runtime, talk.id, view.enrolment.id, minutes)
    await talk.end(FLOW)
    fresh = await course.seen(talk, view.enrolment.id)
    first = _first(talk, fresh, fresh.coming)
    await talk.show("course.time_set", _back(talk, view), time=wall(talk, minutes), **first)


async def _companion(talk: Talk, view: View, what: str, value: str) -> None:
    number = view.enrolment.id
    if not value:
        known = await companions.known_champions(talk.runtime, view.enrolment.person_id or 0)
        other = view.enrolment.backup_id if what == "named" else view.enrolment.named_id
        fitting = [one for one in known if one.person.id != other]
        rows = companion_rows(talk, fitting, "course", what, number)
        if not view.enrolment.assisted:
            rows.append([talk.button("buttons.nobody", "course", what, number, 0)])
        await talk.show("course.which_named", [*rows, _keep_as_it_is(talk, view)])
    elif value == "0" and not view.enrolment.assisted:
        await companions.nobody(talk.runtime, talk.id, number, what)
        await talk.show("course.named_nobody", _back(talk, view))
    else:
        chosen_id = int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0
        companion = await companions.ask(talk.runtime, talk.id, number, chosen_id, what)
        key = "course.named_asked" if course.is_own(talk, view) else "course.named_asked_desk"
        await talk.show(key, _back(talk, view), companion=companion.name, name=_name(view))


async def _consents(talk: Talk, view: View, what: str, value: str) -> None:
    if not course.is_own(talk, view):
        raise NotFound("errors.old_button")
    purposes = {one.value: one for one in enrolling.PURPOSES[1:]}
    if value in purposes:
        await actions.change_consent(talk.runtime, talk.id, view.enrolment.id, purposes[value], course.WORDING)
    said = await enrolling.consents(talk.runtime, talk.id)
    number = view.enrolment.id
    rows = [
        [talk.button(f"buttons.consent_{key}", "course", "consents", number, key, given=purpose in said)]
        for key, purpose in purposes.items()
    ]
    key = "course.consent_changed" if value in purposes else "course.consents"
    await talk.show(key, [*rows, *_back(talk, view)])


async def _stop(talk: Talk, view: View, what: str, value: str) -> None:
    own = course.is_own(talk, view)
    if value != "yes":
        yes = talk.button("buttons.stop_yes", "course", "stop", view.enrolment.id, "yes", style="danger")
        key = "course.stop_question_mine" if own else "course.stop_question"
        await talk.show(key, [[yes], _keep_as_it_is(talk, view)], name=_name(view))
        return
    await actions.end(talk.runtime, talk.id, view.enrolment.id, Course.STOPPED)
    await talk.show("course.stopped" if own else "course.stopped_desk", name=_name(view))


async def _died(talk: Talk, view: View, what: str, value: str) -> None:
    if not talk.visitor.is_coordinator or course.is_own(talk, view):
        raise NotFound("errors.old_button")
    if value != "yes":
        yes = talk.button("buttons.died_yes", "course", "died", view.enrolment.id, "yes", style="danger")
        keep = [talk.button("buttons.course_keep", "dis", "one", view.enrolment.id)]
        await talk.show("course.died_question", [[yes], keep], name=_name(view))
        return
    await actions.end(talk.runtime, talk.id, view.enrolment.id, Course.DIED)
    await talk.show("course.died", name=_name(view))


async def _erase(talk: Talk, view: View, what: str, value: str) -> None:
    """For somebody without Telegram, who asked a coordinator; everybody else has /forget."""
    number = view.enrolment.id
    if value != "yes":
        count = await privacy.count_for(talk.runtime, talk.id, number)
        yes = talk.button("buttons.erase_yes", "course", "erase", number, "yes", style="danger")
        keep = talk.button("buttons.course_keep", "dis", "one", number)
        await talk.show("course.erase_question", [[yes], [keep]], name=_name(view), count=count)
        return
    name = await privacy.erase_for(talk.runtime, talk.id, number)
    await talk.show("course.erased", [[talk.button("buttons.back", "dis", "menu")]], name=name)


async def typed(talk: Talk) -> None:
    """A day or a time that was typed."""
    dialogue = await talk.dialogue(FLOW)
    if dialogue is None:
        raise Refused("broadcasts.please_tap")
    view = await course.seen(talk, int(dialogue.data["enrolment"]))
    if view.enrolment.state not in store.LIVING:
        await talk.end(FLOW)
        raise NotNow("course.not_now")
    if dialogue.step == "time":
        await _set_time(talk, view, read_minutes(talk))
    else:
        await _set_day(talk, view, dialogue.step, days.typed(talk))
