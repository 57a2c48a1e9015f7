from datetime import timedelta

from sqlalchemy import select

from bot.actions import course, discharging, enrolled, enrolling
from bot.domain.checkins import Course
from bot.domain.checkins import Enrolment as State
from bot.domain.plans import Tier
from bot.store import enrolments as store
from bot.store.schema_machine import audit
from tests.cast import TestTown
from tests.desk import DeskVisit, browser, sits_at_desk

WICKED = '"><img src=x onerror=alert(1)>'


async def _deeds(town: TestTown) -> list[tuple[str, str]]:
    async with town.runtime.database.read() as tx:
        return [(row.what, row.subject) for row in await tx.execute(select(audit).order_by(audit.c.id))]


async def _enrolment(town: TestTown, number: int) -> store.Enrolment:
    async with town.runtime.database.read() as tx:
        found = await store.by_id(tx, number)
        assert found is not None
        return found


async def _ready(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves_plans()
    await town.has_champion()


async def test_a_card_is_made_looked_at_once_and_used(town: TestTown) -> None:
    await _ready(town)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/checkins")
    assert "Nobody is looked after at the moment" in desk.sees
    await desk.follows("Somebody comes home")
    day = (enrolled.local_day(town.runtime) - timedelta(days=3)).isoformat()
    await desk.presses("Look at what it means", plan="home-from-hospital", home_on=day, tier="high")
    assert "When no answer comes: sooner" in desk.sees
    assert "These days of the plan are over and will not come: 1" in desk.sees, desk.sees
    await desk.presses("Make the card")
    assert desk.heading == "The card"
    number = int(desk.address.split("/")[3])
    link = str(desk.page.select_one("#f-link")["value"])  # type: ignore[index]
    assert "hospital" not in desk.sees.casefold()
    picture = await desk.client.get(f"/desk/checkins/{number}/card.png")
    assert picture.content.startswith(b"\x89PNG")
    stranger = await sits_at_desk(town)
    await stranger.opens(f"/desk/checkins/{number}/card")
    assert stranger.status == 404, "only the browser that made it has the link"
    await desk.opens(f"/desk/checkins/{number}")
    assert desk.heading.startswith("Card of")
    assert link not in desk.answer.text  # type: ignore[union-attr]
    await town.ben.opens(link)
    assert town.ben.heard("Nothing begins before you say yes")
    await desk.opens(f"/desk/checkins/{number}/card")
    await desk.presses("Yes, take it back")
    assert "The card works no more" in desk.sees
    await desk.opens(f"/desk/checkins/{number}/card")
    assert desk.status == 404
    deeds = await _deeds(town)
    assert ("enrolment_invited", f"enrolment:{number}") in deeds
    assert ("card_withdrawn", f"enrolment:{number}") in deeds


async def test_a_form_that_is_refused_comes_back_with_everything_that_was_typed(town: TestTown) -> None:
    await _ready(town)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/checkins/assisted")
    await desk.presses("Look at what it means", name=WICKED, home_on="2020-01-01", plan="home-from-hospital")
    assert desk.status == 422
    assert {one["id"] for one in desk.page.select(".faulty .fault")} == {"x-home_on", "x-volunteer"}
    assert desk.page.select_one("#f-name")["value"] == WICKED  # type: ignore[index]
    assert desk.page.select_one("#f-home_on")["value"] == "2020-01-01"  # type: ignore[index]
    assert desk.page.select_one('input[value="home-from-hospital"]').has_attr("checked")  # type: ignore[union-attr]
    await desk.presses("Look at what it means", home_on="the 3rd")
    assert "This is not a day" in desk.sees
    assert await _nobody_is_enrolled(town)


async def _nobody_is_enrolled(town: TestTown) -> bool:
    async with town.runtime.database.read() as tx:
        return await store.in_state(tx, *State) == []


async def test_nobody_is_enrolled_while_nobody_is_on_call_and_the_gap_is_named(town: TestTown) -> None:
    await _ready(town)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/checkins/new")
    object.__setattr__(town.runtime.place, "oncall", ())
    await desk.presses("Look at what it means", plan="home-from-hospital")
    assert desk.status == 409
    assert "Nobody is on call from" in desk.sees
    await desk.opens("/desk/checkins/new")
    assert desk.status == 409
    assert "Nobody is on call from" in desk.sees
    await desk.opens("/desk/")
    assert "Nobody is on call from" in desk.sees


async def test_somebody_without_telegram_is_enrolled_with_a_witness(town: TestTown) -> None:
    await _ready(town)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/checkins/assisted")
    amara = str(await town.id_of("Amara"))
    await desk.presses("Look at what it means", name=WICKED, volunteer=amara, plan="home-from-hospital")
    assert "Please read this to" in desk.sees
    assert "<img src=x" not in desk.answer.text  # type: ignore[union-attr]
    await desk.presses("Yes, I heard it myself", checkins="yes", phone="yes", tell_named="yes")
    assert {one["id"] for one in desk.page.select(".faulty .fault")} == {"x-see_answers"}, "each is asked by itself"
    await desk.presses("Yes, I heard it myself", checkins="yes", phone="no", tell_named="yes", see_answers="no")
    assert "Nothing begins" in desk.sees
    await desk.presses("Look at what it means", name=WICKED, volunteer=amara, plan="home-from-hospital")
    await desk.presses("Yes, I heard it myself", checkins="yes", phone="yes", tell_named="yes", see_answers="no")
    assert desk.heading == WICKED
    assert "The named person may see the answers No" in desk.sees
    assert "<img src=x" not in desk.answer.text  # type: ignore[union-attr]
    assert "Said yes by voice; Elif was the witness" in desk.sees
    assert "Phones and taps the answers in Amara (has said yes)" in desk.sees
    assert "Choose another backup" not in desk.sees
    assert town.amara.heard("would like you to ring on some days")
    await desk.opens("/desk/checkins")
    assert WICKED in desk.sees
    assert "<img src=x" not in desk.answer.text  # type: ignore[union-attr]
    await desk.presses("Find", q="<script>alert(1)</script>")
    assert "Nobody here is called “<script>alert(1)</script>”." in desk.sees
    assert "<script>alert" not in desk.answer.text  # type: ignore[union-attr]


async def _sends_twice(desk: DeskVisit, **said: str) -> tuple[str, str]:
    """The same filled form twice, as by a double press; where each led to."""
    form = desk.page.select_one("form:has(input[name=press])")
    assert form is not None
    data = {str(one["name"]): str(one.get("value", "")) for one in form.find_all("input")} | {"step": "make"} | said
    answers = [await desk.client.post(str(form["action"]), data=data) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    return str(answers[0].url), str(answers[1].url)


async def test_a_double_press_makes_one_card(town: TestTown) -> None:
    await _ready(town)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/checkins/new")
    await desk.presses("Look at what it means", plan="home-from-hospital")
    first, second = await _sends_twice(desk)
    assert first == second
    await desk.opens(second)
    assert desk.page.select_one("#f-link") is not None
    await desk.opens("/desk/checkins/new")
    await desk.presses("Look at what it means", plan="home-from-hospital")
    await desk.presses("Make the card")
    assert str(desk.answer.url) != first, "another form makes another card"  # type: ignore[union-attr]
    assert [what for what, _ in await _deeds(town)].count("enrolment_invited") == 2


async def test_a_double_press_enrols_one_person_without_telegram(town: TestTown) -> None:
    await _ready(town)
    desk, amara = await sits_at_desk(town), str(await town.id_of("Amara"))
    await desk.opens("/desk/checkins/assisted")
    await desk.presses("Look at what it means", name="Winifred", volunteer=amara, plan="home-from-hospital")
    said = dict.fromkeys(("checkins", "phone", "tell_named", "see_answers"), "yes")
    first, second = await _sends_twice(desk, **said)
    assert first == second
    async with town.runtime.database.read() as tx:
        assert len(await store.in_state(tx, State.ACTIVE)) == 1
    await town.settle()
    assert len([one for one in town.amara.phone.messages if "would like you to ring" in one.text]) == 1


async def test_a_request_is_confirmed_or_declined(town: TestTown) -> None:
    await _ready(town)
    for who in (town.farid, town.chidi):
        await who.says("/start")
        await who.says("/home")
        await who.taps("Yes, please ask for me")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/checkins?state=asking")
    await desk.follows("Farid")
    await desk.follows("Go on")
    await desk.presses("Look at what it means", plan="home-from-hospital")
    assert "For: Farid" in desk.sees
    await desk.presses("Yes, let them begin")
    assert "Farid is told" in desk.sees
    assert town.farid.heard("A coordinator has looked at it. Tap below")
    await desk.opens("/desk/checkins?state=asking")
    await desk.follows("Chidi")
    declined = desk.address.replace("/checkins/", "/checkins/asked/")
    await desk.presses("Yes, tell them")
    assert "Chidi is told kindly" in desk.sees
    assert town.chidi.heard("it cannot be done here at the moment")
    await desk.opens(declined)
    assert desk.status == 409, "decided already"
    assert "enrolment_declined" in {what for what, _ in await _deeds(town)}


async def test_every_change_of_course_is_made_at_the_desk(town: TestTown) -> None:
    await town.is_ready()
    number = await town.is_home("Ben", backup="")
    desk = await sits_at_desk(town)
    await desk.opens(f"/desk/checkins/{number}")
    assert "Day of coming home" in desk.sees
    assert ("enrolment_seen", f"enrolment:{number}") in await _deeds(town)
    await desk.presses("Change the day", home_on="1999-01-01")
    assert desk.status == 422
    assert desk.page.select_one("#f-home_on")["value"] == "1999-01-01"  # type: ignore[index]
    tomorrow = enrolled.local_day(town.runtime) + timedelta(days=1)
    await desk.presses("Change the day", home_on=tomorrow.isoformat())
    assert (await _enrolment(town, number)).home_on == tomorrow
    await desk.presses("Yes, less often")
    assert (await _enrolment(town, number)).fewer
    await desk.presses("All of them again")
    assert not (await _enrolment(town, number)).fewer
    await town.has_champion("Sanjay", "Oak Road")
    await desk.opens(desk.address)
    sanjay = str(await town.id_of("Sanjay"))
    await desk.presses("Ask them", "/companion", named=sanjay)
    assert "I am asking Sanjay, and Ben gets the answer." in desk.sees
    assert "Sanjay (has not answered yet)" in desk.sees
    assert town.sanjay.heard("would like you to be the person who asks after them")
    await desk.presses("Ask them", named="999999")
    assert desk.status == 422
    await desk.opens(f"/desk/checkins/{number}")
    await desk.presses("Yes, back in hospital")
    assert (await _enrolment(town, number)).state is State.PAUSED
    assert "Nothing is asked while they are in hospital." in desk.sees
    today = enrolled.local_day(town.runtime)
    await town.passes(days=2)
    desk = await sits_at_desk(town)
    await desk.opens(f"/desk/checkins/{number}")
    assert desk.page.select_one("#f-home_on")["min"] == today.isoformat()  # type: ignore[index]
    await desk.presses("Home again", home_on=(today - timedelta(days=1)).isoformat())
    assert desk.status == 422
    assert "That is before the stay in hospital began" in desk.sees
    await desk.presses("Home again", home_on=today.isoformat())
    assert (await _enrolment(town, number)).cycle == 2
    await desk.presses("Yes, no more questions")
    assert "Over: no more questions wanted (from Elif)" in desk.sees
    assert "Home again (from Elif)" in desk.sees
    assert "Change something" not in desk.sees
    await desk.opens("/desk/checkins?state=ended")
    assert "Ben" in desk.sees


async def test_when_somebody_has_died_everything_stops(town: TestTown) -> None:
    await town.is_ready()
    number = await town.is_home("Ben", backup="")
    desk = await sits_at_desk(town)
    await desk.opens(f"/desk/checkins/{number}")
    assert "If Ben has died, everything to them stops at once and for ever." in desk.sees
    await desk.presses("Yes, they have died")
    assert (await _enrolment(town, number)).course == "died"
    assert "Over: they have died (from Elif)" in desk.sees
    assert town.amara.heard("Ben has died")
    await desk.client.post(f"/desk/checkins/{number}/stop")
    assert (await _enrolment(town, number)).course == "died"


async def test_the_timeline_tells_what_was_asked_and_answered_but_no_more_than_chat(town: TestTown) -> None:
    await town.is_ready()
    number = await town.is_home("Ben", backup="")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.says("Help <script>alert(1)</script>")
    await town.passes(days=1)
    desk = await sits_at_desk(town)
    await desk.opens(f"/desk/checkins/{number}")
    story = " ".join(desk.page.select_one("ol.timeline").get_text(" ").split())  # type: ignore[union-attr]
    assert "Day 1: asked" in story
    assert "Somebody should ring" in story
    assert "Elif made the card" in story
    assert "Help <script>alert(1)</script>" in story, "what raised a concern, as in chat"
    assert "<script>alert" not in desk.answer.text  # type: ignore[union-attr]
    assert story.index("Somebody should ring") < story.index("Elif made the card"), "the newest first"
    await desk.follows("See the concern")
    assert desk.heading == "Ben would like a ring"


async def test_what_is_not_there_is_not_found_and_a_champion_stays_out(town: TestTown) -> None:
    await town.is_ready()
    number = await town.is_home("Ben", backup="")
    desk = await sits_at_desk(town)
    for path in (
        "/desk/checkins/999",
        "/desk/checkins/999/card",
        "/desk/checkins?state=everything",
        "/desk/checkins/x",
    ):
        await desk.opens(path)
        assert desk.status == 404, path
    outside: DeskVisit = browser(town)
    await outside.opens(f"/desk/checkins/{number}")
    assert outside.status == 401
    assert "Ben" not in outside.sees


async def test_the_list_turns_its_pages_and_finds_by_name(town: TestTown) -> None:
    await town.is_ready()
    elif_id, today = await town.id_of("Elif"), enrolled.local_day(town.runtime)
    await town.is_home("Ben", backup="")
    await town.is_home("Dalia", backup="")
    for _ in range(51):
        await enrolling.discharge(town.runtime, elif_id, "home-from-hospital", today, Tier.USUAL, "en")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/checkins")
    assert len(desk.page.select("ul.rows > li")) == 50
    assert "Page 1 of 2" in desk.sees
    await desk.follows("Older")
    assert len(desk.page.select("ul.rows > li")) == 3
    await desk.presses("Find", q="dal")
    assert [one.get_text() for one in desk.page.select("ul.rows strong")] == ["Dalia"]
    await desk.opens("/desk/checkins?state=today")
    assert "There is nobody in this list" in desk.sees
    view = await course.of_person(town.runtime, await town.id_of("Ben"))
    assert view is not None
    assert len(await discharging.listed(town.runtime, elif_id)) == 53


async def test_a_death_after_the_plan_can_be_told_at_the_desk(town: TestTown) -> None:
    await town.is_ready()
    number = await town.is_home("Ben", backup="")
    await course.end(town.runtime, await town.id_of("Elif"), number, Course.DONE)
    await town.passes(days=3)
    desk = await sits_at_desk(town)
    await desk.opens(f"/desk/checkins/{number}")
    await desk.presses("Yes, they have died")
    assert "Over: they have died (from Elif)" in desk.sees
    assert town.amara.heard("Ben has died") == 1
    assert "Has died" not in desk.sees
    again = await desk.client.post(f"/desk/checkins/{number}/died")
    assert again.status_code != 200
    assert town.amara.heard("Ben has died") == 1
