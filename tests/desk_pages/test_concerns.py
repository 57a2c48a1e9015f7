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
    assert town.ben.heard("Elif will ring you by")
    await desk.presses("Add a note", "/note", words="Rang twice <b>today</b>")
    assert "Elif: Rang twice <b>today</b>" in desk.sees
    await desk.presses("I have spoken to them")
    assert "Elif has spoken to them" in desk.sees
    await desk.presses("Close this concern", outcome="fine")
    assert "Closed. Thank you" in desk.sees
    await desk.opens("/desk/concerns")
    assert "Nobody is waiting" in desk.sees
    assert "Closed in the last 30 days Ben" in desk.sees
    await desk.opens("/desk/audit")
    for deed in ("took a concern", "wrote a note", "has spoken to somebody", "closed a concern"):
        assert f"Elif {deed}" in desk.sees


async def test_looking_again_and_again_at_a_concern_is_one_line_of_the_trail(town: TestTown) -> None:
    """A page that is open fetches itself after each write: were each look a write, it would never rest."""
    await town.is_ready()
    await town.is_home("Ben", backup="")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.says("I feel awful and do not know what to do")
    desk = await sits_at_desk(town)
    for _ in range(3):
        await desk.opens("/desk/concerns/1")
    await town.passes(minutes=11)
    await desk.opens("/desk/concerns/1")
    await desk.opens("/desk/audit?what=concern_seen")
    assert len(desk.page.select("tbody tr")) == 2
