"""The settings of the place, changed at the desk as whole versions over the file."""

from bot.actions import catalogue as catalogue_actions
from bot.actions import desk as door
from bot.catalogue.place_edit import changed, data_of
from bot.config import ROOT
from tests.cast import TestTown
from tests.desk import DeskVisit, sits_at_desk
from tests.desk_pages.test_templates import has_grace

SHIPPED = (ROOT / "messages" / "place.toml").read_text()


async def at_the_form(town: TestTown) -> DeskVisit:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    return await desk.opens("/desk/settings/place")


async def test_a_setting_changed_at_the_desk_counts_at_once_and_can_be_taken_back(town: TestTown) -> None:
    desk = await at_the_form(town)
    await desk.presses("Save", waking_to="18:00", per_month="5", contact="Phone Sam: 020 7946 0999.")
    assert "It counts from now on" in desk.sees
    assert "9am to 6pm" in desk.sees
    assert town.runtime.place.caps.per_month == 5
    await town.farid.says("/help")
    assert "020 7946 0999" in town.farid.last
    await desk.presses("Yes, take it", "/settings/back")
    assert town.runtime.place.caps.per_month == 6
    assert "the file again" in desk.sees
    await desk.presses("Yes, take it", "/settings/back")  # the first version, still in the list
    assert town.runtime.place.caps.per_month == 5


async def test_an_edit_stays_after_a_restart_and_a_change_of_files(town: TestTown) -> None:
    desk = await at_the_form(town)
    await desk.presses("Save", name="Oak Park")
    town.runtime.shelf.stamp = None  # as if a file had changed
    assert await catalogue_actions.reload(town.runtime)
    assert town.runtime.place.name == "Oak Park"


async def test_what_cannot_work_is_said_at_its_field_and_nothing_typed_is_lost(town: TestTown) -> None:
    desk = await at_the_form(town)
    await desk.presses("Save", waking_from="21:00", zone="Europe/Nowhere", per_week="many", holidays="2026-13-01")
    assert desk.status == 422
    assert "Nothing you typed is lost" in desk.sees
    faulty = {str(one.find(["input", "textarea"])["name"]) for one in desk.page.select("div.field.faulty")}  # type: ignore[index]
    assert {"zone", "per_week", "holidays", "waking_to"} <= faulty
    typed = desk.page.find("input", {"name": "zone"})
    assert typed is not None
    assert typed["value"] == "Europe/Nowhere"
    assert town.runtime.place.zone == "Europe/London"


async def test_what_is_wrong_is_said_in_words_of_the_form_and_not_of_the_file(town: TestTown) -> None:
    desk = await at_the_form(town)
    await desk.presses("Save", name="", per_week="many", waking_from="25", **{"oncall.0.from": "late"})
    for said in (
        "Name of the place: This is empty. Please fill it in.",
        "“many” is not a number of messages. Write a whole number, such as 2.",
        "is not a time of day. Write one such as 09:00.",
        "Turn 1: ",
    ):
        assert said in desk.sees, said
    faults = " ".join(one.get_text(" ", strip=True) for one in desk.page.select(".fault"))
    assert " = " not in faults
    assert "[" not in faults


async def test_a_number_that_people_dial_is_dialled_first_and_the_others_are_told(town: TestTown) -> None:
    object.__setattr__(town.runtime.settings, "coordinator_ids", frozenset({1001, 1009}))
    town.telegram.phone("Farid")
    desk = await at_the_form(town)
    mina = town.person("Mina")
    object.__setattr__(town.runtime.settings, "coordinator_ids", frozenset({1001, mina.phone.user_id}))
    await mina.says("/start")
    await mina.taps("Yes, write to me")
    await desk.opens("/desk/settings/place")
    await desk.presses("Save", **{"emergency.life_in_danger": "112"})
    assert desk.status == 422
    assert "Please dial it" in desk.sees
    assert town.runtime.place.emergency["life_in_danger"] == "999"
    await desk.presses("Save", dialled="yes")
    assert town.runtime.place.emergency["life_in_danger"] == "112"
    assert mina.heard("Elif has changed the settings of the place") == 1


async def test_a_turn_is_added_and_a_gap_is_shown(town: TestTown) -> None:
    desk = await at_the_form(town)
    await desk.presses("Add a turn")
    assert "Turn 2" in desk.sees
    await desk.presses("Take out turn 2")
    assert "Turn 2" not in desk.sees
    fields = {"oncall.0.from": "08:00", "oncall.0.to": "22:00", "oncall.0.who": ["1001"]}
    await desk.presses("Save", **fields)
    assert "nobody" in desk.sees
    assert town.runtime.place.oncall[0].who == {1001}


async def test_nobodys_change_is_lost_when_two_save(town: TestTown) -> None:
    desk = await at_the_form(town)
    other = await sits_at_desk(town)
    await other.opens("/desk/settings/place")
    await other.presses("Save", organisation="Elm Park Friends")
    await desk.presses("Save", organisation="Elm Park Together")
    assert desk.status == 409
    assert "Somebody else has saved meanwhile" in desk.sees
    assert "Elm Park Friends" in desk.sees
    await desk.presses("Save")
    assert town.runtime.place.organisation == "Elm Park Together"


async def test_what_people_type_is_never_markup(town: TestTown) -> None:
    evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    desk = await at_the_form(town)
    await desk.presses("Save", name=evil, organisation=evil, contact=evil, zone=evil, holidays=evil, per_week=evil)
    assert desk.status == 422
    assert desk.answer is not None
    pages = [desk.answer.text]
    await desk.presses("Save", zone="Europe/London", holidays="", per_week="1")
    pages.append(desk.answer.text)
    await desk.opens("/desk/settings/place")
    pages.append(desk.answer.text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert town.runtime.place.name == evil


async def test_a_session_elsewhere_can_be_ended_and_only_ones_own(town: TestTown) -> None:
    await town.has_coordinator()
    office, phone = await sits_at_desk(town), await sits_at_desk(town)
    await phone.opens("/desk/settings")
    await phone.presses("Leave there")
    assert "You have left the desk there" in phone.sees
    await office.opens("/desk/settings")
    assert office.status == 401
    token = phone.page.find("input", {"name": "form_token"})["value"]  # type: ignore[index]
    answer = await phone.client.post("/desk/settings/leave", data={"form_token": token, "session": "424242"})
    assert answer.status_code == 404
    await has_grace(town)
    grace = await sits_at_desk(town, "Grace")
    [hers] = await door.sessions(town.runtime, await town.id_of("Grace"))
    answer = await phone.client.post("/desk/settings/leave", data={"form_token": token, "session": str(hers.id)})
    assert answer.status_code == 404
    assert (await grace.opens("/desk/settings")).status == 200


def test_changing_one_setting_leaves_every_other_line_as_it_was() -> None:
    text = changed(SHIPPED, {"name": "Oak Park", "caps": {"per_week": 1, "hard_per_week": 2, "per_month": 8}})
    gone = set(SHIPPED.splitlines()) - set(text.splitlines())
    assert gone == {'name = "Elm Park"', "per_month = 6"}
    assert changed(SHIPPED, data_of(SHIPPED)) == SHIPPED
