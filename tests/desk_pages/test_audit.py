from tests.cast import TestTown
from tests.desk import sits_at_desk


async def test_who_did_what_is_listed_filtered_and_taken_along(town: TestTown) -> None:
    await town.is_ready()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/audit")
    assert "Amara became a champion" in desk.sees
    assert "Elif came to the desk" in desk.sees
    amara = str(await town.id_of("Amara"))
    await desk.presses("Show these", who=amara, what="circle_created")
    assert "Amara made a circle circle:1" in desk.sees
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


async def test_a_long_trail_has_pages(town: TestTown) -> None:
    await town.has_coordinator()
    async with town.runtime.database.write() as tx:
        for number in range(120):
            line = "INSERT INTO audit (at, what, subject) VALUES (1, 'update_buried', ?)"
            await tx.exec_driver_sql(line, (f"update:{number}",))
    desk = await sits_at_desk(town)
    await desk.opens("/desk/audit?what=update_buried")
    seen = [row.find_all("td")[3].get_text() for row in desk.page.select("tbody tr")]
    while desk.page.find("a", string="Older"):
        await desk.follows("Older")
        seen += [row.find_all("td")[3].get_text() for row in desk.page.select("tbody tr")]
    assert seen == [f"update:{number}" for number in reversed(range(120))]
