"""Questions that would have one answer only are not asked."""

from tests.cast import TestTown
from tests.conversations.test_discharge import makes_card


async def test_nobody_is_asked_for_a_backup_where_nobody_else_could_be_one(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    await town.approves_plans()
    await town.has_champion("Amara", "Elm House")
    await town.ben.opens(await makes_card(elif_))
    for label in ("English", "Go on", "Yes", "Yes", "No", "Yes", "10am", "Amara (Elm House)"):
        await town.ben.taps(label)
    assert "Who asks after you: Amara" in town.ben.last
    await town.ben.taps("Back")
    assert "Who shall ask after you?" in town.ben.last
