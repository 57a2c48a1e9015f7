"""Pictures of numbers: what they show, what they hide, and that they are nothing but pictures."""

from datetime import timedelta
from xml.etree import ElementTree

from sqlalchemy import insert, text

from bot.actions import handing_over, statistics
from bot.store import schema, schema_care
from tests.cast import TestTown
from tests.desk import DeskVisit, sits_at_desk
from tests.desk_pages.test_people import EVIL

NAMES = ("deliveries", "replies", "opt-outs", "languages", "tiers")


async def is_busy(town: TestTown) -> None:
    """A month of a bigger place, written as rows: 240 people, 4 messages to each, replies, check-ins."""
    await town.has_coordinator()
    await town.has_champion()
    now = town.runtime.now()
    async with town.runtime.database.write() as tx:
        people = [
            {"id": 100 + n, "telegram_id": 90_000 + n, "name": f"P{n}", "language": _language(n), "created_at": now}
            for n in range(240)
        ]
        await tx.execute(insert(schema.people), people)
        for number, topic in enumerate(("loneliness", "heat", "falls", "flu-jab"), start=1):
            await _sent(tx, number, topic, now - timedelta(days=28 - 7 * number), people)
        await _looked_after(tx, now, people)


def _language(n: int) -> str:
    """200 read English, 37 Bengali, and 3 Arabic, whom nobody shall be able to tell."""
    return "ar" if n < 3 else "bn" if n < 40 else "en"


async def _sent(tx, number: int, topic: str, at, people) -> None:  # type: ignore[no-untyped-def]
    """Everybody but 2 got it; 12 left after heat, 2 after falls; 20 wrote back, 15 of them were answered in time."""
    blank = {"champion_id": 2, "circle_id": 1, "field_values": {}, "personal_line": "", "over_soft_cap": False}
    told = {"state": "finished", "reason": "", "created_at": at, "starts_at": at, "not_after": at + timedelta(days=1)}
    kept = {"correction": 0, "progress_digest": "", "draft_key": f"d{number}"}
    await tx.execute(insert(schema.broadcasts).values(id=number, topic=topic, **blank, **told, **kept))
    row = {"kind": "broadcast", "lane": 2, "method": "send", "broadcast_id": number, "circle_id": 1, "topic": topic}
    row |= {
        "language": "en",
        "body": "",
        "buttons": [],
        "extra": {},
        "over_soft_cap": False,
        "attempts": 1,
        "doubts": 0,
    }
    row |= {"created_at": at, "due_at": at, "not_after": at, "done_at": at, "reason": ""}
    states = [{"state": "failed" if n < 2 else "sent", "key": f"b:{number}:{n}"} for n in range(len(people))]
    rows = [{**row, **state, "person_id": one["id"]} for one, state in zip(people, states, strict=True)]
    await tx.execute(insert(schema.deliveries), rows)
    left = {"heat": 12, "falls": 2}.get(topic, 0)
    gone = {"purpose": "broadcasts", "circle_id": 1, "given": False, "at": at + timedelta(hours=2)}
    for n in range(left):
        await tx.execute(insert(schema.consents).values(person_id=110 + 20 * number + n, wording="stop", **gone))
    if topic == "flu-jab":
        for n in range(30):
            moved = {**gone, "wording": handing_over.WORDING}
            await tx.execute(insert(schema.consents).values(person_id=250 + n, **moved))
    for n in range(20):
        soon = at + timedelta(hours=3 if n < 15 else 30)
        said = {"direction": "question", "body": "?", "media": "", "about": "", "album": "", "broadcast_id": number}
        ids = {"resident_id": 100 + n, "author_id": 100 + n, "reader_id": 2, "message_id": 1000 * number + n}
        await tx.execute(insert(schema.replies).values(**ids, **said, state="answered", at=at, answered_at=soon))


