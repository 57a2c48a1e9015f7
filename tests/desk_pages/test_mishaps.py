"""What the desk says when something cannot be: a wrong address, a fault of ours, a session that ended meanwhile."""

import pytest

from bot.actions import concerns as concern_actions
from bot.actions import today as today_actions
from tests.cast import TestTown
from tests.desk import DeskVisit, sits_at_desk

TOO_LONG = "9" * 20
PAGES = ("concerns", "checkins", "plans", "people", "broadcasts", "people/circles")


async def test_a_number_that_no_id_can_be_is_answered_as_any_that_is_nobodys(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    for page in PAGES:
        for number in ("424242", str(2**63), TOO_LONG, "9" * 5000):
            await desk.opens(f"/desk/{page}/{number}")
            assert desk.status == 404, (page, number[:30])
            assert desk.heading == "Nothing is here"
            assert "button" not in desk.sees
    await desk.opens("/desk/checkins?page=" + "9" * 5000)
    assert desk.status == 200
    for field in ("edit", "session", "over", "drop_turn", "turns"):
        for value in ("²", TOO_LONG, "9" * 5000):
            form = {"form_token": _token(desk), field: value}
            for address in ("/desk/settings/back", "/desk/settings/leave", "/desk/settings/place/save"):
                answer = await desk.client.post(address, data=form)
                assert answer.status_code < 500, (address, field)


async def test_a_wrong_address_says_that_nothing_is_there_and_a_late_button_that_it_is_late(town: TestTown) -> None:
    await town.is_ready()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/concerns/424242")
    assert "There is nothing at this address." in desk.sees
    assert "Nothing was changed" not in desk.sees
    await desk.follows("Go back")
    assert desk.address == "/desk/concerns"
    answer = await desk.client.post("/desk/concerns/424242/take", data={"form_token": _token(desk)})
    assert answer.status_code == 404
    assert "This button is from earlier" in answer.text
    answer = await desk.client.post("/desk/no/such/page", data={"form_token": _token(desk)})
    assert answer.status_code == 404
    assert "There is no such page at the desk" in answer.text


async def test_a_fault_of_ours_is_told_in_the_desks_frame(town: TestTown, monkeypatch: pytest.MonkeyPatch) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)

    async def breaks(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(today_actions, "today", breaks)
    answer = await desk.client.get("/desk/")
    assert answer.status_code == 500
    assert "What was kept before is safe" in answer.text
    assert "nobody foresaw" not in answer.text
    assert "/desk/concerns" in answer.text  # the menu is there
    monkeypatch.setattr("bot.actions.desk.seat", breaks)
    answer = await desk.client.get("/desk/")
    assert answer.status_code == 500
    assert "What was kept before is safe" in answer.text


async def test_words_that_were_typed_survive_a_fault_of_ours(town: TestTown, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = await _with_a_concern(town)

    async def breaks(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(concern_actions, "add_note", breaks)
    form = {"form_token": _token(desk), "words": "Her sister comes at six."}
    answer = await desk.client.post(f"{desk.address}/note", data=form)
    assert answer.status_code == 500
    assert "Her sister comes at six." in answer.text


async def test_what_was_typed_when_the_session_ended_is_shown_to_be_copied(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/templates/flu-jab/en/edit")
    token = _token(desk)
    await town.passes(hours=3)
    words = "A </textarea><b>warm</b> room is open.\nCome in."
    await desk.presses("Save the draft", body=words)
    assert desk.status == 401
    assert "Nothing is lost" not in desk.sees
    assert "Copy it first" in desk.sees
    boxes = {box["id"]: box for box in desk.page.find_all("textarea")}
    assert words in [box.get_text().strip() for box in boxes.values()]
    assert all(box.has_attr("readonly") for box in boxes.values())
    labels = {label["for"]: label.get_text() for label in desk.page.find_all("label")}
    assert labels.keys() == boxes.keys()
    assert "Text" in labels.values()
    assert token not in desk.answer.text  # type: ignore[union-attr]
    assert "<b>warm" not in desk.answer.text  # type: ignore[union-attr]
    assert "form" not in [tag.name for tag in desk.page.find_all(True)]


async def test_a_press_after_the_session_ended_says_that_it_was_not_done(town: TestTown) -> None:
    desk = await _with_a_concern(town)
    await town.passes(hours=3)
    await desk.presses("I have it")
    assert desk.status == 401
    assert "so this was not done" in desk.sees
    assert desk.page.find("textarea") is None


async def test_words_that_another_site_sends_are_not_shown(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    form = {"words": "Ring this number and give them your card"}
    for token in ({}, {"form_token": _token(desk)}):
        answer = await desk.client.post(
            "/desk/concerns/1/note", data={**form, **token}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code == 403
        assert "Ring this number" not in answer.text
    desk.client.cookies.clear()
    answer = await desk.client.post("/desk/concerns/1/note", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 401
    assert "Ring this number" not in answer.text
    too_much = {"words": "word " * 200_000}
    answer = await desk.client.post("/desk/concerns/1/note", data=too_much)
    assert answer.status_code == 401
    assert "word word" not in answer.text


async def _with_a_concern(town: TestTown) -> DeskVisit:
    await town.is_ready()
    await town.is_home("Ben", backup="")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.says("I feel worse and do not know what to do")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/concerns")
    return await desk.follows("Ben")


def _token(desk: DeskVisit) -> str:
    return str(desk.page.find("input", {"name": "form_token"})["value"])  # type: ignore[index]
