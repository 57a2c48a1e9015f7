"""Circles and people at the desk: invite, look, cover, hand over person by person, close, erase on request."""

from sqlalchemy import text

from bot.store import directory
from tests.cast import TestTown
from tests.conversations.letters import forges
from tests.desk import sits_at_desk

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


async def audited(town: TestTown) -> list[str]:
    async with town.runtime.database.read() as tx:
        return list((await tx.execute(text("SELECT what FROM audit ORDER BY id"))).scalars())


async def test_a_champion_is_invited_by_a_link_that_is_shown_once(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/people")
    assert "There is no circle yet" in desk.sees
    assert "Nobody is a champion yet" in desk.sees
    await desk.presses("Invite a champion")
    assert desk.heading == "An invitation for one champion"
    link = str(desk.page.find("input", {"id": "f-link"})["value"])  # type: ignore[index]
    picture = await desk.client.get("/desk/people/invitation/card.png")
    assert picture.content[:4] == b"\x89PNG"
    other = await sits_at_desk(town)
    await other.opens("/desk/people/invitation")
    assert other.status == 404
    assert "was shown once" in other.sees
    await town.amara.opens(link)
    await town.amara.taps("Yes, I would like to")
    await town.amara.taps("Keep “Amara”")
    await town.amara.says("Elm House")
    await desk.opens("/desk/people")
    assert "Amara" in desk.sees
    await desk.follows("Elm House")
    assert "Nobody is in it yet" in desk.sees
    assert (await desk.client.get(f"{desk.address}/card.png")).content[:4] == b"\x89PNG"


async def test_an_invitation_that_went_astray_is_taken_back(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/people")
    assert "nobody has used yet" not in desk.sees
    await desk.presses("Invite a champion")
    link = str(desk.page.find("input", {"id": "f-link"})["value"])  # type: ignore[index]
    await desk.opens("/desk/people")
    assert "by Elif, works until Monday 12 October" in desk.sees
    before = await (await sits_at_desk(town)).opens("/desk/people")
    await desk.presses("Yes, take it back")
    assert "The invitation works no more." in desk.sees
    assert "nobody has used yet" not in desk.sees
    await town.amara.opens(link)
    assert "was taken back" in town.amara.last
    await before.presses("Yes, take it back")
    assert "there is nothing to take back" in before.sees
    await desk.opens("/desk/audit")
    assert "Elif withdrew an invitation of a champion" in desk.sees


async def test_a_circle_shows_who_gets_messages_and_who_does_not(town: TestTown) -> None:
    await town.is_ready()
    await town.ben.says("/pause")
    await town.ben.taps("7 days")
    await town.chidi.says("/stop")
    await town.dalia.blocks()
    await town.farid.says("Hello?")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/people")
    await desk.follows("Elm House")
    rows = [" ".join(row.get_text(" ").split()) for row in desk.page.find_all("tr")]
    assert [row.rsplit(" ", 3)[0] for row in rows[1:]] == [
        "Ben Asked for a rest",
        "Chidi Stopped all messages",
        "Dalia Cannot be reached",
    ]
    await desk.follows("Ben")
    assert desk.heading == "Ben"
    assert "Messages from a circle: Elm House Yes" in desk.sees
    assert "English" in desk.sees
    assert (await audited(town))[-1] == "person_seen"
    await desk.opens("/desk/people/all?name=FAR")
    assert "1 person found" in desk.sees
    await desk.follows("Farid")
    assert "neither yes nor no" in desk.sees
    await desk.opens("/desk/people/all?name=zzz")
    assert "Nobody with these letters" in desk.sees


async def test_a_name_is_never_more_than_a_name(town: TestTown) -> None:
    await town.is_ready()
    async with town.runtime.database.write() as tx:
        await tx.execute(text("UPDATE people SET name = :evil WHERE name IN ('Ben', 'Amara')"), {"evil": EVIL})
        await tx.execute(text("UPDATE circles SET name = :evil"), {"evil": EVIL})
    desk = await sits_at_desk(town)
    ben = await town.id_of("Ben")
    addresses = ["/desk/people", "/desk/people/all", f"/desk/people/{ben}", f"/desk/people/{ben}/erase"]
    for address in [*addresses, "/desk/people/circles/1", "/desk/people/all?name=%22%3E%3Cscript%3E"]:
        await desk.opens(address)
        assert desk.status == 200
        assert desk.answer is not None
        assert "<script>alert" not in desk.answer.text
        assert "<img src=x" not in desk.answer.text
        assert '"><script>' not in desk.answer.text


async def test_ids_that_are_nobodys_lead_nowhere_and_champions_stay_outside(town: TestTown) -> None:
    await town.is_ready()
    desk = await sits_at_desk(town)
    paths = ("/desk/people/999", "/desk/people/999/erase", "/desk/people/circles/999")
    for path in (*paths, "/desk/people/circles/999/card.png", "/desk/people/invitation"):
        await desk.opens(path)
        assert desk.status == 404, path
    await desk.opens("/desk/people/circles/1")
    token = str(desk.page.find("input", {"name": "form_token"})["value"])  # type: ignore[index]
    for path in ("999/erase", "circles/999/cover", "circles/999/back", "circles/999/hand-over", "circles/999/close"):
        data = {"form_token": token, "asked": "yes", "cover": "2", "champion": "2", "days": "7"}
        answer = await desk.client.post(f"/desk/people/{path}", data=data)
        assert answer.status_code == 404, path
    for data in ({"cover": "x", "days": "7"}, {"cover": "2", "days": "8"}, {"cover": "", "days": ""}):
        answer = await desk.client.post("/desk/people/circles/1/cover", data={"form_token": token, **data})
        assert answer.status_code == 422


async def test_promise_7_a_coordinator_asks_for_a_cover_and_everybody_is_told(town: TestTown) -> None:
    await town.is_ready()
    await town.has_champion("Sanjay", "Tuesday tea")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/people/circles/1")
    await desk.presses("Ask them", "/cover", days="7")
    assert "They are asked" in desk.sees
    assert "Elif, a coordinator, asks you to answer Amara's people" in town.sanjay.last
    assert "Elif, a coordinator, has asked Sanjay" in town.amara.last
    await town.sanjay.taps("Yes, I will answer")
    assert "Sanjay reads what you write" in town.ben.last
    await desk.opens("/desk/people")
    assert "Sanjay answers until" in desk.sees
    await desk.opens("/desk/people/circles/1")
    await desk.presses("Amara is back")
    assert "What people write goes to Amara again" in desk.sees
    assert "Amara is back already" in town.sanjay.last
    assert {"cover_asked", "cover_ended"} <= set(await audited(town))


async def members(town: TestTown, circle_id: int) -> set[str]:
    async with town.runtime.database.read() as tx:
        return {one.person.name for one in await directory.members_page(tx, circle_id, 50, 0) if one.agreed}


async def test_promise_1_a_circle_is_handed_over_person_by_person(town: TestTown) -> None:
    await town.is_ready()
    await town.has_champion("Sanjay", "Tuesday tea")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/people/circles/1")
    await desk.presses("Ask them", "/hand-over")
    assert "Sanjay was asked" in desk.sees
    assert "Elif, a coordinator, has asked Sanjay to take over “Elm House”" in town.amara.last
    assert town.ben.heard("can no longer look after") == 0, "nobody is asked before Sanjay has said yes"
    await forges(town.ben, "hand:yes:1:1")
    assert town.dalia.heard("can no longer look after") == 0
    await town.sanjay.taps("Yes, I take it over")
    assert "You lead a circle “Elm House” now" in town.sanjay.last
    for name in ("Ben", "Dalia", "Chidi"):
        assert town.person(name).heard("Amara can no longer look after “Elm House”") == 1
    assert await members(town, 3) == set(), "nobody is moved without their own yes"
    await town.ben.taps("Yes, Sanjay may write to me")
    assert "You are in “Elm House” now" in town.ben.last
    await town.chidi.taps("No, thank you")
    assert "Sanjay will not write to you" in town.chidi.last
    assert await members(town, 3) == {"Ben"}
    assert await members(town, 1) == {"Chidi", "Dalia"}
    await desk.opens("/desk/people/circles/1")
    assert "Asked 3 Said yes and have moved 1 Said no 1 Not answered yet: that counts as no 1" in desk.sees
    await desk.presses("Yes, close it")
    assert "People being told: 2" in desk.sees
    assert "Elif, a coordinator, has closed your circle" in town.amara.last
    assert town.dalia.heard("The circle “Elm House” has closed") == 1
    assert town.ben.heard("has closed") == 0
    assert await members(town, 3) == {"Ben"}, "no answer is no"


async def test_a_champion_hands_over_in_the_chat_and_the_other_may_say_no(town: TestTown) -> None:
    await town.is_ready()
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.amara.says("/circle")
    await town.amara.taps("Elm House")
    await town.amara.taps("Close the circle")
    await town.amara.taps("Hand it over instead")
    await town.amara.taps("Sanjay (Tuesday tea)")
    assert "I have asked Sanjay" in town.amara.last
    assert town.sanjay.heard("Would you take over “Elm House” from Amara?") == 1
    await town.sanjay.taps("I cannot this time")
    assert "Sanjay cannot take over" in town.amara.last
    assert "Sanjay cannot take over" in town.elif_.last
    await forges(town.sanjay, "hand:yes:1:1")
    assert "no longer open" in town.sanjay.last
    await town.farid.says("Hello?")
    await forges(town.farid, "handto:1:2")
    assert town.ben.heard("can no longer look after") == 0
    await forges(town.ben, "move:yes:1")
    await forges(town.ben, "move:yes:99999")
    assert await members(town, 1) == {"Ben", "Chidi", "Dalia"}
    desk = await sits_at_desk(town)
    await desk.opens("/desk/people/circles/1")
    assert "Sanjay cannot take it over" in desk.sees


async def test_somebody_is_erased_only_at_their_own_request_and_it_is_recorded(town: TestTown) -> None:
    await town.is_ready()
    desk = await sits_at_desk(town)
    ben = await town.id_of("Ben")
    await desk.opens(f"/desk/people/{ben}")
    await desk.follows("Erase at their own request")
    await desk.presses("Erase everything")
    assert desk.status == 422
    assert "Nothing was erased" in desk.sees
    await desk.presses("Erase everything", asked="yes")
    assert "Everything about Ben is erased" in desk.sees
    assert desk.status == 200
    await desk.opens(f"/desk/people/{ben}")
    assert desk.status == 404
    assert "person_erased" in await audited(town)
    elif_id = await town.id_of("Elif")
    await desk.opens(f"/desk/people/{elif_id}/erase")
    await desk.presses("Erase everything", asked="yes")
    assert desk.status == 403
    assert "They are a coordinator" in desk.sees
