"""A resident opens a circle's link, and nothing comes before their own yes."""

from sqlalchemy import select

from bot.store.schema import consents, memberships
from tests.cast import TestTown
from tests.conversations.letters import forges, shown


async def _rows(town: TestTown, table, name: str):  # type: ignore[no-untyped-def]
    async with town.runtime.database.read() as tx:
        mine = select(table).where(table.c.person_id == await town.id_of(name)).order_by(table.c.id)
        return [dict(row) for row in (await tx.execute(mine)).mappings()]


async def test_promise_1_nobody_is_written_to_before_their_own_recorded_yes(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves()
    await town.has_champion()
    await town.joins("Dalia")
    ben = town.ben

    await ben.opens(town.amara.link())
    assert ben.last == "Amara invites you. First: which language do you like to read?"
    assert ben.buttons[0] == "English"
    await ben.taps("English")

    for told in ("Amara invites you to “Elm House”", "1 a week", "9am and 7pm", "Stop", "first name, not your number"):
        assert told in ben.last
    await town.sends()
    assert ben.heard("Hello Ben, it is Amara") == 0
    assert await _rows(town, consents, "Ben") == []

    await ben.taps("Yes, Amara may write to me")
    [yes] = await _rows(town, consents, "Ben")
    assert (yes["purpose"], yes["given"], yes["wording"]) == ("broadcasts", True, "circle-1")
    assert yes["at"] == town.clock.now()
    assert "Thank you, Ben. You are in “Elm House” now." in ben.last


async def test_promise_1_a_no_leaves_nothing_behind_and_the_link_stays_good(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    chidi = town.chidi
    await chidi.opens(town.amara.link())
    await chidi.taps("English")
    await chidi.taps("No, thank you")
    assert "Nothing will be sent to you" in chidi.last
    assert await _rows(town, consents, "Chidi") == []

    await town.joins("Chidi")
    assert "You are in “Elm House” now" in chidi.last


async def test_a_yes_counts_only_for_the_circle_it_was_asked_for(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    await town.has_champion("Sanjay", "Tuesday tea")
    ben = town.ben
    await ben.opens(town.amara.link())
    await ben.taps("English")
    first = ben.phone.last
    assert first is not None
    await ben.opens(town.sanjay.link())
    await ben.taps("English")

    await ben.taps("Yes, Amara may write to me", first.message_id)

    assert "open the link once more" in ben.last
    assert await _rows(town, memberships, "Ben") == []
    await ben.taps("Yes, Sanjay may write to me")
    assert shown(ben, "You are in “Tuesday tea” now").buttons == []


async def test_words_in_between_do_not_lose_the_question(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    await town.ben.opens(town.amara.link())
    await town.ben.taps("English")

    await town.ben.says("Is this really Amara from number 5?")
    assert town.elif_.heard("Is this really Amara from number 5?") == 1, "no champion yet, so a coordinator reads it"

    await town.ben.taps("Yes, Amara may write to me")
    assert shown(town.ben, "You are in “Elm House” now").buttons == []


async def test_the_same_yes_twice_is_one_yes(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    await town.joins("Ben")
    circle = (await _rows(town, memberships, "Ben"))[0]["circle_id"]

    await forges(town.ben, f"join:yes:{circle}")
    assert "You are in “Elm House” now" in town.ben.last
    await forges(town.ben, f"join:no:{circle}")
    assert "You are in “Elm House”" in town.ben.last, "an old No must not claim that nothing comes"
    assert len(await _rows(town, consents, "Ben")) == 1
    await town.ben.opens(town.amara.link())
    assert town.ben.buttons == ["Leave “Elm House”"]


async def test_links_that_lead_nowhere_say_so(town: TestTown) -> None:
    await town.has_coordinator()
    amara = await town.has_champion()
    old = amara.link()

    await town.farid.opens("https://t.me/FirstMileBot?start=j_nothing")
    assert "does not lead anywhere" in town.farid.last
    await town.farid.opens("https://t.me/FirstMileBot?start=whatever")
    assert "does not lead anywhere" in town.farid.last

    await amara.opens(old)
    assert "“Elm House” is your own circle" in amara.last

    await amara.says("/circle")
    await amara.taps("Elm House")
    await amara.taps("Make a new link")
    await amara.taps("Yes, make a new link")
    assert amara.link() != old
    await town.ben.opens(old)
    assert "does not lead anywhere" in town.ben.last
    await town.joins("Ben")
    assert "You are in “Elm House” now" in town.ben.last


async def test_a_link_renewed_while_somebody_thinks_it_over_is_refused_kindly(town: TestTown) -> None:
    await town.has_coordinator()
    amara = await town.has_champion()
    await town.ben.opens(amara.link())
    await town.ben.taps("English")
    await amara.says("/circle")
    await amara.taps("Elm House")
    await amara.taps("Make a new link")
    await amara.taps("Yes, make a new link")
    await town.ben.taps("Yes, Amara may write to me")
    assert "does not lead anywhere" in town.ben.last
    assert await _rows(town, memberships, "Ben") == []


async def test_a_forged_yes_joins_nothing(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    await town.farid.says("/start")
    for data in ("join:yes:1", "join:yes:²", "join:yes:99999999999999999999", "join", "joinlang:en", "joinlang:xx"):
        await forges(town.farid, data)
        assert await _rows(town, memberships, "Farid") == []
        assert "{" not in town.farid.last


async def test_a_coordinator_and_a_champion_can_be_residents_too(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves()
    await town.has_champion()
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.joins("Elif")
    await town.joins("Sanjay")

    await town.sends()

    assert town.elif_.heard("Hello Elif, it is Amara") == 1
    assert town.sanjay.heard("Hello Sanjay, it is Amara") == 1
    await town.sanjay.says("/circle")
    assert "Circles I am in" in town.sanjay.buttons
    await town.sanjay.taps("Circles I am in")
    assert "Elm House: Amara" in town.sanjay.last


async def test_promise_2_leaving_one_circle_keeps_the_others(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves()
    await town.has_champion()
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.joins("Ben")
    await town.joins("Ben", "Sanjay")
    await town.joins("Dalia")

    await town.ben.says("/circle")
    assert town.ben.buttons == ["Leave “Tuesday tea”", "Leave “Elm House”"]
    await town.ben.taps("Leave “Elm House”")
    await town.ben.taps("No, stay")
    await town.ben.taps("Leave “Elm House”")
    await town.ben.taps("Yes, leave")
    assert "You have left “Elm House”" in town.ben.last

    await town.sends("loneliness")
    assert town.ben.heard("it is Amara") == 0
    await town.sends("loneliness", champion="Sanjay")
    assert town.ben.heard("it is Sanjay") == 1
    yes_and_no = [(one["circle_id"], one["given"]) for one in await _rows(town, consents, "Ben")]
    assert yes_and_no == [(1, True), (2, True), (1, False)]

    await town.ben.says("/circle")
    await town.ben.taps("Leave “Tuesday tea”")
    await town.ben.taps("Yes, leave")
    await town.ben.says("/circle")
    assert "You are in no circle" in town.ben.last


async def test_after_a_stop_the_link_asks_again(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    await town.joins("Ben")
    await town.ben.says("stop")
    await town.joins("Ben")
    assert "You are in “Elm House” now" in town.ben.last
    assert [one["given"] for one in await _rows(town, consents, "Ben")] == [True, False, True]
    assert shown(town.ben, "You are in “Elm House” now").buttons == []
