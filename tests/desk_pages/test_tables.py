"""Tables of the desk: on a phone each cell says which column it is from."""

from bot.web.tables import labelled
from tests.cast import TestTown
from tests.desk import sits_at_desk


def test_each_cell_says_its_column_and_what_stood_in_it_stays() -> None:
    head = '<table><thead><tr><th scope="col">Who</th><th scope="col" class="count">All &#34;in&#34;</th></tr></thead>'
    body = '<tbody><tr><th scope="row"><a href="/x">Ben</a></th><td class="count">3</td></tr></tbody></table>'
    told = labelled(head + body)
    assert '<th role="rowheader" scope="row" data-label="Who"><a href="/x">Ben</a></th>' in told
    assert '<td role="cell" data-label="All &#34;in&#34;" class="count">3</td>' in told
    assert told.count('role="row"') == 2


async def test_every_line_of_the_audit_says_when_who_what_and_about(town: TestTown) -> None:
    await town.is_ready()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/audit")
    for row in desk.page.select("tbody tr"):
        assert [cell["data-label"] for cell in row.find_all("td")] == ["When", "Who", "What", "About"]
