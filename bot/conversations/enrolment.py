"""Somebody opens their card: what it is, each consent by itself, time of day, who asks after them; then it begins."""

from bot.actions import coming as when
from bot.actions import companions, enrolling, planning
from bot.actions import people as people_actions
from bot.actions.enrolling import Offer
from bot.catalogue import plan_html, safe
from bot.conversations import people
from bot.conversations.enrolment_steps import ORDER, PURPOSE, build, next_of, picked
from bot.conversations.hours import read_minutes
from bot.conversations.talk import Talk
from bot.domain.checkins import Due
from bot.domain.errors import NotFound, NotNow, Refused
from bot.domain.people import Purpose

FLOW = enrolling.HOME_FLOW
WORDING = "home-1"  # the version of the words they said yes or no to; count it up when a consent question changes


async def open_link(talk: Talk, token: str) -> None:
    """A card. The first message says nothing of hospital or health: who else looks at this screen?"""
    offer = await enrolling.open_card(talk.runtime, token, talk.id)
    await _read_again(talk)  # the card may have said which language
    await _hello(talk, offer)


async def _hello(talk: Talk, offer: Offer) -> None:
    await talk.keep(FLOW, "hello", enrolment=offer.enrolment.id)
    names = {"name": talk.visitor.person.name, "place": talk.runtime.place.name}
    if len(talk.runtime.place.languages) > 1:
        rows = people.language_rows(talk, "enlang", offer.enrolment.id)
        await talk.show("enrolling.hello", rows, **names)
    else:
        rows = [[talk.button("buttons.home_open", "en", "open", offer.enrolment.id)]]
        await talk.show("enrolling.hello_one_language", rows, **names)


async def language_chosen(talk: Talk) -> None:
    """Buttons: enlang:<language>:<enrolment>."""
    await talk.toast()
    offer = await enrolling.offer(talk.runtime, talk.id, talk.number(1))
    await people_actions.set_language(talk.runtime, talk.id, talk.args[0])
    await _read_again(talk)
    await _what_comes(talk, offer)


async def _read_again(talk: Talk) -> None:
    talk.visitor = await people_actions.visitor(talk.runtime, talk.id) or talk.visitor


async def chosen(talk: Talk) -> None:
    """Buttons: en:<what>:<enrolment>[:<value>]; every one leads on by itself, so that a restart loses nothing."""
    await talk.toast()
    what, enrolment_id = (talk.args[0] if talk.args else ""), talk.number(1)
    if what == "begin":
        await _begin(talk, enrolment_id)
        return
    offer = await enrolling.offer(talk.runtime, talk.id, enrolment_id)
    if what == "cancel":
        await _cancel(talk, enrolment_id)
    elif what == "hello":
        await _hello(talk, offer)
    elif what == "open":
        await _what_comes(talk, offer)
    elif what == "at" and talk.args[2:3] and talk.args[2] in ORDER:
        await _ask(talk, enrolment_id, talk.args[2])
    elif what in ORDER and len(talk.args) > 2:
        await _take(talk, enrolment_id, what, talk.args[2])
    else:
        raise NotFound("errors.old_button")


async def _what_comes(talk: Talk, offer: Offer) -> None:
    """In plain words: what will come, who reads it and by when, and what to do in an emergency."""
    enrolment, plan = offer.enrolment, offer.plan
    spoken = talk.language if talk.language in plan.words else next(iter(plan.words))
    words, place = plan.words[spoken], talk.runtime.place
    named = talk.runtime.plain(spoken, "enrolling.the_chosen")
    said = {
        part: safe(plan_html(getattr(words, part), spoken, place, name=talk.visitor.person.name, named=named))
        for part in ("reader", "deadline", "urgent")
    }
    coming = [one for one in _days(talk, offer) if one.day != plan.closing_day]
    zone = talk.visitor.person.zone
    days = (when.instant_of(talk.runtime, one.due_at, talk.visitor.person) for one in (coming[0], coming[-1]))
    first, last = (talk.runtime.day(one, zone, talk.language) for one in days)
    rows = [[talk.button("buttons.home_next", "en", "at", enrolment.id, ORDER[0], style="success")]]
    rows += [[talk.button("buttons.back", "en", "hello", enrolment.id), _cancel_button(talk, enrolment.id)]]
    other = "" if spoken == talk.language else talk.runtime.plain(spoken, "language.name")
    await talk.keep(FLOW, "open", enrolment=enrolment.id)
    values = {"summary": words.summary, "count": len(coming), "first": first, "last": last, "other_language": other}
    await talk.show("enrolling.what_comes", rows, **values, **said)


def _days(talk: Talk, offer: Offer) -> list[Due]:
    now, person = talk.runtime.now(), talk.visitor.person
    days = planning.planned(talk.runtime, offer.plan, offer.enrolment, person, now)
    coming = [one for one in days if not one.never]
    if not any(one.day != offer.plan.closing_day for one in coming):
        raise NotNow("enrolling.card_over")
    return coming


