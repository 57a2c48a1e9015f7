"""Whole stories, from the first tap to the record."""

from tests.cast import TestTown


async def test_a_champion_reaches_the_people_of_their_own_circle(town: TestTown) -> None:
    await town.is_ready()

    await town.sends("loneliness", line="Tea is on me on Tuesday.")

    assert "Hello Ben, it is Amara." in town.ben.last
    assert "Tea is on me on Tuesday." in town.ben.last
    assert town.ben.buttons == ["Helpful", "Ask Amara", "Stop"]
    assert town.farid.sees == []
