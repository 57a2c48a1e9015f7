"""Messages at the desk: from an edit to a neighbour's phone, and every way of not losing anybody's work."""

import io
import re
import zipfile
from datetime import timedelta

import pytest

from bot.actions import template_lists
from bot.actions import templates as actions
from bot.domain.template_states import Stage
from bot.store import machine
from tests.cast import TestTown
from tests.desk import DeskVisit, browser, sits_at_desk

SCRIPT, IMAGE = "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'
EDITOR = "/desk/templates/loneliness/en/edit"
PAGE = "/desk/templates/loneliness/en"


async def has_grace(town: TestTown) -> None:
    """A second coordinator."""
    settings, grace = town.runtime.settings, town.person("Grace")
    object.__setattr__(settings, "coordinator_ids", settings.coordinator_ids | {grace.phone.user_id})
    await grace.says("/start")
    await grace.taps("Yes, write to me")


def body(desk: DeskVisit) -> str:
    box = desk.page.find("textarea", {"name": "body"})
    assert box is not None
    return box.get_text().removeprefix("\n")


def part(desk: DeskVisit, id: str) -> str:
    found = desk.page.find(id=id)
    assert found is not None, id
    return " ".join(found.get_text(" ").split())


async def noted(town: TestTown) -> list[str]:
    async with town.runtime.database.read() as tx:
        rows = await tx.execute(machine.select(machine.audit).order_by(machine.audit.c.id))
        return [row.what for row in rows]


async def test_promise_8_an_edit_is_read_by_a_second_person_before_anybody_gets_it(town: TestTown) -> None:
    await town.is_ready()
    await has_grace(town)
    await town.sends("loneliness")
    assert "A bit of company can make a day better." in town.ben.last
    desk = await sits_at_desk(town)
    await desk.opens("/desk/templates")
    assert "Sent out 1 time in 12 months" in desk.sees
    assert "Fewer than 5 people" in desk.sees, "3 people got it"
    await desk.opens(PAGE)
    assert "Champions can send it today" in desk.sees
    await desk.follows("Change the words")
    words = body(desk).replace("A bit of company can", "Some company can")
    await desk.presses("Send it to my phone as a test", body=words)
    assert "The test is on its way" in desk.sees
    assert "This is a test." in town.elif_.last
    assert "Some company can make a day better." in town.elif_.last
    assert body(desk) == words, "a test loses nothing that was typed"
    await desk.presses("Send to review", body=words)
    assert "Sent to review" in desk.sees
    assert "Until then version 1 stays in use" in desk.sees
    assert "You wrote a part of these words" in desk.sees
    assert "New or changed messages" in town.grace.last

    await town.drafts("loneliness")
    assert town.amara.heard("A bit of company can") and not town.amara.heard("Some company can")
    await town.grace.taps(town.grace.buttons[0])
    assert town.grace.heard("Some company can make a day better.")
    await town.grace.taps(next(one for one in town.grace.buttons if one.startswith("Yes")))
    await desk.opens(PAGE)
    assert "Approved by Grace" in desk.sees
    assert "Version 2 Written by Elif" in desk.sees
    assert "These translations do not say the same any more" in desk.sees

    await town.passes(days=31)
    await town.sends("loneliness")
    assert "Some company can make a day better." in town.ben.last
    first = [message for message in town.ben.sees if "A bit of company can" in message]
    assert first, "what was sent stays what it was"
    assert {"template_draft_saved", "template_sent_to_review", "template_tried_out"} <= set(await noted(town))