def _cancel_button(talk: Talk, enrolment_id: int) -> dict[str, str]:
    return talk.button("buttons.home_cancel", "en", "cancel", enrolment_id)


async def _ask(talk: Talk, enrolment_id: int, step: str) -> None:
    question = await build(talk, enrolment_id, step)
    await talk.keep(FLOW, step, enrolment=enrolment_id)
    await talk.show_html(question.html, question.rows)


async def _take(talk: Talk, enrolment_id: int, step: str, value: str) -> None:
    """One answer, written down at once; then the next question."""
    if step in PURPOSE:
        await _consent(talk, enrolment_id, PURPOSE[step], value == "yes")
        if step == "checkins" and value != "yes":
            await _cancel(talk, enrolment_id)
            return
    elif step == "time":
        await enrolling.choose_time(talk.runtime, talk.id, enrolment_id, int(value) if value.isdecimal() else -1)
    elif step in companions.ROLES:
        await _companion(talk, enrolment_id, step, int(value) if value.isdecimal() else 0)
    await _ask(talk, enrolment_id, await next_of(talk, enrolment_id, step, 1))


async def _consent(talk: Talk, enrolment_id: int, purpose: Purpose, given: bool) -> None:
    await enrolling.consent(talk.runtime, talk.id, enrolment_id, purpose, given, WORDING)
    if purpose is Purpose.TELL_NAMED and not given:  # nobody is told, so nobody is chosen and nobody sees answers
        await enrolling.consent(talk.runtime, talk.id, enrolment_id, Purpose.SEE_ANSWERS, False, WORDING)
        for role in companions.ROLES:
            await companions.nobody(talk.runtime, talk.id, enrolment_id, role)


async def _companion(talk: Talk, enrolment_id: int, role: str, companion_id: int) -> None:
    if companion_id:
        await companions.ask(talk.runtime, talk.id, enrolment_id, companion_id, role)
    elif role == companions.NAMED:
        for one in companions.ROLES:
            await companions.nobody(talk.runtime, talk.id, enrolment_id, one)
    else:
        await companions.nobody(talk.runtime, talk.id, enrolment_id, role)


async def typed(talk: Talk) -> None:
    """Every question can be answered by typing: the words of a button, its number, yes or no, a time."""
    dialogue = await talk.dialogue(FLOW)
    if dialogue is None:
        raise NotNow("enrolling.card_again")
    enrolment_id, step = int(dialogue.data["enrolment"]), dialogue.step
    offer = await enrolling.offer(talk.runtime, talk.id, enrolment_id)
    if step not in ORDER:
        await _typed_before(talk, offer, step)
        return
    question = await build(talk, enrolment_id, step)
    found = picked(talk, question, step)
    if found is None and step == "time":
        found = ["time", str(enrolment_id), str(read_minutes(talk))]
    if found is None:
        raise Refused("broadcasts.please_tap")
    talk.args = found
    await chosen(talk)


async def _typed_before(talk: Talk, offer: Offer, step: str) -> None:
    """Before the first question: the name of a language, or any yes."""
    said, phrases = talk.text.strip().casefold(), talk.runtime.catalogue.phrases
    if step == "hello":
        for code in talk.runtime.place.languages:
            if said in people.names_of(code, phrases.plain(code, "language.name")):
                talk.args = [code, str(offer.enrolment.id)]
                await language_chosen(talk)
                return
    next_word = talk.label("buttons.home_next").casefold()
    if said in phrases.everywhere("words.yes") or said == next_word:
        await (_what_comes(talk, offer) if step == "hello" else _ask(talk, offer.enrolment.id, ORDER[0]))
    elif said in phrases.everywhere("words.no") or said == talk.label("buttons.home_cancel").casefold():
        await _cancel(talk, offer.enrolment.id)
    else:
        raise Refused("broadcasts.please_tap")


async def _cancel(talk: Talk, enrolment_id: int) -> None:
    """Not now, or a no to the check-ins themselves: nothing is sent, and the card stays good."""
    until = await enrolling.step_back_out(talk.runtime, talk.id, enrolment_id, WORDING)
    await talk.end(FLOW)
    day = talk.runtime.day(until, talk.visitor.person.zone, talk.language) if until else ""
    rows = [[talk.button("buttons.home_open", "en", "open", enrolment_id)]]
    await talk.show("enrolling.no_checkins", rows, until=day)


async def _begin(talk: Talk, enrolment_id: int) -> None:
    coming = await enrolling.begin(talk.runtime, talk.id, enrolment_id)
    await companions.ask_chosen(talk.runtime, enrolment_id)
    named = await companions.name_of(talk.runtime, enrolment_id, companions.NAMED)
    person, place = talk.visitor.person, talk.runtime.place
    due_at = coming[0].due_at if coming else None
    await talk.show(
        "enrolling.begun",
        name=person.name,
        **when.first(talk.runtime, due_at, person, person.zone, talk.language),
        named=named,
        place=place.name,
        danger=place.emergency["life_in_danger"],
    )
