"""Whatever a resident writes reaches the champion they know, and the answer comes back (promise 7)."""

from datetime import UTC, datetime

import pytest

from tests.cast import Character, TestTown
from tests.conversations.letters import changes, forges, sends, shown, written


@pytest.fixture
async def village(town: TestTown) -> TestTown:
    """Elif coordinates. Amara has Ben in Elm House, Sanjay has nobody in Tuesday tea."""
    await town.has_coordinator()
    await town.approves()
    await town.has_champion()
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.joins("Ben")
    return town


async def test_promise_7_words_reach_the_champion_with_the_original_above_and_the_answer_comes_back(
    town: TestTown,
) -> None:
    await town.has_coordinator()
    await town.approves()
    await town.has_champion()
    await town.joins("Ben")
    await town.sends("loneliness", line="Tea on Tuesday.")

    await town.ben.says("May I bring <b>my</b> sister & her dog?")

    relay = shown(town.amara, "Ben writes to you")
    assert "About: Hello Ben, it is Amara." in relay.text
    assert "May I bring <b>my</b> sister & her dog?" in relay.text
    assert relay.text.index("About:") < relay.text.index("May I bring")
    assert len(relay.text[relay.text.index("About:") : relay.text.index("May I bring")].strip()) <= len("About: ") + 80
    assert "I have passed this on to Amara." in town.ben.last
    assert "999" in town.ben.last
    assert town.elif_.heard("sister") == 0

    await town.amara.says("Of course, <i>both</i>!", reply_to=relay.message_id)
    answer = town.ben.phone.last
    assert answer is not None
    assert answer.text == "Amara answers you.\n\nOf course, <i>both</i>!"
    assert answer.reply_to == written(town.ben, "May I bring <b>my</b> sister & her dog?").message_id
    assert "Your answer goes to Ben." in town.amara.last


async def test_promise_7_neither_sees_the_number_or_username_of_the_other(town: TestTown) -> None:
    ben = town.telegram.phone("Benjamin", user_id=77_123_456, username="ben_secret")
    amara = town.telegram.phone("Amara", user_id=1002)
    amara._chat.person.username = "amara_secret"
    await town.has_coordinator()
    await town.has_champion()
    await town.joins("Benjamin")
    for kind in ("photo", "voice", "sticker", "location", "contact", "document"):
        await sends(town.benjamin, kind, "look" if kind == "photo" else "")
    await town.benjamin.says("What is this rash?")
    await town.amara.taps("Answer Benjamin")
    await sends(town.amara, "voice")
    await town.amara.says("It is nothing.", reply_to=shown(town.amara, "What is this rash?").message_id)

    seen_by_amara = str([vars(one) for one in amara.history + amara.messages if one.from_bot])
    seen_by_ben = str([vars(one) for one in ben.history + ben.messages if one.from_bot])
    assert "7946 0999" not in seen_by_amara
    for secret in ("ben_secret", "77123456", "77 123 456"):
        assert secret not in seen_by_amara.replace("'chat_id': 77123456", "")
    assert "amara_secret" not in seen_by_ben
    assert {one.forwarded_from for one in amara.messages + ben.messages} == {None}
    calls = {call.method for call in town.telegram.record}
    assert "forwardMessage" not in calls


async def test_promise_7_a_quote_decides_whose_answer_is_wanted(village: TestTown) -> None:
    town = village
    await town.joins("Ben", "Sanjay")
    await town.sends("loneliness")
    await town.passes(days=8)
    await town.sends("heat", champion="Sanjay")

    await town.ben.says("Thank you, neighbour")
    assert "Thank you, neighbour" in town.sanjay.last, "the champion who wrote last"
    await town.ben.says("And what about the tea?", reply_to=shown(town.ben, "it is Amara").message_id)
    assert "And what about the tea?" in town.amara.last
    assert "About: Hello Ben, it is Amara." in town.amara.last
    assert town.sanjay.heard("what about the tea") == 0

    await town.ben.taps("Ask Amara")
    assert "write your question to Amara" in town.ben.last
    await town.ben.says("At what time?")
    assert "At what time?" in town.amara.last


async def test_before_any_message_the_champion_of_the_circle_gets_it(village: TestTown) -> None:
    await village.ben.says("Hello, I am new here")
    assert "Ben writes to you." in village.amara.last
    assert "About" not in village.amara.last


async def test_several_messages_in_a_row_get_one_long_acknowledgement(village: TestTown) -> None:
    town = village
    await town.ben.says("One")
    await town.ben.says("Two")
    assert town.ben.last == "I have passed this on to Amara, too."
    await town.passes(minutes=11)
    await town.ben.says("Three")
    assert "phone 999" in town.ben.last


