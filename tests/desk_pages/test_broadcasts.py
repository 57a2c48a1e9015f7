"""Broadcasts at the desk: who got one and who did not; what a coordinator does in a champion's place."""

from sqlalchemy import text

from tests.cast import TestTown
from tests.desk import sits_at_desk
from tests.desk_pages.test_people import EVIL, audited


async def test_a_broadcast_shows_who_got_it_who_did_not_and_why(town: TestTown) -> None:
    await town.is_ready()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/broadcasts")
    assert "Nothing has been sent yet" in desk.sees
    await town.chidi.says("/stop")
    await town.sends("loneliness")
    await town.ben.says("Is that also for my neighbour?")
    await desk.opens("/desk/broadcasts")
    title = town.runtime.catalogue.templates["loneliness", "en"].title
    await desk.follows(title)
    assert desk.heading == title
    assert "Sent: 2 of 2" in desk.sees
    assert "Got it: 2 Left out: 1" in desk.sees
    assert "stopped all messages: 1" in desk.sees
    assert "1, answered: 0" in desk.sees
    assert "Ben Waits for Amara" in desk.sees
    assert "Is that also" not in desk.sees, "what they wrote is for their champion"
    assert "English, version 1 (2 people)" in desk.sees
    assert "Hello Ben, it is Amara." in desk.sees
    await desk.follows("Left out: 1")
    assert "Chidi" in desk.sees
    assert "Dalia" not in desk.sees
    await town.amara.taps("Answer Ben")
    await town.amara.says("Yes, bring her along")
    await desk.opens("/desk/broadcasts/1?who=nonsense&page=99")
    assert "1, answered: 1" in desk.sees


async def test_a_coordinator_stops_one_that_waits_and_its_champion_is_told(town: TestTown) -> None:
    await town.is_ready()
    await town.drafts("heat")
    await town.amara.taps(next(one for one in town.amara.buttons if one.startswith("Send now")))
    desk = await sits_at_desk(town)
    await desk.opens("/desk/broadcasts")
    assert "Waits for its time" in desk.sees
    await desk.opens("/desk/broadcasts/1")
    assert "Nobody yet" in desk.sees
    await desk.presses("Stop it")
    assert "Stopped. No more go out." in desk.sees
    assert "Did not go out" in desk.sees
    assert "Elif, a coordinator, has stopped your broadcast" in town.amara.last
    await town.passes(minutes=5)
    assert town.ben.heard("it is Amara") == 0
    assert "broadcast_stopped" in await audited(town)
    token = str(desk.page.find("input", {"name": "form_token"})["value"])  # type: ignore[index]
    answer = await desk.client.post("/desk/broadcasts/1/stop", data={"form_token": token})
    assert "It was over already" in answer.text


async def test_a_coordinator_corrects_a_fact_after_a_look_and_then_takes_it_back(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("flu-jab", line="I had mine last week.")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/broadcasts/1")
    await desk.follows("Correct it")
    await desk.presses("Look at it", line="Take 2 tablets")
    assert desk.status == 422
    assert "it speaks of a medicine" in desk.sees
    assert desk.page.find("input", {"id": "f-line"})["value"] == "Take 2 tablets"  # type: ignore[index]
    await desk.presses("Look at it", line=EVIL[:100])
    assert desk.status == 422
    assert desk.answer is not None
    assert "<script>alert" not in desk.answer.text
    await desk.presses("Look at it", line="The nurse was lovely.")
    assert "This is how it will look" in desk.sees
    assert "The nurse was lovely." in desk.sees
    assert town.ben.heard("The nurse was lovely.") == 0, "a look sends nothing"
    await desk.presses("Yes, correct it (3)")
    assert "It is being corrected" in desk.sees
    await town.passes(seconds=10)
    assert town.ben.heard("The nurse was lovely.") == 1
    assert "Elif, a coordinator, has corrected your broadcast" in town.amara.last
    await desk.opens("/desk/broadcasts/1/correct")
    await desk.presses("Look at it")
    await desk.presses("Yes, correct it (3)")
    assert desk.status == 422
    assert "Nothing has changed" in desk.sees
    await desk.opens("/desk/broadcasts/1")
    await desk.presses("Yes, delete it")
    assert "People who had it: 3" in desk.sees
    await town.passes(seconds=10)
    assert not [one for one in town.ben.sees if "The nurse was lovely" in one]
    assert "Elif, a coordinator, has taken your broadcast back" in town.amara.last
    assert {"broadcast_corrected", "broadcast_taken_back"} <= set(await audited(town))


async def test_only_the_champion_and_coordinators_can_touch_a_broadcast(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    await town.has_champion("Sanjay", "Tuesday tea")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/broadcasts/1")
    token = str(desk.page.find("input", {"name": "form_token"})["value"])  # type: ignore[index]
    assert (await desk.opens("/desk/broadcasts/99")).status == 404
    assert (await desk.opens("/desk/broadcasts/99/correct")).status == 404
    for path in ("stop", "again", "take-back", "correct"):
        answer = await desk.client.post(f"/desk/broadcasts/99/{path}", data={"form_token": token})
        assert answer.status_code == 404, path


async def test_words_of_people_stay_words(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    async with town.runtime.database.write() as tx:
        await tx.execute(text("UPDATE people SET name = :evil"), {"evil": EVIL})
        await tx.execute(text("UPDATE circles SET name = :evil"), {"evil": EVIL})
        await tx.execute(text("UPDATE broadcasts SET personal_line = :evil"), {"evil": EVIL})
    desk = await sits_at_desk(town)
    for address in ("/desk/broadcasts", "/desk/broadcasts/1", "/desk/broadcasts/1/correct"):
        await desk.opens(address)
        assert desk.status == 200
        assert desk.answer is not None
        assert "<script>alert" not in desk.answer.text
        assert "<img src=x" not in desk.answer.text
