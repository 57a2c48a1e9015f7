"""How a conversation answers, whatever it is about."""

from tests.cast import TestTown


async def test_a_tap_is_answered_once_even_when_it_is_refused_afterwards(town: TestTown) -> None:
    await town.has_coordinator()
    await town.elif_.says("/discharge")
    before = len(_answers(town))
    await town.elif_.taps("Somebody comes home")
    assert "No check-in plan can be used yet" in town.elif_.last
    assert len(_answers(town)) == before + 1


def _answers(town: TestTown) -> list[object]:
    return [one for one in town.telegram.record if one.method == "answerCallbackQuery"]
