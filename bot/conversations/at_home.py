"""Who is looked after, who asks for it, and which cards are out: for coordinators."""

from bot.actions import discharging
from bot.actions.discharging import Listed
from bot.conversations import course, days
from bot.conversations.keyboards import Button
from bot.conversations.talk import Talk
from bot.domain.checkins import Enrolment as State

PER_PAGE = 20
MOST = 60  # of those whose check-ins have ended


async def listed(talk: Talk) -> None:
    found = await discharging.listed(talk.runtime, talk.id)
    if not found:
        await talk.show("enrolling.nobody_home", [[talk.button("buttons.back", "dis", "menu")]])
        return
    page = min(talk.number(1), (len(found) - 1) // PER_PAGE)
    rows = [[_entry(talk, one)] for one in found[page * PER_PAGE : (page + 1) * PER_PAGE]]
    turns = [talk.button("buttons.back", "dis", *(("people", page - 1) if page else ("menu",)))]
    if (page + 1) * PER_PAGE < len(found):
        turns.append(talk.button("buttons.more", "dis", "people", page + 1))
    await talk.show("enrolling.people", [*rows, turns], count=len(found))


async def past(talk: Talk) -> None:
    """People without Telegram whose check-ins have ended: only a coordinator can erase what is kept of them."""
    found = await discharging.past(talk.runtime, talk.id)
    rows = [[_entry(talk, one)] for one in found[:MOST]]
    back = [talk.button("buttons.back", "dis", "menu")]
    await talk.show("enrolling.past" if found else "enrolling.nobody_home", [*rows, back], count=len(found))


def _entry(talk: Talk, one: Listed) -> Button:
    enrolment = one.enrolment
    if one.person is None:
        day = talk.runtime.day(enrolment.created_at, talk.runtime.place.zone, talk.language)
        return talk.button("buttons.card_home", "dis", "one", enrolment.id, day=day)
    state = enrolment.state.value
    return talk.button("buttons.person_home", "dis", "one", enrolment.id, state=state, name=one.person.name)


async def one(talk: Talk) -> None:
    """Somebody who asks, a card that is out, or somebody at home."""
    view = await course.seen(talk, talk.number(1))
    state, number = view.enrolment.state, view.enrolment.id
    back = [talk.button("buttons.back", "dis", "people")]
    if state is State.WAITING and view.person:
        rows = [[talk.button("buttons.home_next", "dis", "asks", number, style="success")]]
        rows += [[talk.button("buttons.decline_home", "dis", "decline", number)], back]
        day = talk.runtime.day(view.enrolment.created_at, talk.runtime.place.zone, talk.language)
        await talk.show("enrolling.asking", rows, name=view.person.name, day=day)
    elif state is State.INVITED:
        zone = talk.runtime.place.zone
        made, until = (
            talk.runtime.day(moment, zone, talk.language) if moment else ""
            for moment in (view.enrolment.created_at, view.enrolment.expires_at)
        )
        rows = [[talk.button("buttons.card_withdraw", "dis", "withdraw", number)], back]
        home = days.shown(talk, view.enrolment.home_on)
        await talk.show("enrolling.card_out", rows, day=made, home=home, until=until)
    else:
        await course.show_to_coordinator(talk, view)


async def withdraw(talk: Talk) -> None:
    await discharging.withdraw_card(talk.runtime, talk.id, talk.number(1))
    await talk.show("enrolling.card_withdrawn", [[talk.button("buttons.back", "dis", "menu")]])


async def decline(talk: Talk) -> None:
    asker = await discharging.decline(talk.runtime, talk.id, talk.number(1))
    await talk.show("enrolling.declined_desk", [[talk.button("buttons.back", "dis", "menu")]], name=asker.name)
