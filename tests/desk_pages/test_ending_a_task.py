from tests.cast import TestTown
from tests.desk import sits_at_desk


async def test_a_champions_task_is_ended_at_the_desk_as_in_the_chat(town: TestTown) -> None:
    await town.is_ready()
    amara = await town.id_of("Amara")
    desk = await sits_at_desk(town)
    await desk.opens(f"/desk/people/{amara}")
    await desk.follows("End this task")
    assert "These circles close: Elm House" in desk.sees
    await desk.presses("Yes, end it")
    assert "Amara is no champion any more" in desk.sees
    assert town.ben.heard("Amara") and not town.amara.heard("Elm House\nThe circle is closed")
    await town.amara.says("/broadcast")
    assert "Choose" not in town.amara.last
    await desk.opens(f"/desk/people/champions/{amara}/end")
    assert desk.status == 404
