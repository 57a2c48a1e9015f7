"""Coming in, help, stopping, pausing, language and waking hours."""

from bot.actions import circles as circle_actions
from bot.actions import people as actions
from bot.actions import replies as reply_actions
from bot.conversations import circles
from bot.conversations.keyboards import in_rows
from bot.conversations.talk import Talk

WORDING = "1"  # the version of the words they said yes to; count it up when a consent phrase changes
PAUSES = (7, 14, 30, 90)  # days


async def start(talk: Talk) -> None:
    """/start, alone or with what a link carried."""
    payload = talk.args[0] if talk.args else ""
    if payload.startswith(circle_actions.JOIN):
        await circles.open_link(talk, payload.removeprefix(circle_actions.JOIN))
    elif payload.startswith(circle_actions.CHAMPION):
        await circles.open_invitation(talk, payload.removeprefix(circle_actions.CHAMPION))
    elif payload:
        await talk.say("circles.link_unknown")
    elif talk.visitor.is_coordinator and not await actions.works(talk.runtime, talk.id):
        await ask_coordinator(talk)
    elif talk.visitor.person.stopped_at is not None:
        await ask_to_go_on(talk)
    else:
        await welcome(talk)


async def ask_coordinator(talk: Talk) -> None:
    """The settings name them; they still say yes themselves (promise 1)."""
    rows = [[talk.button("buttons.coordinator_yes", "work")]]
    await talk.say("people.coordinator_question", rows, place=talk.runtime.place.name)


async def agree_to_work(talk: Talk) -> None:
    await talk.toast()
    if not talk.visitor.roles:
        await talk.say("errors.old_button")
        return
    await actions.agree_to_work(talk.runtime, talk.id, f"work-{WORDING}")
    await talk.without_buttons()
    waiting = await reply_actions.adopt(talk.runtime, talk.id) if talk.visitor.is_coordinator else 0
    await talk.say("people.coordinator_welcome", place=talk.runtime.place.name, waiting=waiting)


async def welcome(talk: Talk) -> None:
    """Who they are here, and what they can do."""
    joined = await circle_actions.of_person(talk.runtime, talk.id)
    champions = sorted({champion.name for _, champion in joined})
    await talk.say(
        "people.welcome",
        name=talk.visitor.person.name,
        place=talk.runtime.place.name,
        champions=champions,
        is_champion=talk.visitor.is_champion,
        is_coordinator=talk.visitor.is_coordinator,
    )


async def help_(talk: Talk) -> None:
    place = talk.runtime.place
    await talk.say(
        "people.help",
        contact=place.contact,
        urgent=place.emergency["urgent_advice"],
        danger=place.emergency["life_in_danger"],
        is_champion=talk.visitor.is_champion,
        is_coordinator=talk.visitor.is_coordinator,
    )


async def stop(talk: Talk) -> None:
    """Obeyed first; what may have been meant instead is offered afterwards."""
    kept = await actions.stop(talk.runtime, talk.id, f"stop-{WORDING}")
    await talk.toast("people.stopped_toast")
    rows = []
    if len(kept) > 1:
        rows = [[talk.button("buttons.keep_circle", "goon", circle.id, circle=circle.name)] for circle in kept]
    rows += [[talk.button("buttons.go_on", "goon", 0)], [talk.button("buttons.forget", "forget", "ask")]]
    await talk.say("people.stopped", rows, works=bool(talk.visitor.roles))


async def ask_to_go_on(talk: Talk) -> None:
    """After a stop, or after unblocking the bot."""
    rows = [[talk.button("buttons.go_on", "goon", 0)], [talk.button("buttons.stay_stopped", "stay")]]
    await talk.say("people.go_on_question", rows, name=talk.visitor.person.name)


async def go_on(talk: Talk) -> None:
    circle_id = talk.number() or None
    kept = await actions.go_on(talk.runtime, talk.id, f"go-on-{WORDING}", circle_id)
    await talk.toast()
    await talk.without_buttons()
    works = bool(talk.visitor.roles) and circle_id is None
    if not kept and not works:
        await talk.say("people.go_on_nowhere")
    else:
        await talk.say("people.goes_on", circles=[circle.name for circle in kept])


async def stay_stopped(talk: Talk) -> None:
    await talk.toast()
    await talk.without_buttons()
    await talk.say("people.stays_stopped")


async def pause(talk: Talk) -> None:
    rows = [[talk.button("buttons.pause_days", "pause", days, days=days)] for days in PAUSES]
    await talk.say("people.pause_question", [*rows, [talk.button("buttons.no_pause", "pause", 0)]])


async def pause_chosen(talk: Talk) -> None:
    await talk.toast()
    days = talk.number()
    if days not in PAUSES:
        await talk.show("people.pause_none")
        return
    until = await actions.pause(talk.runtime, talk.id, days)
    day = talk.runtime.day(until, talk.visitor.person.zone, talk.language)
    await talk.show("people.paused", [[talk.button("buttons.resume", "resume")]], until=day)


async def resume(talk: Talk) -> None:
    await talk.toast()
    if talk.visitor.person.stopped_at is not None:
        await ask_to_go_on(talk)
    elif await actions.resume(talk.runtime, talk.id):
        await talk.show("people.resumed")
    else:
        await talk.show("people.nothing_paused")


async def language(talk: Talk) -> None:
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
    await actions.set_language(talk.runtime, talk.id, talk.args[0] if talk.args else "")
    await talk.toast()
    fresh = await actions.visitor(talk.runtime, talk.id)
    talk.visitor = fresh or talk.visitor
    await talk.show("people.language_set")


async def membership(talk: Talk) -> None:
    """They blocked or unblocked the bot."""
    change = talk.update.my_chat_member
    if change is None:
        return
    if change.new_chat_member.status == "kicked":
        await actions.unreachable(talk.runtime, talk.chat_id, "blocked")
    elif change.old_chat_member.status == "kicked":
        await actions.reachable_again(talk.runtime, talk.id)
        await ask_to_go_on(talk)