async def test_promise_2_an_answer_reaches_a_stopped_person_only_after_their_tap(village: TestTown) -> None:
    town = village
    await town.ben.says("/stop")
    await town.ben.says("One more thing: is Tuesday still on?")
    assert "an answer reaches you only if you allow it" in town.ben.last
    assert "An answer arrives only if Ben allows it" in town.amara.last
    before = len(town.ben.phone.messages)

    await town.amara.says("Yes it is", reply_to=shown(town.amara, "is Tuesday still on").message_id)
    assert "I cannot bring Ben an answer now" in town.amara.last
    assert len(town.ben.phone.messages) == before

    await town.ben.taps("The answer may come")
    await town.amara.says("Yes it is", reply_to=shown(town.amara, "is Tuesday still on").message_id)
    assert town.ben.last == "Amara answers you.\n\nYes it is"
    await town.joins("Dalia")
    await town.sends()
    assert town.ben.heard("it is Amara.") == 0, "nothing else comes"


async def test_promise_5_at_night_the_champion_gets_it_in_the_morning_and_the_resident_is_told_when(
    village: TestTown,
) -> None:
    town = village
    await town.turns_to(datetime(2026, 10, 5, 22, 0, tzinfo=UTC))  # 11pm in London
    await town.ben.says("I cannot sleep")
    assert "It arrives there on Tuesday 6 October, 9am." in town.ben.last
    assert town.amara.heard("I cannot sleep") == 0
    await changes(town.ben, written(town.ben, "I cannot sleep"), "I cannot sleep, my hip hurts")

    await town.turns_to(datetime(2026, 10, 6, 8, 0, tzinfo=UTC))
    assert town.amara.heard("I cannot sleep, my hip hurts") == 1
    assert town.amara.heard("has changed") == 0, "it had not gone out yet"

    await town.turns_to(datetime(2026, 10, 6, 21, 0, tzinfo=UTC))  # 10pm
    await town.amara.taps("Answer Ben")
    await town.amara.says("Shall we call on you tomorrow?")
    assert "it arrives on Wednesday 7 October, 9am" in town.amara.last
    assert town.ben.heard("call on you") == 0
    await town.ben.says("Are you awake?")
    assert "Are you awake?" in town.amara.last, "she is in conversation"
    await town.amara.says("Now I am", reply_to=town.amara.phone.last.message_id)
    assert "Now I am" in town.ben.last, "he wrote within the hour"


async def test_promise_4_what_cannot_be_read_any_more_goes_to_the_coordinators(village: TestTown) -> None:
    town = village
    await town.turns_to(datetime(2026, 10, 5, 22, 0, tzinfo=UTC))
    await town.ben.says("Written at night")
    await town.amara.blocks()
    await town.turns_to(datetime(2026, 10, 6, 8, 0, tzinfo=UTC))
    assert town.elif_.heard("Written at night") == 1, "a block takes nothing away"

    await town.ben.says("And this by day")
    assert "the people who coordinate here: Elif" in town.ben.last
    await town.elif_.taps("Answer Ben")
    await town.elif_.says("I am here.")
    assert town.ben.last.startswith("Elif, a coordinator at Elm Park, answers you.")
    assert town.sanjay.heard("Ben writes") == 0


async def test_a_champion_who_stops_or_is_forgotten_leaves_no_question_behind(village: TestTown) -> None:
    town = village
    await town.joins("Dalia", "Sanjay")
    await town.ben.says("A question for Amara")
    await town.dalia.says("A question for Sanjay")
    await town.amara.says("/stop")
    await town.sanjay.says("/forget")
    await town.sanjay.taps("Yes, erase everything")
    await town.passes(minutes=1)
    assert town.elif_.heard("A question for Amara") == 1
    assert town.elif_.heard("A question for Sanjay") == 1


async def test_with_nobody_at_all_words_are_kept_and_brought_to_the_next_coordinator(town: TestTown) -> None:
    await town.farid.says("Is anybody there?")
    assert "nobody can read it here" in town.farid.last
    assert "020 7946 0123" in town.farid.last
    await town.has_coordinator()
    assert "Is anybody there?" in town.elif_.last


async def test_of_several_coordinators_the_first_answer_counts_and_the_others_see_who(town: TestTown) -> None:
    async def coordinator(name: str) -> None:
        await town.person(name).says("/start")
        await town.person(name).taps("Yes, write to me")

    town.runtime.settings.__dict__["coordinator_ids"] = frozenset({1001, 2001, 2002})
    for name, number in (("Gita", 2001), ("Hugo", 2002)):
        town.telegram.phone(name, user_id=number)
    for name in ("Elif", "Gita", "Hugo"):
        await coordinator(name)
    await town.turns_to(datetime(2026, 10, 5, 18, 30, tzinfo=UTC))  # half past seven in the evening
    await town.gita.says("/help")
    await town.elif_.says("/help")
    await town.farid.says("Who looks after the garden?")
    assert "Elif, Gita" in town.farid.last
    for name in ("Elif", "Gita"):
        assert town.person(name).heard("Who looks after the garden?") == 1
    assert town.hugo.heard("garden") == 0, "it is night for Hugo"
    await town.farid.taps("The answer may come")

    await town.gita.taps("Answer Farid")
    await town.elif_.taps("Answer Farid")
    await town.gita.says("Ask at number 3.")
    await town.elif_.says("I do not know.")

    assert "Ask at number 3." in town.farid.last
    assert town.farid.heard("I do not know") == 0
    assert town.elif_.last == "Gita has answered this already.\n“Ask at number 3.”"
    assert shown(town.elif_, "Farid writes").text.endswith("Gita has answered.")
    assert shown(town.elif_, "Farid writes").buttons == []
    await town.turns_to(datetime(2026, 10, 6, 9, 0, tzinfo=UTC))
    assert town.hugo.heard("garden") == 0, "answered before his morning"
    await town.elif_.says("/inbox")
    assert "Unanswered: 0" in town.elif_.last
    await town.elif_.taps(town.elif_.buttons[0])
    assert "Gita has answered this already" in town.elif_.last


