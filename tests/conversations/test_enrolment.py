"""Somebody opens their card, is asked about each thing by itself, and it begins."""

from sqlalchemy import select

from bot.domain.checkins import Enrolment as State
from bot.store import checkins as checkin_store
from bot.store import enrolments as store
from bot.store.schema import consents
from bot.store.schema_care import checkins
from tests.cast import Character, TestTown, opened_test_town
from tests.conversations.letters import forges, shown
from tests.conversations.test_discharge import makes_card

ALL_YES = ("Yes", "Yes", "Yes", "Yes")


async def _card(town: TestTown, champions: tuple[str, ...] = ("Amara", "Sanjay")) -> str:
    await town.has_coordinator()
    await town.approves_plans()
    for name in champions:
        await town.has_champion(name, f"Circle of {name}")
    return await makes_card(town.elif_)


async def opens(who: Character, link: str, *taps: str) -> None:
    """From the card to the last of these taps."""
    await who.opens(link)
    for label in ("English", "Go on", *taps):
        await who.taps(label)


async def _enrolment(town: TestTown) -> store.Enrolment:
    async with town.runtime.database.read() as tx:
        return (await store.in_state(tx, *State))[-1]


async def _said(town: TestTown, name: str) -> list[tuple[str, bool]]:
    person_id = await town.id_of(name)
    async with town.runtime.database.read() as tx:
        rows = await tx.execute(select(consents.c.purpose, consents.c.given).where(consents.c.person_id == person_id))
        return [(row.purpose, bool(row.given)) for row in rows]


async def test_promise_1_each_consent_is_asked_and_recorded_by_itself_before_anything_begins(town: TestTown) -> None:
    link = await _card(town)
    ben = town.ben
    await opens(ben, link)
    assert "May I ask you how you are, and keep your answers?" in ben.last
    assert "Nobody watches this chat day and night" in "\n".join(one.text for one in ben.phone.history)
    assert "The person you choose hears when you would like a ring" in "\n".join(m.text for m in ben.phone.history)
    assert await _said(town, "Ben") == [], "opening a card is no consent"
    for label in ("Yes", "Yes", "No", "Yes"):
        await ben.taps(label)
    expected = [("checkins", True), ("tell_named", True), ("see_answers", False), ("phone", True)]
    assert await _said(town, "Ben") == expected
    await ben.taps("2pm")
    await ben.taps("Amara (Circle of Amara)")
    assert "Amara (Circle of Amara)" not in ben.buttons, "nobody is both"
    await ben.taps("Sanjay (Circle of Sanjay)")
    assert "That person may see your answers: no" in ben.last
    assert town.amara.heard("would like you to be") == 0, "nobody is asked before it begins"
    async with town.runtime.database.read() as tx:
        assert (await tx.execute(select(checkins))).first() is None
    await ben.taps("Yes, begin")
    assert "The first questions come on Tuesday 6 October, 2pm." in ben.last
    assert "I am asking Amara now" in ben.last
    assert "at any hour of the day or night" in town.amara.last
    assert "stand in" in town.sanjay.last
    made = await _enrolment(town)
    assert (made.state, made.named_state, made.backup_state) == (State.ACTIVE, "asked", "asked")
    async with town.runtime.database.read() as tx:
        days = [one.day for one in await checkin_store.of_enrolment(tx, made.id)]
    assert days == [1, 2, 4, 7, 10, 14, 21, 28, 30]


async def test_every_question_can_be_answered_by_typing(town: TestTown) -> None:
    link = await _card(town)
    ben = town.ben
    await ben.opens(link)
    await ben.says("what is this")
    assert "Please tap one of the buttons" in ben.last
    await ben.says("english")
    await ben.says("yes please")
    await ben.says("yes")
    await ben.says("1")
    await ben.says("No")
    await ben.says("nope")
    await ben.says("3am")
    assert "At that time of day nothing is sent to you" in ben.last
    await ben.says("half past")
    assert "did not understand the time" in ben.last
    await ben.says("10:30am")
    await ben.says("amara")
    await ben.says("nobody")
    assert "Time of day: 10:30am" in ben.last
    await ben.says("yes")
    assert "Thank you, Ben. All is set. The first questions come on Tuesday 6 October, 10:30am." in ben.last


