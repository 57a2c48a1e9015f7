"""Stopping, going on, and blocking the bot."""

from datetime import timedelta

from bot.actions import stopping as actions
from bot.conversations.talk import Talk

WORDING = "1"  # the version of the words they said yes or no to
FLOW = "goon"
# Telegram says that somebody unblocked the bot, and in the same breath that they pressed Start.
SAME_BREATH = timedelta(seconds=10)


async def stop(talk: Talk) -> None:
    """Obeyed first; what may have been meant instead is offered afterwards."""
    kept = await actions.stop(talk.runtime, talk.id, f"stop-{WORDING}")
    await talk.toast("people.stopped_toast")
    rows = []
    if len(kept) > 1:
        rows = [[talk.button("buttons.keep_circle", "goon", circle.id, circle=circle.name)] for circle in kept]
    if kept or talk.visitor.roles:
        rows.append([talk.button("buttons.go_on", "goon", 0)])
    rows.append([talk.button("buttons.forget", "forget", "ask")])
    await talk.say("people.stopped", rows, works=bool(talk.visitor.roles))


async def something_stopped(talk: Talk) -> bool:
    return await actions.could_go_on(talk.runtime, talk.id)


async def ask_to_go_on(talk: Talk) -> None:
    """After a stop, or after unblocking the bot."""
    rows = [[talk.button("buttons.go_on", "goon", 0)], [talk.button("buttons.stay_stopped", "stay")]]
    await talk.say("people.go_on_question", rows, name=talk.visitor.person.name)


async def go_on(talk: Talk) -> None:
    circle_id = talk.number() or None
    kept = await actions.go_on(talk.runtime, talk.id, f"go-on-{WORDING}", circle_id)
    await talk.toast()
    await talk.end(FLOW)
    await talk.without_buttons()
    works = bool(talk.visitor.roles) and circle_id is None
    if not kept and not works:
        await talk.say("people.go_on_nowhere")
    else:
        await talk.say("people.goes_on", circles=[circle.name for circle in kept])


async def stay_stopped(talk: Talk) -> None:
    await talk.toast()
    await talk.end(FLOW)
    await talk.without_buttons()
    await talk.say("people.stays_stopped")


async def membership(talk: Talk) -> None:
    """They blocked or unblocked the bot."""
    change = talk.update.my_chat_member
    if change is None:
        return
    if change.new_chat_member.status == "kicked":
        await actions.unreachable(talk.runtime, talk.chat_id, "blocked")
    elif change.old_chat_member.status == "kicked" and await actions.reachable_again(talk.runtime, talk.id):
        await talk.keep(FLOW, "unblocked")
        await ask_to_go_on(talk)


async def asked_just_now(talk: Talk) -> bool:
    """Whether the question came in the same breath, so that Start need not bring it again."""
    asked = await talk.dialogue(FLOW)
    return asked is not None and talk.runtime.now() - asked.updated_at < SAME_BREATH