async def test_promise_8_nobody_approves_what_they_wrote_a_part_of(town: TestTown) -> None:
    await town.has_coordinator()
    await has_grace(town)
    elif_, grace = await sits_at_desk(town), await sits_at_desk(town, "Grace")
    await elif_.opens(EDITOR)
    await elif_.presses("Save the draft", title="Company")
    await grace.opens(EDITOR)
    await grace.presses("Send to review", summary="Come and see")
    for visit in (elif_, grace):
        await visit.opens(PAGE)
        assert "You wrote a part of these words" in visit.sees
        assert "Yes, champions may send it" not in visit.buttons
    token = elif_.page.find("input", {"name": "form_token"})
    assert token is not None
    newest = next(one for one in await actions.newest(town.runtime) if one.origin == "edit")
    forged = {"form_token": token["value"], "version": str(newest.id), "approves": "yes"}
    answer = await elif_.client.post(f"{PAGE}/decide", data=forged, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 422
    # The old words again, which nobody approved since: whoever wrote them still may not.
    await grace.opens(f"{PAGE}/versions/{newest.id}")
    await grace.presses("Begin a draft with these words")
    await grace.presses("Send to review", title="Company for you")
    await elif_.opens(PAGE)
    assert "You wrote a part of these words" in elif_.sees


async def test_two_people_who_edit_at_once_lose_nothing(town: TestTown) -> None:
    await town.has_coordinator()
    await has_grace(town)
    elif_, grace = await sits_at_desk(town), await sits_at_desk(town, "Grace")
    await elif_.opens(EDITOR)
    await grace.opens(EDITOR)
    base = body(elif_)
    await elif_.presses("Save the draft", body=base + "\n\nElif was here.")
    assert "Saved." in elif_.sees
    await grace.presses("Save the draft", body=base + "\n\nGrace was here.", title="With Grace")
    assert grace.status == 409
    assert "Elif saved another text" in grace.sees
    assert [one.get_text().strip() for one in grace.page.find_all("del")][:1] == ["A bit of company"]
    assert "Grace was here." in body(grace)
    await grace.follows("Go on with theirs")
    assert "Elif was here." in body(grace)
    assert "Text by Grace" in grace.sees, "hers is kept"
    await grace.follows("Text by Grace")
    assert "Grace was here." in grace.sees
    await grace.presses("Begin a draft with these words")
    assert "Grace was here." in body(grace)
    assert "Text by Elif" in grace.sees, "and so is the other one"

    await elif_.opens(EDITOR)
    await grace.opens(EDITOR)
    await grace.presses("Save the draft", summary="Grace again")
    await elif_.presses("Save the draft", summary="Elif again")
    assert elif_.status == 409
    await elif_.presses("Save this text", summary="Both of us")
    assert "Saved." in elif_.sees
    assert elif_.sees.count("Text by") >= 3
    await grace.presses("Yes, give it up")
    assert grace.status == 409, "it is not the draft that Grace looked at"


async def test_a_draft_that_went_to_review_meanwhile_takes_no_words_with_it(town: TestTown) -> None:
    await town.has_coordinator()
    await has_grace(town)
    elif_, grace = await sits_at_desk(town), await sits_at_desk(town, "Grace")
    await elif_.opens(EDITOR)
    await elif_.presses("Save the draft", title="One")
    await grace.opens(EDITOR)
    await elif_.presses("Send to review")
    await grace.presses("Save the draft", title="Two")
    assert grace.status == 409
    assert "sent to review or given up meanwhile" in grace.sees
    await grace.presses("Save this text")
    assert "Saved." in grace.sees
    await grace.presses("Yes, give it up")
    assert "Its words are kept" in grace.sees
    await elif_.opens(EDITOR)
    await elif_.presses("Send to review")
    assert elif_.status == 422
    assert "nothing to review" in elif_.sees


async def test_every_fault_stands_beside_what_it_is_about(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    await desk.opens(EDITOR)
    await desk.presses(
        "Check",
        title="",
        review_by="soon",
        body="Hello {{ nobody }}.\n\nA <b>bold word.\n\nWe don't worry.",
        field_1_type="choice",
        called="",
    )
    assert desk.status == 200
    assert "This is missing. Please fill it in" in part(desk, "x-title")
    assert "“soon” is not a day" in part(desk, "x-review_by")
    assert "Line 3: <b> is not closed" in part(desk, "x-body")
    assert "Line 1: There is no placeholder “nobody”" in part(desk, "x-body")
    assert "no choices to choose from" in part(desk, "x-field_1_all")
    assert "appears here when the faults are put right" in part(desk, "preview")
    assert "soon" in str(desk.page.find("input", {"name": "review_by"})), "what was typed stays"
    await desk.presses("Send to review")
    assert desk.status == 422
    assert "faults that have to be put right first" in desk.sees
    await desk.presses("Save the draft")
    assert "Saved." in desk.sees, "a half-finished text can be kept"
    await desk.presses(
        "Check", title="Tea", review_by="2026-11-01", field_1_type="place", body="We don't worry. {{ place }}"
    )
    assert "is often read as its opposite" in part(desk, "x-body")
    assert "within a month" in part(desk, "x-review_by")
    await desk.presses("Insert", body="Ask")
    assert body(desk) == "Ask {{ group }}"
    await desk.presses("Save the draft", body="x" * 21_000)
    assert desk.status == 422
    assert "at most 20000 characters" in desk.sees
    assert len(body(desk)) == 21_000


async def test_the_preview_shows_what_arrives_for_whoever_is_chosen(town: TestTown) -> None:
    await town.is_ready()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/templates/flu-jab/en/edit")
    bubble = desk.page.find(class_="bubble")
    assert bubble is not None
    assert "Hello Amina, it is Rosa." in bubble.get_text()
    assert "Phone 020 7946 0111" in bubble.find_all("b")[-1].get_text()
    await desk.presses("Show", whom="Oluwaseun Adebayo-Williams", left_out="yes")
    assert "Hello Oluwaseun Adebayo-Williams" in part(desk, "preview")
    assert "020 7946 0111" not in part(desk, "preview")
    await desk.presses("Show", called="Be")
    ben = await town.id_of("Ben")
    assert (await noted(town)).count("person_seen") == 0, "a list of names is no look at a person"
    for _ in range(2):
        await desk.presses("Show", whom=f"person:{ben}")
    assert "Hello Ben, it is Amara." in part(desk, "preview")
    assert (await noted(town)).count("person_seen") == 1


async def test_nothing_that_is_typed_becomes_a_part_of_the_page(town: TestTown) -> None:
    await town.has_coordinator()
    await has_grace(town)
    desk, grace = await sits_at_desk(town), await sits_at_desk(town, "Grace")
    await desk.opens("/desk/templates/new")
    await desk.presses("Begin", title=SCRIPT, topic=IMAGE)
    assert desk.status == 422
    evil = f"{SCRIPT}{IMAGE}"
    await desk.presses("Begin", title="Evil", topic="evil")
    address = desk.address
    names = [str(one["name"]) for one in desk.page.find_all(["input", "textarea"]) if one.get("type") != "hidden"]
    texts = [name for name in names if name not in ("season", "insert", "left_out") and "optional" not in name]
    await grace.opens(address)
    for press in ("Check", "Save the draft"):
        await desk.opens(address)
        await desk.presses(press, **dict.fromkeys(texts, evil))
        _is_harmless(desk)
        assert "alert(1)" in desk.answer.text  # type: ignore[union-attr]
    await grace.presses("Save the draft", **dict.fromkeys(texts, f"{IMAGE}{SCRIPT}"))
    assert grace.status == 409
    _is_harmless(grace)
    await grace.follows("Go on with theirs")
    await grace.follows("Text by Grace")
    _is_harmless(grace)
    await desk.opens(f"/desk/templates?words={IMAGE}&state={IMAGE}&language={SCRIPT}")
    _is_harmless(desk)
    await desk.opens("/desk/templates/files")
    await desk.presses("Look at them first", files=(f"{IMAGE}.en.md", evil.encode()))
    _is_harmless(desk)


def _is_harmless(desk: DeskVisit) -> None:
    assert not [one for one in desk.page.find_all("script") if not one.get("src")]
    assert not desk.page.find_all("img", src="x")
    assert desk.page.find_all(onerror=True) == []


async def test_a_new_message_is_written_read_translated_and_taken_out_of_use(town: TestTown) -> None:
    await town.is_ready()
    await has_grace(town)
    desk, grace = await sits_at_desk(town), await sits_at_desk(town, "Grace")
    await desk.opens("/desk/templates")
    await desk.follows("Write a new message")
    await desk.presses("Begin", title="Warm rooms", topic="Loneliness")
    assert "already" in desk.sees
    await desk.presses("Begin", title="Warm rooms", topic="warm-rooms")
    assert desk.address == "/desk/templates/warm-rooms/en/edit"
    year = (town.clock.now() + timedelta(days=300)).date().isoformat()
    await desk.presses(
        "Send to review",
        summary="A warm room near you",
        nation="any",
        source="Our council",
        source_checked_on="2026-10-01",
        review_by=year,
        body="Is it cold at home? A warm room is open.\n\n- Tea is free.",
        action="Come to {{ where }}.",
        field_0_name="where",
        field_0_type="place",
        field_0_question="Where is it?",
        field_0_example="the hall: upstairs",
        season=["1", "12"],
    )
    assert "Sent to review" in desk.sees
    await grace.opens("/desk/templates?state=in_review")
    assert "Warm rooms" in grace.sees and "Hot days" not in grace.sees
    await grace.follows("English")
    assert "• Tea is free." in grace.sees and "Come to the hall: upstairs." in grace.sees
    await grace.presses("Yes, champions may send it")
    assert "Champions can send it today" in grace.sees
    assert (await actions.open_library(town.runtime)).obstacle_to("warm-rooms") is None
    await actions.sync(town.runtime)
    assert (await actions.open_library(town.runtime)).obstacle_to("warm-rooms") is None, "it needs no file"

    await desk.opens("/desk/templates/warm-rooms/bn/edit")
    assert "In English: Warm rooms" in desk.sees and "Tea is free" in body(desk)
    await desk.presses("Send to review", title="গরম ঘর", author="Elif")
    assert desk.status == 422 and "Nobody has said yet that this says the same" in part(desk, "x-translated_from")
    await desk.presses("Send to review", fits="yes")
    assert "Sent to review" in desk.sees
    await grace.opens("/desk/templates/warm-rooms/bn")
    await grace.presses("Yes, champions may send it")
    assert grace.status == 422, "only who reads the language may approve"
    await grace.opens("/desk/templates/warm-rooms/bn")
    await grace.presses("Yes, champions may send it", reads="yes")
    assert "Champions can send it today" in grace.sees

    await desk.opens("/desk/templates/warm-rooms/en/edit")
    await desk.presses("Send to review", body=body(desk) + "\n- Bring a friend.")
    await grace.opens("/desk/templates/warm-rooms/en")
    await grace.presses("Yes, champions may send it")
    await desk.opens("/desk/templates/warm-rooms/bn/edit")
    assert [one.get_text().strip() for one in desk.page.find_all("ins")] == ["- Bring a friend."]
    assert "The English text has changed" in part(desk, "x-translated_from")
    await desk.opens("/desk/templates")
    assert "The English text has changed" in desk.sees

    await desk.opens("/desk/templates/warm-rooms/en")
    await desk.presses("Yes, take it out of use")
    assert "It is out of use" in desk.sees
    library = await actions.open_library(town.runtime)
    assert library.version_for("warm-rooms", "en") is None
    await desk.presses("Put it into use again")
    assert (await actions.open_library(town.runtime)).version_for("warm-rooms", "en") is not None


async def test_an_earlier_version_comes_back_as_a_draft(town: TestTown) -> None:
    await town.is_ready()
    await has_grace(town)
    desk, grace = await sits_at_desk(town), await sits_at_desk(town, "Grace")
    await desk.opens(EDITOR)
    before = body(desk)
    await desk.presses("Send to review", body="Something else.\n\n" + before)
    await grace.opens(PAGE)
    await grace.presses("No, not for us")
    assert "Not for us" in grace.sees
    await grace.follows("Version 2")
    assert "Something else." in [one.get_text().strip() for one in grace.page.find_all("ins")]
    await grace.opens(PAGE)
    await grace.follows("Version 1")
    await grace.presses("Begin a draft with these words")
    assert body(grace) == before
    await grace.presses("Send to review")
    await desk.opens(PAGE)
    await desk.presses("Yes, champions may send it")
    assert "Version 3 Written by Grace Approved by Elif" in desk.sees


async def test_what_is_due_is_said_a_month_ahead_and_what_is_overdue_blocks(town: TestTown) -> None:
    await town.is_ready()
    review = (await actions.open_library(town.runtime)).usable["heat", "en"].template.review_by
    runtime = town.runtime

    async def heat() -> template_lists.Words:
        found = await template_lists.topics(runtime)
        return next(one for one in found if one.topic == "heat").words["en"]

    assert not (await heat()).is_due
    a_month_ahead = town.clock.now().replace(year=review.year, month=review.month, day=review.day) - timedelta(30)
    town.clock.jump(a_month_ahead - town.clock.now())
    assert (await heat()).is_due
    town.clock.jump(timedelta(days=31))
    late = await heat()
    assert late.is_overdue and late.stage is Stage.BLOCKED
    desk = await sits_at_desk(town)
    await desk.opens("/desk/templates?state=blocked")
    assert "Hot days" in desk.sees and "Has to be read again now" in desk.sees


def zipped(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


async def test_messages_leave_as_files_and_come_back_as_drafts(town: TestTown) -> None:
    await town.is_ready()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/templates/files")
    await desk.presses("Get all messages as files")
    assert desk.answer is not None
    with zipfile.ZipFile(io.BytesIO(desk.answer.content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    shipped = town.runtime.catalogue.templates["heat", "en"].source_text
    assert files["messages/prevention/heat.en.md"] == shipped, "byte for byte"
    assert len(files) == 18

    await desk.opens("/desk/templates/files")
    await desk.presses("Look at them first", files=("all.zip", zipped(files)))
    assert desk.sees.count("It says the same.") == 18
    assert "Make drafts of these" not in desk.buttons

    changed = shipped.replace("Hot days", "Very hot days")
    broken = {
        "heat.en.md": changed.replace("review_by: 2027", "review_by: x2027"),
        "no name.md": "hello",
        "README.md": "",
    }
    await desk.presses("Look at them first", files=("some.zip", zipped(broken)))
    assert desk.status == 422
    assert "heat.en.md:9: “review_by” is not a day" in desk.sees
    assert "no name.md:1: The file" in desk.sees
    assert "README" not in desk.sees

    await desk.presses("Look at them first", files=("heat.en.md", changed.encode()))
    assert [one.get_text().strip() for one in desk.page.find_all("ins")] == ["Very hot"]
    await desk.presses("Make drafts of these")
    assert "Drafts made: 1." in desk.sees
    assert "Elif is writing" in desk.sees
    await desk.opens("/desk/templates/heat/en/edit")
    assert "Writing: Very hot days" in desk.heading
    assert "templates_exported" in await noted(town)


BOMB = zipped({f"bomb-{number}.en.md": "0" * 5_000_000 for number in range(60)})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bomb.zip", BOMB, "more than can be taken in at once"),
        ("many.zip", zipped({f"{number}.md": "" for number in range(300)}), "more than can be taken in at once"),
        ("big.md", b"x" * 2_100_000, "more than can be taken in at once"),
        ("broken.zip", b"PK\x03\x04 nothing", "zip cannot be read"),
        ("empty.zip", zipped({"notes.txt": "hi"}), "no message file in this"),
        ("heat.xx.md", b"---\ntopic: heat\n---\nHi", "“title” is missing"),
        ("heat.en.md", b"\xff\xfe", "not saved as UTF-8"),
        ("../../etc/heat.en.md", b"hello", "heat.en.md:1: The file does not begin with"),
    ],
    ids=["bomb", "many", "big", "broken", "empty", "language", "encoding", "name"],
)
async def test_strange_files_are_refused_with_a_reason(town: TestTown, name: str, content: bytes, said: str) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/templates/files")
    await desk.presses("Look at them first", files=(name, content))
    assert desk.status == 422
    assert said in desk.sees


async def test_ids_and_addresses_that_were_guessed_lead_nowhere(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    other = next(one for one in await actions.newest(town.runtime) if (one.topic, one.language) == ("heat", "en"))
    for path in (
        "/nothing/en",
        "/nothing/en/edit",
        "/loneliness/xx",
        "/loneliness/xx/edit",
        "/plan%3Ahome-from-hospital/en",
        "/Lone%20ly/en/edit",
        f"/loneliness/en/versions/{other.id}",
        "/loneliness/en/versions/999999",
        "/loneliness/en/drafts/999999",
    ):
        await desk.opens(f"/desk/templates{path}")
        assert desk.status == 404, path
    await desk.opens(PAGE)
    await desk.presses("Yes, champions may send it", version=str(other.id))
    assert desk.status == 404
    outside = browser(town)
    for path in ("", "/loneliness/en", "/loneliness/en/edit", "/files"):
        await outside.opens(f"/desk/templates{path}")
        assert outside.status == 401
    assert (await outside.client.post(f"{PAGE}/decide", data={})).status_code == 401


async def test_the_script_keeps_drafts_and_is_told_when_somebody_was_first(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    await desk.opens(EDITOR)
    data = {
        str(one["name"]): one.get("value", "") or one.get_text()
        for one in desk.page.find_all(["input", "textarea"])
        if one.get("name") and one.get("type") not in ("checkbox",)
    }
    here = {"headers": {"Sec-Fetch-Site": "same-origin"}}
    first = await desk.client.post(f"{PAGE}/keep", data={**data, "title": "One"}, **here)  # type: ignore[arg-type]
    assert first.json() == {"serial": 1}
    again = await desk.client.post(f"{PAGE}/keep", data={**data, "title": "Two", "serial": "1"}, **here)  # type: ignore[arg-type]
    assert again.json() == {"serial": 2}
    late = await desk.client.post(f"{PAGE}/keep", data={**data, "title": "Three", "serial": "1"}, **here)  # type: ignore[arg-type]
    assert late.status_code == 409
    same = await desk.client.post(f"{PAGE}/keep", data={**data, "title": "Two", "serial": "1"}, **here)  # type: ignore[arg-type]
    assert same.json() == {"serial": 2}, "the same words are nobody else's"
    await desk.opens(EDITOR)
    assert re.search("Writing: Two", desk.heading)
    assert "template_draft_saved" not in await noted(town)


async def test_whoever_reviews_sees_what_is_different_and_the_source_of_a_translation(town: TestTown) -> None:
    await town.has_coordinator()
    await has_grace(town)
    await town.approves("loneliness")
    elif_, grace = await sits_at_desk(town), await sits_at_desk(town, "Grace")
    await elif_.opens("/desk/templates/loneliness/en/edit")
    await elif_.presses("Send to review", title="A warm room for everybody")
    await grace.opens("/desk/templates/loneliness/en")
    assert "What is different from the words in use" in grace.sees
    assert "for everybody" in " ".join(one.get_text() for one in grace.page.select(".changes ins"))
    await grace.presses("Yes, champions may send it")
    assert "What is different from the words in use" not in grace.sees
    await grace.opens("/desk/templates/loneliness/bn")
    assert "The English text A warm room for everybody" in grace.sees


async def test_who_wrote_the_words_is_told_of_the_answer_and_why(town: TestTown) -> None:
    await town.has_coordinator()
    await has_grace(town)
    await town.approves("loneliness")
    elif_, grace = await sits_at_desk(town), await sits_at_desk(town, "Grace")
    await elif_.opens(EDITOR)
    await elif_.presses("Send to review", title="A warm room")
    await grace.opens(PAGE)
    await grace.presses("No, not for us", why="Say <b>where</b> it is.")
    assert "Grace has read your words for “A warm room”: not yet." in town.elif_.last
    assert "Grace wrote: Say <b>where</b> it is." in town.elif_.last
    await elif_.opens(EDITOR)
    await elif_.presses("Send to review", title="A warm room in Elm House")
    await grace.opens(PAGE)
    await grace.presses("Yes, champions may send it")
    assert "“A warm room in Elm House”: yes" in town.elif_.last
    assert not town.grace.heard("has read your words")