async def test_one_can_go_back_cancel_and_open_the_card_again(town: TestTown) -> None:
    link = await _card(town)
    ben = town.ben
    await opens(ben, link, "Yes", "Yes", "Yes", "Yes", "10am")
    for words in ("At what time", "May a volunteer phone", "May that person also", "May one person", "May I ask"):
        await ben.taps("Back")
        assert words in ben.last
    await ben.taps("Back")
    assert "What it is" in ben.last
    await ben.taps("Back")
    assert "Hello Ben" in ben.last
    await opens(ben, link, "Yes", "No")
    assert "May a volunteer phone" in ben.last, "nobody is told, so nobody is chosen"
    await ben.taps("Back")
    assert "May one person" in ben.last
    await ben.taps("No")
    await ben.taps("Not now")
    assert "The card stays good until" in ben.last
    assert dict(await _said(town, "Ben")) == dict.fromkeys(("checkins", "tell_named", "see_answers", "phone"), False)
    await ben.taps("Go on")
    await ben.taps("Go on")
    await ben.taps("No")
    assert "Nothing will be sent to you" in ben.last
    assert (await _enrolment(town)).state is State.INVITED
    await town.passes(days=2)
    assert "Nothing will be sent to you" in ben.last


async def test_without_a_named_person_everything_goes_to_coordinators_and_it_says_so(town: TestTown) -> None:
    link = await _card(town, champions=())
    ben = town.ben
    await opens(ben, link, "Yes", "Yes", "Yes", "Yes", "9am")
    assert "There is nobody to choose from" in ben.last
    await ben.taps("Nobody")
    assert "Everything goes to the coordinators at Elm Park" in ben.last
    await ben.taps("Yes, begin")
    assert "The coordinators at Elm Park look after you" in ben.last
    await ben.taps("Yes, begin") if "Yes, begin" in ben.buttons else None
    async with town.runtime.database.read() as tx:
        assert len(await checkin_store.of_enrolment(tx, (await _enrolment(town)).id)) == 9


async def test_a_card_works_for_the_first_who_says_yes_and_once(town: TestTown) -> None:
    link = await _card(town)
    await opens(town.chidi, link)  # somebody at the bedside looks what it is
    await opens(town.ben, link, "Yes")
    await forges(town.chidi, f"en:checkins:{(await _enrolment(town)).id}:yes")
    assert "This button is from earlier" in town.chidi.last
    await town.chidi.opens(link)
    assert "used already" in town.chidi.last
    await town.ben.opens(link)
    assert "Hello Ben" in town.ben.last, "the same person may begin again"
    await town.ben.taps("English")
    for label in ("Go on", *ALL_YES, "10am", "Nobody", "Yes, begin"):
        await town.ben.taps(label)
    await town.ben.opens(link)
    assert "You have used this card already" in town.ben.last
    again = await makes_card(town.elif_)
    await town.ben.opens(again)
    assert "You get check-ins already" in town.ben.last
    await town.ben.opens("https://t.me/FirstMileBot?start=h_made-up")
    assert "This card does not work" in town.ben.last


async def test_buttons_of_another_persons_enrolment_lead_nowhere(town: TestTown) -> None:
    link = await _card(town)
    await opens(town.ben, link, "Yes")
    await town.dalia.says("/start")
    number = (await _enrolment(town)).id
    verbs = ("open", "hello", "cancel", "begin", "at:time", "checkins:yes", "time:600", "named:1", "backup:1")
    for verb in verbs:
        what, _, value = verb.partition(":")
        await forges(town.dalia, f"en:{what}:{number}:{value}")
        assert "This button is from earlier" in town.dalia.last, verb
    await forges(town.dalia, f"enlang:en:{number}")
    assert "This button is from earlier" in town.dalia.last
    for data in (
        f"en:time:{number}:x",
        f"en:time:{number}:99999",
        f"en:named:{number}:99999",
        f"en:at:{number}:x",
        "en",
    ):
        await forges(town.ben, data)
        assert town.ben.last, data
    assert (await _enrolment(town)).named_id is None
    assert (await _enrolment(town)).wall is None