async def _looked_after(tx, now, people) -> None:  # type: ignore[no-untyped-def]
    """60 people on a plan with 2 check-ins each; the first half answer both, the others the first only."""
    for n in range(60):
        tier = "high" if n % 3 == 0 else "usual"
        facts = {"plan": "home-from-hospital", "home_on": "2026-10-01", "tier": tier, "state": "active", "course": ""}
        rest = {"named_state": "none", "backup_state": "none", "assisted": False, "fewer": False, "cycle": 1}
        row = {"id": n + 1, "person_id": 100 + n, "created_at": now, "missed": 0}
        await tx.execute(insert(schema_care.enrolments).values(**row, **facts, **rest))
        for number in range(2):
            state = "done" if n < 30 or number == 0 else "missed"
            at = now - timedelta(days=2 + number)
            times = {"due_at": at, "not_after": at, "queue": [], "reason": "", "kind": "questions", "state": state}
            ids = {"enrolment_id": n + 1, "person_id": 100 + n, "key": f"c{n}.{number}", "cycle": 1, "day": number}
            await tx.execute(insert(schema_care.checkins).values(**ids, **times))


async def picture(desk: DeskVisit, name: str, size: str = "") -> ElementTree.Element:
    answer = await desk.client.get(f"/desk/charts/{name}.svg{size}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "script" not in answer.text
    return ElementTree.fromstring(answer.text)


async def test_the_pictures_say_what_they_show_and_hide_what_is_small(town: TestTown) -> None:
    await is_busy(town)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/broadcasts")
    await desk.follows("How messages go, in pictures")
    found = {str(one["alt"]) for one in desk.page.find_all("img")}
    assert any("At least 952 messages" in one for one in found)
    assert any("Of the 80 replies shown, 75% were answered within a day" in one for one in found)
    heat = town.runtime.catalogue.templates["heat", "en"].title
    assert any(f"More than 2.5% of the people left within 3 days after: {heat}." in one for one in found)
    cells = [" ".join(row.get_text(" ").split()) for row in desk.page.find_all("tr")]
    assert f"{heat} 238 12 Over" in cells
    falls = town.runtime.catalogue.templates["falls", "en"].title
    assert f"{falls} 238 fewer than 5 Under" in cells
    assert not [one for one in cells if " 2 " in f" {one} " or one.endswith(" 30")], "those who moved did not leave"
    assert "English" not in " ".join(cells), "3 people are hidden, and the smaller of the other groups with them"
    for name in NAMES:
        await picture(desk, name)
        await picture(desk, name, "?size=narrow")
    assert (await desk.client.get("/desk/charts/people.svg")).status_code == 404
    assert len(desk.answer.content) < 200_000  # type: ignore[union-attr]


async def test_of_check_ins_only_groups_of_five_and_more_are_shown(town: TestTown) -> None:
    await is_busy(town)
    numbers = await statistics.count(town.runtime)
    assert set(numbers.languages) == {"bn"}
    assert numbers.hidden_languages == 2
    assert {name: (one.people, one.whole, one.part) for name, one in numbers.tiers.items()} == {
        "high": (20, 40, 30),
        "usual": (40, 80, 60),
    }


async def test_a_small_place_sees_no_numbers_and_nobody_else_sees_any(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/broadcasts/numbers")
    assert desk.sees.count("There are not enough numbers to show yet") == 5
    assert not desk.page.find_all("img", src=lambda one: "charts" in str(one))
    desk.client.cookies.clear()
    for path in ("/desk/broadcasts/numbers", "/desk/charts/deliveries.svg"):
        assert (await desk.client.get(path)).status_code == 401


async def test_a_circle_or_a_title_in_a_picture_is_only_words(town: TestTown) -> None:
    await is_busy(town)
    async with town.runtime.database.write() as tx:
        await tx.execute(text("UPDATE broadcasts SET topic = :evil"), {"evil": EVIL})
        await tx.execute(text("UPDATE deliveries SET topic = :evil"), {"evil": EVIL})
    desk = await sits_at_desk(town)
    await desk.opens("/desk/broadcasts/numbers")
    assert "<script>alert" not in desk.answer.text  # type: ignore[union-attr]
    answer = await desk.client.get("/desk/charts/opt-outs.svg")
    assert "<script" not in answer.text
    assert "<img" not in answer.text
