"""The tour plays the whole story and notices when a step goes wrong."""

import io

import pytest
from rich.console import Console

from bot import ticks, trying
from bot.actions import desk
from bot.conversations import routes, templates
from bot.simulator.tour import PROMISES, STORY
from bot.simulator.tour_stage import Differs, Stage
from bot.simulator.tour_step import Step
from bot.simulator.tour_story_after import AFTER_HOSPITAL

JOINED = 4  # so many steps until the circle has members


@pytest.fixture
def out() -> Console:
    return Console(record=True, width=100, file=io.StringIO())


async def test_the_whole_story_goes_as_promised(out: Console) -> None:
    assert await trying.tour(out) == 0
    printed = out.export_text()
    assert f"All {len(STORY)} steps went as promised." in printed
    for words in ("Elif: /start", "to Ben", "[ Helpful ]", "(voice)", "deleted from Ben's phone", "✓ Asked first"):
        assert words in printed
    for words in (
        "Phone 999 now.",
        "Have you phoned 999, Rose?",
        "Still waiting:",
        "These were the last of my questions",
    ):
        assert words in printed, "the thirty days are quoted as they stand on the phones"
    assert "to Elif, as before: “Good morning.”" in printed, "the same words are printed in full once"
    assert "6. A worry reaches a human: steps" in printed, "at the end it says what was shown"


async def test_a_broken_stop_ends_the_tour_with_1_and_the_name_of_the_step(
    out: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "is_stop", lambda talk: False)
    word = next(step for step in STORY if step.name == "Stop, by a word")
    assert await trying.tour(out, [*STORY[:JOINED], word]) == 1
    printed = out.export_text()
    assert "Step 5, “Stop, by a word”, did not go as promised: Dalia should be stopped" in printed
    assert "steps went as promised" not in printed


async def test_somebody_who_can_read_too_much_ends_the_tour(out: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    def everybody(talk: object) -> None:
        """No question who asks."""

    async def opens(*whoever: object) -> str:
        return "http://127.0.0.1/desk"

    monkeypatch.setattr(templates, "coordinators_only", everybody)
    monkeypatch.setattr(desk, "open_link", opens)
    stranger = next(step for step in STORY if step.name == "A stranger looks in")
    assert await trying.tour(out, [*STORY[:JOINED], stranger]) == 1
    assert "Step 5, “A stranger looks in”" in out.export_text()


async def test_promise_6_an_alert_that_does_not_climb_ends_the_tour(
    out: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks, "TICKS", [one for one in ticks.TICKS if one.name != "concerns.escalate"])
    begins = ("A coordinator is asked", "A champion is invited", "A circle begins", "Neighbours join")
    needed = (*begins, "The champion is away")  # who brings Sanjay, the backup
    assert await trying.tour(out, [one for one in STORY if one.name in needed or one in AFTER_HOSPITAL]) == 1
    printed = out.export_text()
    assert "“Nobody answers the alert”, did not go as promised: After 15 minutes Sanjay should be" in printed


async def test_a_fault_of_the_bot_names_the_step_too(out: Console) -> None:
    async def breaks(stage: Stage) -> None:
        raise RuntimeError("something broke")

    assert await trying.tour(out, [Step("It breaks", "", "", breaks)]) == 1
    assert "Step 1, “It breaks”, did not go as promised: RuntimeError: something broke" in out.export_text()


async def test_a_missing_button_is_a_sentence(out: Console) -> None:
    async def taps(stage: Stage) -> None:
        with pytest.raises(Differs, match="Ben has no button “join:yes”"):
            await stage.actor("Ben").taps("join:yes")

    assert await trying.tour(out, [Step("Nothing to tap", "", "", taps)]) == 0


def test_every_step_says_what_it_shows_and_has_a_name_of_its_own() -> None:
    assert len({step.name for step in STORY}) == len(STORY)
    assert all(step.promise.endswith(".") and step.scene.endswith((".", "?")) for step in STORY)


def test_every_promise_that_a_tour_can_show_is_shown_by_a_step() -> None:
    assert {number for step in STORY for number in step.holds} == set(PROMISES)
