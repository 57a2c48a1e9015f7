"""Turning the pretend clock goes through everything that falls due on the way."""

from tests.cast import TestTown


async def test_a_turned_clock_skips_no_mornings_digest(town: TestTown) -> None:
    await town.is_home("Ben", days_ago=4)
    await town.passes(days=1, hours=3)  # day 5 at 1pm: nothing but the digest is due before day 7
    before = town.elif_.heard("Good morning")
    await town.passes(days=1)
    assert town.elif_.heard("Good morning") == before + 1


async def test_it_knows_what_is_due_next_and_when_nothing_is(town: TestTown) -> None:
    await town.has_coordinator()
    assert await town.town.next_due() is None
    await town.is_home("Ben")
    due = await town.town.next_due()
    assert due is not None
    await town.town.turn_to(due)
    assert "Good morning" in town.elif_.last or "Is now a good time?" in town.ben.last
