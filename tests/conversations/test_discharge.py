"""/discharge: a coordinator makes a card for somebody who comes home."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.actions import plans
from bot.domain.checkins import Enrolment as State
from bot.domain.errors import NotNow
from bot.store import enrolments as store
from tests.cast import Character, TestTown
from tests.conversations.letters import forges, shown

NEVER_SAID = ("hospital", "health", "discharge", "surgery", "operation", "ward", "patient", "ill")


async def _ready(town: TestTown) -> Character:
    elif_ = await town.has_coordinator()
    await town.approves_plans()
    return elif_


async def _up_to_the_day(elif_: Character) -> None:
    await elif_.says("/discharge")
    await elif_.taps("Somebody comes home")
    await elif_.taps("Home from hospital")


async def makes_card(elif_: Character, day: str = "Today", tier: str = "As usual", language: str = "English") -> str:
    await _up_to_the_day(elif_)
    await (elif_.taps(day) if day in elif_.buttons else elif_.says(day))
    await elif_.taps(tier)
    await elif_.taps(language)
    await elif_.taps("Make the card")
    return elif_.link()


async def _enrolments(town: TestTown) -> list[store.Enrolment]:
    async with town.runtime.database.read() as tx:
        return await store.in_state(tx, *State)


async def test_promise_9_a_card_and_its_first_message_say_nothing_of_hospital(town: TestTown) -> None:
    elif_ = await _ready(town)
    link = await makes_card(elif_)
    card = shown(elif_, link)
    assert card.media is not None
    assert "It works once, until" in card.text
    first = await town.ben.opens(link)
    assert first is not None
    phrases = town.runtime
    printed = " ".join(
        phrases.plain("en", f"cards.home_{part}", place="Elm Park", days=14) for part in ("title", "text", "foot")
    )
    for words in (card.text, first.text, printed):
        said = words.casefold().replace(link.casefold(), "")
        assert [one for one in NEVER_SAID if f" {one}" in f" {said}"] == [], words


async def test_the_day_can_be_to_come_or_over_tapped_or_typed(town: TestTown) -> None:
    elif_ = await _ready(town)  # it is Monday 5 October
    await makes_card(elif_, "Tomorrow")
    await makes_card(elif_, "12 October")
    await makes_card(elif_, "yesterday", "Sooner")
    assert [str(one.home_on) for one in await _enrolments(town)] == ["2026-10-06", "2026-10-12", "2026-10-04"]
    assert [one.tier.value for one in await _enrolments(town)] == ["usual", "usual", "high"]

    await _up_to_the_day(elif_)
    await elif_.says("30 September")
    await elif_.taps("As usual")
    await elif_.taps("English")
    assert "These days of the plan are over and will not come: 1, 2, 4." in elif_.last
    for _ in range(3):
        await elif_.taps("Back")
    await elif_.says("1 August")
    assert "too long ago" in elif_.last
    await elif_.says("1 June 2027")
    assert "in the next 60 days" in elif_.last
    await elif_.says("soon")
    assert "did not understand the day" in elif_.last
    await elif_.taps("Cancel", shown(elif_, "On which day").message_id)
    assert "Cancelled." in elif_.sees
    await forges(elif_, "dis:yes")
    assert "This button is from earlier" in elif_.last, "nothing is left to confirm"


async def test_every_question_takes_typed_words(town: TestTown) -> None:
    elif_ = await _ready(town)
    await elif_.says("/discharge")
    await elif_.taps("Somebody comes home")
    await elif_.says("pudding")
    assert "did not understand" in elif_.last
    await elif_.says("home from hospital")
    await elif_.says("today")
    await elif_.says("2")
    await elif_.says("french")
    assert "please tap" in elif_.last.casefold()
    await elif_.says("বাংলা")
    assert "When no answer comes: sooner" in elif_.last
    assert "The language: বাংলা." in elif_.last
    await elif_.says("make the card")
    assert elif_.link()


async def test_whoever_opens_a_card_is_first_spoken_to_in_the_language_of_the_card(town: TestTown) -> None:
    elif_ = await _ready(town)
    await town.ben.opens(await makes_card(elif_, language="বাংলা"))
    assert "শুভেচ্ছা Ben।" in town.ben.last
    await town.ben.taps("English")
    assert town.ben.heard("What it is"), "it is theirs to choose"


async def test_who_chose_a_language_by_themself_keeps_it_whatever_card_they_open(town: TestTown) -> None:
    elif_ = await _ready(town)
    await town.has_champion()
    await town.joins("Ben")
    await town.ben.opens(await makes_card(elif_, language="বাংলা"))
    assert "Hello Ben" in town.ben.last


async def test_a_language_that_was_chosen_at_the_card_stays_when_it_is_opened_again(town: TestTown) -> None:
    elif_ = await _ready(town)
    link = await makes_card(elif_, language="বাংলা")
    await town.ben.opens(link)
    await town.ben.taps("English")
    await town.ben.opens(link)
    assert "Hello Ben" in town.ben.last


async def test_a_language_that_the_place_offers_no_longer_is_not_spoken(town: TestTown) -> None:
    elif_ = await _ready(town)
    link = await makes_card(elif_, language="বাংলা")
    object.__setattr__(town.runtime.place, "languages", ("en", "ar"))
    await town.ben.opens(link)
    assert "Hello Ben" in town.ben.last


async def test_enrolling_is_refused_while_nobody_is_on_call_and_the_gap_is_named(town: TestTown) -> None:
    elif_ = await _ready(town)
    link = await makes_card(elif_)
    place = town.runtime.place
    object.__setattr__(place, "oncall", ())
    try:
        await elif_.says("/discharge")
        await elif_.taps("Somebody comes home")
        assert "Nobody is on call from" in elif_.last
        await elif_.says("/discharge")
        await elif_.taps("Somebody without Telegram")
        assert "Nobody is on call" in elif_.last
    finally:
        object.__setattr__(place, "oncall", town.runtime.catalogue.reload().place.oncall)
    assert link


async def test_a_card_is_listed_until_it_is_used_and_can_be_taken_back(town: TestTown) -> None:
    elif_ = await _ready(town)
    link = await makes_card(elif_)
    await elif_.says("/discharge")
    await elif_.taps("People looked after (1)")
    await elif_.taps(next(one for one in elif_.buttons if one.startswith("◌ Card of")))
    assert "that nobody has used yet" in elif_.last
    await elif_.taps("Take the card back")
    await town.ben.opens(link)
    assert "used already, or was taken back" in town.ben.last
    await elif_.says("/discharge")
    assert "Somebody comes home" in elif_.buttons
    assert len(elif_.buttons) == 2


async def test_a_plan_of_another_nation_is_refused_wherever_somebody_is_put_on_it(town: TestTown) -> None:
    elif_ = await _ready(town)
    link = await makes_card(elif_)
    await town.ben.says("/home")
    await town.ben.taps("Yes, please ask for me")
    object.__setattr__(town.runtime.place, "nation", "Scotland")
    (asked,) = [one for one in await _enrolments(town) if one.state is State.WAITING]
    for data in ("dis:new", "dis:assisted", f"dis:asks:{asked.id}"):
        await forges(elif_, data)
        assert "This plan was written for England. Its numbers and services are not ours" in elif_.last, data
    await town.dalia.opens(link)
    assert "something has to be put in order here first" in town.dalia.last, "and that is no concern of theirs"
    async with town.runtime.database.read() as tx:
        with pytest.raises(NotNow, match="other_nation"):
            await plans.usable(tx, town.runtime, "home-from-hospital")


async def test_only_a_coordinator_makes_cards(town: TestTown) -> None:
    await town.is_ready()
    for who in (town.ben, town.amara):
        await who.says("/discharge")
        assert who.last == "Only coordinators can do this."
        for data in ("dis:new", "dis:yes", "dis:people", "dis:one:1", "dis:withdraw:1", "dis:decline:1"):
            await forges(who, data)
            assert who.last == "Only coordinators can do this.", data


async def test_a_card_is_over_after_fourteen_days(town: TestTown) -> None:
    elif_ = await _ready(town)
    link = await makes_card(elif_, "12 October")
    await town.passes(days=14, seconds=1)
    await town.ben.opens(link)
    assert "It may be too old" in town.ben.last
    assert datetime(2026, 10, 5, tzinfo=UTC) + timedelta(days=14) < town.clock.now()
