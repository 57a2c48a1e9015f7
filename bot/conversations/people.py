"""Coming in, help, and which language."""

from babel import Locale

from bot.actions import answers, enrolling
from bot.actions import circles as circle_actions
from bot.actions import course as course_actions
from bot.actions import people as actions
from bot.actions import plans as plan_actions
from bot.actions import replies as reply_actions
from bot.actions import templates as template_actions
from bot.conversations import champions, enrolment, joining, replies, stopping
from bot.conversations.keyboards import in_rows
from bot.conversations.talk import Talk
from bot.domain.checkins import Enrolment as State
from bot.store.enrolments import Enrolment

WORDING = "1"  # the version of the words they said yes to; count it up when a consent phrase changes
LANGUAGE_FLOW = "language"
ALSO_CALLED = {"bn": "Bengali", "fa": "Farsi", "pa": "Panjabi"}  # Unicode's tables know one English name of each


async def start(talk: Talk) -> None:
    """/start, alone or with what a link carried."""
    payload = talk.args[0] if talk.args else ""
    if payload.startswith(circle_actions.JOIN):
        await joining.open_link(talk, payload.removeprefix(circle_actions.JOIN))
    elif payload.startswith(circle_actions.CHAMPION):
        await champions.open_invitation(talk, payload.removeprefix(circle_actions.CHAMPION))
    elif payload.startswith(enrolling.HOME):
        await enrolment.open_link(talk, payload.removeprefix(enrolling.HOME))
    elif payload:
        await talk.say("circles.link_unknown")
    elif talk.visitor.person.stopped_at is not None and await stopping.something_stopped(talk):
        if not await stopping.asked_just_now(talk):
            await stopping.ask_to_go_on(talk)
    elif talk.visitor.roles and not await actions.works(talk.runtime, talk.id):
        await ask_to_work(talk)
    else:
        await welcome(talk)


async def ask_to_work(talk: Talk) -> None:
    """The settings or a coordinator name them; they still say yes themselves (promise 1)."""
    rows = [[talk.button("buttons.coordinator_yes", "work")]]
    key = "people.coordinator_question" if talk.visitor.is_coordinator else "people.champion_question"
    await talk.say(key, rows, place=talk.runtime.place.name)


async def agree_to_work(talk: Talk) -> None:
    await talk.toast()
    if not talk.visitor.roles:
        await talk.say("errors.old_button")
        return
    await actions.agree_to_work(talk.runtime, talk.id, f"work-{WORDING}")
    await talk.without_buttons()
    if not talk.visitor.is_coordinator:
        await welcome(talk)
        return
    waiting = await answers.adopt(talk.runtime, talk.id)
    unread = len((await template_actions.waiting_for(talk.runtime, talk.id))[0])
    rows = [[talk.button("buttons.invite_champion", "invite")]]
    rows += [[talk.button("buttons.read_list", "approve", "list", count=unread)]] if unread else []
    plans = len(await plan_actions.waiting(talk.runtime))
    rows += [[talk.button("buttons.read_plans", "plan", "list", count=plans)]] if plans else []
    await talk.say("people.coordinator_welcome", rows, place=talk.runtime.place.name, waiting=waiting)


async def welcome(talk: Talk) -> None:
    """Who they are here, how it stands with their check-ins, and what they can do."""
    home = await course_actions.of_person(talk.runtime, talk.id)
    invited = home is not None and home.state is State.INVITED
    rows = [[talk.button("buttons.home_open", "en", "open", home.id)]] if home and invited else None
    await talk.say(
        "people.welcome",
        rows,
        name=talk.visitor.person.name,
        place=talk.runtime.place.name,
        champions=await actions.who_may_write(talk.runtime, talk.id),
        is_champion=talk.visitor.is_champion,
        is_coordinator=talk.visitor.is_coordinator,
        home=home.state.value if home else "",
        next=await _next_questions(talk, home),
    )


async def _next_questions(talk: Talk, home: Enrolment | None) -> str:
    if home is None or home.state is not State.ACTIVE:
        return ""
    coming = (await course_actions.view(talk.runtime, talk.id, home.id)).coming
    return talk.runtime.moment(coming[0].due_at, talk.visitor.person.zone, talk.language) if coming else ""


async def help_(talk: Talk) -> None:
    """What fits them. Whoever has only a task here is asked whom their words are for, so no reader is named."""
    place = talk.runtime.place
    home = await course_actions.of_person(talk.runtime, talk.id)
    in_circle = bool(await circle_actions.of_person(talk.runtime, talk.id))
    writes = in_circle or home is not None or not talk.visitor.roles
    readers, shared = await reply_actions.readers_of(talk.runtime, talk.id) if writes else ([], False)
    await talk.say(
        "people.help",
        contact=place.contact,
        urgent=place.emergency["urgent_advice"],
        danger=place.emergency["life_in_danger"],
        readers=readers,
        shared=shared,
        in_circle=in_circle,
        is_home=home is not None,
        is_champion=talk.visitor.is_champion,
        is_coordinator=talk.visitor.is_coordinator,
    )


async def language(talk: Talk) -> None:
    await talk.keep(LANGUAGE_FLOW, "which")
    await talk.say("people.language_question", language_rows(talk, "language"))


def language_rows(talk: Talk, verb: str, *args: object) -> list[list[dict[str, str]]]:
    """Each language in its own name: somebody in the wrong one must find theirs."""
    phrases = talk.runtime.catalogue.phrases
    buttons = [
        {"text": phrases.plain(code, "language.name"), "data": ":".join([verb, code, *map(str, args)])}
        for code in talk.runtime.place.languages
    ]
    return in_rows(buttons, 2)


async def language_chosen(talk: Talk) -> None:
    await _set_language(talk, talk.args[0] if talk.args else "")


async def language_typed(talk: Talk) -> None:
    """The name of a language, in any of ours; anything else is words for somebody."""
    phrases, said = talk.runtime.catalogue.phrases, talk.text.strip().casefold()
    for code in talk.runtime.place.languages:
        if said in names_of(code, phrases.plain(code, "language.name")):
            await _set_language(talk, code)
            return
    await talk.end(LANGUAGE_FLOW)
    await replies.written(talk)


def names_of(code: str, own: str) -> set[str]:
    """What people call a language: by its code, in its own words, in English."""
    english = Locale.parse(code).english_name or code
    return {name.casefold() for name in (code, own, english, ALSO_CALLED.get(code, code))}


async def _set_language(talk: Talk, code: str) -> None:
    await actions.set_language(talk.runtime, talk.id, code)
    await talk.toast()
    await talk.end(LANGUAGE_FLOW)
    talk.visitor = await actions.visitor(talk.runtime, talk.id) or talk.visitor
    await talk.show("people.language_set")