async def test_a_half_finished_enrolment_survives_a_restart(database_url: str) -> None:
    async with opened_test_town(database_url) as town:
        link = await _card(town)
        await opens(town.ben, link, "Yes", "Yes", "Yes")
        before = town
    async with opened_test_town(database_url, before=before) as town:
        await town.ben.says("no")  # the answer to the question that stands there
        assert "At what time of day" in town.ben.last
        for label in ("10am", "Amara (Circle of Amara)", "Nobody", "Yes, begin"):
            await town.ben.taps(label)
        assert "All is set" in town.ben.last
        assert "would like you to be" in town.amara.last


async def test_it_does_not_begin_while_nobody_is_on_call(town: TestTown) -> None:
    link = await _card(town)
    await opens(town.ben, link, *ALL_YES, "10am", "Nobody")
    object.__setattr__(town.runtime.place, "oncall", ())
    await town.ben.taps("Yes, begin")
    assert "Sorry, we cannot begin today" in town.ben.last
    assert (await _enrolment(town)).state is State.INVITED


async def test_somebody_asks_by_themself_and_a_coordinator_confirms(town: TestTown) -> None:
    await _card(town)
    ben, elif_ = town.ben, town.elif_
    await ben.says("/home")
    await ben.taps("Yes, please ask for me")
    assert "A coordinator is told" in ben.last
    await ben.says("/home")
    assert "You have asked already" in ben.last
    assert "Ben asks for check-ins at home" in elif_.last
    await elif_.taps("Look at it")
    await elif_.taps("Go on")
    for label in ("Home from hospital", "Today", "Sooner"):
        await elif_.taps(label)
    assert "For: Ben" in elif_.last
    await elif_.taps("Yes, let them begin")
    assert "Ben is told" in elif_.last
    assert "A coordinator has looked at it" in ben.last
    assert await _said(town, "Ben") == [("answers", True)], "their asking is the yes to the answer alone"
    for label in ("Go on", "Go on", *ALL_YES, "10am", "Nobody", "Yes, begin"):
        await ben.taps(label)
    assert "All is set" in ben.last
    assert (await _enrolment(town)).tier.value == "high"


async def test_a_coordinator_can_say_no_to_somebody_who_asks(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves_plans()
    await town.ben.says("/home")
    await town.ben.taps("Yes, please ask for me")
    await town.elif_.taps("Look at it")
    await town.elif_.taps("Not possible here")
    assert "told kindly" in town.elif_.last
    assert "it cannot be done here at the moment" in town.ben.last
    assert "020 7946 0123" in town.ben.last
    await town.ben.says("/home")
    assert "Would you like somebody to ask" in town.ben.last
    await town.ben.taps("Not now")
    assert "Nothing will be sent" in town.ben.last


async def test_questions_that_are_due_already_are_not_announced_for_a_time_that_is_over(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves_plans()
    await town.passes(hours=5)  # 3pm
    await town.elif_.says("/discharge")
    await town.elif_.taps("Somebody comes home")
    for words in ("Home from hospital", "Yesterday", "As usual", "English"):
        await town.elif_.taps(words)
    assert "The first check-in: as soon as they have said yes" in town.elif_.last
    await town.elif_.taps("Make the card")
    await opens(town.ben, town.elif_.link())
    assert town.ben.heard("On 8 days, from Monday 5 October until")
    for label in ("Yes", "No", "No", "10am", "Yes, begin"):
        await town.ben.taps(label)
    begun = shown(town.ben, "All is set.").text
    assert "The first questions come in a moment." in begun
    assert "Monday 5 October" not in begun
    assert "Not today" in town.ben.buttons


async def test_in_the_night_the_first_questions_are_announced_for_when_they_wake(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves_plans()
    link = await makes_card(town.elif_, "yesterday")
    await opens(town.ben, link, "Yes", "No", "No", "10am")
    await town.passes(hours=13)  # 11pm
    await town.ben.taps("Yes, begin")
    assert "The first questions come on Tuesday 6 October, 9am." in town.ben.last
