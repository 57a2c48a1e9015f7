import re
from typing import Any

from tests.cast import TestTown
from tests.desk import sits_at_desk


async def test_who_did_what_is_listed_filtered_and_taken_along(town: TestTown) -> None:
    await town.is_ready()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/audit")
    assert "Amara became a champion" in desk.sees
    assert "Elif came to the desk" in desk.sees
    assert "Elif approved a message words: loneliness en" in desk.sees
    amara = str(await town.id_of("Amara"))
    await desk.presses("Show these", who=amara, what="circle_created")
    assert "Amara made a circle circle: Elm House" in desk.sees
    assert "came to the desk Elif" not in desk.sees
    await desk.presses("Take this list along as a table")
    assert desk.answer is not None
    lines = desk.answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "at,who,person,what,subject"
    assert [line.partition(",")[2] for line in lines[1:]] == [f"Amara,{amara},circle_created,circle:1"]
    await desk.opens("/desk/audit?what=audit_exported")
    assert "Elif took this list along" in desk.sees
    await desk.opens("/desk/audit?since=2031-01-01")
    assert "Nothing fits what you chose" in desk.sees
    await desk.opens("/desk/audit?since=nonsense&who=99999999999999999999&before=x&until=9999-12-31")
    assert "Amara became a champion" in desk.sees
    await desk.opens("/desk/audit?since=nonsense&who=99999999999999999999&until=9999-12-31&what=pudding")
    assert desk.sees.count("This could not be used, so it was left out.") == 4


async def test_everything_about_one_person_is_found_however_it_was_done(town: TestTown) -> None:
    ben, dalia = await town.is_home("Ben"), await town.is_home("Dalia", plan="keeping-company")
    desk = await sits_at_desk(town)
    await desk.opens(f"/desk/checkins/{dalia}")
    await desk.opens(f"/desk/checkins/{ben}")
    await desk.opens(f"/desk/people/{await town.id_of('Ben')}")
    await desk.follows("Who did what about Ben")
    assert "Only what is about this: Ben" in desk.sees
    rows = [row.find_all("td") for row in desk.page.select("tbody tr")]
    about = {cells[3].get_text(" ", strip=True).partition(" All about")[0] for cells in rows}
    assert about == {"Ben", "check-ins: Ben"}
    assert {"looked at a person", "looked at somebody's check-ins"} <= {cells[2].get_text() for cells in rows}
    await desk.presses("Take this list along as a table")
    assert desk.answer is not None
    subjects = {line.rpartition(",")[2] for line in desk.answer.content.decode("utf-8-sig").splitlines()[1:]}
    assert subjects == {f"person:{await town.id_of('Ben')}", f"enrolment:{ben}"}
    await desk.opens("/desk/audit?about=nonsense:1")
    assert "Nothing fits what you chose" in desk.sees


async def test_whoever_was_forgotten_is_a_number_in_the_trail(town: TestTown) -> None:
    await town.is_home("Ben")
    ben = await town.id_of("Ben")
    desk = await sits_at_desk(town)
    await desk.opens(f"/desk/people/{ben}")
    await town.ben.says("/forget")
    await town.ben.taps("Yes, erase everything")
    await desk.opens("/desk/audit?what=person_seen")
    assert f"Elif looked at a person number {ben}" in desk.sees


async def test_a_name_is_no_formula_and_no_markup(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion("Sanjay", "Oak Lane")
    person = await town.id_of("Sanjay")
    async with town.runtime.database.write() as tx:
        await tx.exec_driver_sql("UPDATE people SET name = '=1+<script>alert(1)</script>' WHERE id = ?", (person,))
    desk = await sits_at_desk(town)
    await desk.opens("/desk/audit")
    assert desk.answer is not None
    assert "<script>alert" not in desk.answer.text
    assert "&lt;script&gt;alert" in desk.answer.text
    await desk.presses("Take this list along as a table")
    assert desk.answer is not None
    assert "'=1+<script>" in desk.answer.content.decode("utf-8-sig")


def _number(row: Any) -> int:
    """Of the update that a line is about."""
    return int(re.findall(r"update:(\d+)", row.find_all("td")[3].get_text())[0])


async def test_a_long_trail_has_pages(town: TestTown) -> None:
    await town.has_coordinator()
    async with town.runtime.database.write() as tx:
        for number in range(120):
            line = "INSERT INTO audit (at, what, subject) VALUES (1, 'update_buried', ?)"
            await tx.exec_driver_sql(line, (f"update:{number}",))
    desk = await sits_at_desk(town)
    await desk.opens("/desk/audit?what=update_buried")
    seen = [_number(row) for row in desk.page.select("tbody tr")]
    while desk.page.find("a", string="Older"):
        await desk.follows("Older")
        seen += [_number(row) for row in desk.page.select("tbody tr")]
    assert seen == list(reversed(range(120)))