async def test_changed_words_are_passed_on_both_ways(village: TestTown) -> None:
    town = village
    await town.ben.says("The 3rd?")
    await town.amara.says("Yes, the 3rd", reply_to=town.amara.phone.last.message_id)
    await changes(town.ben, written(town.ben, "The 3rd?"), "The 4th?")
    assert "Ben has changed what they wrote. It says now:\n\nThe 4th?" in town.amara.last
    await town.amara.says("/inbox")
    assert "Unanswered: 1" in town.amara.last

    await changes(town.amara, written(town.amara, "Yes, the 3rd"), "Yes, the 4th")
    assert shown(town.ben, "Yes, the 4th").text == "Amara answers you.\n\nYes, the 4th"
    assert "I have passed on what you changed" in town.amara.last
    await changes(town.amara, written(town.amara, "Yes, the 4th"), "stop")
    assert "Stopped" in town.amara.last


async def test_a_worry_typed_while_a_question_of_ours_is_open_is_one_tap_from_the_champion(village: TestTown) -> None:
    town = village
    await town.ben.says("/hours")
    await town.ben.taps("I am somewhere else")
    await town.ben.says("my chest hurts")
    assert "If your words were for somebody, tap below." in town.ben.last
    assert town.ben.phone.last.reply_to == written(town.ben, "my chest hurts").message_id
    await town.ben.taps("Give it to Amara")
    assert "my chest hurts" in town.amara.last
    assert "I have passed this on to Amara." in town.ben.last

    await town.ben.says("Dhaka")
    assert "Dhaka" in town.ben.last, "the question is still open"
    assert town.amara.heard("Dhaka") == 0

    await town.ben.says("/hours")
    await town.ben.taps("I am somewhere else")
    await town.ben.sends_voice()
    assert town.amara.phone.last.media is not None, "a voice message is never a city"
    await town.passes(hours=2)
    await town.ben.says("I feel dizzy")
    assert "I feel dizzy" in town.amara.last, "two hours later it is no answer to our question"

    await town.ben.says("/Amara can you call me")
    await town.ben.taps("Give it to Amara")
    assert "/Amara can you call me" in town.amara.last


async def test_an_answer_to_our_question_by_quoting_it_is_an_answer(village: TestTown) -> None:
    town = village
    await town.ben.says("/hours")
    await town.ben.taps("I am somewhere else")
    question = town.ben.phone.last
    assert question is not None
    await town.ben.says("Dhaka", reply_to=question.message_id)
    assert "Dhaka" in town.ben.last
    assert town.amara.heard("Dhaka") == 0


async def test_forged_buttons_open_nobody_elses_words(village: TestTown) -> None:
    town = village
    await town.joins("Dalia", "Sanjay")
    await town.ben.says("For Amara alone")
    for data in ("answer:1", "give:1", "reader:1:1", "reader:1:0", "pass", "answer:x", "inbox:99", "ask:1", "allow"):
        for who in (town.dalia, town.sanjay):
            await forges(who, data)
            assert who.heard("For Amara alone") == 0, data
    assert "This button" in town.sanjay.last or "anyway" in town.sanjay.last


async def test_an_update_that_runs_again_after_a_crash_passes_nothing_on_twice(village: TestTown) -> None:
    town = village

    async def runs_again(who: Character) -> None:
        """As if the process had died after the action and before the update was marked as done."""
        world = who.phone._world
        message = next(one for one in reversed(who.phone.messages) if not one.from_bot)
        world.happened("message", who.phone.user_id, world.message_json(message))
        await town.settle()

    await town.ben.says("Only once")
    await runs_again(town.ben)
    assert town.amara.heard("Only once") == 1
    assert town.ben.heard("I have passed this on to Amara.") == 2
    await town.amara.taps("Answer Ben")
    await town.amara.says("Once is enough")
    await runs_again(town.amara)
    assert town.ben.heard("Once is enough") == 1
    assert town.amara.heard("Who is this for") == 0
