"""What is held about a person, and how to have it erased."""

from bot.actions import privacy as actions
from bot.conversations import menus
from bot.conversations.talk import Talk
from bot.store.privacy import Held


async def policy(talk: Talk) -> None:
    place = talk.runtime.place
    days = actions.STRANGERS_KEPT.days
    names = {"place": place.name, "organisation": place.organisation, "contact": place.privacy_contact}
    answer_days = place.keep_answers_days
    await talk.say("privacy.policy", days=days, answer_days=answer_days, **names)


async def my_data(talk: Talk) -> None:
    """In words, and the same as a file."""
    held = await actions.my_data(talk.runtime, talk.id)
    await talk.write("\n\n".join([talk.words("privacy.mydata_intro"), *(_paragraph(talk, one) for one in held)]))
    caption = talk.words("privacy.mydata_file")
    rows = [[talk.button("buttons.forget", "forget", "ask")]]
    await talk.document(await actions.as_json(talk.runtime, held), "mydata.json", caption, rows)


def _paragraph(talk: Talk, held: Held) -> str:
    """What a table holds and why, with how many entries; a person's own row in words."""
    if held.table == "people":
        language = talk.label("language.name")
        return talk.words("mydata.people", person={**held.rows[0], "language": language})
    return talk.words(f"mydata.{held.table}" if held.own else f"mydata.{held.table}_named", count=len(held.rows))


async def forget(talk: Talk) -> None:
    """/forget: the first of two taps."""
    await talk.toast()
    rows = [
        [talk.button("buttons.forget_yes", "forget", "yes", style="danger")],
        [talk.button("buttons.forget_no", "forget", "no")],
    ]
    await talk.say("privacy.forget_question", rows, is_champion=talk.visitor.is_champion)


async def forget_chosen(talk: Talk) -> None:
    step = talk.args[0] if talk.args else ""
    if step == "yes":
        language = talk.language
        await actions.forget(talk.runtime, talk.id)
        await talk.toast()
        await talk.show_html(talk.runtime.say(language, "privacy.forgotten"))
        await menus.forget(talk)
    elif step == "no":
        await talk.toast()
        await talk.show("privacy.kept")
    else:
        await forget(talk)
