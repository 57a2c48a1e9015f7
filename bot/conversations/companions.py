"""A champion is asked to be somebody's named person, or the backup."""

from bot.actions import companions as actions
from bot.conversations.talk import Talk


async def answered(talk: Talk) -> None:
    """Buttons: comp:yes|no:named|backup:<enrolment>."""
    await talk.toast()
    agrees, role = talk.args[:1] == ["yes"], talk.args[1] if len(talk.args) > 1 else ""
    person = await actions.answer(talk.runtime, talk.id, talk.number(2), role, agrees)
    key = "enrolling.companion_thanks" if agrees else "enrolling.companion_no_thanks"
    await talk.show(key, name=person.name)
