"""A champion looks after circles."""

from tests.cast import TestTown
from tests.conversations.letters import forges, shown


async def test_link_card_and_names_of_several_circles(town: TestTown) -> None:
    await town.has_coordinator()
    amara = await town.has_champion(circle="Elm <b>House<b> & Co")
    assert "Elm <b>House<b> & Co" in shown(amara, "is ready").text
    await amara.says("/circle")
    await amara.taps("Elm <b>House<b> & Co")
    assert amara.buttons == ["Link and card", "Make a new link", "Change the name", "Close the circle"]
    await amara.taps("Change the name")
    await amara.says("Elm House")
    assert "The circle is called “Elm House” now" in amara.last
    await amara.says("/circle")
    await amara.taps("Make another circle")
    await amara.says("elm house")
    assert amara.heard("“Elm House” is ready") == 1, "the same name is the same circle"
    await amara.says("/circle")
    assert amara.last.count("•") == 1
    await amara.taps("Make another circle")
    await amara.says("Tuesday tea")
    await amara.says("/circle")
    await amara.taps("Tuesday tea")
    await amara.taps("Link and card")
    card = amara.phone.last
    assert card is not None
    assert card.media is not None
    assert card.media.content[:4] == b"\x89PNG"
    assert amara.link() in card.text


async def test_a_cancel_of_one_question_ends_no_other(town: TestTown) -> None:
    await town.has_coordinator()
    amara = await town.has_champion()
    await amara.says("/circle")
    await amara.taps("Make another circle")
    naming = amara.phone.last
    assert naming is not None
    await town.joins("Ben")
    await town.ben.says("Hello!")
    await amara.taps("Answer Ben")
    await amara.taps("Cancel", naming.message_id)
    await amara.says("Hello to you")
    assert "<" not in town.ben.last
    assert "Hello to you" in town.ben.last


async def test_closing_tells_the_people_and_ends_what_waits(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves()
    amara = await town.has_champion()
    await town.joins("Ben")
    await town.joins("Dalia")
    await town.dalia.says("/stop")
    await town.drafts()
    await amara.taps(next(one for one in amara.buttons if one.startswith("Send now")))
    await amara.says("/circle")
    await amara.taps("Elm House")
    await amara.taps("Close the circle")
    assert "This cannot be undone" in amara.last
    await amara.taps("No, keep it")
    await amara.taps("Close the circle")
    await amara.taps("Yes, close it")
    assert "The circle is closed" in amara.last
    await forges(amara, "circle:1:closeyes")
    assert "The circle is closed" in amara.last, "an update that runs again closes it once"
    await town.passes(minutes=5)

    assert town.ben.heard("The circle “Elm House” has closed") == 1
    assert town.dalia.heard("has closed") == 0, "promise 2: whoever stopped hears nothing"
    assert town.ben.heard("it is Amara") == 0
    await town.chidi.opens(amara.link())
    assert "does not lead anywhere" in town.chidi.last


async def test_another_champion_cannot_touch_a_circle(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    sanjay = await town.has_champion("Sanjay", "Tuesday tea")
    for what in ("", ":card", ":linkyes", ":name", ":close", ":closeyes"):
        await forges(sanjay, f"circle:1{what}")
        assert "This circle is not there any more" in sanjay.last
    await town.joins("Ben")
    assert "You are in “Elm House” now" in town.ben.last


async def test_a_champion_hears_once_a_day_who_has_joined(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    for name in ("Ben", "Dalia", "Chidi"):
        await town.joins(name)
    assert town.amara.heard("joined “Elm House”") == 0, "they are gathered for an hour"
    await town.passes(hours=1, seconds=5)
    assert town.amara.last == "3 people joined “Elm House”: Ben, Dalia, Chidi"
    await town.joins("Farid")
    await town.ben.opens(town.amara.link())  # is in it already
    await town.passes(hours=10)
    assert town.amara.heard("joined “Elm House”") == 1, "once a day"
    await town.passes(hours=14)
    assert town.amara.last == "1 person joined “Elm House”: Farid"


async def test_who_joins_in_the_evening_is_named_in_the_morning(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    await town.passes(hours=13)
    await town.joins("Ben")
    await town.passes(hours=9)
    assert town.amara.heard("joined “Elm House”") == 0
    await town.passes(hours=2)
    assert town.amara.last == "1 person joined “Elm House”: Ben"


async def test_the_coordinator_who_invited_a_champion_hears_once_that_they_have_begun(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    assert "Amara said yes to your invitation" in town.elif_.last and "“Elm House”" in town.elif_.last
    assert town.amara.heard("Then send them your first message: /broadcast")
    await town.amara.says("/circle")
    await town.amara.taps("Make another circle")
    await town.amara.says("Tuesday tea")
    assert town.elif_.heard("said yes to your invitation") == 1
