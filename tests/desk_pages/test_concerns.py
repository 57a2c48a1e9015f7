from tests.cast import TestTown
from tests.desk import sits_at_desk


async def test_a_concern_is_taken_noted_and_closed_at_the_desk(town: TestTown) -> None:
    await town.is_ready()
    await town.approves_plans("home-from-hospital")
    await town.is_home("Ben", backup="")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.says("I feel awful and do not know what to do")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/concerns")
    assert "1 person waits" in desk.sees
    await desk.presses("I have it")
    assert "You have it" in desk.sees
    assert town.ben.heard("has read that you would like to talk")
    await desk.presses("Add a note", "/note", words="Rang twice <b>today</b>")
    assert "Elif: Rang twice <b>today</b>" in desk.sees
    await desk.presses("I have spoken to them")
    assert "Elif has spoken to them" in desk.sees
    await desk.presses("Close this concern", outcome="fine")
    assert "Closed. Thank you" in desk.sees
    await desk.opens("/desk/concerns")
    assert "Nobody is waiting" in desk.sees
    assert "Closed in the last 30 days Ben" in desk.sees
