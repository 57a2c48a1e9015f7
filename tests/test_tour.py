"""The tour plays the whole story and notices when a step goes wrong."""

import io

import pytest
from rich.console import Console

from bot import trying
from bot.conversations import routes, templates
from bot.simulator.tour import STORY, Step
from bot.simulator.tour_stage import Differs, Stage

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

    monkeypatch.setattr(templates, "coordinators_only", everybody)
    stranger = next(step for step in STORY if step.name == "A stranger looks in")
    assert await trying.tour(out, [*STORY[:JOINED], stranger]) == 1
    assert "Step 5, “A stranger looks in”" in out.export_text()


async def test_a_fault_of_the_bot_names_the_step_too(out: Console) -> None:
    async def breaks(stage: Stage) -> None:
        raise RuntimeError("something broke")

    assert await trying.tour(out, [Step("It breaks", "", breaks)]) == 1
    assert "Step 1, “It breaks”, did not go as promised: RuntimeError: something broke" in out.export_text()


async def test_a_missing_button_is_a_sentence(out: Console) -> None:
    async def taps(stage: Stage) -> None:
        with pytest.raises(Differs, match="Ben has no button “join:yes”"):
            await stage.actor("Ben").taps("join:yes")

    assert await trying.tour(out, [Step("Nothing to tap", "", taps)]) == 0


def test_every_step_says_what_it_shows_and_has_a_name_of_its_own() -> None:
    assert len({step.name for step in STORY}) == len(STORY)
    assert all(step.promise.endswith(".") for step in STORY)
