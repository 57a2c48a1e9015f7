"""A champion fills in a broadcast: every question, every way back, and whatever happens in between."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.actions import template_drafts
from bot.actions import templates as template_actions
from bot.town import opened_town, try_settings
from tests.cast import Character, TestTown, opened_test_town
from tests.virtual import VirtualClock


async def _refuses(town: TestTown, topic: str) -> None:
    elif_id = await town.id_of("Elif")
    for version in await template_actions.newest(town.runtime):
        if version.topic == topic and version.language == "en":
            await template_actions.decide(town.runtime, elif_id, version.id, False, reads_language=True)


def _old(who: Character, label: str) -> int:
    """The message on this phone that carries a button, to be tapped when it is old."""
    for message in reversed(who.phone.messages):
        if any(one.text.startswith(label) for row in message.buttons for one in row):
            return message.message_id
    raise LookupError(label)


async def _taps_what_is_gone(who: Character, message_id: int, data: str) -> None:
    """A tap on a button that another phone of theirs still shows."""
    message = next(one for one in who.phone.messages if one.message_id == message_id)
    who.phone._tap(message, data)
    await who.town.settle()


def _send_button(who: Character) -> str:
    return next(one.data or "" for row in who.phone.last.buttons for one in row if one.text.startswith("Send now"))


async def test_each_question_shows_an_example_and_a_way_back_and_out(town: TestTown) -> None:
    await town.is_ready()
    amara = town.amara

    await amara.says("/broadcast")
    assert amara.buttons[0] == "The flu jab", "what is in season comes first"
    assert "Invites people to get this season's flu jab" in amara.last
    assert amara.buttons[-1] == "Cancel"

    await amara.taps("The flu jab")
    assert "Who is your invitation for?" in amara.last
    assert "For example: everyone aged 65 and over" in amara.last
    assert amara.buttons[-2:] == ["Back", "Cancel"]
    await amara.taps("everyone who is pregnant")
    assert "For example: Park Road Pharmacy" in amara.last
    await amara.taps("Back")
    assert "Keep: everyone who is pregnant" in amara.buttons
    await amara.taps("Keep: everyone who is pregnant")
    await amara.says("Boots, Mill Lane & <b>more</b>")
    assert "On which day?" in amara.last
    await amara.says("yesterday evening")
    assert "I did not understand the day" in amara.last
    await amara.says("2 october")
    assert "That day is over" in amara.last
    await amara.says("9 oct")
    assert "From what time?" in amara.last
    await amara.says("5")
    assert "Morning or afternoon?" in amara.last
    await amara.says("5pm")
    assert "Leave it out" in amara.buttons
    await amara.says("call me")
    assert "phone number with digits" in amara.last
    await amara.taps("Leave it out")
    assert "one short line of your own" in amara.last
    await amara.says("Take 2 tablets of aspirin")
    assert "it speaks of a medicine" in amara.last
    await amara.says("It is NEVER too late.")
    assert "I have taken your line." in amara.sees[-3]
    assert "People who get it: 3" in amara.last
    shown = amara.sees[-2]
    assert "It is NEVER too late." in shown
    assert "Boots, Mill Lane & <b>more</b> on Friday 9 October, from 5pm." in shown
    assert "free to everyone who is pregnant" in shown

    await amara.taps("Back")
    assert "Keep: It is NEVER too late." in amara.buttons
    await amara.taps("Cancel")
    assert amara.last == "Cancelled. Nothing was sent."
    assert town.ben.heard("flu jab") == 0


async def test_everything_can_be_typed_instead_of_tapped(town: TestTown) -> None:
    await town.is_ready()
    await town.amara.says("/circle")
    await town.amara.taps("Make another circle")
    await town.amara.says("Tuesday tea")
    amara = town.amara
    await amara.says("/broadcast")
    await amara.says("banana")
    assert "I did not understand that" in amara.sees[-2]
    await amara.says("flu")
    await amara.says("1")
    await amara.says("Park Road Pharmacy")
    await amara.says("friday")
    await amara.says("back")
    assert "On which day?" in amara.last
    await amara.says("friday")
    await amara.says("10am")
    await amara.says("leave it out")
    assert "For which circle is it?" in amara.last
    await amara.says("elm house")
    await amara.says("send without a line")
    assert "People who get it: 3" in amara.last
    await amara.says("send now")
    assert "It goes out in 60 seconds" in amara.last
    await town.passes(seconds=61)
    assert "free to everyone aged 65 and over" in town.ben.last


async def test_the_list_says_why_it_is_short(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    await town.amara.says("/broadcast")
    assert "There is no message that can be sent at the moment." in town.amara.last
    assert "• The flu jab: no coordinator has read it yet" in town.amara.last
    await town.approves("loneliness", "flu-jab")
    await _refuses(town, "flu-jab")
    await town.amara.says("/broadcast")
    assert "• The flu jab: a coordinator decided that it is not for us" in town.amara.last
    assert "Nobody is in your circle yet." in town.amara.last
    assert town.amara.buttons[0].startswith("A chat") or "Earlier broadcasts" in town.amara.buttons


async def test_promise_4_a_half_finished_draft_survives_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/town.db"
    async with opened_test_town(url) as town:
        await town.is_ready()
        await town.amara.says("/broadcast")
        await town.amara.taps("The flu jab")
        await town.amara.taps("everyone who is pregnant")
        telegram, clock = town.telegram, town.clock

    async def turn(when) -> None:  # type: ignore[no-untyped-def]
        await clock.advance_to(when)

    async with opened_town(try_settings(Path("unused"), database_url=url), clock, turn, telegram) as made:
        again = TestTown(made, clock)
        assert isinstance(clock, VirtualClock)
        await again.amara.says("/broadcast")
        assert "half-finished broadcast" in again.amara.last
        await again.amara.taps("Go on")
        assert "Where can people get the jab?" in again.amara.last
        await again.amara.says("Park Road Pharmacy")
        assert "On which day?" in again.amara.last


async def test_promise_3_an_old_button_is_refused_kindly_and_brings_the_present_question(town: TestTown) -> None:
    await town.is_ready()
    amara = town.amara
    await amara.says("/broadcast")
    await amara.taps("The flu jab")
    await amara.taps("everyone who is pregnant")
    await amara.says("Park Road Pharmacy")
    days = _old(amara, "Tuesday 6 October")
    await amara.says("9 october")
    await amara.taps("Tuesday 6 October", days)
    assert amara.phone.toasts[-1].text == "This button is from earlier and no longer works."
    assert "From what time?" in amara.last

    await amara.says("10am")
    await amara.taps("Leave it out")
    await amara.taps("Send without a line")
    first_look = _old(amara, "Send now")
    await amara.taps("Back")
    await amara.says("With my love.")
    await amara.taps("Send now (3)", _old(amara, "Send now"))
    with pytest.raises(LookupError):
        await amara.taps("Send now (3)", first_look)
    await town.passes(seconds=61)
    assert "With my love." in town.ben.last
    assert "9 October" in town.ben.last


async def test_promise_3_the_send_button_of_an_old_draft_sends_nothing(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    data = _send_button(town.amara)
    preview_id = town.amara.phone.last.message_id
    await town.amara.says("/broadcast")
    await town.amara.taps("Begin a new one")
    await _taps_what_is_gone(town.amara, preview_id, data)
    assert "What would you like to pass on?" in town.amara.last
    await town.passes(minutes=3)
    assert town.ben.heard("it is Amara") == 0

    await town.amara.taps("Cancel")
    await town.passes(minutes=1)
    await _taps_what_is_gone(town.amara, preview_id, data)
    assert "belongs to an earlier draft" in town.amara.last


async def test_promise_3_tapping_send_twice_sends_once_and_shows_how_it_stands(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    data = _send_button(town.amara)
    preview_id = town.amara.phone.last.message_id
    town.amara.phone.taps(data, preview_id)
    town.amara.phone.taps(data, preview_id)
    await town.settle()
    assert "You can still call it back." in town.amara.last
    await town.passes(seconds=70)
    assert town.ben.heard("it is Amara") == 1


async def test_promise_8_words_that_are_withdrawn_in_the_middle_of_a_draft_are_not_sent(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await _refuses(town, "loneliness")
    await town.amara.taps("Send now (3)")
    assert "This message may not be sent any more." in town.amara.sees[-2]
    assert "What would you like to pass on?" in town.amara.last
    await town.passes(minutes=2)
    assert town.ben.heard("it is Amara") == 0


async def test_a_circle_that_closes_in_the_middle_of_a_draft_is_no_dead_end(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    await town.amara.says("/circle")
    await town.amara.taps("Elm House")
    await town.amara.taps("Close the circle")
    await town.amara.taps("Yes, close it")
    await town.amara.says("/broadcast")
    await town.amara.taps("Go on")
    assert "no circle" in town.amara.last.lower() or "/circle" in town.amara.last


async def test_an_answer_to_somebody_in_between_does_not_lose_the_draft(town: TestTown) -> None:
    await town.is_ready()
    await town.amara.says("/broadcast")
    await town.amara.taps("The flu jab")
    await town.amara.taps("everyone who is pregnant")
    await town.ben.says("Are you there on Sunday?")
    await town.amara.taps("Answer Ben")
    await town.amara.says("Yes, come by.")
    assert "Yes, come by." in town.ben.last
    await town.amara.says("/broadcast")
    await town.amara.taps("Go on")
    assert "Where can people get the jab?" in town.amara.last


async def test_a_day_on_a_button_that_has_passed_is_not_taken(town: TestTown) -> None:
    await town.is_ready()
    await town.amara.says("/broadcast")
    await town.amara.taps("The flu jab")
    await town.amara.taps("everyone who is pregnant")
    await town.amara.says("Park Road Pharmacy")
    await town.passes(days=1, hours=23)
    await town.amara.taps("Tuesday 6 October")
    assert "That day is over" in town.amara.last
    await town.turns_to(town.clock.now() + timedelta(days=3))
    await town.amara.says("/broadcast")
    await town.amara.taps("Go on")
    assert "On which day?" in town.amara.last


async def test_who_has_stopped_is_told_how_to_begin_again(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness")
    preview_id = town.amara.phone.last.message_id
    await town.amara.says("/stop")
    await town.amara.taps("Send now (3)", preview_id)
    await town.amara.says("/broadcast")
    assert "nothing can go out in your name" in town.amara.last
    await town.passes(minutes=2)
    assert town.ben.heard("it is Amara") == 0


async def test_only_champions_draft(town: TestTown) -> None:
    await town.farid.says("/broadcast")
    assert "Only champions can do this." in town.farid.last


async def test_a_message_of_the_desk_is_called_by_its_title_and_waits_for_a_second_coordinator(town: TestTown) -> None:
    await town.is_ready()
    elif_id, shipped = await town.id_of("Elif"), town.runtime.catalogue.templates["heat", "en"]
    text = re.sub(r"^title: .*$", "title: Boiler check", shipped.source_text, flags=re.MULTILINE)
    text = text.replace("topic: heat", "topic: boiler-check")
    draft = await template_drafts.save(town.runtime, elif_id, ("boiler-check", "en"), text, 0)
    assert draft.draft is not None
    await template_drafts.submit(town.runtime, elif_id, ("boiler-check", "en"), draft.draft.serial)
    await town.amara.says("/broadcast")
    assert "Boiler check: a coordinator wrote it, and a second coordinator has to read it" in town.amara.last
    assert "boiler-check" not in town.amara.last


async def test_a_refused_line_has_the_way_on_below_it(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("loneliness", line="Ring me on 020 7946 0111")
    assert "a number can only stand in a blank of the message that asks for one" in town.amara.last
    assert town.amara.buttons == ["Send without a line", "Back", "Cancel"]
    await town.amara.taps("Send without a line")
    assert "People who get it: 3" in town.amara.last
