from bot.actions import course
from bot.domain.people import Purpose
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


async def is_worried(town: TestTown) -> int:
    """Ben has typed something that worries while he is asked. Returns his enrolment."""
    await town.is_ready()
    await town.approves_plans("home-from-hospital")
    enrolment = await town.is_home("Ben", backup="")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.says("I feel awful and do not know what to do")
    return enrolment


async def test_promise_1_whoever_reads_a_concern_at_the_desk_sees_a_no_to_calls(town: TestTown) -> None:
    enrolment = await is_worried(town)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/concerns/1")
    assert "has not said yes to calls" not in desk.sees
    await course.change_consent(town.runtime, await town.id_of("Ben"), enrolment, Purpose.PHONE, "test")
    await desk.opens("/desk/concerns/1")
    assert "Ben has not said yes to calls from volunteers. Please do not ring." in desk.sees


async def test_the_questions_that_a_call_made_needless_are_left_out_at_the_desk(town: TestTown) -> None:
    await is_worried(town)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/concerns/1")
    await desk.presses("I have talked to them: leave out today's questions")
    assert "The questions of this time are left out." in desk.sees
    assert "I have talked to them: leave out today's questions" not in desk.buttons
    await desk.opens("/desk/audit")
    assert "Elif left out the open questions" in desk.sees


async def test_a_concern_leads_to_the_person_and_to_their_check_ins(town: TestTown) -> None:
    await is_worried(town)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/concerns/1")
    await desk.follows("About Ben")
    assert (desk.status, desk.heading) == (200, "Ben")
    await desk.opens("/desk/concerns/1")
    await desk.follows("The check-ins of Ben")
    assert desk.status == 200
    assert "/desk/checkins/" in desk.address


async def test_a_note_is_not_lost_when_the_outcome_was_forgotten_or_somebody_else_was_first(town: TestTown) -> None:
    await is_worried(town)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/concerns/1")
    assert all(one.has_attr("required") for one in desk.page.select("input[name=outcome]"))
    await desk.presses("Close this concern", words="Sat with Ben for an hour")
    assert desk.status == 422
    assert "Please choose how it ended. The concern is still open." in desk.sees
    stale = await sits_at_desk(town)
    await stale.opens("/desk/concerns/1")
    await desk.presses("Close this concern", outcome="fine")
    assert "Elif: Sat with Ben for an hour" in desk.sees
    await stale.presses("Close this concern", outcome="fine", words="A neighbour has the key")
    assert stale.status == 409
    await stale.presses("Add a note", "/note")
    assert "Elif: A neighbour has the key" in stale.sees
