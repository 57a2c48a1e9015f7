"""/discharge: a coordinator makes a card for somebody who comes home, and sees who is looked after."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.actions import assisting, coming, companions, discharging, enrolling, printed_cards
from bot.actions.circles import checked_name
from bot.actions.discharging import Outlook
from bot.conversations import at_home, course, days, people
from bot.conversations.discharge_form import Form
from bot.conversations.enrolment_steps import PURPOSE, companion_rows
from bot.conversations.keyboards import Button
from bot.conversations.talk import Talk
from bot.conversations.templates import coordinators_only
from bot.domain.checkins import Enrolment as State
from bot.domain.errors import NotFound, NotNow, Refused
from bot.domain.people import Purpose
from bot.domain.plans import Plan, Tier

FLOW = "discharge"


async def start(talk: Talk) -> None:
    """/discharge."""
    await talk.toast()
    coordinators_only(talk)
    found = await discharging.listed(talk.runtime, talk.id)
    asking = sum(one.enrolment.state is State.WAITING for one in found)
    rows = [
        [talk.button("buttons.discharge_new", "dis", "new")],
        [talk.button("buttons.discharge_assisted", "dis", "assisted")],
    ]
    if found:
        rows.append([talk.button("buttons.discharge_people", "dis", "people", count=len(found))])
    if past := await discharging.past(talk.runtime, talk.id):
        rows.append([talk.button("buttons.discharge_past", "dis", "past", count=len(past))])
    home = sum(one.enrolment.state in (State.ACTIVE, State.PAUSED) for one in found)
    await talk.show("enrolling.menu", rows, count=home, asking=asking)


async def chosen(talk: Talk) -> None:
    """Buttons: dis:menu|new|assisted|people|past|one|withdraw|asks|decline, and the answers of the form."""
    await talk.toast()
    coordinators_only(talk)
    what, value = (talk.args[0] if talk.args else ""), talk.args[1] if len(talk.args) > 1 else ""
    starts = {"new": _card(talk), "assisted": Form(step="name", assisted=True), "asks": Form(asks=talk.number(1))}
    shows = {"menu": start, "people": at_home.listed, "past": at_home.past, "one": at_home.one}
    shows |= {"withdraw": at_home.withdraw, "decline": at_home.decline}
    if what in starts:
        await discharging.usable_plans(talk.runtime, talk.id)  # said before anything is asked
        await _ask(talk, starts[what])
    elif what in shows:
        await shows[what](talk)
    else:
        await _answered(talk, await _form(talk), what, value)


def _card(talk: Talk) -> Form:
    languages = talk.runtime.place.languages
    return Form(one_language=True, language=languages[0]) if len(languages) == 1 else Form()


async def _form(talk: Talk) -> Form:
    dialogue = await talk.dialogue(FLOW)
    if dialogue is None:
        raise NotNow("errors.old_button")
    return Form(step=dialogue.step, **dialogue.data)


async def _keep(talk: Talk, form: Form) -> None:
    content: dict[str, Any] = {name: getattr(form, name) for name in Form.__dataclass_fields__ if name != "step"}
    await talk.keep(FLOW, form.step, **content)


async def _answered(talk: Talk, form: Form, what: str, value: str) -> None:
    """One answer of the form, tapped or typed; a button of an earlier question changes that answer."""
    if what == "back":
        before = form.steps()
        place = before.index(form.step)
        await (_ask(talk, replace(form, step=before[place - 1])) if place else start(talk))
    elif what == "yes":
        await _finish(talk, form)
    elif what in form.steps() and what != "review":
        kept = replace(form, **{what: await _checked(talk, form, what, value)})
        if value == "no" and PURPOSE.get(what) in assisting.NEEDED:
            await talk.end(FLOW)
            await talk.show("enrolling.witness_no", name=form.name)
            return
        following = kept.steps()[kept.steps().index(what) + 1]
        await _ask(talk, replace(kept, step=following))
    else:
        raise NotNow("errors.old_button")


async def _checked(talk: Talk, form: Form, what: str, value: str) -> Any:
    if what in PURPOSE:
        if value not in ("yes", "no"):
            raise NotFound("errors.old_button")
    elif what == "tier":
        if value not in list(Tier):
            raise NotFound("errors.old_button")
    elif what == "language":
        if value not in talk.runtime.place.languages:
            raise NotFound("errors.no_such_language")
    elif what == "plan":
        if value not in [one.id for one in await discharging.usable_plans(talk.runtime, talk.id)]:
            raise NotNow("plans.not_approved")
    elif what == "day":
        await discharging.outlook(talk.runtime, form.plan, days.tapped(value))
    elif what == "volunteer":
        known = await companions.known_champions(talk.runtime, 0)
        if value not in [str(one.person.id) for one in known]:
            raise NotFound("enrolling.companion_not_there")
        return int(value)
    return value


async def _ask(talk: Talk, form: Form) -> None:
    await _keep(talk, form)
    html, rows = await _question(talk, form)
    ways = [talk.button("buttons.back", "dis", "back"), talk.button("buttons.cancel", "cancel", FLOW)]
    await talk.show_html(html, [*rows, ways])


async def _question(talk: Talk, form: Form) -> tuple[str, list[list[Button]]]:
    if form.step == "name":
        return talk.words("enrolling.whose_name"), []
    if form.step == "volunteer":
        known = await companions.known_champions(talk.runtime, 0)
        if not known:
            raise NotNow("enrolling.no_volunteer")
        return talk.words("enrolling.which_volunteer", name=form.name), companion_rows(talk, known, "dis", "volunteer")
    if form.step == "plan":
        return await _plans(talk)
    if form.step == "day":
        return talk.words("enrolling.which_day"), days.rows(talk, "dis", "day")
    if form.step == "tier":
        return await _tiers(talk, form)
    if form.step == "language":
        return talk.words("enrolling.which_language"), people.language_rows(talk, "dis:language")
    if form.step in PURPOSE:
        return await _witness(talk, form)
    return await _review(talk, form)


async def _plans(talk: Talk) -> tuple[str, list[list[Button]]]:
    found = await discharging.usable_plans(talk.runtime, talk.id)
    titles = {one.id: _title(talk, one) for one in found}
    rows = [[{"text": titles[one.id], "data": f"dis:plan:{one.id}"}] for one in found]
    listed = [f"{titles[one.id]}: {_words(talk, one).summary}" for one in found]
    return talk.words("enrolling.which_plan", plans=listed), rows


def _words(talk: Talk, plan: Plan) -> Any:
    return plan.words.get(talk.language) or next(iter(plan.words.values()))


def _title(talk: Talk, plan: Plan) -> str:
    return str(_words(talk, plan).title)


async def _tiers(talk: Talk, form: Form) -> tuple[str, list[list[Button]]]:
    silence = (await _look(talk, form)).plan.silence
    rows = [[talk.button(f"buttons.tier_{one.value}", "dis", "tier", one.value)] for one in Tier]
    return talk.words("enrolling.which_tier", amber_after=silence.amber_after), rows


async def _witness(talk: Talk, form: Form) -> tuple[str, list[list[Button]]]:
    """One question to read to somebody without Telegram; each yes and no is asked by itself (promise 1)."""
    html = talk.words(f"enrolling.witness_{form.step}", **await _read_aloud(talk, form))
    yes, no = (talk.button(f"buttons.say_{one}", "dis", form.step, one) for one in ("yes", "no"))
    return html, [[yes], [no]]


async def _read_aloud(talk: Talk, form: Form) -> dict[str, str]:
    volunteer = await companions.champion_name(talk.runtime, form.volunteer)
    place, danger = talk.runtime.place.name, talk.runtime.place.emergency["life_in_danger"]
    return {"name": form.name, "volunteer": volunteer, "place": place, "danger": danger}


async def _look(talk: Talk, form: Form) -> Outlook:
    return await discharging.outlook(talk.runtime, form.plan, date.fromisoformat(form.day))


async def _review(talk: Talk, form: Form) -> tuple[str, list[list[Button]]]:
    look = await _look(talk, form)
    values = {
        "plan": _title(talk, look.plan),
        "day": days.shown(talk, date.fromisoformat(form.day)),
        **_first(talk, look),
        "never": look.never,
        "tier": form.tier,
        "language": talk.runtime.plain(form.language, "language.name") if form.language else "",
    }
    if form.assisted:
        told, seen = (one in form.said() for one in (Purpose.TELL_NAMED, Purpose.SEE_ANSWERS))
        aloud = await _read_aloud(talk, form)
        html = talk.words("enrolling.witness", asked=True, told=told, seen=seen, **aloud, **values)
        return html, [[talk.button("buttons.witness_yes", "dis", "yes", style="success")]]
    asker = (await course.seen(talk, form.asks)).person if form.asks else None
    key = "buttons.confirm_home" if form.asks else "buttons.make_card"
    html = talk.words("enrolling.review", name=asker.name if asker else "", **values)
    return html, [[talk.button(key, "dis", "yes", style="success")]]


async def _finish(talk: Talk, form: Form) -> None:
    if form.step != "review" or not all(getattr(form, one) for one in form.steps() if one != "review"):
        raise NotNow("errors.old_button")
    home_on, tier = date.fromisoformat(form.day), Tier(form.tier)
    if form.assisted:
        await _finish_assisted(talk, form, home_on, tier)
    elif form.asks:
        asker = await discharging.confirm(talk.runtime, talk.id, form.asks, form.plan, home_on, tier)
        await talk.show("enrolling.confirmed_desk", name=asker.name)
    else:
        card = await enrolling.discharge(talk.runtime, talk.id, form.plan, home_on, tier, form.language)
        await talk.show("enrolling.card_made")
        await _send_card(talk, card.link, form.language)
    await talk.end(FLOW)


async def _finish_assisted(talk: Talk, form: Form, home_on: date, tier: Tier) -> None:
    look = await _look(talk, form)
    await assisting.enrol(talk.runtime, talk.id, form.name, form.volunteer, form.plan, home_on, tier, form.said())
    volunteer = await companions.champion_name(talk.runtime, form.volunteer)
    await talk.show("enrolling.assisted_done", volunteer=volunteer, name=form.name, **_first(talk, look))


def _first(talk: Talk, look: Outlook) -> dict[str, object]:
    return coming.first(talk.runtime, look.coming[0].due_at, None, talk.runtime.place.zone, talk.language)


async def _send_card(talk: Talk, link: str, language: str) -> None:
    image = await printed_cards.of_home(talk.runtime, language, link)
    until = talk.runtime.day(talk.runtime.now() + enrolling.CARD_LASTS, talk.runtime.place.zone, talk.language)
    await talk.photo(image, "card.png", talk.words("enrolling.card_caption", until=until, link=link))


async def typed(talk: Talk) -> None:
    """A name, a day, or the words or number of a button."""
    coordinators_only(talk)
    form = await _form(talk)
    if form.step == "name":
        await _answered(talk, form, "name", checked_name(talk.text, "circles.own_name_length"))
        return
    _, rows = await _question(talk, form)
    said = " ".join(talk.text.split()).casefold()
    flat = [one for row in rows for one in row]
    for number, one in enumerate(flat, start=1):
        label = one["text"].casefold()
        if said in (label, label.partition(" (")[0]) or (said == str(number) and form.step != "day"):
            _, what, *rest = one["data"].split(":")
            await _answered(talk, form, what, rest[0] if rest else "")
            return
    if form.step != "day":
        raise Refused("broadcasts.please_tap")
    await _answered(talk, form, "day", days.typed(talk).isoformat())
