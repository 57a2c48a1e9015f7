"""A check-in in the chat: neutral first, one question after the other, and nothing left to read afterwards."""

from datetime import timedelta

from bot.simulator.messages import Message
from bot.simulator.phones import Phone
from bot.store import checkins as checkin_store
from bot.store import concerns as concern_store
from bot.store.checkins import CheckIn
from tests.cast import Character, TestTown

BREATH, LEG = "Do you have any of these now?", "Is there new pain"
NO_BREATH = "No, none of these"


async def checkins_of(town: TestTown, enrolment: int) -> list[CheckIn]:
    async with town.runtime.database.read() as tx:
        return await checkin_store.of_enrolment(tx, enrolment)


async def concerns_of(town: TestTown, name: str) -> list[concern_store.Concern]:
    async with town.runtime.database.read() as tx:
        return await concern_store.not_closed(tx, await town.id_of(name))


def shown(phone: Phone) -> str:
    return "\n".join(one.text for one in phone.messages if one.from_bot)


async def presses(who: Character, message: Message | None, data: str | None) -> None:
    """A tap on a button as it stood once, on a phone that has not caught up."""
    assert message is not None and data is not None
    who.phone._tap(message, data)
    await who.town.settle()


async def test_a_check_in_from_the_first_hello_to_the_thanks(town: TestTown) -> None:
    enrolment = await town.is_home("Ben")

    await town.is_asked("Ben")
    hello = town.ben.phone.last
    assert hello is not None and hello.protect_content
    assert "it is Amara" in hello.text and "Is now a good time?" in hello.text
    assert not any(word in hello.text.lower() for word in ("hospital", "medicine", "breath"))
    assert town.ben.buttons == ["Yes, now is good", "Later today", "Not today", "Stop"]

    await town.ben.taps("Yes, now is good")
    assert BREATH in town.ben.last and town.ben.buttons == [NO_BREATH, "Yes, I do"]
    await town.ben.taps(NO_BREATH)
    assert LEG in town.ben.last
    await town.ben.taps("No")
    await town.ben.taps("Yes")
    assert "enough to eat" in town.ben.last
    await town.ben.taps("Yes")

    assert "That is all for today" in town.ben.last
    assert "The coordinators at Elm Park can read your answers" in town.ben.last
    assert "on the same working day or the next" in town.ben.last and "999" in town.ben.last
    assert not town.ben.buttons
    assert BREATH not in shown(town.ben.phone) and "medicines" not in shown(town.ben.phone)
    assert (await checkins_of(town, enrolment))[0].state == "done"
    assert await concerns_of(town, "Ben") == []
    assert town.amara.heard("Ben would like a ring") == 0


