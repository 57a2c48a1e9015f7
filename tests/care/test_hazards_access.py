"""Hazards of the wrong eyes and hands: phones, accounts, calls that nobody agreed to (docs/safety.md)."""

from bot.actions import assisting, course, enrolling, planning
from bot.actions import people as people_actions
from bot.domain.people import Purpose
from bot.domain.plans import Tier
from bot.store import concerns as concern_store
from bot.store import enrolments as enrolment_store
from tests.cast import TestTown
from tests.conversations.test_checkins import NO_BREATH, concerns_of, presses, shown
from tests.conversations.test_concerns import red


async def test_promise_9_whoever_is_no_longer_named_in_the_settings_hears_and_sees_nothing_more(
    town: TestTown,
) -> None:
    await town.is_home("Ben", named="", backup="")
    await red(town)
    (one,) = await concerns_of(town, "Ben")
    assert "hard to breathe" in town.elif_.last
    object.__setattr__(town.runtime.settings, "coordinator_ids", frozenset({town.grace.phone.user_id}))
    await town.grace.says("/start")
    await town.grace.taps("Yes, write to me")
    assert await people_actions.follow_settings(town.runtime) == 1, "at the next start, without a word of Elif's"
    assert await people_actions.follow_settings(town.runtime) == 0

    heard = len(town.elif_.phone.history)
    await town.passes(minutes=31)
    assert "Ben needs somebody now" in town.grace.last
    assert len(town.elif_.phone.history) == heard
    for verb in ("see", "take", "close"):
        await presses(town.elif_, town.elif_.phone.last, f"concern:{verb}:{one.id}")
        assert "hard to breathe" not in town.elif_.last
    (same,) = await concerns_of(town, "Ben")
    assert (same.state, same.owner_id) == ("open", None)


async def test_promise_9_a_volunteers_phone_holds_nothing_that_a_family_could_read_off_it(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    for label in (NO_BREATH, "No", "No, some are missing", "I cannot get to the shops"):
        await town.ben.taps(label)
    await red(town)
    alerts = [one for one in town.amara.phone.messages if "Ben" in one.text and one.from_bot]
    for words in ("medicines", "missing", "eat", "shops", "breathe", "chest", "hospital"):
        assert not [one.text for one in alerts if words in one.text], words
    rung = [one for one in alerts if "needs somebody now" in one.text or "would like a ring" in one.text]
    assert len(rung) == 3
    assert all(one.protect_content for one in rung), "it can be neither passed on nor saved"


async def test_promise_9_nothing_on_the_persons_phone_tells_that_they_asked_for_a_call_about_home(
    town: TestTown,
) -> None:
    await town.is_home("Ben", days_ago=28)
    await town.passes(minutes=1)
    if "Not today" not in town.ben.buttons:
        await town.is_asked("Ben")
    for label in ("Yes, now is good", NO_BREATH, "No", "I would rather have a call", "No, that is all"):
        await town.ben.taps(label)
    await town.elif_.taps("I have it")
    await town.passes(minutes=5)
    seen = shown(town.ben.phone)
    assert "Elif will ring you by" in seen and "to ask how you are" in seen
    for words in ("safe at home", "at ease", "rather have a call", "you would like to talk"):
        assert words not in seen


async def test_promise_1_a_no_to_calls_is_told_to_whoever_would_ring(town: TestTown) -> None:
    enrolment = await town.is_home("Ben")
    ben = await town.id_of("Ben")
    await course.change_consent(town.runtime, ben, enrolment, Purpose.PHONE, "test")
    await town.is_asked("Ben")
    for label in ("Yes, now is good", NO_BREATH, "No", "No, some are missing"):
        await town.ben.taps(label)
    assert "Ben has not said yes to calls from volunteers. Please do not ring." in town.amara.last
    await town.amara.taps("I have it")
    assert "Ben has not said yes to calls from volunteers." in town.amara.last
    await town.passes(minutes=1)
    assert "Amara will be in touch by" in shown(town.ben.phone) and "will ring you" not in shown(town.ben.phone)
    await red(town)
    assert "This cannot wait, so please ring all the same." in town.amara.last

    await course.change_consent(town.runtime, ben, enrolment, Purpose.PHONE, "test")
    await town.passes(minutes=16)
    assert "has not said yes to calls" not in town.sanjay.last and "Ben needs somebody now" in town.sanjay.last


async def test_a_card_in_the_wrong_hands_tells_nothing_and_a_wrong_person_can_be_taken_off(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_home("Chidi", named="Amara")  # it was meant for somebody else
    await town.elif_.says("/discharge")
    await town.elif_.taps("People looked after (2)")
    assert {"Ben", "Chidi"} <= set(town.elif_.buttons), "a coordinator sees who has begun"
    await town.elif_.taps("Chidi")
    await town.elif_.taps("No more questions")
    await town.elif_.taps("Yes, no more questions")
    async with town.runtime.database.read() as tx:
        assert await enrolment_store.of_person(tx, await town.id_of("Chidi")) == []
        assert len(await enrolment_store.of_person(tx, await town.id_of("Ben"))) == 1
    seen = len(town.chidi.phone.history)
    await town.passes(days=3)
    assert len(town.chidi.phone.history) == seen


async def test_promise_6_two_people_of_one_name_are_two_worries(town: TestTown) -> None:
    await town.is_home("Ben")
    elif_id, amara_id = await town.id_of("Elif"), await town.id_of("Amara")
    today = planning.today(town.runtime)
    await assisting.enrol(
        town.runtime, elif_id, "Ben", amara_id, "home-from-hospital", today, Tier.USUAL, enrolling.PURPOSES
    )
    await red(town)
    await town.amara.taps("Start the questions")
    await town.amara.taps("Yes, I do")
    async with town.runtime.database.read() as tx:
        both = await concern_store.not_closed(tx)
    assert [one.level.value for one in both] == ["red", "red"]
    await presses(town.amara, town.amara.phone.last, f"concern:take:{both[0].id}")
    await town.passes(minutes=16)
    assert town.elif_.heard("Ben needs somebody now") == 1, "the other one goes on climbing"
    assert town.sanjay.heard("Ben needs somebody now") == 0, "the one that was taken does not"


async def test_promise_6_a_companion_who_is_away_is_passed_over_at_once(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.amara.says("/away")
    await town.amara.taps("Sanjay (The circle of Sanjay)")
    await town.amara.taps("7 days")
    await town.sanjay.taps("Yes, I will answer")
    await red(town)
    assert "Ben needs somebody now" in town.sanjay.last
    assert town.amara.heard("Ben needs somebody now") == 0