async def test_promise_6_a_red_answer_shows_the_emergency_words_and_reaches_a_human(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")

    at = town.clock.now()
    await town.ben.taps("Yes, I do")

    words = next(one for one in town.ben.phone.messages if "Phone 999 now." in one.text)
    assert words.date - at <= timedelta(seconds=1)
    assert LEG not in shown(town.ben.phone) and not town.ben.buttons
    assert "Ben needs somebody now" in town.amara.last and town.amara.buttons[0] == "I have it"
    assert "chest hurts" not in town.amara.last, "the answer itself only with consent"
    (concern,) = await concerns_of(town, "Ben")
    assert (concern.level, concern.state) == ("red", "open")

    await town.amara.taps("I have it")
    assert "You have this" in town.amara.last
    assert "Amara will ring you by" in town.ben.last

    await town.passes(minutes=10)
    assert "Have you phoned 999, Ben?" in town.ben.last
    await town.ben.taps("No, not yet")
    assert town.ben.heard("Phone 999 now.") == 2
    assert "nobody has phoned 999 yet" in town.amara.last
    await town.ben.taps("Yes, I have phoned")
    assert "Thank you for telling us. Please do what they say." in shown(town.ben.phone)

    await town.amara.taps("I have spoken to them")
    await town.amara.taps("999 was phoned")
    assert await concerns_of(town, "Ben") == []
    await town.amara.says("The ambulance came")
    assert "I have written that down" in town.amara.last


async def test_an_old_button_is_refused_kindly_and_brings_the_question_that_is_open(town: TestTown) -> None:
    await town.is_home("Ben", days_ago=0)
    await town.is_asked("Ben")
    first = town.ben.phone.last
    assert first is not None
    await town.ben.taps("Not today")
    assert "another day" in town.ben.last and not town.ben.buttons
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    question = town.ben.phone.last
    assert question is not None

    await presses(town.ben, first, "ci:now:1")
    assert "These questions are over" in shown(town.ben.phone)
    assert BREATH in town.ben.last and town.ben.buttons == [NO_BREATH, "Yes, I do"]
    assert shown(town.ben.phone).count(BREATH) == 1, "the question stands in one place only"

    data = town.ben.phone.last.buttons[0][0].data
    await town.ben.taps(NO_BREATH)
    await presses(town.ben, town.ben.phone.last, data)
    assert LEG in town.ben.last, "a double tap shows where they are"
    await town.dalia.says("/start")
    await presses(town.dalia, town.dalia.phone.last, town.ben.phone.last.buttons[0][0].data)
    assert "Is there new pain" not in shown(town.dalia.phone)


async def test_later_today_asks_again_in_two_hours(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.taps("Later today")
    assert "I will ask again at about" in town.ben.last
    await town.passes(hours=1, minutes=55)
    assert town.ben.heard("My questions are still here") == 0
    await town.passes(minutes=10)
    assert "My questions are still here" in town.ben.last
    await town.ben.taps("Yes, now is good")
    assert BREATH in town.ben.last


async def test_later_today_in_the_evening_promises_no_time_at_which_they_are_asleep(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")
    evening = town.clock.now().replace(hour=18, minute=30)  # 7:30pm by Ben's clock, and at 9:30pm he is asleep
    await town.turns_to(evening)
    await town.ben.taps("Later today")
    assert "You can still answer today" in town.ben.last
    assert town.ben.heard("I will ask again at about") == 0
    nudged = town.ben.heard("My questions are still here")
    await town.turns_to(evening + timedelta(hours=12))  # 7:30am
    assert town.ben.heard("My questions are still here") == nudged
    await town.turns_to(evening + timedelta(hours=13, minutes=45))
    assert town.ben.heard("My questions are still here") == nudged + 1, "before this check-in is over"


async def test_later_today_names_the_time_at_which_they_are_asked(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.turns_to(town.clock.now().replace(hour=5, minute=30) + timedelta(days=1))  # 6:30am by Ben's clock
    await town.ben.taps("Later today")
    assert "I will ask again at about 9am" in town.ben.last


async def test_promise_2_the_stop_button_ends_the_check_ins_at_once(town: TestTown) -> None:
    enrolment = await town.is_home("Ben")
    await town.is_asked("Ben")
    hello = town.ben.phone.last.message_id
    await town.ben.taps("Stop")
    before = len(town.ben.phone.history)
    await town.passes(days=3)
    assert len(town.ben.phone.history) == before
    assert {one.state.value for one in await checkins_of(town, enrolment)} == {"cleared"}
    assert not next(one for one in town.ben.phone.messages if one.message_id == hello).buttons


async def test_promise_6_a_volunteer_who_has_phoned_clears_the_rest_and_the_reason_needs_a_yes(town: TestTown) -> None:
    await town.is_home("Ben", shows=True)
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.taps(NO_BREATH)
    await town.ben.taps("No")
    await town.ben.taps("No, some are missing")
    assert "enough to eat" in town.ben.last
    assert "Do you have all your medicines at home?" in town.amara.last, "Ben said that Amara may see"
    await town.amara.taps("I have spoken to them")
    await town.amara.taps("I have talked to them: leave out today's questions")
    await town.amara.taps("They are fine")
    (first, *_) = [one for one in await checkins_of(town, 1) if one.day == 1]
    assert (first.state, first.reason) == ("cleared", "answered_elsewhere")
    await town.passes(hours=23)
    assert await concerns_of(town, "Ben") == []


async def test_promise_5_a_check_in_that_came_too_late_is_not_sent_and_a_human_is_told(town: TestTown) -> None:
    enrolment = await town.is_home("Ben")
    town.clock.jump(timedelta(hours=50))
    await town.settle()
    (first, *_) = await checkins_of(town, enrolment)
    assert (first.day, first.state) == (1, "late")
    assert town.ben.heard("Is now a good time?") <= 1, "that of the next day at most"
    assert "could not be sent in time" not in shown(town.amara.phone), "not without Ben's yes to that"
    assert "Please see how Ben is" in shown(town.amara.phone)


async def test_less_often_and_no_more_are_obeyed_and_said(town: TestTown) -> None:
    enrolment = await town.is_home("Ben", days_ago=14)
    await town.passes(minutes=1)
    if "Not today" not in town.ben.buttons:
        await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.taps(NO_BREATH)
    await town.ben.taps("No")
    await town.ben.taps("About the same")
    await town.ben.taps("Yes, but less often")
    assert "less often" in town.ben.last
    left = [one.day for one in await checkins_of(town, enrolment) if one.state == "planned"]
    assert left and left[-1] == 30 and len(left) < 3
